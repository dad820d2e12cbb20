"""The actions; they exist whether a park is loaded or not."""

from homeassistant.core import HomeAssistant, callback

from .blueprints import async_setup_blueprints
from .inventory import async_setup_inventory
from .override import async_setup_override
from .re_mirror import async_setup_re_mirror
from .savings import async_setup_savings
from .schedule import async_setup_schedule
from .shedding import async_setup_shedding
from .stations import async_setup_stations


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, a module for each part."""
    async_setup_blueprints(hass)
    async_setup_override(hass)
    async_setup_schedule(hass)
    async_setup_inventory(hass)
    async_setup_savings(hass)
    async_setup_shedding(hass)
    async_setup_stations(hass)
    async_setup_re_mirror(hass)
