"""What the spool holds: rows in SQLite until the database has them.

One thread uses a store. Rows are numbered in the order of their arrival; what was
sent is forgotten with the next transaction, because a row that is sent twice is
stored once.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
import sqlite3
from typing import Final

from .batch import Reading, ReadingBatch, Record, RecordBatch, Sum, ThinnedBatch
from .rows import Series
from .salvage import are_sound, copy, read_series
from .store_file import Change, DamagedError, StoreFile
from .thinning import QUARTER_US, Thinned, groups, thin

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
_FIRST_PART: Final = -(1 << 63)

_MARK: Final = """
INSERT INTO attempt VALUES (?,?)
ON CONFLICT (first) DO UPDATE SET last = max(last, excluded.last)
"""


class Store(StoreFile):
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
        self.rewind()

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
                    self._db.execute(_MARK, (self._next, seq - 1))
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

    def copy_into(self, other: Store) -> None:
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

    def rewind(self) -> None:
        """Send again from the start: what is here is the backlog, what comes is live."""
        with suppress(sqlite3.OperationalError):
            self.tidy()
        self._backlog_after = self._record_after = 0
        self._thinned_after = _FIRST_PART
        self._live_after = self._backlog_until = self._next - 1

    def take_live(self, limit: int) -> ReadingBatch | None:
        """Return the next fresh readings, None when there are none."""
        batch = self._take_readings(self._live_after, self._next, limit, groups_us=None)
        if batch is not None:
            self._live_after = batch.seq[-1]
        return batch

    def take_backlog(self, limit: int) -> ReadingBatch | None:
        """Return the oldest readings of the backlog with their groups."""
        if self._backlog_after >= self._backlog_until:
            return None
        batch = self._take_readings(
            self._backlog_after, self._backlog_until, limit, groups_us=QUARTER_US
        )
        self._backlog_after = self._backlog_until if batch is None else batch.seq[-1]
        return batch

    def _take_readings(
        self, after: int, until: int, limit: int, groups_us: int | None
    ) -> ReadingBatch | None:
        rows = self._db.execute(
            "SELECT * FROM reading WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
            (after, until, limit),
        ).fetchall()
        if not rows:
            return None
        seq, series, at, value, quality = zip(*rows, strict=True)
        if not are_sound(self.series, series, at, value, quality):
            raise DamagedError("no reading")
        span = (seq[0], seq[-1])
        self._mark([(_MARK, span)])
        return ReadingBatch(
            store=self,
            seq=seq,
            series=series,
            at=at,
            value=value,
            quality=quality,
            groups=groups(self._db, *span, groups_us) if groups_us else (),
        )

    def take_records(self, limit: int) -> RecordBatch | None:
        """Return the next records, None when there are none."""
        rows = self._db.execute(
            "SELECT seq, target, body FROM record WHERE seq > ? ORDER BY seq LIMIT ?",
            (self._record_after, limit),
        ).fetchall()
        if not rows:
            return None
        seq, target, body = zip(*rows, strict=True)
        self._record_after = seq[-1]
        return RecordBatch(store=self, seq=seq, target=target, body=body)

    def take_thinned(self, limit: int) -> ThinnedBatch | None:
        """Return the next sums of hours, None when there are none."""
        rows = self._db.execute(
            "SELECT * FROM thinned WHERE part > ? ORDER BY part LIMIT ?",
            (self._thinned_after, limit),
        ).fetchall()
        parts = [row[0] for row in rows]
        # Numbers are random: what comes later may stand before.
        self._thinned_after = parts[-1] if parts else _FIRST_PART
        if not rows:
            return None
        if not all(row[1] in self.series for row in rows):
            raise DamagedError("a sum of no series")
        self._mark(
            ("UPDATE thinned SET attempted = 1 WHERE part = ?", (part,))
            for part in parts
        )
        return ThinnedBatch(
            store=self, numbers=parts, groups=[row[1:7] for row in rows]
        )

    def _mark(self, marks: Iterable[Change]) -> None:
        """Note what the database may have from now on.

        On a full disk that waits for the next write; thinning is one.
        """
        self._later(marks)
        with suppress(sqlite3.OperationalError):
            self.tidy()

    def forget(self, batch: ReadingBatch | RecordBatch | ThinnedBatch) -> None:
        """Take note that the database has these rows; they go with the next write."""
        match batch:
            case ReadingBatch(seq=seq):
                span = (seq[0], seq[-1])
                self._later(
                    [
                        ("DELETE FROM reading WHERE seq BETWEEN ? AND ?", span),
                        ("DELETE FROM attempt WHERE first >= ? AND last <= ?", span),
                    ]
                )
            case RecordBatch(seq=seq):
                span = (seq[0], seq[-1])
                self._later([("DELETE FROM record WHERE seq BETWEEN ? AND ?", span)])
            case ThinnedBatch(numbers=parts):
                self._later(
                    ("DELETE FROM thinned WHERE part = ?", (part,)) for part in parts
                )
        # On a full disk a row may be sent, and noted, again.
        self.waiting = max(self.waiting - len(batch), 0)

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
