"""Whether sockets become what they should be; one that does not is told once."""

from datetime import datetime

from homeassistant.core import HomeAssistant, callback

from ..const import NOT_OBEYING_AFTER
from ..issues import async_forget_not_obeying, async_report_not_obeying
from ..model import Socket
from ..park.arbiter import SocketState


class Obedience:
    """Compares what sockets are with what is wanted of them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Trust them all."""
        self._hass = hass
        self._not_obeying: set[str] = set()

    @callback
    def async_compare(self, socket: Socket, state: SocketState, now: datetime) -> None:
        """Tell once when a socket is not what it should be for long."""
        lost = (
            state.wanted is not None
            and not state.confirmed
            and state.since is not None
            and now - state.since > NOT_OBEYING_AFTER
        )
        if lost and socket.id not in self._not_obeying:
            self._not_obeying.add(socket.id)
            async_report_not_obeying(self._hass, socket, bool(state.wanted))
        elif state.confirmed and socket.id in self._not_obeying:
            self._not_obeying.discard(socket.id)
            async_forget_not_obeying(self._hass, socket)
