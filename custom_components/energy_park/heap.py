"""Keeps what stays in memory out of the garbage collector's way.

A full collection looks through every object of Home Assistant, whose event loop stands
still meanwhile: with 500 sockets for half a second, several times a minute. An order to
shed must not wait that long, and what is there once all is set up is no garbage.
"""

from datetime import datetime, timedelta
import gc
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from .coordinator import EnergyParkConfigEntry

# By then the plugs have been read, and their entities are there.
SETTLED_AFTER = timedelta(seconds=10)


@callback
def async_spare_collector(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Have the collector pass over what is there, until the park is unloaded."""
    cancel: CALLBACK_TYPE | None = None

    @callback
    def async_started(hass: HomeAssistant) -> None:
        nonlocal cancel
        settled = HassJob(async_settled, cancel_on_shutdown=True)
        cancel = async_call_later(hass, SETTLED_AFTER, settled)

    @callback
    def async_settled(_now: datetime) -> None:
        nonlocal cancel
        cancel = None
        gc.callbacks.append(freeze)

    def freeze(phase: str, info: dict[str, Any]) -> None:
        """Freeze what a full collection has left: garbage would stay for ever.

        Once for all parks: the end of one has thawed what belongs to the others, too.
        """
        full = phase == "stop" and info["generation"] == 2
        if full and not gc.get_freeze_count():
            gc.freeze()

    @callback
    def async_thaw() -> None:
        if cancel is not None:
            cancel()
        if freeze in gc.callbacks:
            gc.callbacks.remove(freeze)
        gc.unfreeze()

    entry.async_on_unload(async_thaw)
    entry.async_on_unload(async_at_started(hass, async_started))
