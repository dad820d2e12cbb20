"""The pace of what watches sockets: each second, and with each of their readings."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..const import DOMAIN

if TYPE_CHECKING:
    from ..coordinator import PlugCoordinator

STEP_EVERY = timedelta(seconds=1)

# A plug is read with each so manieth step: what is watched must not be old.
STEPS_PER_READING = 5


class Clockwork:
    """Calls ``step`` while there is something to watch."""

    def __init__(
        self, hass: HomeAssistant, name: str, step: Callable[[], None]
    ) -> None:
        """Stand still."""
        self._hass = hass
        self._name = name
        self._step = step
        self._steps = 0
        self._end_ticks: CALLBACK_TYPE | None = None
        self._watched: dict[PlugCoordinator, CALLBACK_TYPE] = {}

    @callback
    def async_watch(self, plugs: Collection[PlugCoordinator]) -> None:
        """Run, and read these plugs more often than others."""
        for plug in self._watched.keys() - set(plugs):
            self._watched.pop(plug)()
        for plug in plugs:
            if plug not in self._watched:
                self._watched[plug] = plug.async_add_listener(self._step)
        if self._end_ticks is None:
            self._end_ticks = async_track_time_interval(
                self._hass, self._async_tick, STEP_EVERY, name=self._name
            )

    @callback
    def async_stop(self) -> None:
        """Stand still."""
        for unsubscribe in self._watched.values():
            unsubscribe()
        self._watched.clear()
        if self._end_ticks is not None:
            self._end_ticks()
            self._end_ticks = None
        self._steps = 0

    @callback
    def _async_tick(self, _now: datetime) -> None:
        self._steps += 1
        if self._steps % STEPS_PER_READING == 0:
            # What is read at once may end the watch, or begin another.
            for plug in tuple(self._watched):
                self._hass.async_create_background_task(
                    plug.async_read_soon(), f"{DOMAIN} read {plug.name} for a job"
                )
        self._step()
