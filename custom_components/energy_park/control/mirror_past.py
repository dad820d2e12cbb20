"""Fills the mirror with what Home Assistant remembers from before it was there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..mirror.backfill import PastRow, Progress, backfill
from ..mirror.errors import MirrorError
from ..mirror.mirror import Mirror
from ..mirror.repair import Repaired, repair
from ..mirror.rows import EventRow, Series, SubjectKind
from .recollection import Recollection

STORAGE_VERSION: Final = 1
NOTE_AFTER_S: Final = 10
RETRY_AFTER_S: Final = 60
# So far back single states of other entities are looked for at each start.
RECENT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Filled:
    """How far filling in is: percent of the entities, and rows found for them."""

    percent: int
    rows: int


class Texts:
    """What entities told in words, which may be offered again at any time."""

    def __init__(self, mirror: Mirror) -> None:
        """Count from zero."""
        self._mirror = mirror
        self.found = 0

    async def fill_in(self, rows: Iterable[EventRow]) -> None:
        """Offer some to the mirror."""
        self.found += await self._mirror.fill_in(rows)


def past_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return where a park notes until when each entity was filled in."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.past", private=True)


class MirrorPast:
    """Fills in the past of entities, in the background.

    It is noted until when each was done, so that a start goes on where the last one
    ended; what that one had begun is recognised in the database. So what was missed
    while the integration did not run, but Home Assistant did, is filled in as well.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        database: str,
        mirror: Mirror,
        on_progress: Callable[[Filled], None],
    ) -> None:
        """Take the mirror; ``database`` names the one that the notes are about."""
        self._store = past_store(hass, entry_id)
        self._database = database
        self._mirror = mirror
        self._memory = Recollection(hass)
        self._on_progress = on_progress
        self._percent: int | None = None

    async def async_catch_up(self, entities: Mapping[str, Series]) -> None:
        """Fill in what was not yet, however long the database is away."""
        if not self._memory.exists:
            return
        now = dt_util.utcnow()
        notes = await self._store.async_load() or {}
        if notes.get("database") != self._database:
            notes = {"database": self._database, "until": {}}
        groups = await self._by_begin(entities, notes["until"])
        total = sum(map(len, groups.values()))
        done = rows = 0
        for begin, group in groups.items():
            named = {entities[entity_id]: entity_id for entity_id in group}
            tell = partial(self._tell_share, done / total, len(group) / total, rows)
            rows += await self._async_insist(
                partial(self._async_fill, named, begin, now, tell)
            )
            done += len(group)
            notes["until"] |= dict.fromkeys(group, now.isoformat())
            self._store.async_delay_save(lambda: notes, NOTE_AFTER_S)
        rows += await self._async_fill_others(entities, now)
        self._tell(Filled(100, rows))
        if rows:
            LOGGER.info("%d rows of the past were added to the mirror", rows)

    async def _async_fill_others(
        self, entities: Mapping[str, Series], now: datetime
    ) -> int:
        """Fill in what others told while this did not run, be it less than an hour."""
        others = {
            entity_id: series
            for entity_id, series in entities.items()
            if series.kind is SubjectKind.ENTITY
        }
        if not others:
            return 0
        recent = partial(self.async_repair, others, now - RECENT, now)
        return (await self._async_insist(recent)).rows

    async def async_repair(
        self, entities: Mapping[str, Series], begin: datetime, end: datetime
    ) -> Repaired:
        """Mend the sums of a range, and fill in what it lacks.

        Raises:
            MirrorError: the database cannot be asked.
        """
        texts = Texts(self._mirror)
        named = {series: entity_id for entity_id, series in entities.items()}
        remember = partial(self._remember, named, texts)
        done = await repair(self._mirror, list(named), begin, end, remember)
        return replace(done, rows=done.rows + texts.found)

    async def _by_begin(
        self, entities: Iterable[str], until: Mapping[str, str]
    ) -> dict[datetime, list[str]]:
        """Return which entities are to be filled in from when on."""
        groups: dict[datetime, list[str]] = {}
        for entity_id in entities:
            if entity_id in until:
                begin = dt_util.parse_datetime(until[entity_id])
            elif (begin := await self._memory.begin(entity_id)) is not None:
                # Many begin on the day that Home Assistant was installed.
                begin = begin.replace(hour=0, minute=0, second=0, microsecond=0)
            if begin is not None:
                groups.setdefault(begin, []).append(entity_id)
        return groups

    async def _async_insist[T](self, do: Callable[[], Awaitable[T]]) -> T:
        """Do something with the database, as soon as it is there."""
        while True:
            try:
                return await do()
            except MirrorError as err:
                LOGGER.debug("The past waits for the database: %s", err)
            await asyncio.sleep(RETRY_AFTER_S)

    async def _async_fill(
        self,
        named: Mapping[Series, str],
        begin: datetime,
        end: datetime,
        tell: Callable[[Progress], None],
    ) -> int:
        texts = Texts(self._mirror)
        remember = partial(self._remember, named, texts)
        rows = await backfill(self._mirror, list(named), begin, end, remember, tell)
        return rows + texts.found

    async def _remember(
        self,
        named: Mapping[Series, str],
        texts: Texts,
        series: Series,
        start: datetime,
        until: datetime,
    ) -> Iterable[PastRow]:
        """Return what the recorder knows of an entity's numbers; texts go apart."""
        if not self._memory.exists:
            return ()
        found, told = await self._memory.rows(named[series], series, start, until)
        await texts.fill_in(told)
        return found

    def _tell_share(
        self, done: float, share: float, rows: int, progress: Progress
    ) -> None:
        """Show how far one of several is; ``share`` is its part of all."""
        percent = int(100 * (done + share * progress.share))
        self._tell(Filled(percent, rows + progress.rows))

    def _tell(self, filled: Filled) -> None:
        """Show the progress, a percent at a time."""
        if filled.percent != self._percent:
            self._percent = filled.percent
            self._on_progress(filled)
