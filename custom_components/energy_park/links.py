"""The links over which a meter is heard, as its subentry describes them."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.requirements import RequirementsNotFound, async_process_requirements

from .const import CONF_RADIO, CONF_SENSORS, CONF_SUBSCRIBED_POWER, DOMAIN
from .model import MeterReading, TicMode
from .sensor_link import SILENCE_S, SensorLink
from .tic.link import TicLink, TicPortError, identify
from .tic.nrf24 import DataRate, RadioSettings
from .tic.packets import parse_key
from .tic.radio import RadioLink, identify as identify_radio
from .tic.tripping import UNKNOWN_AFTER_S

type MeterLink = TicLink | RadioLink | SensorLink

CONF_ADDRESS: Final = "address"
CONF_CE_PIN: Final = "ce_pin"
CONF_CHANNEL: Final = "channel"
CONF_DATA_RATE: Final = "data_rate"
CONF_KEY: Final = "key"
CONF_SPI: Final = "spi"

# Under the GPL-2.0 and of use to few: it is installed when a radio is chosen.
RADIO_LIBRARY: Final = "pyrf24==0.6.0"


async def async_open_link(
    hass: HomeAssistant, subentry: ConfigSubentry, mode: TicMode | None, position: int
) -> MeterLink:
    """Return the link of a meter; entering its context opens it.

    ``mode`` is the one heard last: its speed is tried first. ``position`` is where
    a radio had come to. Raises TicPortError when a library is missing.
    """
    data = subentry.data
    assert subentry.unique_id is not None
    if CONF_SENSORS in data:
        return SensorLink(
            hass,
            subentry.unique_id,
            data[CONF_SENSORS],
            data[CONF_SUBSCRIBED_POWER],
        )
    if CONF_RADIO in data:
        await _async_install_radio(hass)
        return RadioLink(radio_settings(data[CONF_RADIO]), position=position)
    return TicLink(data[CONF_PORT], mode=mode)


def unknown_after_s(subentry: ConfigSubentry) -> float:
    """Return for how long a meter may say nothing before its power is not known."""
    return SILENCE_S if CONF_SENSORS in subentry.data else UNKNOWN_AFTER_S


async def async_identify(hass: HomeAssistant, link: Mapping[str, Any]) -> MeterReading:
    """Return the first reading of whoever speaks on a link; raise TicLinkError."""
    if CONF_RADIO not in link:
        return await identify(link[CONF_PORT])
    await _async_install_radio(hass)
    return await identify_radio(radio_settings(link[CONF_RADIO]))


def radio_settings(data: Mapping[str, Any]) -> RadioSettings:
    """Return the settings of a radio; raise ValueError where there is none such."""
    bus, _, device = str(data[CONF_SPI]).partition(".")
    return RadioSettings(
        spi_bus=int(bus),
        spi_device=int(device),
        ce_pin=int(data[CONF_CE_PIN]),
        channel=int(data[CONF_CHANNEL]),
        data_rate=DataRate(data[CONF_DATA_RATE]),
        address=data[CONF_ADDRESS].encode(),
        key=parse_key(data[CONF_KEY]) if data.get(CONF_KEY) else None,
    )


def check_radio(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors of a radio's form."""
    if data.get(CONF_KEY):
        try:
            parse_key(data[CONF_KEY])
        except ValueError:
            return {CONF_KEY: "invalid_key"}
    try:
        radio_settings(data)
    except ValueError:
        return {"base": "invalid_radio"}
    return {}


async def _async_install_radio(hass: HomeAssistant) -> None:
    try:
        await async_process_requirements(
            hass, DOMAIN, [RADIO_LIBRARY], is_built_in=False
        )
    except RequirementsNotFound as err:
        raise TicPortError("the radio's library cannot be installed") from err
