"""A disk that is full on demand."""

import sqlite3
from typing import Any

import pytest

from custom_components.energy_park.mirror.spool import Spool


class SmallDisk:
    """SQLite's own bound on the size of a file, as a disk that is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages = 1_000_000
        self._open: list[sqlite3.Connection] = []
        connect = sqlite3.connect

        def connect_small(path: Any, **how: Any) -> sqlite3.Connection:
            db: sqlite3.Connection = connect(path, check_same_thread=False, **how)
            if path != ":memory:":
                self._open.append(db)
                self._bound(db)
            return db

        monkeypatch.setattr(sqlite3, "connect", connect_small)

    def _bound(self, db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA max_page_count = {self.pages}")

    async def resize(self, spool: Spool, pages: int) -> None:
        self.pages = pages
        for db in self._open:
            await spool.run(self._bound, db)
