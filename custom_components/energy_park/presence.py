"""Entities come when their value is first known, and go when there is nothing behind."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import PlugCoordinator
from .meter_coordinator import MeterCoordinator


@callback
def follow(
    coordinator: MeterCoordinator | PlugCoordinator, look: Callable[[], None]
) -> None:
    """Look at each reading until the park unloads.

    An entity added while its platform goes would stay and keep its unique id.
    """
    entry = coordinator.config_entry

    @callback
    def async_update() -> None:
        if entry.state is not ConfigEntryState.UNLOAD_IN_PROGRESS:
            look()

    entry.async_on_unload(coordinator.async_add_listener(async_update))


@callback
def async_forget(hass: HomeAssistant, platform: Platform, unique_id: str) -> None:
    """Take an entity that there is no more out of the registry."""
    registry = er.async_get(hass)
    if entity_id := registry.async_get_entity_id(platform, DOMAIN, unique_id):
        registry.async_remove(entity_id)
