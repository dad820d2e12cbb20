"""Keeps what stays in memory out of the garbage collector's way.

A full collection looks through every object of Home Assistant, whose event loop stands
still meanwhile: with 500 sockets for half a second. An order to shed must not wait that
long, and what is there once all is set up is no garbage.

What comes later is collected often and little by little. Each change of a state leaves
garbage that only a full collection finds (its context and its event know each other),
and the collector's own turn would come while a danger is decided on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
import gc

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .const import DOMAIN
from .coordinator import EnergyParkConfigEntry

# By then the plugs have been read, and their entities are there.
SETTLED_AFTER = timedelta(seconds=10)
COLLECT_EVERY = timedelta(seconds=10)


@callback
def async_spare_collector(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Have the collector pass over what is there, until the park is unloaded."""
    cancel: CALLBACK_TYPE | None = None

    @callback
    def async_started(hass: HomeAssistant) -> None:
        nonlocal cancel
        cancel = _async_once_settled(hass, async_settled)

    @callback
    def async_settled(now: datetime) -> None:
        nonlocal cancel
        _async_freeze(now)
        cancel = async_track_time_interval(
            hass, _async_collect, COLLECT_EVERY, cancel_on_shutdown=True
        )

    @callback
    def async_thaw() -> None:
        if cancel is not None:
            cancel()
        gc.unfreeze()
        _async_once_settled(hass, async_freeze_others)

    @callback
    def async_freeze_others(now: datetime) -> None:
        """Freeze again what belongs to other parks: it was thawed, too."""
        if hass.config_entries.async_loaded_entries(DOMAIN):
            _async_freeze(now)

    entry.async_on_unload(async_thaw)
    entry.async_on_unload(async_at_started(hass, async_started))


@callback
def _async_once_settled(
    hass: HomeAssistant, do: Callable[[datetime], None]
) -> CALLBACK_TYPE:
    return async_call_later(hass, SETTLED_AFTER, HassJob(do, cancel_on_shutdown=True))


@callback
def _async_freeze(_now: datetime) -> None:
    """Freeze what is there; what is garbage by then would stay for ever.

    The event loop stands still for that, now and not at the first overload.
    """
    gc.collect()
    gc.freeze()


@callback
def _async_collect(_now: datetime) -> None:
    gc.collect()
