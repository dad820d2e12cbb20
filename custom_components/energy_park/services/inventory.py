"""Action: export the inventory of a park."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)
import probatio

from ..const import DOMAIN
from ..inventory import export_inventory

ACTION_EXPORT_INVENTORY = "export_inventory"
ATTR_CONFIG_ENTRY_ID = "config_entry_id"


@callback
def async_setup_inventory(hass: HomeAssistant) -> None:
    """Register the action."""
    # Addresses are no business of those who only switch.
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_EXPORT_INVENTORY,
        _async_export_inventory,
        probatio.Schema({probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}),
        SupportsResponse.ONLY,
    )


async def _async_export_inventory(call: ServiceCall) -> ServiceResponse:
    entry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    return {"inventory": export_inventory(entry)}
