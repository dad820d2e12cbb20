"""The stores on this machine: a file while the disk works, memory while it does not.

Everything here runs in the spool's one thread.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import logging
from pathlib import Path
import sqlite3
from typing import Final

from .batch import Batch
from .errors import Problem
from .intake import Intake, Refused, convert, told
from .room import Room, SpoolLimits
from .rows import Row
from .salvage import salvage, set_aside
from .store import Store
from .store_file import DamagedError

_LOGGER = logging.getLogger(__name__)

MEMORY_BYTES: Final = 64 * 1024**2
_THIN_ROUNDS: Final = 20
_MENDS: Final = 3


@dataclass(slots=True)
class Tally:
    """What happened to rows on this machine since the start."""

    lost: int = 0
    thinned: int = 0
    quarantined: int = 0


class Storage:
    """Keeps rows wherever there is room, and mends what can be mended.

    ``tell`` and ``solve`` are called from this thread.
    """

    def __init__(
        self,
        directory: Path,
        limits: SpoolLimits,
        tell: Callable[[Problem, dict[str, int]], None],
        solve: Callable[[Problem], None],
    ) -> None:
        self._path = directory / "spool.sqlite"
        self._room = Room(directory, limits)
        self._tell = tell
        self._solve = solve
        self._disk: Store | None = None
        self._memory: Store | None = None
        self._held = False
        self.tally = Tally()

    @property
    def _stores(self) -> list[Store]:
        return [store for store in (self._disk, self._memory) if store is not None]

    @property
    def waiting(self) -> int:
        """Rows that are kept."""
        return sum(store.waiting for store in self._stores)

    @property
    def used_bytes(self) -> int:
        """Bytes that they take."""
        return sum(store.used_bytes for store in self._stores)

    @property
    def oldest_us(self) -> int | None:
        """The instant of the row that came first; None when nothing waits."""
        oldest = (store.oldest_us for store in self._stores)
        return min((us for us in oldest if us is not None), default=None)

    def open(self) -> None:
        """Open the file; without a disk that works, memory serves until it does."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._on_disk(Store.tidy)
            self._room.reserve()
        except (OSError, sqlite3.Error) as error:
            self._use_memory(error)

    def hold(self, on: bool) -> None:
        """Leave the file as it is while somebody copies it, or do so no longer.

        One that is not open is held from its opening on.
        """
        self._held = on
        if self._disk is None:
            return
        try:
            self._on_disk(Store.hold if on else Store.release)
        except OSError, sqlite3.Error:
            _LOGGER.debug("The copy of the spool may lack its last rows", exc_info=True)

    def close(self) -> None:
        """Close the files; what the disk still does not take is lost, and counted."""
        try:
            self._leave_memory()
        except OSError, sqlite3.Error:
            self._lose(0 if self._memory is None else self._memory.waiting)
        for store in self._stores:
            store.close()
        self._disk = self._memory = None

    def keep(self, offered: Sequence[Row]) -> None:
        """Keep rows for good; those that no database could hold are set aside."""
        intake = convert(offered)
        if intake.refused:
            self.quarantine(intake.refused)
        try:
            self._on_disk(lambda store: _append(store, intake), make_room=True)
        except (OSError, sqlite3.Error) as error:
            self._keep_in_memory(intake, error)
            return
        try:
            self._keep_house()
        except OSError, sqlite3.Error:
            _LOGGER.debug("Left for the next time", exc_info=True)

    def _keep_in_memory(self, intake: Intake, error: Exception) -> None:
        try:
            memory = self._use_memory(error)
            room = self._bound(memory, MEMORY_BYTES)
            if room:
                _append(memory, intake)
        except sqlite3.Error:
            room = False
        if not room:
            self._lose(len(intake))

    def take[B](self, take: Callable[[Store, int], B | None], limit: int) -> B | None:
        """Return what the first store that has some hands out."""
        if self._disk is not None:
            try:
                batch = self._on_disk(lambda store: take(store, limit))
            except OSError, sqlite3.Error:
                _LOGGER.debug("The spool's file cannot be read", exc_info=True)
            else:
                if batch is not None:
                    return batch
        return None if self._memory is None else take(self._memory, limit)

    def forget(self, batch: Batch) -> None:
        """Take note that the database has these rows."""
        batch.store.forget(batch)

    def rewind(self) -> None:
        """Hand out everything again."""
        for store in self._stores:
            store.rewind()

    def tidy(self) -> None:
        """Write down what was sent, and give room back, when nothing else is done."""
        try:
            for store in self._stores:
                store.tidy()
                store.shrink()
        except sqlite3.Error:
            _LOGGER.debug("What was sent is noted later", exc_info=True)

    def quarantine(self, refused: Sequence[Refused]) -> None:
        """Keep rows that cannot be sent, for a person to look at."""
        self.tally.quarantined += len(refused)
        try:
            gone = self._on_disk(lambda store: store.quarantine(refused))
        except (OSError, sqlite3.Error) as error:
            gone = self._use_memory(error).quarantine(refused)
        self._tell(Problem.ROWS_QUARANTINED, {"rows": self.tally.quarantined})
        if gone:
            self._lose(gone)

    def quarantined(self) -> list[Refused]:
        """Return the rows that were set aside."""
        return [row for store in self._stores for row in store.quarantined()]

    def _on_disk[T](self, work: Callable[[Store], T], *, make_room: bool = False) -> T:
        """Do work on the file; again after what could be mended.

        Raises:
            OSError, sqlite3.Error: the disk is full, read-only or gone.
        """
        for _ in range(_MENDS):
            try:
                return work(self._open_store())
            except sqlite3.DatabaseError as error:
                if _is_damage(error):
                    self._replace()
                elif not (make_room and _is_full(error) and self._make_room()):
                    raise
        return work(self._open_store())

    def _open_store(self) -> Store:
        if self._disk is None:
            there = self._path.exists()
            if there and not self._path.stat().st_size:
                # Not even its tables are left.
                raise DamagedError("an empty file")
            try:
                self._disk = Store(self._path)
            except sqlite3.Error:
                if not there:
                    self._path.unlink(missing_ok=True)
                raise
            if self._held:
                self._disk.hold()
        return self._disk

    def _replace(self) -> None:
        """Begin a new file with what can be read of the damaged one."""
        if self._disk is not None:
            self._disk.close()
            self._disk = None
        aside = set_aside(self._path)
        self._disk = Store(self._path)
        count = salvage(aside, self._disk)
        self._disk.rewind()
        self._tell(Problem.SPOOL_DAMAGED, {"salvaged": count})

    def _keep_house(self) -> None:
        """After a write that the disk took: what else it has to take or to give."""
        self._leave_memory()
        if self._disk is not None:
            self._room.clear(self._disk.used_bytes)
            if self._bound(self._disk, self._room.limit(self._disk.used_bytes)):
                self._solve(Problem.SPOOL_FULL)
            else:
                self._tell(Problem.SPOOL_FULL, {})
        self._room.reserve()

    def _make_room(self) -> bool:
        """Give up the ballast, and with its help some detail; return whether it helps."""
        freed = self._room.give_up()
        return (self._disk is not None and self._thin(self._disk)) or freed

    def _bound(self, store: Store, limit: int) -> bool:
        """Thin a store down to its limit; return False when it cannot be."""
        for _ in range(_THIN_ROUNDS):
            if store.used_bytes <= limit:
                return True
            if not self._thin(store):
                return False
        return True

    def _thin(self, store: Store) -> bool:
        thinned = store.thin(told)
        if not thinned:
            return False
        self.tally.thinned += thinned.rows
        self._tell(Problem.ROWS_THINNED, {"rows": self.tally.thinned})
        return True

    def _use_memory(self, error: Exception) -> Store:
        if self._memory is None:
            _LOGGER.debug("The disk takes nothing: %s", error)
            self._memory = Store(None)
            self._tell(Problem.SPOOL_IN_MEMORY, {})
        return self._memory

    def _leave_memory(self) -> None:
        """Bring to the disk what memory held while the disk took nothing."""
        if self._memory is not None:
            self._on_disk(self._memory.copy_into)
            self._memory.close()
            self._memory = None
            self._solve(Problem.SPOOL_IN_MEMORY)

    def _lose(self, count: int) -> None:
        self.tally.lost += count
        self._tell(Problem.ROWS_LOST, {"rows": self.tally.lost})


def _append(store: Store, intake: Intake) -> None:
    store.append(intake.readings, intake.records, intake.sums)


def _is_damage(error: sqlite3.Error) -> bool:
    damage = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return isinstance(error, DamagedError) or _code(error) in damage


def _is_full(error: sqlite3.Error) -> bool:
    return _code(error) == sqlite3.SQLITE_FULL


def _code(error: sqlite3.Error) -> int | None:
    """Return SQLite's primary result code; an extended one holds it in a byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
