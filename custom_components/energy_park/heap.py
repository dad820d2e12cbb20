"""Keeps what stays in memory out of the garbage collector's way.

A full collection looks through every object of Home Assistant, whose event loop stands
still meanwhile: with 500 sockets for half a second. An order to shed must not wait that
long, and what is there once all is set up is no garbage.
"""

from datetime import datetime, timedelta
import gc

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from .const import DOMAIN
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
        cancel = _async_freeze_later(hass)

    @callback
    def async_thaw() -> None:
        if cancel is not None:
            cancel()
        gc.unfreeze()
        # What belongs to the other parks, too.
        if hass.config_entries.async_loaded_entries(DOMAIN):
            _async_freeze_later(hass)

    entry.async_on_unload(async_thaw)
    entry.async_on_unload(async_at_started(hass, async_started))


@callback
def _async_freeze_later(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Freeze what is there once it has settled; return how to prevent that.

    What is garbage by then is collected first: it would stay for ever. The event loop
    stands still for that, now and not at the first overload.
    """

    @callback
    def async_freeze(_now: datetime) -> None:
        gc.collect()
        gc.freeze()

    job = HassJob(async_freeze, cancel_on_shutdown=True)
    return async_call_later(hass, SETTLED_AFTER, job)
