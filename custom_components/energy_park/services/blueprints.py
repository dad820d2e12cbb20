"""Action: put the blueprints among those of Home Assistant."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.service import async_register_admin_service
import probatio

from ..blueprints import async_install_blueprints
from ..const import DOMAIN

ACTION_INSTALL_BLUEPRINTS = "install_blueprints"


@callback
def async_setup_blueprints(hass: HomeAssistant) -> None:
    """Register the action; it writes files, so it is for administrators."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_INSTALL_BLUEPRINTS,
        _async_install,
        probatio.Schema({}),
        SupportsResponse.OPTIONAL,
    )


async def _async_install(call: ServiceCall) -> ServiceResponse:
    return {"blueprints": list(await async_install_blueprints(call.hass))}
