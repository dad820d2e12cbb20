"""Brings what a park measures, and what happens in it, to its mirror.

Nothing here waits for a disk or a database, and no fault of the mirror reaches the
rest of the park.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
import shutil
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    CONF_COUNTRY,
    CONF_HOST,
    CONF_PORT,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..configuration import read_mirror
from ..const import (
    CONF_CITY,
    CONF_DATABASE,
    CONF_DISTRICT,
    CONF_REGION,
    CONF_SCHEMA,
    DOMAIN,
    LOGGER,
    MIRROR_INTERVAL,
    MIRROR_LAG_MAX,
)
from ..coordinator import EnergyParkConfigEntry, EnergyParkData
from ..mirror.mirror import Mirror, MirrorStatus
from ..mirror.rows import Series, SiteRow
from .mirror_entities import EntityRows
from .mirror_issues import MirrorIssues
from .mirror_park import ParkRows
from .mirror_past import Filled, MirrorPast, past_store
from .mirrored import foreign_series, own_entities, own_series

STOP_WITHIN_S = 10
MIRROR_LAG_S = MIRROR_LAG_MAX.total_seconds()


def spool_directory(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where a park's rows wait for the database."""
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.mirror"))


async def async_remove_spool(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the rows of a removed park, and what was filled in."""
    directory = spool_directory(hass, entry_id)
    await hass.async_add_executor_job(partial(shutil.rmtree, directory, True))
    await past_store(hass, entry_id).async_remove()


class MirrorCoordinator(DataUpdateCoordinator[MirrorStatus]):
    """Looks at the mirror's state now and then."""

    config_entry: EnergyParkConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        part: ConfigSubentry,
        mirror: Mirror,
    ) -> None:
        """Take the mirror of a subentry."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"mirror {part.title}",
            update_interval=MIRROR_INTERVAL,
            always_update=False,
        )
        self.subentry = part
        self.mirror = mirror
        self.data = mirror.status()
        self.filled: Filled | None = None

    @callback
    def async_show(self, filled: Filled) -> None:
        """Show how far filling in the past is."""
        self.filled = filled
        self.async_update_listeners()

    @override
    async def _async_update_data(self) -> MirrorStatus:
        """Return the state now."""
        return self.mirror.status()


class Mirroring:
    """The mirror of one park."""

    def __init__(
        self, hass: HomeAssistant, entry: EnergyParkConfigEntry, part: ConfigSubentry
    ) -> None:
        """Prepare the mirror that a subentry describes."""
        self.subentry = part
        self._hass = hass
        self._entry = entry
        self._issues = MirrorIssues(hass, entry, part)
        self.mirror = Mirror(
            read_mirror(part.data),
            SiteRow(
                uid=entry.entry_id,
                name=entry.title,
                time_zone=hass.config.time_zone,
                country=entry.data[CONF_COUNTRY],
                region=part.data.get(CONF_REGION),
                city=part.data.get(CONF_CITY),
                district=part.data.get(CONF_DISTRICT),
            ),
            spool_directory(hass, entry.entry_id),
            on_problem=self._issues.problem,
            on_solved=self._issues.solved,
            now=dt_util.utcnow,
        )
        self.coordinator = MirrorCoordinator(hass, entry, part, self.mirror)
        self.past = MirrorPast(
            hass,
            entry.entry_id,
            _database(part),
            self.mirror,
            self.coordinator.async_show,
        )
        self._entities = EntityRows(
            hass, part.data, self._has_rows, self.mirror, self._guarded
        )
        self._filling: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._park: ParkRows | None = None
        self._failed = False

    @callback
    def async_start(self, data: EnergyParkData) -> None:
        """Follow the park; the disk and the database are opened meanwhile."""
        self._starting = self._hass.async_create_background_task(
            self._async_open(), f"{DOMAIN} mirror"
        )
        self._park = ParkRows(self._hass, self._entry, data, self.mirror, self._guarded)
        self._park.async_start()
        self._unsubscribe.append(self._issues.async_follow(self.mirror.confirm))
        self._unsubscribe.append(self.coordinator.async_add_listener(self._look_at_lag))
        # Before, entities of other integrations have no states, and so no units.
        self._unsubscribe.append(async_at_started(self._hass, self._async_catch_up))
        self._unsubscribe.append(
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_end)
        )

    async def async_stop(self) -> None:
        """Follow no longer, put everything on disk, and give sending a moment."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._entities.async_stop()
        if self._filling is not None:
            self._filling.cancel()
        starting, self._starting = self._starting, None
        if starting is not None and self._park is not None:
            self._park.async_stop()
            await self._async_close(starting)
        # What is lost at the very end is told, too.
        self._issues.close()

    async def _async_close(self, starting: asyncio.Task[None]) -> None:
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await asyncio.wait({starting})
                await self.mirror.stop()
        except TimeoutError:
            LOGGER.warning("The mirror did not end in time; its last rows may be lost")
        except Exception:
            LOGGER.exception("The mirror did not end as it should")

    async def _async_open(self) -> None:
        try:
            await self._entities.async_start()
            await self.mirror.start()
        except Exception:
            LOGGER.exception("The mirror cannot start")
            self._issues.not_started()

    async def _async_end(self, _event: Event) -> None:
        """Home Assistant ends without unloading anything."""
        await self.async_stop()

    def series_of(self, entity_id: str) -> Series | None:
        """Return under which name the numbers of an entity are mirrored, if they are."""
        if entity_id in self._entities.entity_ids:
            state = self._hass.states.get(entity_id)
            return None if state is None else foreign_series(state)
        entity = er.async_get(self._hass).async_get(entity_id)
        if entity is None or entity.config_entry_id != self._entry.entry_id:
            return None
        return own_series(self._entry.runtime_data, entity)

    def _has_rows(self, entity: er.RegistryEntry) -> bool:
        """Whether an entity has its rows already, or tells of this mirror itself."""
        return (
            entity.config_entry_id != self._entry.entry_id
            or entity.config_subentry_id == self.subentry.subentry_id
            or own_series(self._entry.runtime_data, entity) is not None
        )

    def series(self) -> dict[str, Series]:
        """Return what is mirrored as numbers, by entity id."""
        own = own_entities(self._hass, self._entry.entry_id, self._entry.runtime_data)
        return own | {
            entity_id: foreign_series(state)
            for entity_id in sorted(self._entities.entity_ids)
            if (state := self._hass.states.get(entity_id)) is not None
        }

    @callback
    def _async_catch_up(self, _hass: HomeAssistant) -> None:
        """Fill in what Home Assistant remembers and the database does not have."""
        self._filling = self._hass.async_create_background_task(
            self._async_fill_in(), f"{DOMAIN} past of the mirror"
        )

    async def _async_fill_in(self) -> None:
        assert self._starting is not None
        await asyncio.wait({self._starting})
        try:
            await self.past.async_catch_up(self.series())
        except Exception:
            LOGGER.exception("The past cannot be added to the mirror")

    @callback
    def _look_at_lag(self) -> None:
        """Tell of a lag, but not of one that the past makes: it may take long."""
        status, filled = self.coordinator.data, self.coordinator.filled
        late = status.connected and status.lag_s > MIRROR_LAG_S
        self._issues.lag(late and (filled is None or filled.percent == 100))

    @callback
    def _guarded(self, offer: Callable[[], None]) -> None:
        """Do something for the mirror; its faults stay here, and are told once."""
        try:
            offer()
        except Exception:
            if not self._failed:
                LOGGER.exception("The mirror misses something")
            self._failed = True


def _database(part: ConfigSubentry) -> str:
    """Return which database a mirror writes to, in whose schema."""
    keys = (CONF_HOST, CONF_PORT, CONF_DATABASE, CONF_SCHEMA)
    return " ".join([part.subentry_id, *(str(part.data[key]) for key in keys)])
