"""Readings: meters push each frame, plugs are polled one coordinator a device."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .configuration import read_plug
from .const import (
    CONF_DIALECT,
    CONF_FIRMWARE,
    CONF_PRICE,
    CONF_SUBSCRIPTION,
    DOMAIN,
    LOGGER,
    METER_RETRY_MAX,
    METER_RETRY_MIN,
    PLUG_INTERVAL,
    PLUG_INTERVAL_MAX,
    PLUG_REFRESH_AFTER_ORDER_S,
)
from .issues import (
    async_forget_other_meter,
    async_report_mode,
    async_report_other_meter,
)
from .links import MeterLink, async_open_link
from .model import (
    MeterReading,
    Plug,
    PlugInfo,
    PlugReading,
    PowerOnDefault,
    Socket,
    SocketReading,
)
from .plug.client import PlugAuthError, PlugClient, PlugError
from .plugs import open_client
from .tic.insight import MeterData
from .tic.link import TicLinkError
from .tic.quality import LinkQuality
from .tic.radio import RadioLink

if TYPE_CHECKING:
    from .control.energy import EnergyBook
    from .control.group import SocketGroup
    from .control.memory import ParkMemory
    from .control.mirroring import Mirroring
    from .control.switchboard import Switchboard

type EnergyParkConfigEntry = ConfigEntry[EnergyParkData]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyParkData:
    """What a loaded park holds; meters and plugs by their subentry id."""

    meters: dict[str, MeterCoordinator]
    plugs: dict[str, PlugCoordinator]
    memory: ParkMemory
    energy: EnergyBook
    switchboard: Switchboard
    park: SocketGroup
    sectors: list[SocketGroup]
    mirroring: Mirroring | None

    @property
    def groups(self) -> list[SocketGroup]:
        """The park and its sectors."""
        return [self.park, *self.sectors]


class OtherMeterError(Exception):
    """Another meter than the configured one speaks on the link."""

    def __init__(self, serial: str) -> None:
        """Keep its serial number out of the text, which goes to the log."""
        super().__init__("another meter answers on the port")
        self.serial = serial


class MeterCoordinator(DataUpdateCoordinator[MeterData | None]):
    """Pushes the readings of one meter; None until the first frame."""

    config_entry: EnergyParkConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        subentry: ConfigSubentry,
        memory: ParkMemory,
    ) -> None:
        """Prepare to listen to the meter of a subentry."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=f"meter {subentry.title}"
        )
        assert subentry.unique_id is not None
        self.subentry = subentry
        self.serial = subentry.unique_id
        self.link: MeterLink | None = None
        self.quality = LinkQuality()
        self._memory = memory
        self.insight = memory.insights[subentry.unique_id]
        self.billing = memory.billings[subentry.unique_id]
        self.billing.price_entity = subentry.data.get(CONF_PRICE)
        self.billing.subscription_per_day = subentry.data.get(CONF_SUBSCRIPTION, 0.0)
        self._reports_other = False
        self._retry = METER_RETRY_MIN

    @callback
    def async_start(self) -> None:
        """Listen for as long as the entry is loaded."""
        self.config_entry.async_create_background_task(
            self.hass, self._async_run(), name=f"{DOMAIN} {self.name}"
        )

    @property
    def heard(self) -> bool:
        """Whether good frames of the meter arrive."""
        return self.last_update_success and self.data is not None

    @override
    async def _async_update_data(self) -> MeterData | None:
        """Return the latest data: the meter speaks by itself."""
        return self.data

    async def _async_run(self) -> None:
        """Open the link again and again, ever more rarely while it fails."""
        while True:
            try:
                await self._async_listen()
            except OtherMeterError as err:
                self.async_set_update_error(err)
                self._reports_other = True
                async_report_other_meter(self.hass, self, err.serial)
            except TicLinkError as err:
                self.async_set_update_error(err)
            except Exception as err:
                # A fault of one listener must not cost hours of readings.
                LOGGER.exception("Unexpected error while reading the %s", self.name)
                self.async_set_update_error(err)
            await asyncio.sleep(self._retry.total_seconds())
            self._retry = min(self._retry * 2, METER_RETRY_MAX)

    async def _async_listen(self) -> None:
        """Publish what comes over the link once the meter has said who it is."""
        identified = False
        stranger: str | None = None
        link = await async_open_link(
            self.hass,
            self.subentry,
            self.insight.mode,
            self._memory.radio_positions.get(self.serial, 0),
        )
        async with link as self.link:
            async for reading in self.link:
                self.quality.update(self.link.counters, dt_util.utcnow())
                if reading.serial not in {None, self.serial}:
                    # Damage that the checksum does not see comes once; an early
                    # reading and its frame hold the same.
                    if not reading.early:
                        if reading.serial == stranger:
                            raise OtherMeterError(reading.serial)
                        stranger = reading.serial
                    continue
                if reading.serial is not None:
                    identified, stranger = True, None
                if identified:
                    self._async_publish(reading)

    @callback
    def async_set_price(self, label: str, price: float) -> None:
        """Change the price of an index from now on."""
        self.billing.prices[label] = price
        self._memory.save_orders()
        self.async_update_listeners()

    @callback
    def _async_publish(self, reading: MeterReading) -> None:
        """Hand a reading, and what follows from it, to the entities."""
        self._retry = METER_RETRY_MIN
        if not self.last_update_success:
            LOGGER.info("The %s is heard again", self.name)
        mode_before = self.insight.mode
        data = self.insight.update(reading, dt_util.utcnow())
        if not reading.early:
            self.billing.update(self.hass, data.reading)
            if (drawn_wh := data.reading.energy_drawn_wh) is not None:
                energy = self.config_entry.runtime_data.energy
                energy.follow_meter(self.serial, drawn_wh)
        if isinstance(self.link, RadioLink):
            self._memory.radio_positions[self.serial] = self.link.position
        self._memory.save_totals()
        self.async_set_updated_data(data)
        if mode_before not in {None, data.reading.mode}:
            async_report_mode(self.hass, self, data.reading.mode)
        if self._reports_other:
            self._reports_other = False
            async_forget_other_meter(self.hass, self)


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
    ) -> None:
        """Prepare to poll; ``polls`` bounds those of the whole park."""
        super().__init__(hass, entry, subentry, PLUG_INTERVAL)
        self.client: PlugClient = open_client(
            hass,
            subentry.data,
            PlugInfo(
                serial=self.plug.serial,
                dialect=subentry.data[CONF_DIALECT],
                model=self.plug.model,
                firmware=subentry.data.get(CONF_FIRMWARE),
                sockets=tuple(socket.number for socket in self.plug.sockets),
            ),
        )
        self.power_on_defaults: dict[int, PowerOnDefault] | None = None
        self._polls = polls

    @override
    async def _async_update_data(self) -> PlugReading:
        """Poll the plug; one that does not answer is asked ever more rarely."""
        assert self.update_interval is not None
        try:
            async with self._polls:
                reading = await self.client.read()
                if self.power_on_defaults is None:
                    self.power_on_defaults = await self._async_read_defaults()
        except PlugAuthError as err:
            # Plugs count failed logins and lock out who goes on.
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
            self.update_interval = min(self.update_interval * 2, PLUG_INTERVAL_MAX)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="plug_unreachable",
                translation_placeholders={
                    "plug": self.subentry.title,
                    "error": str(err),
                },
            ) from err
        self.update_interval = PLUG_INTERVAL
        return reading

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
