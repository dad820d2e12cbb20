"""Keeps the energy totals of sockets, sectors and the park as readings arrive."""

from homeassistant.core import callback

from ..model import PlugReading, Socket
from .memory import ParkMemory

PARK = "park"


class EnergyBook:
    """Adds what each socket drew to its own total and to those above it.

    Groups are fed by what was added, not by sums of totals: a socket that joins,
    leaves or moves to another sector brings and takes no history.
    """

    def __init__(self, memory: ParkMemory) -> None:
        """Keep the book in the park's memory."""
        self._memory = memory

    @callback
    def follow(self, sockets: tuple[Socket, ...], reading: PlugReading) -> None:
        """Enter one poll of a plug."""
        for socket in sockets:
            current = reading.sockets.get(socket.number)
            if current is None or current.energy_wh is None:
                continue
            memory = self._memory.sockets[socket.id]
            before = memory.energy
            memory.energy = before.follow(current.energy_wh)
            if before.raw_wh is not None:
                added_wh = memory.energy.total_wh - before.total_wh
                self._add(PARK, added_wh)
                if socket.sector is not None:
                    self._add(socket.sector, added_wh)
        self._memory.save_totals()

    def socket_wh(self, socket_id: str) -> float | None:
        """Return the total of a socket; None before its first reading."""
        energy = self._memory.sockets[socket_id].energy
        return None if energy.raw_wh is None else energy.total_wh

    def group_wh(self, group_id: str) -> float:
        """Return what the sockets of a group drew since they belong to it."""
        return self._memory.group_energy_wh.get(group_id, 0.0)

    def _add(self, group_id: str, added_wh: float) -> None:
        self._memory.group_energy_wh[group_id] = self.group_wh(group_id) + added_wh
