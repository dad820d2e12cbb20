"""The sockets that belong to stations: a job brings them back, not the arbiter."""

from collections.abc import Callable, Iterable, Mapping

from homeassistant.core import callback

from ..model import Order, Socket
from ..park.station import Station
from .memory import SocketMemory

type Claims = Mapping[Socket, tuple[Order, ...]]


class Members:
    """Knows whose computers and monitors sockets are."""

    def __init__(self, memory: Callable[[Socket], SocketMemory]) -> None:
        """Start without stations; ``memory`` tells what is remembered of a socket."""
        self._memory = memory
        self._stations: dict[str, Station] = {}
        self._station_ids: dict[str, str] = {}
        self._go_back: Callable[[Mapping[str, Order]], None] | None = None

    @callback
    def async_know(self, stations: Iterable[Station]) -> None:
        """Take note whose computers belong to stations, and where they are off."""
        self._stations = {}
        self._station_ids = {}
        for station in stations:
            self._stations[station.computer] = station
            for socket_id in (station.computer, *station.monitors):
                self._station_ids[socket_id] = station.id

    @callback
    def async_on_return(self, go: Callable[[Mapping[str, Order]], None]) -> None:
        """Have told which stations' overrides have ended, and what the plan wants."""
        self._go_back = go

    def __contains__(self, socket: Socket) -> bool:
        """Return whether a socket belongs to a station."""
        return socket.id in self._station_ids

    def station_of(self, socket: Socket) -> Station | None:
        """Return the station whose computer is behind a socket."""
        return self._stations.get(socket.id)

    def unit(self, socket: Socket) -> str:
        """Return the id of what a socket comes on with: its station, or itself."""
        return self._station_ids.get(socket.id, socket.id)

    def claims(self, sockets: Iterable[Socket]) -> Claims:
        """Return the standing orders of the sockets that belong to stations."""
        return {
            socket: self._memory(socket).state.claims
            for socket in sockets
            if socket in self
        }

    @callback
    def async_go_back(self, before: Claims) -> None:
        """Have jobs bring the stations whose override has ended back to the plan."""
        heirs: dict[str, Order] = {}
        for socket, claims in before.items():
            left = self._memory(socket).state.claims
            if left and claims and left[0].on != claims[0].on:
                heirs[self._station_ids[socket.id]] = left[0]
        if heirs and self._go_back is not None:
            self._go_back(heirs)
