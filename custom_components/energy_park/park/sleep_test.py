"""Measures what a computer draws asleep, so that it is never taken for off.

A person sends it to sleep; the watts show when, and how much is left.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..model import Reason
from .effects import Effect, Notice, Notify
from .observation import Observations, Rules, View
from .safe_cut import BandWatch
from .station import Learnt

_WITHIN = timedelta(minutes=10)
_HOLD = timedelta(minutes=1)
_SAMPLES = 4
_RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepTest:
    """A station under test; ``learnt`` or ``failure`` is set at its end."""

    station: str
    since: datetime | None = None
    watch: BandWatch = field(default_factory=BandWatch)
    sleep_w: tuple[float, ...] = ()
    learnt: Learnt | None = None
    failure: Reason | None = None

    @property
    def done(self) -> bool:
        """Whether the test is over."""
        return self.learnt is not None or self.failure is not None


def step(
    now: datetime, run: SleepTest, seen: Observations
) -> tuple[SleepTest, tuple[Effect, ...]]:
    """Go on by what is seen now, as ``switching.step`` does with a job."""
    station = seen.stations.get(run.station)
    if run.done:
        return run, ()
    if station is None:
        return replace(run, failure=Reason.CANCELLED), ()
    if run.since is None:
        notify = Notify(station.id, Notice.SEND_TO_SLEEP, now + _WITHIN)
        return replace(run, since=now), (notify,)
    waited = now - run.since
    sample = View(now, seen, _RULES, Reason.PERSON).fresh(station.computer)
    if sample is not None and sample.power_w is not None:
        # Only what a test sees after its start counts: it must have been running.
        asleep = sample.on is True and sample.power_w < station.learnt.running_from_w
        watch = run.watch.follow(sample.at, asleep, _RULES.fresh)
        if watch is not run.watch:
            powers = (*run.sleep_w, sample.power_w) if asleep else ()
            run = replace(run, watch=watch, sleep_w=powers)
    if run.watch.held(_HOLD, _SAMPLES):
        # The fall itself may be among the first samples, above the level.
        return replace(
            run, learnt=replace(station.learnt, sleep_w=min(run.sleep_w))
        ), ()
    if waited > _WITHIN:
        return replace(run, failure=Reason.DID_NOT_SHUT_DOWN), ()
    return run, ()
