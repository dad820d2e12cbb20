"""The form of what a park's energy costs and weighs."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import probatio

from ..const import CONF_CO2, CONF_CO2_FIXED, CONF_PRICE, CONF_PRICE_FIXED
from ..measure import register_id, resolve

ENTITIES = (CONF_PRICE, CONF_CO2)
PRICES = (*ENTITIES, CONF_PRICE_FIXED, CONF_CO2_FIXED)

_NUMBERS = EntitySelectorConfig(domain=["sensor", "number", "input_number"])


def prices_schema(currency: str) -> probatio.Schema:
    """Return the form."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_PRICE): EntitySelector(_NUMBERS),
            probatio.Optional(CONF_PRICE_FIXED): _number(-10, 10, f"{currency}/kWh"),
            probatio.Optional(CONF_CO2): EntitySelector(_NUMBERS),
            probatio.Optional(CONF_CO2_FIXED): _number(0, 2000, "g/kWh"),
        }
    )


def prices_data(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written down; entities by what survives a new name."""
    return {
        key: register_id(hass, value) if key in ENTITIES else value
        for key, value in user_input.items()
    }


def prices_shown(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of what is written down."""
    return {
        key: resolve(hass, data[key]) if key in ENTITIES else data[key]
        for key in PRICES
        if key in data
    }


def _number(least: float, most: float, unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=least,
            max=most,
            step="any",
            mode=NumberSelectorMode.BOX,
            unit_of_measurement=unit,
        )
    )
