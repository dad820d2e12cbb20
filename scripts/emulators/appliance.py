"""What stands behind a socket: computers, monitors and constant loads.

The watts follow the 10 s recordings of the tracebase data set: a desktop idles
at 45-60 W and works at 90-135 W, its standby takes 2-5 W, a network switch 8-10 W.
"""

from abc import ABC, abstractmethod
from enum import StrEnum
from math import inf
from typing import override

from .mains import Mains, Ripple, complex_power

SECONDS_PER_HOUR = 3600


class Appliance(ABC):
    """A load that draws power while its socket feeds it.

    Time passes only in ``advance``: it walks through every change of state that
    fell due, so that energy is right however rarely it is called.
    """

    ripple = 0.02

    def __init__(self, mains: Mains, name: str, *, powered: bool = True) -> None:
        self.mains = mains
        self.name = name
        self.powered = powered
        self.energy_wh = 0.0
        self.rng = mains.rng(name)
        self._ripple = Ripple(self.rng)
        self._at = mains.now()
        self._next_change_at = inf
        self._load = 0j

    @property
    def load(self) -> complex:
        """Return P + jQ in VA now."""
        return self.advance()

    @property
    def drawn_wh(self) -> float:
        """Return the energy drawn since the start."""
        self.advance()
        return self.energy_wh

    @abstractmethod
    def _draw(self) -> complex:
        """Return P + jQ in VA of the present state."""

    def _change(self) -> None:
        """Pass to the next state: the time of the present one is over."""

    def _fed(self) -> None:
        """Take note that the mains came."""

    def _cut(self) -> None:
        """Take note that the mains went."""

    def advance(self) -> complex:
        """Let time pass until now and return the load, P + jQ in VA."""
        now = self.mains.now()
        while self._next_change_at <= now:
            self._accumulate(self._next_change_at)
            self._change()
            self._update()
        self._accumulate(now)
        self._update()
        return self._load

    def supply(self, on: bool) -> None:
        """Feed the appliance or cut it."""
        self.advance()
        if on == self.powered:
            return
        self.powered = on
        if on:
            self._fed()
        else:
            self._cut()
        self._update()

    def _accumulate(self, until: float) -> None:
        if until > self._at:
            self.energy_wh += self._load.real * (until - self._at) / SECONDS_PER_HOUR
            self._at = until

    def _update(self) -> None:
        variation = 1 + self.ripple * self._ripple.at(self._at)
        self._load = self._draw() * variation if self.powered else 0j


class Constant(Appliance):
    """A load without states: a network switch, a lamp, a printer's standby."""

    def __init__(
        self,
        mains: Mains,
        name: str,
        *,
        power_w: float = 8.0,
        power_factor: float = 0.6,
        powered: bool = True,
    ) -> None:
        super().__init__(mains, name, powered=powered)
        self._constant = complex_power(power_w, power_factor)
        self.advance()

    @override
    def _draw(self) -> complex:
        return self._constant


class ComputerState(StrEnum):
    """Where a computer stands."""

    UNPOWERED = "unpowered"
    STANDBY = "standby"
    BOOTING = "booting"
    IDLE = "idle"
    BUSY = "busy"
    SLEEPING = "sleeping"
    SHUTTING_DOWN = "shutting_down"


RUNNING = frozenset(
    {
        ComputerState.BOOTING,
        ComputerState.IDLE,
        ComputerState.BUSY,
        ComputerState.SHUTTING_DOWN,
    }
)

# The session of a computer that sleeps is lost with its mains.
AT_RISK = RUNNING | {ComputerState.SLEEPING}


