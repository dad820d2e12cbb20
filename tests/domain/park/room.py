"""A job that runs against emulated desks, on a clock of its own."""

from collections.abc import Iterable
from datetime import datetime
import json
from random import Random

from custom_components.energy_park.model import Reason, Role, Socket, Source
from custom_components.energy_park.park import switching
from custom_components.energy_park.park.effects import (
    Effect,
    Notify,
    Outcome,
    Refresh,
    Report,
    Result,
    SendMagicPacket,
    ShutDown,
    Switch,
    WakeByAction,
)
from custom_components.energy_park.park.job import Job, set_up
from custom_components.energy_park.park.observation import Observations, Rules
from custom_components.energy_park.park.station import Learnt, Station, Wake
from scripts.benches._desks import Desk, Habit, Hardware, World

# 2026-11-20 18:00 in Paris
EVENING = 1_795_194_000.0

TOWER = Hardware(idle_w=50, busy_w=110, standby_w=2.5, sleep_w=4.0, on_ac=True)
KNOWN = Learnt(
    wake=Wake.BIOS_ON_AC,
    returns=True,
    off_w=(2.45, 2.55),
    running_w=49.0,
    sleep_w=3.9,
    at=datetime.fromisoformat("2026-11-01T10:00:00+00:00"),
)


def desk(
    world: World, name: str = "desk", hardware: Hardware = TOWER, seed: int = 0
) -> Desk:
    """Return a desk that somebody left on."""
    left = Desk(world=world, name=name, hardware=hardware, rng=Random(seed))
    left.come()
    left.leave(Habit.LEAVE_ON)
    return left


class Room:
    """Desks, what is known of them, and the job that switches them."""

    job: Job

    def __init__(self, *desks: Desk, learnt: Learnt = KNOWN) -> None:
        self.world = desks[0].world
        self.desks = {desk.name: desk for desk in desks}
        self.stations: dict[str, Station] = {
            desk.name: desk.station(learnt, busy_from_w=80) for desk in desks
        }
        self.working: dict[str, bool | None] = {}
        self.kept: dict[str, Reason] = {}
        self.effects: list[tuple[float, Effect]] = []
        self.answers: dict[str, bool | None] = {}

    @property
    def now(self) -> datetime:
        return self.world.time

    def begin(
        self,
        on: bool = False,
        *,
        rules: Rules | None = None,
        protected: Iterable[str] = (),
        role: Role | None = None,
        observe: bool = False,
        more: Iterable[Socket] = (),
    ) -> None:
        job = Job(
            id="job",
            on=on,
            source=Source.SCHEDULE,
            reason=Reason.SCHEDULE,
            started_at=self.now,
            rules=rules or Rules(),
            observe=observe,
        )
        sockets = [
            socket(name, Role.MONITOR if number else Role.COMPUTER)
            for desk in self.desks.values()
            for number, name in enumerate(desk.sockets)
        ]
        stations = tuple(self.stations.values())
        self.job = set_up(job, (*sockets, *more), stations, set(protected), role)

    def look(self) -> Observations:
        """Read every socket that answers and return all that is known."""
        for desk in self.desks.values():
            desk.poll()
        return self.known()

    def known(self) -> Observations:
        return Observations(
            stations=self.stations,
            samples={
                name: sample
                for desk in self.desks.values()
                for name, sample in desk.samples.items()
            },
            working=self.working,
            kept=self.kept,
            answers=self.answers,
        )

    def step(self, seconds: float = 5) -> tuple[Effect, ...]:
        """Read, go on with the job, carry out what it asks, let time pass."""
        job, effects = switching.step(self.now, self.job, self.look())
        self.take(job, effects)
        self.world.run(self.world.now + seconds)
        return effects

    def take(self, job: Job, effects: Iterable[Effect]) -> None:
        self.job = job
        for effect in effects:
            self.effects.append((self.world.now, effect))
            self._carry_out(effect)

    def run(self, limit_s: float = 4 * 3600, seconds: float = 5) -> None:
        """Go on until the job is done."""
        ends = self.world.now + limit_s
        while not self.job.done:
            assert self.world.now < ends, self.job
            self.step(seconds)

    def restart(self, down_s: float = 60) -> None:
        """Home Assistant goes and comes back; readings are gone, time has passed."""
        kept = json.dumps(self.job.to_dict())
        self.world.run(self.world.now + down_s)
        for desk in self.desks.values():
            desk.samples.clear()
        self.job = Job.from_dict(json.loads(kept))

    def result(self, socket: str) -> tuple[Outcome, Reason] | None:
        for (_, name), result in self.job.results.items():
            if name == socket and result is not None:
                return result.outcome, result.reason
        return None

    def reported(self) -> dict[tuple[str | None, str], Result]:
        return {
            (effect.station, effect.socket): effect.result
            for _, effect in self.effects
            if isinstance(effect, Report)
        }

    def all(self, kind: type[Effect]) -> list[tuple[float, Effect]]:
        return [(at, effect) for at, effect in self.effects if isinstance(effect, kind)]

    def switched(self, name: str) -> list[bool]:
        return [
            effect.on
            for _, effect in self.effects
            if isinstance(effect, Switch) and effect.socket == name
        ]

    @property
    def cuts(self) -> int:
        return sum(desk.computer.cut_while_running for desk in self.desks.values())

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Switch(name, on):
                desk = next(d for d in self.desks.values() if name in d.sockets)
                desk.switch(name, on)
            case ShutDown(station):
                if not self.desks[station].ask_to_shut_down():
                    self.take(*switching.failed(self.now, self.job, effect))
            case SendMagicPacket(station):
                self.desks[station].computer.wake()
            case WakeByAction(station):
                self.desks[station].computer.press()
            case Notify() | Refresh() | Report():
                pass


def socket(name: str, role: Role) -> Socket:
    return Socket(id=name, number=0, name=name, role=role, sector="room", priority=5)
