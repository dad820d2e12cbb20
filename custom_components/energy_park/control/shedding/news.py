"""What shedding tells, decision by decision."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, callback

from ...model import Reason, Socket
from ...park.shedding.orders import ShedOrder
from ..telling import Telling


class Happening(StrEnum):
    """What has happened."""

    OVERLOAD_PREDICTED = "overload_predicted"
    SHED = "shed"
    WOULD_SHED = "would_shed"
    REFUSED = "refused"
    FAILED = "failed"
    RESTORED = "restored"
    OVER = "over"


type Teller = Callable[[Happening, dict[str, Any]], None]


class News:
    """Tells each happening, with its particulars, once the orders have left."""

    def __init__(self, telling: Telling) -> None:
        """Start with nobody who listens."""
        self._telling = telling
        self._tellers: list[Teller] = []

    @callback
    def async_add_teller(self, teller: Teller) -> CALLBACK_TYPE:
        """Have each happening told; return how to end that."""
        self._tellers.append(teller)
        return partial(self._tellers.remove, teller)

    @callback
    def async_tell(self, happening: Happening, **particulars: Any) -> None:
        """Tell what has happened."""
        self._telling.async_tell(partial(self._async_tell, happening, particulars))

    @callback
    def async_tell_order(
        self,
        happening: Happening,
        order: ShedOrder,
        socket: Socket,
        refused: Reason | None = None,
    ) -> None:
        """Tell what has become of an order to a socket."""
        self.async_tell(
            happening,
            socket=socket.name,
            socket_id=socket.id,
            cause=order.cause,
            power=round(order.power_w),
            against_person=order.against_person,
            refused=refused,
        )

    @callback
    def _async_tell(self, happening: Happening, particulars: dict[str, Any]) -> None:
        for teller in tuple(self._tellers):
            teller(happening, particulars)
