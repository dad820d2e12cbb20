"""Plans of the premises: where zones and modules are, and their pictures."""

from homeassistant.core import HomeAssistant

from .store import PLANS, PlanStore
from .views import async_setup_views
from .websocket import async_setup_websocket


async def async_setup_plans(hass: HomeAssistant) -> None:
    """Load the plans and answer for them; once."""
    store = hass.data[PLANS] = PlanStore(hass)
    await store.async_load()
    store.async_follow()
    async_setup_views(hass)
    async_setup_websocket(hass)


async def async_remove_plans(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the plans of a removed park, also of one that was never loaded."""
    if (store := hass.data.get(PLANS)) is None:
        store = PlanStore(hass)
        await store.async_load()
    store.async_remove_park(entry_id)
