"""Whether sockets become what they should be; one that does not is told."""

from datetime import datetime

from homeassistant.core import HomeAssistant, callback

from ..const import NOT_OBEYING_AFTER
from ..issues import async_forget_not_obeying, async_report_not_obeying
from ..model import Socket
from ..park.arbiter import SocketState


@callback
def async_watch_obedience(
    hass: HomeAssistant, socket: Socket, state: SocketState, now: datetime
) -> None:
    """Tell when a socket is not what it should be for long, and when it is again."""
    if state.confirmed:
        async_forget_not_obeying(hass, socket)
    elif (
        state.wanted is not None
        and state.since is not None
        and now - state.since > NOT_OBEYING_AFTER
    ):
        async_report_not_obeying(hass, socket, state.wanted)
