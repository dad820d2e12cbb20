"""What a kWh costs and weighs now: told by any entity, or a fixed value."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import CONF_CO2, CONF_CO2_FIXED, CONF_PRICE, CONF_PRICE_FIXED, LOGGER
from ..measure import number_of, resolve
from ..meter_coordinator import MeterCoordinator
from ..park.prices import Unit, parse_intensity_unit, parse_price_unit, read, value_at


class ParkPrices:
    """The price and the CO2 intensity of a park's energy.

    An entity comes first, then what the park's only meter is billed for the index
    that counts now, then the fixed value. What is not known by any is None.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        settings: Mapping[str, Any],
        meters: Collection[MeterCoordinator],
    ) -> None:
        """Follow the settings of a park."""
        self._hass = hass
        self._settings = settings
        # Which of two meters feeds a sector nobody knows.
        self._meter = next(iter(meters)) if len(meters) == 1 else None
        self._complained: set[str] = set()

    @property
    def price(self) -> float | None:
        """The price of a kWh now, in the house's currency."""
        told = self._told(CONF_PRICE, self._price_unit)
        if told is None and self._meter is not None and self._meter.heard:
            assert self._meter.data is not None
            told = self._meter.billing.price_now(self._hass, self._meter.data.reading)
        return self._settings.get(CONF_PRICE_FIXED) if told is None else told

    @property
    def co2_g_per_kwh(self) -> float | None:
        """The CO2 intensity now, in g per kWh."""
        told = self._told(CONF_CO2, parse_intensity_unit)
        return self._settings.get(CONF_CO2_FIXED) if told is None else told

    def _price_unit(self, text: str) -> Unit:
        """Return the unit of a price; another currency is not converted."""
        unit = parse_price_unit(text)
        if unit.currency not in (None, self._hass.config.currency):
            raise ValueError(f"not {self._hass.config.currency}: {text}")
        return unit

    @callback
    def _told(self, key: str, parse: Callable[[str], Unit]) -> float | None:
        """Return what an entity tells of now; what cannot be read is told once."""
        if (entity := self._settings.get(key)) is None:
            return None
        entity_id = resolve(self._hass, entity)
        if (state := self._hass.states.get(entity_id)) is None:
            return None
        now = dt_util.now()
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        try:
            # A number without a unit is taken for one per kWh, as typed in.
            factor = parse(unit).factor if unit else 1.0
            slots = read(state.attributes, now.date(), now.tzinfo or UTC, factor)
        except (AttributeError, TypeError, ValueError) as err:
            if key not in self._complained:
                self._complained.add(key)
                LOGGER.warning("%s cannot be used for a %s: %s", entity_id, key, err)
            return None
        self._complained.discard(key)
        if (value := value_at(slots, now)) is not None:
            return value
        number = number_of(self._hass, entity_id)
        return None if number is None else number * factor
