"""Learns the bands of all sockets as their plugs are read."""

from collections.abc import Iterable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..coordinator import PlugCoordinator
from .memory import ParkMemory


class StandbyBook:
    """Keeps the band of each socket in the park's memory.

    Started before anything that shows a band, so that all see it of the same reading.
    """

    def __init__(self, plugs: Iterable[PlugCoordinator], memory: ParkMemory) -> None:
        """Learn for all sockets of the plugs."""
        self._plugs = tuple(plugs)
        self._memory = memory

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow the plugs; return how to end that."""
        unsubscribe = [
            plug.async_add_listener(partial(self._async_read, plug))
            for plug in self._plugs
        ]

        @callback
        def async_stop() -> None:
            for end in unsubscribe:
                end()

        return async_stop

    @callback
    def _async_read(self, plug: PlugCoordinator) -> None:
        """Take a plug's reading, or that it is not heard."""
        now = dt_util.utcnow()
        for socket in plug.plug.sockets:
            standby = self._memory.sockets[socket.id].standby
            standby.follow(now, socket.role, plug.reading(socket))
        self._memory.save_totals()
