"""Who looks on is told once what is ordered has left: a plug is in more of a hurry."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER

# By then an order is at its plug: two requests in a local network, one after the other.
HEAD_START_S = 0.1

type Tell = Callable[[], None]


class Telling:
    """Tells at once; while orders are on their way a little later, each thing once."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing on its way."""
        self._loop = hass.loop
        self._waiting: dict[Tell, None] = {}
        self._next: asyncio.Handle | None = None

    @callback
    def async_hold(self) -> None:
        """Give what is ordered now a head start."""
        if self._next is None:
            self._next = self._loop.call_later(HEAD_START_S, self._async_tell_next)

    @callback
    def async_tell(self, tell: Tell) -> None:
        """Tell now, or in its turn; what is asked for twice is told once."""
        if self._next is None:
            tell()
        else:
            self._waiting[tell] = None

    @callback
    def async_tell_all(self) -> None:
        """Tell now all that waits."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        while self._waiting:
            self._async_tell_first()

    @callback
    def _async_tell_next(self) -> None:
        """Tell one thing in each turn of the loop: answers may come in between."""
        self._next = None
        if self._waiting:
            # Before that: what it leads to has its turn after all that waits.
            self._next = self._loop.call_soon(self._async_tell_next)
            self._async_tell_first()

    @callback
    def _async_tell_first(self) -> None:
        tell = next(iter(self._waiting))
        del self._waiting[tell]
        try:
            tell()
        except Exception:
            # A fault of one who looks on must not cost the others.
            LOGGER.exception("Unexpected error while telling of an order")
