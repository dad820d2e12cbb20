"""Room in a full store: the oldest readings become sums of their hours.

Of meter frames, and of states told in words, the last of each hour stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import secrets
import sqlite3
from typing import Final

from .batch import Group

HOUR_US: Final = 3_600_000_000
QUARTER_US: Final = HOUR_US // 4
_READINGS: Final = 50_000
_RECORDS: Final = 20_000


@dataclass(slots=True)
class Thinned:
    """What was thinned, and the hours that it is about, in microseconds since 1970.

    Before the number ``records_after`` no record is left that could be thinned.
    """

    readings: int = 0
    frames: int = 0
    states: int = 0
    first_us: int = 0
    last_us: int = 0
    records_after: int = 0

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def rows(self) -> int:
        """How many rows went."""
        return self.readings + self.frames + self.states

    def about(self, hours: Iterable[int]) -> None:
        """Take note of the begins of some hours."""
        begins = list(hours)
        if self.last_us:
            begins += [self.first_us, self.last_us - HOUR_US]
        if begins:
            self.first_us, self.last_us = min(begins), max(begins) + HOUR_US


def groups(db: sqlite3.Connection, first: int, last: int, width_us: int) -> list[Group]:
    """Return the sums of a range of readings by series and stretch of time."""
    return db.execute(
        """
        SELECT series, at / ?1 * ?1, count(*), sum(value), min(value), max(value)
        FROM reading WHERE seq BETWEEN ?2 AND ?3 GROUP BY 1, 2
        """,
        (width_us, first, last),
    ).fetchall()


def thin(db: sqlite3.Connection, records_after: int) -> Thinned:
    """Thin some of the oldest rows, within the caller's transaction.

    Readings that were sent and not confirmed are left alone: the database may have
    them, and would count them twice.
    """
    thinned = Thinned(records_after=records_after)
    if (untried := next(_untried(db), None)) is not None:
        _thin_readings(db, thinned, *untried)
    _thin_records(db, thinned)
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


def _thin_readings(
    db: sqlite3.Connection, thinned: Thinned, first: int, last: int
) -> None:
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
    thinned.readings = sum(hour[2] for hour in hours)
    thinned.about(hour[1] for hour in hours)


def _thin_records(db: sqlite3.Connection, thinned: Thinned) -> None:
    """Keep the last frame of each meter and hour, and the last of each state."""
    while True:
        # Those without a subject are kept whole.
        last, count = db.execute(
            """
            SELECT max(seq), count(*) FROM
              (SELECT seq FROM record WHERE seq > ? AND subject <> ''
               ORDER BY seq LIMIT ?)
            """,
            (thinned.records_after, _RECORDS),
        ).fetchone()
        gone = db.execute(
            """
            WITH placed AS (
              SELECT seq, row_number() OVER (
                PARTITION BY target, subject, at / ?1 ORDER BY at DESC
              ) AS place
              FROM record WHERE seq > ?2 AND seq <= ?3 AND subject <> ''
            )
            DELETE FROM record WHERE seq IN (SELECT seq FROM placed WHERE place > 1)
            RETURNING target, at / ?1 * ?1
            """,
            (HOUR_US, thinned.records_after, last),
        ).fetchall()
        if gone or count < _RECORDS:
            break
        thinned.records_after = last
    thinned.frames = sum(target == "meter_frame" for target, _ in gone)
    thinned.states = len(gone) - thinned.frames
    thinned.about(hour for _, hour in gone)
