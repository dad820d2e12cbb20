"""What the meter said last, and what that leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from math import inf

from .limits import Cap, Limit
from .loads import Load
from .policy import Margin, Policy

# Of the public supply, NF EN 50160.
VOLTAGE_V = 230.0
# So much more than the reading before is a rise.
RISE_SHARE = 0.05
# A meter that misses so many readings, or that is so late with one, is too old to
# restore upon.
FRESH_READINGS = 4
LATE_S = 30.0
# Who speaks so rarely is silent only when as many of its readings are missing.
SILENT_READINGS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One phase, or the whole site, as the meter told it at ``read_at``.

    ``phase`` is 1 to 3 where each is limited by itself, None for the whole site.
    ``limits`` are the contract's at that moment. ``power_max`` is the most that may
    stand behind ``power``; ``recent`` are those of the last seconds, this one the last.
    It was measured somewhere between ``measured_from`` and ``measured_to``; the next
    reading comes ``every_s`` later. ``doubt`` is what of a Linky's Y (in VA²) is not
    known for sure. An early warning holds the last reading that was ``sure``.
    """

    phase: int | None = None
    limits: tuple[Limit, ...]
    subscribed: float | None = None
    power: float
    power_max: float
    recent: tuple[tuple[datetime, float], ...] = ()
    read_at: datetime
    measured_from: datetime
    measured_to: datetime
    every_s: float = 1.5
    doubt: float = 0.0
    sure: Supply | None = None

    @property
    def before_max(self) -> float:
        """The power of the reading before; this one if there was none."""
        return self.recent[-2][1] if len(self.recent) > 1 else self.power_max

    @property
    def risen_at(self) -> datetime | None:
        """When it was last measured to have risen, of the last seconds."""
        delay = self.read_at - self.measured_to
        rises = (
            at - delay
            for (_, before), (at, power) in pairwise(self.recent)
            if power - before >= RISE_SHARE * power
        )
        return max(rises, default=None)

    def fallen(self, since: datetime) -> float:
        """Return how much it fell from its most since a moment."""
        before = [power for at, power in self.recent if at <= since][-1:]
        after = [power for at, power in self.recent if at > since]
        return max((*before, *after), default=self.power_max) - self.power_max

    def limits_at(self, now: datetime, policy: Policy) -> tuple[Limit, ...]:
        """Return the limits now, if the power is still the same."""
        age_s = (now - self.read_at).total_seconds()
        limits = self.limits
        if age_s > 0:
            limits = tuple(limit.follow(self.power_max, age_s) for limit in limits)
        if policy.margin is Margin.SUBSCRIBED and self.subscribed is not None:
            limits = (*limits, self._below(self.subscribed))
        return limits

    def _below(self, subscribed: float) -> Cap:
        """Return a cap that bears what lasts for a few readings only."""
        powers = [power for _, power in self.recent] or [self.power_max]
        lasts = min(powers) > subscribed
        return Cap(limit=subscribed, delay_s=0.0 if lasts else inf)

    def feeds(self, phase: int | None) -> bool:
        """Return whether a load of this phase may hang on this supply."""
        return None in {phase, self.phase} or phase == self.phase

    def knows(self, moment: datetime) -> bool:
        """Return whether the reading was wholly measured after a moment."""
        return self.measured_from >= moment


@dataclass(frozen=True, kw_only=True)
class View:
    """All there is to see at one moment.

    ``supplies`` are what the meter said last, however old; none if it never spoke.
    ``loads`` are by their id.
    """

    now: datetime
    supplies: Sequence[Supply]
    loads: Mapping[str, Load]
    policy: Policy

    @property
    def heard_at(self) -> datetime | None:
        """When every supply was told last; None is never."""
        return min((supply.read_at for supply in self.supplies), default=None)

    @property
    def is_silent(self) -> bool:
        """Whether the meter says nothing any more."""
        heard_at = self.heard_at
        return heard_at is None or self.now - heard_at > self.silent_after

    @property
    def silent_after(self) -> timedelta:
        """For how long the meter says nothing before it is silent."""
        every_s = max((supply.every_s for supply in self.supplies), default=0.0)
        return max(
            self.policy.silent_after, SILENT_READINGS * timedelta(seconds=every_s)
        )

    @property
    def is_fresh(self) -> bool:
        """Whether the meter spoke so lately that something may be added."""
        return bool(self.supplies) and all(
            (self.now - supply.read_at).total_seconds()
            <= min(FRESH_READINGS * supply.every_s, supply.every_s + LATE_S)
            for supply in self.supplies
        )

    @cached_property
    def limited(self) -> Sequence[tuple[Supply, tuple[Limit, ...]]]:
        """The supplies with their limits of now."""
        return [
            (supply, supply.limits_at(self.now, self.policy))
            for supply in self.supplies
        ]

    def fits(self, extra: float, phase: int | None) -> bool:
        """Return whether a load may be added wherever it may hang."""
        return all(
            limit.fits(supply.power_max, extra, self.policy.restore_share)
            for supply, limits in self.limited
            if supply.feeds(phase)
            for limit in limits
        )
