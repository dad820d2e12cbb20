"""One evening of a room, switched off by the integration's rules, or perfectly."""

from dataclasses import dataclass, field
from datetime import timedelta
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
)
from custom_components.energy_park.park.job import Job, set_up
from custom_components.energy_park.park.observation import Observations
from custom_components.energy_park.park.station import Learnt, Station
from custom_components.energy_park.park.switch_off import OffPhase, OffRun
from scripts.emulators import ComputerState

from ._desks import HOUR_S, MINUTE_S, Desk, World, within
from ._room import BEGINS, CLOSES, OPENS, ROOM, build, commission

ROUNDS = tuple(CLOSES + hours * HOUR_S for hours in (0, 2.25, 4.5))
POLL_S = 5.0
IN_SEQUENCE = {OffPhase.WARNING, OffPhase.SHUTTING_DOWN}
POSTPONES_BY = timedelta(minutes=30)


@dataclass(slots=True)
class Tally:
    """What became of an evening."""

    avoidable_wh: float = 0.0
    avoided_wh: float = 0.0
    cut_while_running: int = 0
    unreported: int = 0
    off_after_s: list[float] = field(default_factory=list)
    outcomes: list[tuple[str, Outcome, Reason]] = field(default_factory=list)


class Switcher:
    """Runs the jobs of an evening as Home Assistant does, with all that goes wrong."""

    def __init__(
        self, world: World, desks: list[Desk], learnt: dict[str, Learnt], evening: int
    ) -> None:
        self.world = world
        self.desks = {desk.name: desk for desk in desks}
        self.of_socket = {socket: desk for desk in desks for socket in desk.sockets}
        self.stations = {desk.name: _station(desk, learnt[desk.name]) for desk in desks}
        self.rng = Random(f"{evening}/restarts")
        self.job: Job | None = None
        self.down = False
        self.reported: dict[tuple[str | None, str], Result] = {}
        self._ticks = 0
        self.begun_at: dict[str, float] = {}
        self.tally = Tally()
        for number, begins in enumerate(ROUNDS):
            world.at(begins, lambda number=number: self.begin(number))  # type: ignore[misc]

    def begin(self, number: int) -> None:
        """Begin a round, unless the one before is still at it."""
        if self.job is not None:
            return
        job = Job(
            id=str(number),
            on=False,
            source=Source.SCHEDULE,
            reason=Reason.SCHEDULE,
            started_at=self.world.time,
        )
        self.reported.clear()
        self.job = set_up(job, self._sockets(), tuple(self.stations.values()), ())
        if self.rng.random() < 0.4:
            self.world.after(self.rng.uniform(0, 10 * MINUTE_S), self._restart)
        self._tick(self.job.id)

    def _sockets(self) -> list[Socket]:
        return [
            Socket(
                id=socket,
                number=number,
                name=socket,
                role=Role.MONITOR if number else Role.COMPUTER,
                sector="room",
                priority=5,
            )
            for desk in self.desks.values()
            for number, socket in enumerate(desk.sockets)
        ]

    def _tick(self, job_id: str) -> None:
        """Poll, and go on with the job a network's moment later."""
        if self.job is None or self.job.id != job_id:
            return
        if not self.down:
            self._ticks += 1
            for run in self.job.stations:
                assert isinstance(run, OffRun)
                if run.phase in IN_SEQUENCE or (not run.done and self._ticks % 2):
                    self.desks[run.station].poll()
            self.world.after(self.rng.uniform(0.02, 0.15), self._step)
        self.world.after(POLL_S, lambda: self._tick(job_id))

    def _step(self) -> None:
        if self.job is None or self.down:
            return
        seen = Observations(
            stations=self.stations,
            samples={
                name: sample
                for desk in self.desks.values()
                for name, sample in desk.samples.items()
            },
            working={
                desk.name: desk.working
                for desk in self.desks.values()
                if desk.hardware.presence
            },
            kept={
                desk.name: Reason.OUTRANKED
                for desk in self.desks.values()
                if desk.wanted_on
            },
        )
        self._take(switching.step(self.world.time, self.job, seen))

    def _take(self, following: switching.Step) -> None:
        """Keep the job that follows and carry out what it asks for."""
        before = self.job
        self.job, effects = following
        self._clock_sequences(before, self.job)
        for effect in effects:
            self._carry_out(effect)
        if self.job is not None and self.job.done:
            self._finish(self.job)

    def _clock_sequences(self, before: Job | None, after: Job) -> None:
        """Note when each station's sequence begins: the guard lets it pass."""
        assert before is not None
        for was, run in zip(before.stations, after.stations, strict=True):
            if was is run:
                continue
            assert isinstance(was, OffRun)
            assert isinstance(run, OffRun)
            if was.phase is OffPhase.GUARD and run.phase in IN_SEQUENCE:
                self.begun_at[run.station] = self.world.now

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Switch(socket, on):
                self.of_socket[socket].switch(socket, on)
            case Refresh(socket):
                self.world.after(0.05, lambda: self._refresh(socket))
            case ShutDown(station):
                self.world.after(1, lambda: self._ask(effect))
            case Notify(station):
                self._warn(self.desks[station])
            case SendMagicPacket(station):
                self.desks[station].computer.wake()
            case Report():
                self._note(effect)
            case _:
                pass

    def _refresh(self, socket: str) -> None:
        if not self.down:
            self.of_socket[socket].poll()
            self.world.after(self.rng.uniform(0.02, 0.15), self._step)

    def _ask(self, effect: ShutDown) -> None:
        if not self.desks[effect.station].ask_to_shut_down() and self.job is not None:
            self._take(switching.failed(self.world.time, self.job, effect))

    def _warn(self, desk: Desk) -> None:
        if desk.present and self.rng.random() < 0.9:
            self.world.after(self.rng.uniform(5, 50), lambda: self._postpone(desk.name))

    def _postpone(self, station: str) -> None:
        if self.job is not None and not self.down:
            now = self.world.time
            self._take(switching.postpone(now, self.job, station, now + POSTPONES_BY))

    def _note(self, report: Report) -> None:
        self.reported[report.station, report.socket] = report.result
        cut = report.result.outcome is Outcome.OFF and report.socket in self.desks
        if cut and report.result.reason is not Reason.AS_FOUND:
            self.tally.off_after_s.append(self.world.now - self.begun_at[report.socket])

    def _finish(self, job: Job) -> None:
        self.tally.unreported += sum(
            self.reported.get(key) != result for key, result in job.results.items()
        )
        self.tally.outcomes += [
            (socket, result.outcome, result.reason)
            for (_, socket), result in job.results.items()
            if result is not None and socket in self.desks
        ]
        self.job = None

    def _restart(self) -> None:
        """Home Assistant restarts: what was not written is gone, time passes."""
        if self.job is None or self.down:
            return
        kept = json.dumps(self.job.to_dict())
        self.down = True
        self.world.after(
            self.rng.uniform(20, 120), lambda: self._resume(json.loads(kept))
        )

    def _resume(self, kept: dict[str, object]) -> None:
        self.down = False
        for desk in self.desks.values():
            desk.samples.clear()
        self.job = Job.from_dict(kept)


