"""A meter pushes each of its frames."""

import asyncio
from typing import TYPE_CHECKING, override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .const import (
    CONF_PRICE,
    CONF_SUBSCRIPTION,
    DOMAIN,
    LOGGER,
    METER_RETRY_MAX,
    METER_RETRY_MIN,
)
from .issues import (
    async_forget_other_meter,
    async_report_mode,
    async_report_other_meter,
)
from .links import MeterLink, async_open_link
from .model import MeterReading
from .tic.insight import MeterData
from .tic.link import TicLinkError
from .tic.quality import LinkQuality
from .tic.radio import RadioLink

if TYPE_CHECKING:
    from .control.memory import ParkMemory
    from .coordinator import EnergyParkConfigEntry


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
