"""Whatever happens in whatever order: nobody's work is cut, and all is reported."""

from datetime import timedelta
from functools import cache
from math import inf
from typing import override

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from custom_components.energy_park.model import Reason
from custom_components.energy_park.park import switching
from custom_components.energy_park.park.effects import Switch
from custom_components.energy_park.park.observation import AtLimit, Rules
from custom_components.energy_park.park.station import Learnt
from scripts.benches._desks import Desk, Habit, System, World
from scripts.benches._room import ROOM, commission

from .room import EVENING, Room, desk

NAMES = ("first", "second")


@cache
def learnt(kind: str) -> Learnt:
    hardware = ROOM[kind]
    return commission(hardware, kind) if hardware.commissioned else Learnt()


class Evenings(RuleBasedStateMachine):
    """Two desks, a job, people and faults, in any order."""

    room: Room
    rules_of_job: Rules

    @initialize(
        kinds=st.lists(st.sampled_from(sorted(ROOM)), min_size=2, max_size=2),
        seed=st.integers(0, 99),
        at_limit=st.sampled_from(AtLimit),
        limit=st.integers(0, 120),
        on=st.booleans(),
    )
    def open(
        self, kinds: list[str], seed: int, at_limit: AtLimit, limit: int, on: bool
    ) -> None:
        world = World(EVENING)
        desks = [
            desk(world, name, ROOM[kind], seed)
            for name, kind in zip(NAMES, kinds, strict=True)
        ]
        self.room = Room(*desks)
        for kind, left in zip(kinds, desks, strict=True):
            self.room.stations[left.name] = left.station(learnt(kind), 80)
        self.rules_of_job = Rules(limit=timedelta(minutes=limit), at_limit=at_limit)
        self.begin(on)

    def begin(self, on: bool) -> None:
        self.room.effects.clear()
        self.room.begin(on, rules=self.rules_of_job)

    @property
    def desks(self) -> list[Desk]:
        return list(self.room.desks.values())

    @rule(times=st.integers(1, 20), seconds=st.sampled_from([1.0, 5.0, 10.0, 29.0]))
    def go_on(self, times: int, seconds: float) -> None:
        for _ in range(times):
            if self.room.job.done:
                break
            self.check(self.room.step(seconds))

    @rule(seconds=st.sampled_from([20.0, 70.0, 1000.0]))
    def hear_nothing(self, seconds: float) -> None:
        self.room.world.run(self.room.world.now + seconds)

    @rule(seconds=st.sampled_from([1.0, 20.0, 70.0]))
    def restart(self, seconds: float) -> None:
        self.room.restart(seconds)

    @rule(which=st.integers(0, 1), habit=st.sampled_from(Habit))
    def leave(self, which: int, habit: Habit) -> None:
        self.desks[which].leave(habit)

    @rule(which=st.integers(0, 1))
    def press(self, which: int) -> None:
        self.desks[which].computer.press()

    @rule(which=st.integers(0, 1))
    def come(self, which: int) -> None:
        self.desks[which].come()

    @rule(which=st.integers(0, 1), working=st.sampled_from([True, False, None]))
    def sign(self, which: int, working: bool | None) -> None:
        self.room.working[NAMES[which]] = working

    @rule(which=st.integers(0, 1), kept=st.booleans())
    def keep(self, which: int, kept: bool) -> None:
        self.room.kept.pop(NAMES[which], None)
        if kept:
            self.room.kept[NAMES[which]] = Reason.OUTRANKED

    @rule(which=st.integers(0, 1), system=st.sampled_from(System))
    def system(self, which: int, system: System) -> None:
        self.desks[which].troubles.system = system

    @rule(which=st.integers(0, 1), what=st.sampled_from(["vanished", "stale"]))
    def fail(self, which: int, what: str) -> None:
        setattr(self.desks[which].troubles, what, (self.room.world.now, inf))

    @rule(which=st.integers(0, 1), what=st.sampled_from(["dead", "silent"]))
    def lose_meter(self, which: int, what: str) -> None:
        setattr(self.desks[which].troubles, f"meter_{what}_from", 0.0)

    @rule(which=st.integers(0, 1))
    def repair(self, which: int) -> None:
        troubles = self.desks[which].troubles
        troubles.vanished = troubles.stale = None
        troubles.meter_dead_from = troubles.meter_silent_from = inf

    @rule(which=st.integers(0, 1))
    def lose_order(self, which: int) -> None:
        self.desks[which].troubles.order_lost = True

    @rule(which=st.integers(0, 1), minutes=st.integers(0, 60))
    def postpone(self, which: int, minutes: int) -> None:
        until = self.room.now + timedelta(minutes=minutes)
        now, job = self.room.now, self.room.job
        self.room.take(*switching.postpone(now, job, NAMES[which], until))

    @rule(which=st.integers(0, 1), on=st.booleans())
    def refuse(self, which: int, on: bool) -> None:
        order = Switch(NAMES[which], on)
        now, job = self.room.now, self.room.job
        self.room.take(*switching.refused(now, job, order, Reason.RUNNING))

    @rule()
    def cancel(self) -> None:
        self.room.take(*switching.cancel(self.room.now, self.room.job))

    @precondition(lambda self: self.room.job.done)
    @rule(on=st.booleans())
    def next_job(self, on: bool) -> None:
        self.begin(on)

    def check(self, effects: tuple[object, ...]) -> None:
        """A computer is ordered off only by a reading that shows it off."""
        for effect in effects:
            if (
                not isinstance(effect, Switch)
                or effect.on
                or effect.socket not in NAMES
            ):
                continue
            station = self.room.stations[effect.socket]
            sample = self.room.desks[effect.socket].samples[effect.socket]
            assert station.cut_refused is None
            assert sample.on is True
            assert station.off_band.holds(sample.power_w)

    @invariant()
    def nobody_lost_work(self) -> None:
        assert self.room.cuts == 0

    @override
    def teardown(self) -> None:
        """However it went, it comes to its end, and every socket is reported."""
        if not hasattr(self, "room"):
            return
        ends = self.room.world.now + self.rules_of_job.limit.total_seconds() + 3 * 3600
        while not self.room.job.done:
            assert self.room.world.now < ends, self.room.job
            self.check(self.room.step(10))
        results = {key: r for key, r in self.room.job.results.items() if r is not None}
        assert results.keys() == self.room.job.results.keys()
        assert results.items() <= self.room.reported().items()
        assert self.room.cuts == 0


Evenings.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestEvenings = Evenings.TestCase
