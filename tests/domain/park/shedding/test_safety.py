"""What must never happen, on whatever day and with whatever fails."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import override

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.energy_park.model import Role
from custom_components.energy_park.park.shedding.loads import DRAWS_FROM_W, Blocked
from custom_components.energy_park.park.shedding.policy import Policy, Silence
from scripts.simulation.avoidable import avoidable_trips
from scripts.simulation.days import Day, random_day
from scripts.simulation.meter import Told
from scripts.simulation.ours import OurRule, moment
from scripts.simulation.rule import Control
from scripts.simulation.run import Run

# Nothing returns upon a reading that is older.
OLD = timedelta(seconds=6)


class WatchedRule(OurRule):
    """The rule, and each of its orders held against what it knew then."""

    def __init__(self, day: Day, policy: Policy) -> None:
        super().__init__(day.recording.appliances, day.cut_off_va, day.feed, policy)
        rng = Random(day.seed)
        self._loads = {
            name: replace(
                load,
                min_on=timedelta(minutes=rng.uniform(0, 20)),
                min_off=timedelta(minutes=rng.uniform(0, 90)),
            )
            for name, load in self._loads.items()
        }
        self._control: Control
        self._now_s = self._heard_s = 0.0
        # What was shed, and whose time was over, before it decided.
        self._off: frozenset[str] = frozenset()
        self._is_over = self._is_news = True
        self._has_cut = False

    @override
    def wake(self, now_s: float, told: Told) -> None:
        super().wake(now_s, told)
        self._heard_s, self._is_news = now_s, True

    @override
    def read_meter(self, now_s: float, told: Told) -> None:
        super().read_meter(now_s, told)
        self._heard_s, self._is_news = now_s, True

    @override
    def read_plug(self, now_s: float, load: int, on: bool, power_va: float) -> None:
        super().read_plug(now_s, load, on, power_va)
        self._is_news = True

    @override
    def answer(self, now_s: float, load: int, on: bool, done: bool) -> None:
        super().answer(now_s, load, on, done)
        self._is_news |= not done

    @override
    def restart(self, now_s: float) -> None:
        super().restart(now_s)
        self._is_news = True

    @override
    def decide(self, now_s: float, control: Control) -> float | None:
        self._control, self._now_s = control, now_s
        self._off = frozenset(self._state.shed)
        self._is_over = any(
            not pending.answered and pending.acts_by < moment(now_s)
            for pending in self._state.pending.values()
        )
        self._has_cut = False
        try:
            return super().decide(now_s, self)
        finally:
            self._is_news &= not self._has_cut

    def order(self, load: int, on: bool) -> None:
        known = self._loads[str(load)]
        if on:
            assert moment(self._now_s) - moment(self._heard_s) <= OLD
            assert known.id in self._off
            off_for = moment(self._now_s) - self._state.shed[known.id].at
            assert off_for >= known.min_off
        else:
            assert known.blocked(moment(self._now_s)) in {None, Blocked.IDLE}
            assert max(known.draw_w or 0, known.usual_w or 0) >= DRAWS_FROM_W
            assert self._is_news or self._is_over
            self._has_cut = True
        self._control.order(load, on)

    def poll(self, load: int) -> None:
        self._control.poll(load)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000_000), st.sampled_from(Silence))
def test_on_no_day_happens_what_never_must(number: int, silence: Silence) -> None:
    """Only what may be cut is, once for each news.

    All returns, upon fresh readings and after its least time.
    """
    day = random_day(number)
    run = Run(
        day.recording,
        WatchedRule(day, Policy(silence=silence)),
        cut_off_va=day.cut_off_va,
        feed=day.feed,
        faults=day.faults,
        seed=day.seed,
    )
    outcome = run.run()
    cut = [day.recording.appliances[load] for _, load in outcome.sheds]
    assert not any(one.protected for one in cut)
    assert {one.role for one in cut} <= {Role.OTHER, Role.MONITOR}
    assert outcome.left_off == 0


@pytest.mark.parametrize("number", [455, 4012, 5508, 6871, 8966])
def test_a_trip_that_can_be_avoided_is(number: int) -> None:
    """Loads that are too few are cut early, and a wrong guess is made good in time."""
    day = random_day(number)
    rule = OurRule(day.recording.appliances, day.cut_off_va, day.feed)
    outcome = Run(
        day.recording,
        rule,
        cut_off_va=day.cut_off_va,
        feed=day.feed,
        faults=day.faults,
        seed=day.seed,
    ).run()
    assert not avoidable_trips(
        outcome,
        day.recording,
        cut_off_va=day.cut_off_va,
        feed=day.feed,
        faults=day.faults,
        seed=day.seed,
    )
