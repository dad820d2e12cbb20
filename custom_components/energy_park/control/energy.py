"""Keeps the energy totals of sockets, sectors and the park as readings arrive."""

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..model import PlugReading, Socket
from ..park.alarm_settings import NOMINAL_V
from ..park.energy import CounterWatch
from ..park.periods import PeriodEnergy, Remainder, remainder
from .memory import GroupMemory, ParkMemory

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
        now = dt_util.now()
        for socket in sockets:
            current = reading.sockets.get(socket.number)
            if current is None or current.energy_wh is None:
                continue
            memory = self._memory.sockets[socket.id]
            before = memory.energy
            memory.energy = before.follow(current.energy_wh, current.energy_run)
            memory.counter = memory.counter.follow(
                before.raw_wh,
                current.energy_wh,
                max(memory.rated_a * NOMINAL_V, current.power_w or 0.0),
                now,
            )
            memory.period = memory.period.follow(memory.energy.total_wh, now)
            if before.raw_wh is not None:
                added_wh = memory.energy.total_wh - before.total_wh
                self._add(PARK, added_wh)
                if socket.sector is not None:
                    self._add(socket.sector, added_wh)
        self._memory.save_totals()

    @callback
    def follow_meter(self, serial: str, energy_wh: float) -> None:
        """Enter the total of a meter."""
        group = self._group(serial)
        group.energy_wh = energy_wh
        group.period = group.period.follow(energy_wh, dt_util.now())

    def socket_wh(self, socket_id: str) -> float | None:
        """Return the total of a socket; None before its first reading."""
        energy = self._memory.sockets[socket_id].energy
        return None if energy.raw_wh is None else energy.total_wh

    def counter(self, socket_id: str) -> CounterWatch:
        """Return what a socket's counter did that it should not."""
        return self._memory.sockets[socket_id].counter

    def socket_period(self, socket_id: str) -> PeriodEnergy:
        """Return what a socket drew today and this month."""
        return self._memory.sockets[socket_id].period

    def group_wh(self, group_id: str) -> float:
        """Return what the sockets of a group drew since they belong to it."""
        return self._group(group_id).energy_wh

    def group_period(self, group_id: str) -> PeriodEnergy:
        """Return what a group, or a meter by its serial, drew today and this month."""
        return self._group(group_id).period

    def unmeasured_today(self, serials: list[str]) -> Remainder:
        """Return what the meters counted today and no socket did."""
        meters = [self.group_period(serial).today for serial in serials]
        sockets = [memory.period.today for memory in self._memory.sockets.values()]
        known = bool(meters) and all(meters)
        return remainder(
            sum(day.energy_wh for day in meters if day) if known else None,
            [None if day is None else day.energy_wh for day in sockets],
        )

    def _group(self, group_id: str) -> GroupMemory:
        return self._memory.group(group_id)

    def _add(self, group_id: str, added_wh: float) -> None:
        group = self._group(group_id)
        group.energy_wh += added_wh
        group.period = group.period.follow(group.energy_wh, dt_util.now())