class Perfect:
    """Knows who is there and what runs; waits for nothing but the computers."""

    def __init__(self, world: World, desks: list[Desk]) -> None:
        self.world = world
        for desk in desks:
            world.at(CLOSES, lambda desk=desk: self._manage(desk))  # type: ignore[misc]

    def _manage(self, desk: Desk) -> None:
        """Do what can be done now, and look again soon."""
        if self.world.now > CLOSES + 8 * HOUR_S:
            return
        self.world.after(20, lambda: self._manage(desk))
        if desk.present or within(desk.troubles.vanished, self.world.now):
            return
        computer, monitor = desk.sockets.values()
        monitor.switch(False)
        kind = desk.hardware
        if desk.computer.state in {ComputerState.IDLE, ComputerState.BUSY}:
            desk.ask_to_shut_down()
        elif desk.computer.state is ComputerState.STANDBY and (
            kind.on_ac or kind.wakes_after_cut
        ):
            computer.switch(False)


def _station(desk: Desk, learnt: Learnt) -> Station:
    kind = desk.hardware
    return desk.station(learnt, (kind.idle_w + kind.busy_w) / 2)


def commission_room() -> dict[str, Learnt]:
    """Return what is learnt of each desk; nothing of one that was left out."""
    return {
        name: commission(hardware, name) if hardware.commissioned else Learnt()
        for name, hardware in ROOM.items()
    }


def drawn_wh(world: World, desks: list[Desk]) -> float:
    """Let the night pass; return what the room draws in it."""
    world.run(CLOSES)
    before_wh = sum(desk.drawn_wh for desk in desks)
    world.run(OPENS)
    return sum(desk.drawn_wh for desk in desks) - before_wh


def evening(number: int, learnt: dict[str, Learnt]) -> Tally:
    """Run one evening three times: left alone, switched perfectly, and by us."""
    world = World(BEGINS)
    left_alone_wh = drawn_wh(world, build(world, number))
    world = World(BEGINS)
    desks = build(world, number)
    Perfect(world, desks)
    perfect_wh = drawn_wh(world, desks)
    world = World(BEGINS)
    desks = build(world, number)
    switcher = Switcher(world, desks, learnt, number)
    ours_wh = drawn_wh(world, desks)
    tally = switcher.tally
    tally.cut_while_running = sum(desk.computer.cut_while_running for desk in desks)
    tally.unreported += switcher.job is not None
    tally.avoidable_wh = left_alone_wh - perfect_wh
    tally.avoided_wh = left_alone_wh - ours_wh
    return tally
