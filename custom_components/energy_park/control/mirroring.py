"""Brings what a park measures, and what happens in it, to its mirror.

Nothing here waits for a disk or a database, and no fault of the mirror reaches the
rest of the park.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
import shutil
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_COUNTRY, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..configuration import read_mirror, sectors
from ..const import DOMAIN, LOGGER, MIRROR_INTERVAL, MIRROR_LAG_MAX
from ..coordinator import EnergyParkConfigEntry, EnergyParkData, PlugCoordinator
from ..meter_coordinator import MeterCoordinator
from ..mirror.measures import meter_rows, plug_rows, socket_rows
from ..mirror.mirror import Mirror, MirrorStatus
from ..mirror.rows import EPOCH, MeterRow, PlugRow, SectorRow, SiteRow, SocketRow
from ..model import MeterReading, PlugReading
from ..park.arbiter import SocketState
from .happenings import actual, decisions, overload
from .mirror_issues import MirrorIssues

STOP_WITHIN_S = 10
MIRROR_LAG_S = MIRROR_LAG_MAX.total_seconds()

type PartRow = MeterRow | SectorRow | PlugRow | SocketRow


def spool_directory(hass: HomeAssistant, entry_id: str) -> Path:
    """Return where a park's rows wait for the database."""
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.mirror"))


async def async_remove_spool(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the rows of a removed park."""
    directory = spool_directory(hass, entry_id)
    await hass.async_add_executor_job(partial(shutil.rmtree, directory, True))


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
            ),
            spool_directory(hass, entry.entry_id),
            on_problem=self._issues.problem,
            on_solved=self._issues.solved,
            now=dt_util.utcnow,
        )
        self.coordinator = MirrorCoordinator(hass, entry, part, self.mirror)
        self._starting: asyncio.Task[None] | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._frames: dict[str, MeterReading] = {}
        self._polls: dict[str, PlugReading] = {}
        self._states: dict[str, SocketState] = {}
        self._on: dict[str, bool | None] = {}
        self._overloads: dict[str, bool] = {}
        self._described: dict[str, tuple[PartRow, ...]] = {}
        self._failed = False

    @callback
    def async_start(self, data: EnergyParkData) -> None:
        """Follow the park; the disk and the database are opened meanwhile."""
        self._data = data
        self._starting = self._hass.async_create_background_task(
            self._async_open(), f"{DOMAIN} mirror"
        )
        for socket in data.switchboard.sockets:
            self._states[socket.id] = data.switchboard.memory(socket).state
        self._guarded(self._describe_sectors)
        for meter in data.meters.values():
            self._follow(meter, partial(self._read_meter, meter))
        for plug in data.plugs.values():
            self._follow(plug, partial(self._read_plug, plug))
            self._guarded(partial(self._describe_plug, plug))
        self._unsubscribe.append(self.coordinator.async_add_listener(self._look_at_lag))
        self._unsubscribe.append(
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_end)
        )

    async def async_stop(self) -> None:
        """Follow no longer, put everything on disk, and give sending a moment."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        starting, self._starting = self._starting, None
        if starting is not None:
            self._guarded(self._describe_removed)
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
            await self.mirror.start()
        except Exception:
            LOGGER.exception("The mirror cannot start")

    async def _async_end(self, _event: Event) -> None:
        """Home Assistant ends without unloading anything."""
        await self.async_stop()

    @callback
    def _look_at_lag(self) -> None:
        status = self.coordinator.data
        self._issues.lag(status.connected and status.lag_s > MIRROR_LAG_S)

    def _follow(
        self, coordinator: MeterCoordinator | PlugCoordinator, read: CALLBACK_TYPE
    ) -> None:
        self._unsubscribe.append(
            coordinator.async_add_listener(partial(self._guarded, read))
        )

    @callback
    def _guarded(self, offer: Callable[[], None]) -> None:
        """Do something for the mirror; its faults stay here, and are told once."""
        try:
            offer()
        except Exception:
            if not self._failed:
                LOGGER.exception("The mirror misses something")
            self._failed = True

    def _read_meter(self, meter: MeterCoordinator) -> None:
        """Offer a frame that is new and whole, and what changed with it."""
        if not meter.heard or meter.data is None:
            return
        reading = meter.data.reading
        if reading.early or self._frames.get(meter.serial) is reading:
            return
        self._frames[meter.serial] = reading
        now = dt_util.utcnow()
        self.mirror.offer_many(meter_rows(meter.serial, reading, now))
        self._describe(
            meter.subentry.subentry_id,
            [
                MeterRow(
                    meter_id=meter.serial,
                    name=meter.subentry.title,
                    mode=reading.mode,
                    contract=reading.contract,
                    subscribed_power_va=reading.subscribed_power_va,
                    updated_at=EPOCH,
                )
            ],
        )
        if reading.overload is not None:
            before = self._overloads.get(meter.serial, False)
            self._overloads[meter.serial] = reading.overload
            if reading.overload is not before:
                self.mirror.offer(overload(meter.serial, reading.overload, now))

    def _read_plug(self, plug: PlugCoordinator) -> None:
        """Offer a poll that is new, and what was decided and seen of the sockets."""
        now = dt_util.utcnow()
        new = plug.heard and self._polls.get(plug.plug.serial) is not plug.data
        if new:
            self._polls[plug.plug.serial] = plug.data
        for socket in plug.plug.sockets:
            before = self._states[socket.id]
            state = self._data.switchboard.memory(socket).state
            if state is not before:
                self._states[socket.id] = state
                self.mirror.offer_many(decisions(socket, before, state, now))
            reading = plug.reading(socket)
            if new and reading is not None:
                self.mirror.offer_many(socket_rows(socket.id, reading, now))
            on = reading.on if reading is not None else None
            if on is not self._on.get(socket.id):
                self._on[socket.id] = on
                self.mirror.offer(actual(socket, on, state.reason, now))
        self._describe_plug(plug)

    def _describe_plug(self, plug: PlugCoordinator) -> None:
        memory = self._data.switchboard.memory
        sockets = tuple(
            replace(socket, priority=memory(socket).priority)
            for socket in plug.plug.sockets
        )
        protected = frozenset(s.id for s in sockets if memory(s).protected)
        self._describe(
            plug.subentry.subentry_id,
            plug_rows(replace(plug.plug, sockets=sockets), EPOCH, protected),
        )

    def _describe_sectors(self) -> None:
        for sector_id, name in sectors(self._entry).items():
            self._describe(
                sector_id,
                [SectorRow(sector_id=sector_id, name=name, updated_at=EPOCH)],
            )

    def _describe(self, part_id: str, rows: Iterable[PartRow]) -> None:
        """Offer what a part is, if it is not what it was; the rows carry no time."""
        described = tuple(rows)
        if self._described.get(part_id) != described:
            self._described[part_id] = described
            now = dt_util.utcnow()
            self.mirror.offer_many(replace(row, updated_at=now) for row in described)

    def _describe_removed(self) -> None:
        """Offer the end of the parts that are no longer in the park."""
        now = dt_util.utcnow()
        for part_id in self._described.keys() - self._entry.subentries.keys():
            self.mirror.offer_many(
                replace(row, updated_at=now, removed_at=now)
                for row in self._described[part_id]
            )
