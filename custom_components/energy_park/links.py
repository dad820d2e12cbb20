"""The links over which a meter is heard, as its subentry describes them."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant

from .const import CONF_SENSORS, CONF_SUBSCRIBED_POWER
from .model import TicMode
from .sensor_link import SensorLink
from .tic.link import TicLink

type MeterLink = TicLink | SensorLink


def open_link(
    hass: HomeAssistant, subentry: ConfigSubentry, mode: TicMode | None
) -> MeterLink:
    """Return the link of a meter; entering its context opens it.

    ``mode`` is the one heard last: its speed is tried first.
    """
    assert subentry.unique_id is not None
    if CONF_SENSORS in subentry.data:
        return SensorLink(
            hass,
            subentry.unique_id,
            subentry.data[CONF_SENSORS],
            subentry.data[CONF_SUBSCRIBED_POWER],
        )
    return TicLink(subentry.data[CONF_PORT], mode=mode)
