"""What the steps of a meter share: the radio's form, its protection, who is there."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import CONF_PROTECT, DOMAIN, SUBENTRY_METER
from ..links import (
    CONF_ADDRESS,
    CONF_CE_PIN,
    CONF_CHANNEL,
    CONF_DATA_RATE,
    CONF_KEY,
    CONF_SPI,
)
from ..protection import has_automations, is_every_meter_protected
from ..tic.nrf24 import CHANNEL_MAX, DataRate, RadioSettings

_RADIO = RadioSettings()


def radio_schema() -> probatio.Schema:
    """Return the form of a radio; what both ends share is filled in as usual."""
    return probatio.Schema(
        {
            probatio.Optional(probatio.Secret(CONF_KEY)): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
            probatio.Required(CONF_SPI, default="0.0"): TextSelector(),
            probatio.Required(CONF_CE_PIN, default=_RADIO.ce_pin): _whole(0, 53),
            probatio.Required(CONF_CHANNEL, default=_RADIO.channel): _whole(
                0, CHANNEL_MAX
            ),
            probatio.Required(CONF_DATA_RATE, default=_RADIO.data_rate): SelectSelector(
                SelectSelectorConfig(
                    options=[rate.value for rate in DataRate],
                    translation_key=CONF_DATA_RATE,
                )
            ),
            probatio.Required(
                CONF_ADDRESS, default=_RADIO.address.decode()
            ): TextSelector(),
        }
    )


def protection_fields(hass: HomeAssistant) -> dict[Any, Any]:
    """Offer a new meter the automation that sheds, where there is none yet."""
    if not has_automations(hass) or is_every_meter_protected(hass):
        return {}
    return {probatio.Optional(CONF_PROTECT, default=True): BooleanSelector()}


def known_meters(hass: HomeAssistant) -> list[ConfigSubentry]:
    """Return the meters of all parks."""
    return [
        subentry
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_METER)
    ]


def _whole(least: int, most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    )
