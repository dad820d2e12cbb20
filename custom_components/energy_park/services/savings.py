"""Actions: what is wasted now, sector by sector."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
import probatio

from ..const import DOMAIN
from ..control.waste_report import report

ACTION_GET_WASTE = "get_waste"
ATTR_CONFIG_ENTRY_ID = "config_entry_id"


@callback
def async_setup_savings(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        ACTION_GET_WASTE,
        _async_get_waste,
        probatio.Schema({probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}),
        SupportsResponse.ONLY,
    )


async def _async_get_waste(call: ServiceCall) -> ServiceResponse:
    entry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    return {"sectors": report(call.hass, entry)}