class Computer(Appliance):
    """A desktop computer: boots, works, shuts down when asked, suffers when cut.

    ``on_ac`` is its firmware's answer to the mains' return: True starts it,
    False leaves it in standby until ``wake`` (a Wake-on-LAN packet). Without
    ``wakes_after_cut`` its network card hears no packet between the mains' return
    and the next start. ``cut_while_running`` counts the harm done, sleep included.
    """

    boot_s = (25.0, 60.0)
    shutdown_s = (10.0, 30.0)
    idle_s = (120.0, 600.0)
    busy_s = (30.0, 240.0)

    def __init__(
        self,
        mains: Mains,
        name: str,
        *,
        idle_w: float = 50.0,
        busy_w: float = 110.0,
        standby_w: float = 2.5,
        sleep_w: float = 4.0,
        on_ac: bool = True,
        wakes_after_cut: bool = True,
        running: bool = True,
        powered: bool = True,
    ) -> None:
        super().__init__(mains, name, powered=powered)
        self.on_ac = on_ac
        self.wakes_after_cut = wakes_after_cut
        self.cut_while_running = 0
        self._hears_packets = True
        self._activity: ComputerState | None = None
        self._loads = {
            ComputerState.UNPOWERED: 0j,
            ComputerState.STANDBY: complex_power(standby_w, 0.25),
            ComputerState.BOOTING: complex_power((idle_w + busy_w) / 2, 0.96),
            ComputerState.IDLE: complex_power(idle_w, 0.93),
            ComputerState.BUSY: complex_power(busy_w, 0.98),
            ComputerState.SLEEPING: complex_power(sleep_w, 0.3),
            ComputerState.SHUTTING_DOWN: complex_power(idle_w * 1.2, 0.94),
        }
        self._state = ComputerState.UNPOWERED
        if powered:
            self._enter(ComputerState.IDLE if running else ComputerState.STANDBY)
        self._update()

    @property
    def state(self) -> ComputerState:
        """Return the state now."""
        self.advance()
        return self._state

    @property
    def running(self) -> bool:
        """Return whether its system runs."""
        return self.state in RUNNING

    def wake(self) -> bool:
        """Receive a Wake-on-LAN packet; tell whether it started the computer."""
        return self._hears_packets and self.press()

    def press(self) -> bool:
        """Have the power button pressed; tell whether it started the computer."""
        match self.state:
            case ComputerState.STANDBY:
                self._enter(ComputerState.BOOTING)
            case ComputerState.SLEEPING:
                self._enter(ComputerState.IDLE)
            case _:
                return False
        self._update()
        return True

    def sleep(self) -> bool:
        """Be sent to sleep; tell whether the system was there to do it."""
        if self.state not in {ComputerState.IDLE, ComputerState.BUSY}:
            return False
        self._enter(ComputerState.SLEEPING)
        self._update()
        return True

    def shut_down(self) -> bool:
        """Be asked to shut down; tell whether the system was there to hear it."""
        if self.state not in {ComputerState.IDLE, ComputerState.BUSY}:
            return False
        self._enter(ComputerState.SHUTTING_DOWN)
        self._update()
        return True

    def work(self, activity: ComputerState) -> bool:
        """Stay idle or busy until the next start; tell whether it runs."""
        if self.state not in {ComputerState.IDLE, ComputerState.BUSY}:
            return False
        self._activity = activity
        self._enter(activity)
        self._update()
        return True

    def restore(self, state: ComputerState, cut_while_running: int) -> None:
        """Take up a state of an earlier run; the mains decides whether it may."""
        self.cut_while_running = cut_while_running
        if (state is ComputerState.UNPOWERED) is not self.powered:
            self._enter(state)
            self._update()

    @override
    def _draw(self) -> complex:
        return self._loads[self._state]

    def _enter(self, state: ComputerState) -> None:
        self._state = state
        duration_s = {
            ComputerState.BOOTING: self.boot_s,
            ComputerState.SHUTTING_DOWN: self.shutdown_s,
            ComputerState.IDLE: self.idle_s,
            ComputerState.BUSY: self.busy_s,
        }.get(state)
        if duration_s is None or state is self._activity:
            self._next_change_at = inf
        else:
            self._next_change_at = self._at + self.rng.uniform(*duration_s)

    @override
    def _change(self) -> None:
        match self._state:
            case ComputerState.BOOTING:
                self._activity = None
                self._hears_packets = True
                self._enter(ComputerState.IDLE)
            case ComputerState.SHUTTING_DOWN:
                self._enter(ComputerState.STANDBY)
            case ComputerState.IDLE:
                self._enter(ComputerState.BUSY)
            case _:
                self._enter(ComputerState.IDLE)

    @override
    def _fed(self) -> None:
        self._enter(ComputerState.BOOTING if self.on_ac else ComputerState.STANDBY)

    @override
    def _cut(self) -> None:
        self.cut_while_running += self._state in AT_RISK
        self._hears_packets = self.wakes_after_cut
        self._enter(ComputerState.UNPOWERED)


class Monitor(Appliance):
    """A monitor that shows a picture while its computer gives one."""

    def __init__(
        self,
        mains: Mains,
        name: str,
        *,
        computer: Computer | None = None,
        on_w: float = 25.0,
        standby_w: float = 0.3,
        powered: bool = True,
    ) -> None:
        super().__init__(mains, name, powered=powered)
        self.computer = computer
        self._on = complex_power(on_w, 0.9)
        self._standby = complex_power(standby_w, 0.15)
        self.advance()

    @override
    def _draw(self) -> complex:
        if self.computer is None or self.computer.running:
            return self._on
        return self._standby
