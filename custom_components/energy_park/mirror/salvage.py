"""What can still be read of a damaged or a temporary store, into a sound one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from .batch import Reading, Record, Sum
from .encoding import microseconds
from .room import ASIDE
from .rows import Series, SubjectKind
from .store_file import DamagedError

if TYPE_CHECKING:
    from .kept import Kept

_CHUNK: Final = 5_000
_FIRST_US: Final = microseconds(datetime.min.replace(tzinfo=UTC))
_LAST_US: Final = microseconds(datetime.max.replace(tzinfo=UTC))


def set_aside(path: Path) -> Path:
    """Move a damaged file out of the way, in place of the one before."""
    aside = path.with_name(f"{ASIDE}{path.suffix}")
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        target = aside.with_name(aside.name + suffix)
        target.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            source.rename(target)
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return aside


def salvage(path: Path, into: Kept) -> int:
    """Copy the rows of a file that can be read; return how many.

    They are marked as sent: whether the database has them is not known any more.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        return copy(db, into)


def read_series(db: sqlite3.Connection) -> dict[int, Series]:
    """Return the series by their numbers.

    Raises:
        DamagedError: one is none.
    """
    series: dict[int, Series] = {}
    for row in db.execute("SELECT * FROM series"):
        series |= _series(row)
    return series


def _series(row: tuple[Any, ...]) -> dict[int, Series]:
    number, kind, *names = row
    if kind not in set(SubjectKind) or not all(isinstance(name, str) for name in names):
        raise DamagedError("no series")
    return {number: Series(SubjectKind(kind), *names)}


def are_sound(
    known: Mapping[int, Series],
    series: Sequence[Any],
    at: Sequence[Any],
    value: Sequence[Any],
    quality: Sequence[Any],
) -> bool:
    """Whether the columns of some readings can be what was written."""
    return (
        known.keys() >= set(series)
        and {*map(type, at), *map(type, quality)} == {int}
        and {*map(type, value)} == {float}
        and min(at) >= _FIRST_US
        and max(at) <= _LAST_US
    )


def copy(db: sqlite3.Connection, into: Kept) -> int:
    """Copy what can be read: from the start, and after damage from the end."""
    series: dict[int, Series] = {}
    for row in _read(db, "SELECT * FROM series"):
        with suppress(DamagedError):
            series |= _series(row)
    count = 0
    for readings in batched(_readings(db, series), _CHUNK, strict=False):
        into.append(readings, (), attempted=True)
        count += len(readings)
    for records in batched(_records(db), _CHUNK, strict=False):
        into.append((), records)
        count += len(records)
    sums: list[Sum] = [
        (part, series[number], *rest)
        for part, number, *rest, _ in _read(db, "SELECT * FROM thinned")
        if number in series
    ]
    into.append((), (), sums)
    return count + len(sums)


def _readings(db: sqlite3.Connection, series: dict[int, Series]) -> Iterator[Reading]:
    rows = _both_ways(db, "SELECT seq, series, at, value, quality FROM reading")
    for _, number, *values in rows:
        if are_sound(series, [number], *([value] for value in values)):
            at, value, quality = values
            yield series[number], at, value, quality


def _records(db: sqlite3.Connection) -> Iterator[Record]:
    for _, *record in _both_ways(db, "SELECT * FROM record"):
        target, at, subject, body = record
        yield target, at, subject, body


def _both_ways(db: sqlite3.Connection, select: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows forwards until the damage, then backwards until it."""
    last = -1
    for row in _read(db, f"{select} ORDER BY seq"):
        last = row[0]
        yield row
    for row in _read(db, f"{select} ORDER BY seq DESC"):
        if row[0] <= last:
            return
        yield row


def _read(db: sqlite3.Connection, select: str) -> Iterator[tuple[Any, ...]]:
    with suppress(sqlite3.DatabaseError):
        yield from db.execute(select)
