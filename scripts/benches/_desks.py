"""Desks of an emulated room, in simulated time: hardware, people, and what fails."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count
from math import inf
from random import Random

from custom_components.energy_park.park.observation import Sample
from custom_components.energy_park.park.station import Learnt, Station
from scripts.emulators import Computer, ComputerState, Mains, Monitor, Outlet
from scripts.emulators.outlet import MEASURING_FLOOR_W

MINUTE_S = 60.0
HOUR_S = 3600.0


class World:
    """Time, and what happens in it, in order."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._count = count()

    def at(self, when: float, what: Callable[[], object]) -> None:
        """Have something happen; what lies in the past happens next."""
        heappush(self._events, (when, next(self._count), what))

    def after(self, seconds: float, what: Callable[[], object]) -> None:
        """Have something happen in a while."""
        self.at(self.now + seconds, what)

    def run(self, until: float) -> None:
        """Let time pass."""
        while self._events and self._events[0][0] <= until:
            when, _, what = heappop(self._events)
            self.now = max(self.now, when)
            what()
        self.now = until

    @property
    def time(self) -> datetime:
        """Now, as the domain reads it."""
        return datetime.fromtimestamp(self.now, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """A kind of computer, and what is set up for it."""

    idle_w: float
    busy_w: float
    standby_w: float
    sleep_w: float
    on_ac: bool
    wakes_after_cut: bool = True
    mac: bool = True
    presence: bool = False
    commissioned: bool = True


class Habit(StrEnum):
    """What a person does with the computer when leaving."""

    LEAVE_ON = "leave_on"
    SHUT_DOWN = "shut_down"
    SLEEP = "sleep"
    RENDER = "render"


class System(StrEnum):
    """How an operating system takes the request to shut down."""

    OBEYS = "obeys"
    REFUSES = "refuses"
    REFUSES_ONCE = "refuses_once"
    UPDATES = "updates"
    UNREACHABLE = "unreachable"


@dataclass(slots=True, kw_only=True)
class Troubles:
    """What goes wrong at one desk on one evening; spans are (from, to) in seconds."""

    system: System = System.OBEYS
    vanished: tuple[float, float] | None = None
    stale: tuple[float, float] | None = None
    meter_dead_from: float = inf
    meter_silent_from: float = inf
    order_lost: bool = False
    order_late_s: float = 0.0
    presence_silent: bool = False


def within(span: tuple[float, float] | None, now: float) -> bool:
    """Return whether a moment lies in a span."""
    return span is not None and span[0] <= now < span[1]


@dataclass(slots=True, kw_only=True)
class Desk:
    """A computer with its monitor, each behind its socket, and a person.

    ``wanted_on`` is the person's own order, for as long as the person stays.
    """

    world: World
    name: str
    hardware: Hardware
    rng: Random
    troubles: Troubles = field(default_factory=Troubles)
    present: bool = False
    wanted_on: bool = False
    asked: int = 0
    computer: Computer = field(init=False)
    sockets: dict[str, Outlet] = field(init=False)
    samples: dict[str, Sample] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        kind = self.hardware
        mains = Mains(lambda: self.world.now, self.rng.randrange(2**32))
        self.computer = Computer(
            mains,
            self.name,
            idle_w=kind.idle_w,
            busy_w=kind.busy_w,
            standby_w=kind.standby_w,
            sleep_w=kind.sleep_w,
            on_ac=kind.on_ac,
            wakes_after_cut=kind.wakes_after_cut,
        )
        monitor = Monitor(mains, f"{self.name} monitor", computer=self.computer)
        self.sockets = {
            self.name: Outlet(mains, 0, appliance=self.computer),
            monitor.name: Outlet(mains, 1, appliance=monitor),
        }

    def station(self, learnt: Learnt, busy_from_w: float | None) -> Station:
        """Return what the park knows of it."""
        computer, monitor = self.sockets
        return Station(
            id=self.name,
            name=self.name,
            computer=computer,
            monitors=(monitor,),
            mac="02:00:00:00:00:01" if self.hardware.mac else None,
            can_shut_down=True,
            busy_from_w=busy_from_w,
            learnt=learnt,
        )

    @property
    def drawn_wh(self) -> float:
        """The energy that both sockets passed since the start."""
        return sum(outlet.drawn_wh for outlet in self.sockets.values())

    @property
    def working(self) -> bool | None:
        """What the sign of presence says."""
        return None if self.troubles.presence_silent else self.present

    def poll(self) -> None:
        """Read the sockets, as far as they answer."""
        now, troubles = self.world.now, self.troubles
        if within(troubles.vanished, now) or within(troubles.stale, now):
            return
        for name, outlet in self.sockets.items():
            power_w = outlet.power_w
            sample = Sample(
                at=self.world.time,
                on=outlet.on,
                power_w=power_w if power_w >= MEASURING_FLOOR_W else 0.0,
                voltage_v=Mains.nominal_voltage_v,
            )
            if troubles.meter_dead_from <= now:
                sample = replace(sample, power_w=0.0, voltage_v=0.0)
            if troubles.meter_silent_from <= now:
                sample = replace(sample, power_w=None, voltage_v=None)
            self.samples[name] = sample

    def switch(self, socket: str, on: bool) -> None:
        """Carry out an order, as far as the plug gets it."""
        if within(self.troubles.vanished, self.world.now):
            return
        if self.troubles.order_lost:
            self.troubles.order_lost = False
            return
        latency_s = self.rng.uniform(0.02, 0.15) + self.troubles.order_late_s
        self.world.after(latency_s, lambda: self.sockets[socket].switch(on))

    def ask_to_shut_down(self) -> bool:
        """Ask the system; return whether the request was taken."""
        self.asked += 1
        system = self.troubles.system
        if not self.computer.running or system is System.UNREACHABLE:
            return False
        if system is System.UPDATES:
            self.computer.shutdown_s = (5 * MINUTE_S, 25 * MINUTE_S)
        refuses = system is System.REFUSES or (
            system is System.REFUSES_ONCE and self.asked == 1
        )
        # Who sits there cancels, or has a document open that does.
        if not refuses and not self.present:
            self.computer.shut_down()
        return True

    def finish_rendering(self) -> None:
        """Let the computer be idle that worked on without anybody."""
        if not self.present:
            self.computer.work(ComputerState.IDLE)

    def leave(self, habit: Habit) -> None:
        """Let the person go home."""
        self.present = self.wanted_on = False
        match habit:
            case Habit.SHUT_DOWN:
                self.computer.shut_down()
            case Habit.SLEEP:
                self.computer.sleep()
            case Habit.RENDER:
                self.computer.work(ComputerState.BUSY)
            case _:
                self.computer.work(ComputerState.IDLE)

    def come(self) -> None:
        """Let the person come, order power where there is none, and start."""
        self.present = True
        if self.computer.powered:
            self._start()
            return
        self.wanted_on = True
        for outlet in self.sockets.values():
            outlet.switch(True)
        self.world.after(5, self._start)

    def _start(self) -> None:
        self.computer.press()
        self.computer.work(ComputerState.BUSY)
