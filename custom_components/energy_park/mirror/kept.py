"""What the spool holds: rows in SQLite, numbered in the order of their arrival."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from .batch import Reading, Record, Sum
from .rows import Series
from .salvage import copy, read_series
from .store_file import StoreFile
from .thinning import Thinned, thin

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS series (
  id INTEGER PRIMARY KEY, kind TEXT, subject TEXT, metric TEXT, unit TEXT
);
CREATE TABLE IF NOT EXISTS reading (
  seq INTEGER PRIMARY KEY, series INTEGER, at INTEGER, value REAL, quality INTEGER
);
CREATE TABLE IF NOT EXISTS record (
  seq INTEGER PRIMARY KEY, target TEXT, at INTEGER, subject TEXT, body TEXT
);
-- Ranges of readings that were sent at least once: the database may have them.
CREATE TABLE IF NOT EXISTS attempt (first INTEGER PRIMARY KEY, last INTEGER);
CREATE TABLE IF NOT EXISTS thinned (
  part INTEGER PRIMARY KEY, series INTEGER, hour INTEGER, readings INTEGER,
  value_sum REAL, value_min REAL, value_max REAL, attempted INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS thinned_open
  ON thinned (series, hour) WHERE NOT attempted;
CREATE TABLE IF NOT EXISTS quarantine (
  id INTEGER PRIMARY KEY, target TEXT, body TEXT, cause TEXT
);
"""

_QUARANTINE_ROWS: Final = 10_000

MARK: Final = """
INSERT INTO attempt VALUES (?,?)
ON CONFLICT (first) DO UPDATE SET last = max(last, excluded.last)
"""


class Kept(StoreFile):
    """Rows that wait, in a file or (``path`` None) in memory.

    Every method may raise `sqlite3.Error`; nothing is half done then.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path, _SCHEMA)
        try:
            self.series = read_series(self._db)
            self._numbers = {series: number for number, series in self.series.items()}
            self._next = 1 + max(
                self._one("SELECT max(seq) FROM reading"),
                self._one("SELECT max(seq) FROM record"),
            )
            self._thin_after = 0
            self.waiting = (
                self._one("SELECT count(*) FROM reading")
                + self._one("SELECT count(*) FROM record")
                + self._one("SELECT count(*) FROM thinned")
            )
        except BaseException:
            self._db.close()
            raise

    def append(
        self,
        readings: Sequence[Reading],
        records: Sequence[Record],
        sums: Sequence[Sum] = (),
        *,
        attempted: bool = False,
    ) -> None:
        """Keep rows; they are on disk when this returns.

        ``attempted`` readings may have been sent from elsewhere. ``sums`` keep their
        own numbers: one that is here already changes nothing.
        """
        known = len(self.series)
        try:
            with self._transaction():
                seq = self._next
                self._db.executemany(
                    "INSERT INTO reading VALUES (?,?,?,?,?)",
                    [
                        (seq + index, self._number(series), *rest)
                        for index, (series, *rest) in enumerate(readings)
                    ],
                )
                seq += len(readings)
                if attempted and readings:
                    self._db.execute(MARK, (self._next, seq - 1))
                self._add_records(seq, records)
                added = self._add_sums(sums)
        except BaseException:
            while len(self.series) > known:
                _, series = self.series.popitem()
                del self._numbers[series]
            raise
        self._next += len(readings) + len(records)
        self.waiting += len(readings) + len(records) + added

    def _add_records(self, seq: int, records: Sequence[Record]) -> None:
        self._db.executemany(
            "INSERT INTO record VALUES (?,?,?,?,?)",
            [(seq + index, *record) for index, record in enumerate(records)],
        )

    def _add_sums(self, sums: Sequence[Sum]) -> int:
        numbered = [(part, self._number(series), *rest) for part, series, *rest in sums]
        added = self._db.executemany(
            "INSERT OR IGNORE INTO thinned VALUES (?,?,?,?,?,?,?,1)", numbered
        )
        return max(added.rowcount, 0)

    def copy_into(self, other: Kept) -> None:
        """Append everything that is kept here to another store."""
        copy(self._db, other)
        refused = self.quarantined()
        if refused:
            other.quarantine(refused)

    def _number(self, series: Series) -> int:
        number = self._numbers.get(series)
        if number is None:
            number = 1 + max(self.series, default=0)
            self.series[number] = series
            self._numbers[series] = number
            self._db.execute(
                "INSERT INTO series VALUES (?,?,?,?,?)",
                (number, series.kind, series.subject, series.metric, series.unit),
            )
        return number

    def quarantine(self, rows: Sequence[tuple[str, str, str]]) -> int:
        """Keep the last rows that cannot be sent: table, body, what is wrong with it.

        Returns how many had to go for them.
        """
        with self._transaction():
            self._db.executemany(
                "INSERT INTO quarantine (target, body, cause) VALUES (?,?,?)", rows
            )
            gone = self._db.execute(
                "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
                (_QUARANTINE_ROWS,),
            )
        return gone.rowcount

    def quarantined(self) -> list[tuple[str, str, str]]:
        """Return table, body and cause of each row in quarantine, oldest first."""
        return self._db.execute(
            "SELECT target, body, cause FROM quarantine ORDER BY id"
        ).fetchall()

    @property
    def oldest_us(self) -> int | None:
        """The instant of the row that came first; None when nothing waits."""
        row = self._db.execute(
            """
            SELECT min(at) FROM (
              SELECT * FROM (SELECT at FROM reading ORDER BY seq LIMIT 1)
              UNION ALL SELECT * FROM (SELECT at FROM record ORDER BY seq LIMIT 1)
              UNION ALL SELECT * FROM (SELECT hour FROM thinned ORDER BY hour LIMIT 1)
            )
            """
        ).fetchone()
        return None if row is None else row[0]

    def thin(self, tell: Callable[[Thinned], Record]) -> Thinned:
        """Thin some of the oldest rows; ``tell`` makes the record that says so.

        The room is for the rows to come: the file stays as large as it is.
        """
        with self._transaction():
            before = self._one("SELECT count(*) FROM thinned")
            thinned = thin(self._db, self._thin_after)
            added = self._one("SELECT count(*) FROM thinned") - before
            if thinned:
                self._add_records(self._next, [tell(thinned)])
        self._next += bool(thinned)
        self._thin_after = thinned.records_after
        self.waiting += added + bool(thinned) - thinned.rows
        return thinned
