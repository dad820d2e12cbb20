"""What a loaded park holds; plugs are read one coordinator a device."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
import random
from typing import TYPE_CHECKING, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util.dt import utcnow

from .configuration import read_plug
from .const import (
    CONF_CHANNELS,
    CONF_DIALECT,
    CONF_FIRMWARE,
    DOMAIN,
    LOGGER,
    PLUG_INTERVAL_MAX,
    PLUG_REFRESH_AFTER_ORDER_S,
)
from .issues import async_report_plug
from .model import Plug, PlugInfo, PlugReading, PowerOnDefault, Socket, SocketReading
from .park.observation import Sample
from .plug.client import PlugAuthError, PlugClient, PlugError
from .plugs import is_blind, open_client

if TYPE_CHECKING:
    from .control.alarms import AlarmWatch
    from .control.audit import Audit
    from .control.energy import EnergyBook
    from .control.group import SocketGroup
    from .control.jobs import Jobs
    from .control.memory import ParkMemory
    from .control.mirroring import Mirroring
    from .control.prices import ParkPrices
    from .control.savings import SavingsBook
    from .control.shedding.loads import Loads
    from .control.shedding.shedding import Shedding
    from .control.stations import Stations
    from .control.switchboard import Switchboard
    from .control.trials import Trials
    from .control.waste import WasteBook
    from .meter_coordinator import MeterCoordinator

type EnergyParkConfigEntry = ConfigEntry[EnergyParkData]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyParkData:
    """What a loaded park holds; by subentry id, each shedding by its meter's."""

    meters: dict[str, MeterCoordinator]
    plugs: dict[str, PlugCoordinator]
    memory: ParkMemory
    energy: EnergyBook
    switchboard: Switchboard
    audit: Audit
    stations: Stations
    jobs: Jobs
    trials: Trials
    park: SocketGroup
    sectors: list[SocketGroup]
    prices: ParkPrices
    waste: WasteBook
    alarms: AlarmWatch
    savings: SavingsBook
    mirroring: Mirroring | None
    loads: Loads
    sheddings: dict[str, Shedding]

    @property
    def groups(self) -> list[SocketGroup]:
        """The park and its sectors."""
        return [self.park, *self.sectors]


def has_three_phases(entry: EnergyParkConfigEntry) -> bool:
    """Return whether a meter of a loaded park is known to have three phases."""
    return entry.state is ConfigEntryState.LOADED and any(
        meter.insight.three_phases for meter in entry.runtime_data.meters.values()
    )


class PlugCoordinator(DataUpdateCoordinator[PlugReading]):
    """Reads one plug and switches its sockets; how is up to the kind of plug."""

    config_entry: EnergyParkConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        subentry: ConfigSubentry,
        update_interval: timedelta | None,
    ) -> None:
        """Prepare to read the plug of a subentry."""
        self.plug: Plug = read_plug(entry, subentry)
        self.subentry = subentry
        # Known once the device is registered, before any entity is made.
        self.device_id = ""
        # The numbers of its circuits that are measured and cannot be switched.
        self.channels: tuple[int, ...] = ()
        # Whether nothing but a toggle tells the state of its sockets.
        self.blind = False
        # Whether its socket goes off by itself when it is done.
        self.ends_itself = False
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"plug {subentry.title}",
            update_interval=update_interval,
            request_refresh_debouncer=Debouncer(
                hass,
                LOGGER,
                cooldown=PLUG_REFRESH_AFTER_ORDER_S,
                immediate=False,
            ),
        )

    @callback
    def async_start(self) -> None:
        """Read the plug for the first time, without holding up anybody."""
        self.config_entry.async_create_background_task(
            self.hass, self.async_refresh(), name=f"{DOMAIN} first poll of {self.name}"
        )

    @callback
    def async_stop(self) -> None:
        """Let go of what the plug holds beside its listeners."""

    @property
    def heard(self) -> bool:
        """Whether the plug answered last."""
        return self.last_update_success and self.data is not None

    def reading(self, socket: Socket) -> SocketReading | None:
        """Return the fresh reading of a socket; None when there is none."""
        if not self.heard:
            return None
        return self.data.sockets.get(socket.number)

    def sample(self, socket: Socket) -> Sample | None:
        """Return the latest reading of a socket, however old, and its age."""
        if self.data is None or self.data.asked_at is None:
            return None
        reading = self.data.sockets.get(socket.number)
        if reading is None:
            return None
        return Sample(
            at=self.data.asked_at,
            on=reading.on,
            power_w=reading.power_w,
            voltage_v=reading.voltage_v,
        )

    async def async_read_soon(self) -> None:
        """Read the plug ahead of its next poll."""
        await self.async_request_refresh()

    async def async_read_now(self) -> None:
        """Read the plug at once, and wait for what it tells."""
        await self.async_refresh()

    async def async_switch(self, socket: Socket, on: bool) -> None:
        """Switch a socket; raise PlugError when the plug did not confirm."""
        raise NotImplementedError


