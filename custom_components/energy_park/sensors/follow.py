"""Adds a sensor when its value is first known."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import callback

from ..coordinator import PlugCoordinator
from ..meter_coordinator import MeterCoordinator


@callback
def follow(
    coordinator: MeterCoordinator | PlugCoordinator, look: Callable[[], None]
) -> None:
    """Look at each reading until the park unloads.

    A sensor added while its platform goes would stay and keep its unique id.
    """
    entry = coordinator.config_entry

    @callback
    def async_update() -> None:
        if entry.state is not ConfigEntryState.UNLOAD_IN_PROGRESS:
            look()

    entry.async_on_unload(coordinator.async_add_listener(async_update))
