"""A file of SQLite that survives a power cut, and a disk that is full.

One thread uses it. Changes that can wait are done along with the next transaction.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
import sqlite3
from typing import Final

type Change = tuple[str, tuple[int, ...]]
"""A statement and its values."""


# As SQLite has it by itself.
_LOG_PAGES: Final = 1_000


class DamagedError(sqlite3.DatabaseError):
    """The file can be read and holds what nobody has written."""


class StoreFile:
    """An open file, or (``path`` None) as much in memory.

    Every method may raise `sqlite3.Error`; nothing is half done then.
    """

    def __init__(self, path: Path | None, schema: str) -> None:
        """Open it, and make its tables where they are missing."""
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, timeout=5)
        self._changes: list[Change] = []
        try:
            # Alone, SQLite needs no third file: a full disk has no room for one.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            # This writes even where nothing changes; a full disk must be readable.
            if not self._one("PRAGMA page_count"):
                self._db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA journal_size_limit = 16777216")
            self._db.executescript(schema)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Do what waits, and close."""
        with suppress(sqlite3.Error):
            self.tidy()
        with suppress(sqlite3.Error):
            self._db.close()

    def _one(self, query: str) -> int:
        row = self._db.execute(query).fetchone()
        return row[0] or 0

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Do all or nothing; what can wait is done along with it."""
        changes = list(self._changes)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in changes:
                self._db.execute(statement, values)
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        del self._changes[: len(changes)]

    def _later(self, changes: Iterable[Change]) -> None:
        """Have changes done with the next transaction."""
        self._changes += changes

    def tidy(self) -> None:
        """Do what waits, when no other write comes along."""
        if self._changes:
            with self._transaction():
                pass

    def hold(self) -> None:
        """Bring everything into the file, then leave it: what is written goes beside it.

        So it can be copied, and the log later: that only grows, and what is whole of
        it counts.
        """
        self._db.execute("PRAGMA wal_autocheckpoint = 0")
        self.tidy()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def release(self) -> None:
        """Let the file change again."""
        self._db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    @property
    def used_bytes(self) -> int:
        """The size of what is kept; the file itself may hold free room."""
        pages = self._one("PRAGMA page_count") - self._one("PRAGMA freelist_count")
        return pages * self._one("PRAGMA page_size")

    def shrink(self) -> None:
        """Give the room of rows that are gone back to the disk."""
        if self._one("PRAGMA freelist_count") > self._one("PRAGMA page_count") // 2:
            self._db.execute("PRAGMA incremental_vacuum").fetchall()
