"""The sockets of a sector or of the park, summed up once for all who show them."""

from collections.abc import Callable, Mapping

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import GROUP_UPDATE_AFTER_S, GROUP_UPDATE_PER_SOCKET_S
from ..model import Socket, SocketReading
from ..park.energy import PowerSum, sum_power
from ..park.power_quality import PowerTriangle, sum_powers
from .energy import PARK
from .switchboard import Switchboard


class SocketGroup:
    """A group of sockets; ``sector_id`` None is the whole park.

    All that shows the group is told in one turn of the loop, once for all plugs that
    report within a moment, and the sums are worked out once.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        switchboard: Switchboard,
        entry_id: str,
        sector_id: str | None,
    ) -> None:
        """Collect the sockets."""
        self._hass = hass
        self.switchboard = switchboard
        self.sector_id = sector_id
        self.energy_id = sector_id or PARK
        self.unique_id = sector_id or entry_id
        self.sockets = tuple(
            socket
            for socket in switchboard.sockets
            if sector_id is None or socket.sector == sector_id
        )
        # As rarely per socket in a large group as in a small one.
        self._update_after_s = GROUP_UPDATE_AFTER_S + GROUP_UPDATE_PER_SOCKET_S * len(
            self.sockets
        )
        self._plugs = dict.fromkeys(map(switchboard.coordinator, self.sockets))
        self._listeners: list[Callable[[], None]] = []
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._cancel_update: CALLBACK_TYPE | None = None
        self._readings: Mapping[Socket, SocketReading | None] | None = None
        self._power: PowerSum | None = None
        self._triangle: PowerTriangle | None = None

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have a listener told of changes; return how to end that."""
        if not self._listeners:
            self._unsubscribe = [
                plug.async_add_listener(self._async_plug_updated)
                for plug in self._plugs
            ]
        self._listeners.append(listener)

        @callback
        def async_remove() -> None:
            self._listeners.remove(listener)
            if not self._listeners:
                self._async_stop()

        return async_remove

    @property
    def readings(self) -> Mapping[Socket, SocketReading | None]:
        """The fresh readings of the sockets."""
        if self._readings is None:
            self._readings = {
                socket: self.switchboard.coordinator(socket).reading(socket)
                for socket in self.sockets
            }
        return self._readings

    @property
    def power(self) -> PowerSum:
        """The sum of the active powers."""
        if self._power is None:
            self._power = sum_power(self.readings.values())
        return self._power

    @property
    def triangle(self) -> PowerTriangle:
        """The sums of active and reactive power."""
        if self._triangle is None:
            self._triangle = sum_powers(self.readings.values())
        return self._triangle

    @callback
    def _async_plug_updated(self) -> None:
        self._readings = self._power = self._triangle = None
        if self._cancel_update is None:
            self._cancel_update = async_call_later(
                self._hass, self._update_after_s, self._async_update
            )

    @callback
    def _async_update(self, _now: object) -> None:
        self._cancel_update = None
        self.async_update_listeners()

    @callback
    def async_update_listeners(self) -> None:
        """Tell all that shows the group."""
        for listener in tuple(self._listeners):
            listener()

    @callback
    def _async_stop(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        if self._cancel_update is not None:
            self._cancel_update()
            self._cancel_update = None
