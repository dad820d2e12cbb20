"""A recorded demand, a meter, plugs and a rule in one closed loop.

Quiet times are skipped: while the rule has nothing under way and the power is below
what the meter bears for ever, only the demand's steps are followed.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import ceil, inf
from random import Random

from .meter import Feed, Meter, Told
from .plugs import DELAY_S, TIMEOUT_S, Faults, Plugs
from .recording import Recording, Step
from .rule import Rule

POLL_S = 10.0
POLL_DELAY_S = (0.05, 0.25)
# While the power is low and something is shed, so often is often enough.
QUIET_FRAMES_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a run stood when its power rose above what the meter bears for ever."""

    at_s: float
    step: int
    meter: Meter
    plugs: Plugs
    down_until_s: float


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a run came to; ``sheds`` are moments and loads.

    Of each of ``trips_s``, ``checkpoints`` tells how it came about. ``longest_off_s``
    is by load.
    """

    days: float
    trips_s: list[float]
    checkpoints: list[Checkpoint | None] = field(default_factory=list)
    sheds: list[tuple[float, int]] = field(default_factory=list)
    unserved_wh: float = 0.0
    sheddable_wh: float = 0.0
    longest_off_s: list[float] = field(default_factory=list)
    left_off: int = 0


class Run:
    """One run; also what the rule controls in it."""

    def __init__(
        self,
        recording: Recording,
        rule: Rule,
        *,
        cut_off_va: float,
        feed: Feed,
        faults: Faults | None = None,
        seed: int = 0,
    ) -> None:
        self._recording = recording
        self._rule = rule
        self._feed = feed
        self._faults = faults or Faults()
        self._rng = Random(seed)
        self._frame_0_s = self._rng.uniform(0, feed.frame_s)
        self.meter = Meter(cut_off_va, second_s=self._rng.random())
        self.plugs = Plugs(recording)
        self._outcome = Outcome(days=recording.days, trips_s=self.meter.trips_s)
        self._now_s = 0.0
        self._awake = False
        self._down_until_s = 0.0
        self._step = 0
        self._checkpoint: Checkpoint | None = None
        # When the next frame begins, the plugs are polled and the rule asks to be asked.
        self._frame_at_s = self._poll_at_s = self._tick_at_s = inf
        # What is on its way: orders, answers, readings.
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def run(self) -> Outcome:
        """Return what became of it."""
        self._pass_steps(0, self._recording.end_s)
        end_s = self._now_s
        self.plugs.close(end_s)
        outcome = self._outcome
        outcome.unserved_wh = self.plugs.unserved_vas / 3600
        outcome.sheddable_wh = outcome.unserved_wh + self.plugs.served_vas / 3600
        outcome.longest_off_s = self.plugs.longest_off_s
        outcome.left_off = self.plugs.on.count(False)
        return outcome

    def resume(self, checkpoint: Checkpoint, until_s: float) -> list[float]:
        """Let the rule go on from there; return when the meter tripped until then."""
        self.meter, self.plugs = deepcopy((checkpoint.meter, checkpoint.plugs))
        self.meter.trips_s.clear()
        self._now_s, self._down_until_s = checkpoint.at_s, checkpoint.down_until_s
        self._step = checkpoint.step
        return self.go_on(until_s)

    def go_on(self, until_s: float) -> list[float]:
        """Let the rule go on from where it is; return when the meter tripped."""
        self._pass_steps(self._step, until_s)
        return self.meter.trips_s

    def _pass_steps(self, first: int, until_s: float) -> None:
        steps = self._recording.steps
        for number in range(first, len(steps)):
            step = steps[number]
            if step.at_s > until_s:
                break
            if self._awake:
                self._pass_time(step.at_s)
            self._now_s = step.at_s
            self._step = number
            self._take(step)
            self._step = number + 1
        self._pass_time(until_s)
        self._now_s = until_s
        self.meter.advance(until_s)
        self._note_trips()

    def _note_trips(self) -> None:
        """Remember what led to a trip."""
        missing = len(self.meter.trips_s) - len(self._outcome.checkpoints)
        self._outcome.checkpoints += [self._checkpoint] * missing

    # What the rule may do, and what only an ideal one sees

    def is_dead(self, load: int) -> bool:
        """Return whether a plug hears nothing now."""
        return self._faults.is_dead(load, self._now_s)

    def order(self, load: int, on: bool) -> None:
        """Switch a plug."""
        if not on:
            self._outcome.sheds.append((self._now_s, load))
            if self._rng.random() < self._faults.restarts:
                self._after(self._rng.uniform(0, 300), self._go_down)
        if self.is_dead(load):
            self._after(TIMEOUT_S, partial(self._answer, load, on, done=False))
        else:
            self._after(self._rng.uniform(*DELAY_S), partial(self._carry_out, load, on))

    def poll(self, load: int) -> None:
        """Ask a plug at once, and decide with what it answers."""
        if self.is_dead(load):
            self._after(TIMEOUT_S, partial(self._lose, load))
        else:
            self._after(self._rng.uniform(*POLL_DELAY_S), partial(self._heed, load))

    # Time

    def _take(self, step: Step) -> None:
        """Let a load want another power."""
        plugs, wake_va = self.plugs, self._rule.wake_va
        following_va = plugs.following_va(step.load, step.power_va)
        if plugs.power_va <= self.meter.trip_va < following_va:
            self._keep_checkpoint()
        if plugs.power_va <= wake_va < following_va:
            self._rouse()
        plugs.want(step.load, step.power_va, step.at_s)
        self.meter.draw(plugs.power_va, step.at_s)

    def _keep_checkpoint(self) -> None:
        self.meter.advance(self._now_s)
        self._note_trips()
        meter, plugs = deepcopy((self.meter, self.plugs))
        self._checkpoint = Checkpoint(
            at_s=self._now_s,
            step=self._step,
            meter=meter,
            plugs=plugs,
            down_until_s=self._down_until_s,
        )

    def _rouse(self) -> None:
        """Listen to every frame from now on; what was so far is known."""
        now_s = self._now_s
        self.meter.advance(now_s)
        told = self.meter.exactly()
        if self._awake:
            self._tell(lambda: self._rule.read_meter(now_s, told))
        else:
            self._awake = True
            self._rule.wake(now_s, told)
            polled_s = self._rng.uniform(0, POLL_S)
            for load, on in enumerate(self.plugs.on):
                # Of its past the rule knows what each load drew at most.
                self._rule.read_plug(
                    now_s - POLL_S, load, on, self.plugs.usual_va[load]
                )
                drawn_va = self.plugs.drawn_va(load)
                self._rule.read_plug(now_s - polled_s, load, on, drawn_va)
            self._poll_at_s = now_s - polled_s + POLL_S
        self._frame_at_s = self._next_frame_s(now_s)

    def _next_frame_s(self, after_s: float) -> float:
        frame_s = self._feed.frame_s
        return self._frame_0_s + ceil((after_s - self._frame_0_s) / frame_s) * frame_s

    def _pass_time(self, until_s: float) -> None:
        """Let happen what happens until then, unless nothing does."""
        while self._awake:
            at_s = min(self._frame_at_s, self._poll_at_s, self._tick_at_s)
            if self._events:
                at_s = min(at_s, self._events[0][0])
            if at_s > until_s:
                return
            self._now_s = at_s
            if self._events and at_s == self._events[0][0]:
                heappop(self._events)[2]()
            elif at_s == self._frame_at_s:
                self._send_frame()
            elif at_s == self._poll_at_s:
                self._poll_at_s += POLL_S
                self._poll_all()
            else:
                self._decide()
            if self._is_quiet and not self._events and self._rule.is_idle:
                self._awake = False
                self._frame_at_s = self._poll_at_s = self._tick_at_s = inf

    def _poll_all(self) -> None:
        """Let the rule know the plugs; what it decides can wait for the meter."""
        if self._now_s < self._down_until_s:
            return
        for load in range(len(self.plugs.on)):
            if self.is_dead(load):
                self._rule.lose_plug(self._now_s, load)
            else:
                self._read(load)

    @property
    def _is_quiet(self) -> bool:
        return self.plugs.power_va <= self._rule.wake_va

    def _send_frame(self) -> None:
        """Let the meter speak; in quiet times one frame of some is enough."""
        now_s, quiet = self._now_s, self._is_quiet
        self.meter.advance(now_s)
        for at_s, told in self.meter.frame(self._feed, now_s):
            quiet &= told.va <= self._rule.wake_va
            if not self._faults.is_lost(self._rng, now_s):
                self._after(at_s - now_s, partial(self._hear, told))
        pause_s = QUIET_FRAMES_S if quiet else self._feed.frame_s / 2
        self._frame_at_s = self._next_frame_s(now_s + pause_s)

    def _after(self, delay_s: float, happen: Callable[[], None]) -> None:
        number = next(self._numbers)
        heappush(self._events, (self._now_s + delay_s, number, happen))

    # What the rule is told

    def _tell(self, tell: Callable[[], None]) -> None:
        """Tell the rule, if it runs, and let it decide."""
        if self._now_s >= self._down_until_s:
            tell()
            self._decide()

    def _decide(self) -> None:
        if self._now_s >= self._down_until_s:
            at_s = self._rule.decide(self._now_s, self)
            self._tick_at_s = inf if at_s is None else max(at_s, self._now_s + 0.001)
        else:
            self._tick_at_s = inf

    def _hear(self, told: Told) -> None:
        self._tell(lambda: self._rule.read_meter(self._now_s, told))

    def _read(self, load: int) -> None:
        on, drawn_va = self.plugs.on[load], self.plugs.drawn_va(load)
        self._rule.read_plug(self._now_s, load, on, drawn_va)

    def _heed(self, load: int) -> None:
        self._tell(partial(self._read, load))

    def _lose(self, load: int) -> None:
        self._tell(lambda: self._rule.lose_plug(self._now_s, load))

    def _answer(self, load: int, on: bool, *, done: bool) -> None:
        self._tell(lambda: self._rule.answer(self._now_s, load, on, done))

    def _carry_out(self, load: int, on: bool) -> None:
        added_va = self.plugs.wanted_va[load] if on else 0.0
        if self.plugs.power_va <= self.meter.trip_va < self.plugs.power_va + added_va:
            self._keep_checkpoint()
        self.plugs.switch(load, on, self._now_s)
        self.meter.draw(self.plugs.power_va, self._now_s)
        self._answer(load, on, done=True)

    def _go_down(self) -> None:
        if self._now_s >= self._down_until_s:
            self._down_until_s = self._now_s + self._faults.restart_s
            self._after(self._faults.restart_s, self._come_back)

    def _come_back(self) -> None:
        self._tell(lambda: self._rule.restart(self._now_s))
