"""What a switching job sees: samples of sockets, people, and what stands above it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ..model import Reason
from .station import MEASURABLE_W, OffBand, Station

# A socket whose relay is closed has at least so much.
_LIVE_V = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One reading of a socket and when it was asked for.

    A sample is never younger than what it tells: ``at`` is the moment of the
    question, not that of the answer.
    """

    at: datetime
    on: bool | None = None
    power_w: float | None = None
    voltage_v: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What is known at one moment.

    ``samples`` are the latest by socket, ``stations`` those of the park by id.
    ``working`` tells of each station with a sign of presence whether somebody works
    there; None is a sign that is silent. ``kept`` are the sockets that a stronger
    claim keeps on, with the reason. ``answers`` tells of the system behind a
    computer's socket whether it answers (an agent, a ping), where that is known.
    """

    stations: Mapping[str, Station]
    samples: Mapping[str, Sample]
    working: Mapping[str, bool | None] = field(default_factory=dict)
    kept: Mapping[str, Reason] = field(default_factory=dict)
    answers: Mapping[str, bool | None] = field(default_factory=dict)


class AtLimit(StrEnum):
    """What is done at the hard limit with a computer somebody works at.

    ``force`` asks it to shut down all the same; it does not cut what runs.
    """

    SKIP = "skip"
    FORCE = "force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The times of a switching job.

    ``warn``: countdown before a shutdown. ``retry``: pause after something stood in
    the way, again and again until ``limit``. ``shutdown``: how long a computer may
    take (updates are installed then). ``hold``: how long it must have been off;
    ``fresh``: how old a sample may be, and how far from the one before. ``confirm``:
    until a switched socket shows it. ``stagger``: between two that are switched on.
    ``network``: until a network switch carries packets. ``settle``: from the mains'
    return to the first packet. ``start``: until a computer draws power.
    """

    warn: timedelta = timedelta(minutes=1)
    retry: timedelta = timedelta(minutes=5)
    limit: timedelta = timedelta(hours=2)
    at_limit: AtLimit = AtLimit.SKIP
    shutdown: timedelta = timedelta(minutes=15)
    hold: timedelta = timedelta(seconds=60)
    fresh: timedelta = timedelta(seconds=30)
    confirm: timedelta = timedelta(seconds=60)
    stagger: timedelta = timedelta(seconds=2)
    network: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(seconds=10)
    start: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class View:
    """One moment of a job, as each of its parts sees it.

    ``reason`` is why the job was started. ``observe``: decide, and switch nothing.
    """

    now: datetime
    seen: Observations
    rules: Rules
    reason: Reason
    observe: bool = False

    def fresh(self, socket: str) -> Sample | None:
        """Return the sample of a socket if it can be relied on.

        One from the future is not: a clock was set, and its age is unknown.
        """
        sample = self.seen.samples.get(socket)
        if sample is None or not self.is_fresh(sample.at):
            return None
        return sample

    def is_off(self, socket: str, band: OffBand) -> bool | None:
        """Whether the computer at a socket is off; None when nothing tells for sure.

        No power at all is believed only to a meter that shows the voltage, or of a
        system that is known not to answer.
        """
        sample = self.fresh(socket)
        if sample is None or sample.on is None or sample.power_w is None:
            return None
        answers = self.seen.answers.get(socket)
        if answers or sample.power_w >= band.below_w:
            return False
        if not band.holds(sample.power_w):
            # Even off it draws more; or it is no number.
            return None
        if sample.power_w >= MEASURABLE_W or answers is False:
            return True
        return True if (sample.voltage_v or 0.0) > _LIVE_V else None

    def is_fresh(self, at: datetime) -> bool:
        """Whether what was seen then still tells of now."""
        return timedelta(0) <= self.now - at <= self.rules.fresh
