"""How the spool's rows are handed out until the database has them.

One thread uses a store. What was sent is forgotten with the next transaction, because
a row that is sent twice is stored once.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
import sqlite3
from typing import Final

from .batch import ReadingBatch, RecordBatch, ThinnedBatch
from .kept import MARK, Kept
from .salvage import are_sound
from .store_file import Change, DamagedError
from .thinning import QUARTER_US, groups

_FIRST_PART: Final = -(1 << 63)


class Store(Kept):
    """Rows that wait, and which of them were handed out.

    Every method may raise `sqlite3.Error`; nothing is half done then.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path)
        self.rewind()

    def rewind(self) -> None:
        """Send again from the start: what is here is the backlog, what comes is live."""
        with suppress(sqlite3.OperationalError):
            self.tidy()
        self._backlog_after = self._old_record_after = 0
        self._thinned_after = _FIRST_PART
        self._live_after = self._record_after = self._backlog_until = self._next - 1

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
        self._mark([(MARK, span)])
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
        """Return the next records, fresh ones first, None when there are none."""
        batch = self._take_records(self._record_after, self._next, limit)
        if batch is not None:
            self._record_after = batch.seq[-1]
            return batch
        batch = self._take_records(self._old_record_after, self._backlog_until, limit)
        if batch is not None:
            self._old_record_after = batch.seq[-1]
        return batch

    def _take_records(self, after: int, until: int, limit: int) -> RecordBatch | None:
        rows = self._db.execute(
            """
            SELECT seq, target, body FROM record
            WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?
            """,
            (after, until, limit),
        ).fetchall()
        if not rows:
            return None
        seq, target, body = zip(*rows, strict=True)
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
