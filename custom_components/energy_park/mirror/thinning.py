"""Room in a full store: the oldest readings become sums of their hours."""

from collections.abc import Iterator
from dataclasses import dataclass
import secrets
import sqlite3
from typing import Final

from .batch import Group

HOUR_US: Final = 3_600_000_000
QUARTER_US: Final = HOUR_US // 4
_READINGS: Final = 50_000
_FRAMES: Final = 20_000


@dataclass(slots=True)
class Thinned:
    """What was thinned, and the hours that it is about, in microseconds since 1970."""

    readings: int = 0
    frames: int = 0
    first_us: int | None = None
    last_us: int | None = None

    def __bool__(self) -> bool:
        return bool(self.readings or self.frames)


def groups(db: sqlite3.Connection, first: int, last: int, width_us: int) -> list[Group]:
    """Return the sums of a range of readings by series and stretch of time."""
    return db.execute(
        """
        SELECT series, at / ?1 * ?1, count(*), sum(value), min(value), max(value)
        FROM reading WHERE seq BETWEEN ?2 AND ?3 GROUP BY 1, 2
        """,
        (width_us, first, last),
    ).fetchall()


def thin(db: sqlite3.Connection) -> Thinned:
    """Thin some of the oldest readings and frames, within the caller's transaction.

    Readings that were sent and not confirmed are left alone: the database may have
    them, and would count them twice.
    """
    untried = next(_untried(db), None)
    thinned = Thinned() if untried is None else _thin_readings(db, *untried)
    thinned.frames = _thin_frames(db)
    return thinned


def _untried(db: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Yield ranges of readings that were never sent, oldest first."""
    db.execute(
        """
        DELETE FROM attempt WHERE NOT EXISTS
          (SELECT 1 FROM reading WHERE seq BETWEEN first AND last)
        """
    )
    low, high = db.execute("SELECT min(seq), max(seq) FROM reading").fetchone()
    if low is None:
        return
    tried = db.execute("SELECT first, last FROM attempt ORDER BY first").fetchall()
    for begin, end in (*tried, (high + 1, high + 1)):
        if low < begin:
            (last,) = db.execute(
                """
                SELECT max(seq) FROM
                  (SELECT seq FROM reading WHERE seq >= ? AND seq < ?
                   ORDER BY seq LIMIT ?)
                """,
                (low, begin, _READINGS),
            ).fetchone()
            if last is not None:
                yield low, last
        low = max(low, end + 1)


def _thin_readings(db: sqlite3.Connection, first: int, last: int) -> Thinned:
    hours = groups(db, first, last, HOUR_US)
    db.executemany(
        """
        INSERT INTO thinned VALUES (?,?,?,?,?,?,?,0)
        ON CONFLICT (series, hour) WHERE NOT attempted DO UPDATE SET
          readings = readings + excluded.readings,
          value_sum = value_sum + excluded.value_sum,
          value_min = min(value_min, excluded.value_min),
          value_max = max(value_max, excluded.value_max)
        """,
        [(secrets.randbits(63), *hour) for hour in hours],
    )
    db.execute("DELETE FROM reading WHERE seq BETWEEN ? AND ?", (first, last))
    return Thinned(
        readings=sum(hour[2] for hour in hours),
        first_us=min(hour[1] for hour in hours),
        last_us=max(hour[1] for hour in hours) + HOUR_US,
    )


def _thin_frames(db: sqlite3.Connection) -> int:
    """Keep the last frame of each meter and hour; return how many went."""
    db.execute(
        """
        WITH oldest AS (
          SELECT seq, row_number() OVER (
            PARTITION BY subject, at / ? ORDER BY at DESC
          ) AS place
          FROM (SELECT * FROM record WHERE target = 'meter_frame' ORDER BY seq LIMIT ?)
        )
        DELETE FROM record WHERE seq IN (SELECT seq FROM oldest WHERE place > 1)
        """,
        (HOUR_US, _FRAMES),
    )
    (gone,) = db.execute("SELECT changes()").fetchone()
    return int(gone)