class PolledPlugCoordinator(PlugCoordinator):
    """Polls a plug in its own dialect."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        subentry: ConfigSubentry,
        polls: asyncio.Semaphore,
        interval: timedelta,
    ) -> None:
        """Prepare to poll; ``polls`` bounds those of the whole park."""
        super().__init__(hass, entry, subentry, interval)
        self.channels = tuple(subentry.data.get(CONF_CHANNELS, ()))
        self._interval = interval
        # All are polled first at the start of the park: the second polls lie apart,
        # and all that follow.
        self._share = random.uniform(0.1, 1.0)
        self.client: PlugClient = open_client(
            hass,
            subentry.data,
            PlugInfo(
                serial=self.plug.serial,
                dialect=subentry.data[CONF_DIALECT],
                model=self.plug.model,
                firmware=subentry.data.get(CONF_FIRMWARE),
                sockets=tuple(socket.number for socket in self.plug.sockets),
                channels=self.channels,
            ),
        )
        self.blind = is_blind(subentry.data)
        self.power_on_defaults: dict[int, PowerOnDefault] | None = None
        self._polls = polls
        self._refused = False

    @override
    async def _async_update_data(self) -> PlugReading:
        """Poll the plug; one that does not answer is asked ever more rarely."""
        assert self.update_interval is not None
        try:
            async with self._polls:
                asked_at = utcnow()
                reading = await self.client.read()
                if self.power_on_defaults is None:
                    self.power_on_defaults = await self._async_read_defaults()
        except PlugAuthError as err:
            # Plugs count failed logins and lock out who goes on.
            self._refused = True
            self.update_interval = PLUG_INTERVAL_MAX
            self.config_entry.async_start_reauth(
                self.hass, data={"subentry_id": self.subentry.subentry_id}
            )
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="plug_auth",
                translation_placeholders={"plug": self.subentry.title},
            ) from err
        except PlugError as err:
            async_report_plug(self.hass, self.subentry, err)
            self.update_interval = min(self.update_interval * 2, PLUG_INTERVAL_MAX)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="plug_unreachable",
                translation_placeholders={
                    "plug": self.subentry.title,
                    "error": str(err),
                },
            ) from err
        async_report_plug(self.hass, self.subentry, None)
        self.update_interval, self._share = self._interval * self._share, 1.0
        self._refused = False
        return replace(reading, asked_at=asked_at)

    @override
    async def async_read_soon(self) -> None:
        """Read the plug ahead of its next poll, unless it has refused our password."""
        if not self._refused:
            await self.async_request_refresh()

    @override
    async def async_read_now(self) -> None:
        """Read the plug at once, unless it has refused our password."""
        if not self._refused:
            await self.async_refresh()

    async def _async_read_defaults(self) -> dict[int, PowerOnDefault]:
        """Ask once what the sockets do when the mains come back.

        A plug that does not tell is still a plug: it is read without.
        """
        known = {}
        for socket in self.plug.sockets:
            try:
                default = await self.client.power_on_default(socket.number)
            except PlugError as err:
                LOGGER.debug("No power-on default of %s: %s", socket.name, err)
                break
            if default is None:
                break
            known[socket.number] = default
        return known

    async def async_set_power_on_default(
        self, socket: Socket, default: PowerOnDefault
    ) -> None:
        """Choose what a socket does when the mains come back; raise PlugError."""
        await self.client.set_power_on_default(socket.number, default)
        self.power_on_defaults = await self._async_read_defaults()
        self.async_update_listeners()

    @override
    async def async_switch(self, socket: Socket, on: bool) -> None:
        """Switch a socket, then look at the plug again soon."""
        await self.client.switch(socket.number, on)
        await self.async_request_refresh()
