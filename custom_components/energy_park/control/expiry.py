"""The end of standing orders: a timer to the first of them."""

from collections.abc import Callable, Iterable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .memory import SocketMemory
from .turns import Turns


class Expiry:
    """Calls ``expire`` when the next order of any socket ends."""

    def __init__(
        self,
        hass: HomeAssistant,
        sockets: Callable[[], Iterable[SocketMemory]],
        turns: Turns,
        expire: Callable[[datetime], None],
    ) -> None:
        """Plan nothing yet."""
        self._hass = hass
        self._sockets = sockets
        self._turns = turns
        self._expire = expire
        self._cancel: CALLBACK_TYPE | None = None
        # All sockets are looked through, once for all that has changed in a turn.
        self._stale = True

    @callback
    def async_changed(self) -> None:
        """Take note that some order has come or gone."""
        self._stale = True

    @callback
    def async_plan(self) -> None:
        """Wake up when the next order ends."""
        if not self._stale:
            return
        self.async_stop()
        self._stale = False
        expiries = [
            expiry for memory in self._sockets() if (expiry := memory.state.next_expiry)
        ]
        if expiries:
            # Those whose turn has not come are overdue: they wait for it.
            due = max(min(expiries), self._turns.next_at(dt_util.utcnow()))
            self._cancel = async_track_point_in_utc_time(
                self._hass, self._async_expire, due
            )

    @callback
    def async_stop(self) -> None:
        """Wake up no longer."""
        if self._cancel:
            self._cancel()
            self._cancel = None

    @callback
    def _async_expire(self, now: datetime) -> None:
        self._cancel = None
        self._stale = True
        self._expire(now)
        self.async_plan()
