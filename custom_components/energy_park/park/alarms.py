"""Alarms with delay and hysteresis, and their defaults.

Nothing here reads a clock: every time is given, in UTC. A value that is missing
proves nothing: it neither begins an alarm nor ends one, and what was about to begin
starts again. The defaults are meant to be changed, and what a plug measures is
indicative: it is no class A meter.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from ..model import SocketReading
from .means import WindowMean
from .power_quality import PowerTriangle


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Where a warning and an alarm begin: beyond, and below if not ``rising``.

    A level begins after ``delay`` without a break beyond its bound, and ends when
    the value is back by ``hysteresis``. An alarm's bound lies beyond the warning's.
    """

    warning: float | None = None
    alarm: float | None = None
    rising: bool = True
    hysteresis: float = 0.0
    delay: timedelta = timedelta(0)

    def beyond(self, bound: float | None, value: float, *, holds: bool) -> bool:
        """Tell whether a value is beyond a bound; one that holds ends later."""
        if bound is None:
            return False
        distance = value - bound if self.rising else bound - value
        return distance > (-self.hysteresis if holds else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmState:
    """The level and its beginning, and since when each bound is exceeded."""

    level: Level = Level.OK
    since: datetime | None = None
    warning_from: datetime | None = None
    alarm_from: datetime | None = None

    def follow(self, limit: Limit, value: float | None, now: datetime) -> AlarmState:
        """Return the state after a value; None is one that is missing."""
        warns, alarms = self.level is not Level.OK, self.level is Level.ALARM
        if value is None:
            return replace(
                self,
                warning_from=self.warning_from if warns else None,
                alarm_from=self.alarm_from if alarms else None,
            )
        warning_from = alarm_from = None
        if limit.beyond(limit.warning, value, holds=warns):
            warning_from = self.warning_from or now
        if limit.beyond(limit.alarm, value, holds=alarms):
            alarm_from = self.alarm_from or now
        level = Level.OK
        if alarm_from and (alarms or now - alarm_from >= limit.delay):
            level = Level.ALARM
        elif warning_from and (warns or now - warning_from >= limit.delay):
            level = Level.WARNING
        return AlarmState(
            level=level,
            since=self.since if level is self.level else now,
            warning_from=warning_from,
            alarm_from=alarm_from,
        )


# Seconds since a plug was last heard.
SILENCE: Final = Limit(alarm=120.0)
# Percent of what a socket may carry.
OVERLOAD: Final = Limit(
    warning=80.0, alarm=100.0, hysteresis=5.0, delay=timedelta(seconds=10)
)
# Percent of the subscribed power.
CONTRACT: Final = Limit(warning=90.0, hysteresis=5.0, delay=timedelta(seconds=10))
# Percent of the mean by which the furthest of three phases is off.
IMBALANCE: Final = Limit(warning=20.0, hysteresis=2.0, delay=timedelta(minutes=10))
# Hz off the nominal frequency. EN 50160: 1 % of 50 Hz.
FREQUENCY: Final = Limit(warning=0.5, hysteresis=0.1, delay=timedelta(seconds=30))
NOMINAL_HZ: Final = (50.0, 60.0)
# The French grid tariff bills reactive energy above 40 % of active energy.
TAN_PHI: Final = Limit(warning=0.4, hysteresis=0.02, delay=timedelta(minutes=10))
# A power factor of less says nothing: an idle supply has 0.10.
TAN_PHI_ABOVE_VA: Final = 200.0
TAN_PHI_ABOVE_SHARE: Final = 0.2


def load_percent(
    reading: SocketReading, *, rated_w: float | None, rated_a: float | None
) -> float | None:
    """Return how much of its rated power or current a socket carries, the greater."""
    shares = [
        100 * abs(value) / rated
        for value, rated in ((reading.power_w, rated_w), (reading.current_a, rated_a))
        if value is not None and rated
    ]
    return max(shares, default=None)


def tan_phi(triangle: PowerTriangle, rated_va: float | None = None) -> float | None:
    """Return tan phi where the load is large enough to judge it."""
    apparent_va = triangle.apparent_power_va
    floor_va = TAN_PHI_ABOVE_VA
    if rated_va is not None:
        floor_va = min(floor_va, TAN_PHI_ABOVE_SHARE * rated_va)
    if apparent_va is None or apparent_va <= floor_va or triangle.tan_phi is None:
        return None
    return abs(triangle.tan_phi)


def frequency_off_hz(frequency_hz: float | None) -> float | None:
    """Return how far a frequency is off the nearest nominal one."""
    if frequency_hz is None:
        return None
    return min(abs(frequency_hz - nominal) for nominal in NOMINAL_HZ)


def imbalance_percent(phases: tuple[float | None, ...]) -> float | None:
    """Return by how much the furthest phase is off the mean; None if one is unknown."""
    known = [phase for phase in phases if phase is not None]
    if len(known) < max(2, len(phases)) or not (mean := sum(known) / len(known)):
        return None
    return 100 * max(abs(phase - mean) for phase in known) / abs(mean)


def is_impossible(added_wh: float, elapsed: timedelta, rated_w: float) -> bool:
    """Tell a counter's jump beyond what its socket can carry, with half as much over."""
    return added_wh > 1.5 * rated_w * elapsed.total_seconds() / 3600


# EN 50160: 95 % of a week's 10-min means within +-10 % of 230 V, all of them within
# +10 and -15 %.
OVERVOLTAGE: Final = Limit(alarm=253.0, hysteresis=2.0)
UNDERVOLTAGE: Final = Limit(warning=207.0, alarm=195.5, rising=False, hysteresis=2.0)
VOLTAGE_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoltageWatch:
    """Judges the mean voltage of every 10 minutes; ``mean_v`` is the last one."""

    mean_v: float | None = None
    over: AlarmState = field(default_factory=AlarmState)
    under: AlarmState = field(default_factory=AlarmState)
    running: WindowMean = field(default_factory=WindowMean)

    @property
    def level(self) -> Level:
        """Return the worse of the two levels."""
        levels = {self.over.level, self.under.level}
        if Level.ALARM in levels:
            return Level.ALARM
        return Level.WARNING if Level.WARNING in levels else Level.OK

    @property
    def since(self) -> datetime | None:
        """Return since when the worse of the two levels lasts."""
        return self.over.since if self.over.level is self.level else self.under.since

    def follow(
        self,
        voltage_v: float | None,
        now: datetime,
        over: Limit = OVERVOLTAGE,
        under: Limit = UNDERVOLTAGE,
    ) -> VoltageWatch:
        """Return the watch after a sample; zero volts are none: who would tell them?"""
        running, closed = self.running.follow(voltage_v or None, now, VOLTAGE_WINDOW)
        if closed is None:
            return replace(self, running=running)
        return VoltageWatch(
            mean_v=closed.mean,
            over=self.over.follow(over, closed.mean, closed.end),
            under=self.under.follow(under, closed.mean, closed.end),
            running=running,
        )


NIGHTS: Final = 7
NIGHTS_NEEDED: Final = 3
NIGHT_WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFloor:
    """Learns what a sector draws when all that can sleep sleeps.

    Each closed time gives its lowest mean of 15 minutes, and the floor is the median
    of the last seven: one night with the lights on does not raise it.
    """

    nights: tuple[float, ...] = ()
    lowest_w: float | None = None
    running: WindowMean = field(default_factory=WindowMean)

    @property
    def power_w(self) -> float | None:
        """Return the floor; None until three nights are known."""
        return median(self.nights) if len(self.nights) >= NIGHTS_NEEDED else None

    def follow(self, power_w: float | None, now: datetime) -> NightFloor:
        """Return the floor after a sample of a closed time."""
        running, closed = self.running.follow(power_w, now, NIGHT_WINDOW)
        lowest_w = self.lowest_w
        if closed is not None and closed.mean is not None:
            lowest_w = closed.mean if lowest_w is None else min(lowest_w, closed.mean)
        return replace(self, running=running, lowest_w=lowest_w)

    def morning(self) -> NightFloor:
        """Return the floor after the closed time is over."""
        if self.lowest_w is None:
            return NightFloor(nights=self.nights)
        return NightFloor(nights=(*self.nights, self.lowest_w)[-NIGHTS:])


# Watts above what the floor allows.
OUT_OF_HOURS: Final = Limit(warning=0.0, hysteresis=10.0, delay=timedelta(minutes=15))
FLOOR_FACTOR: Final = 1.5
FLOOR_MARGIN_W: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfHoursWatch:
    """Tells a sector that draws more than its night floor while nobody is there."""

    alarm: AlarmState = field(default_factory=AlarmState)
    floor: NightFloor = field(default_factory=NightFloor)

    def follow(
        self,
        power_w: float | None,
        closed: bool | None,
        now: datetime,
        *,
        limit: Limit = OUT_OF_HOURS,
        factor: float = FLOOR_FACTOR,
        margin_w: float = FLOOR_MARGIN_W,
    ) -> OutOfHoursWatch:
        """Return the watch after a sample.

        ``power_w`` is None while a part of the sector is unknown; ``closed`` is None
        while nobody says whether it is.
        """
        if closed is None:
            return replace(self, alarm=self.alarm.follow(limit, None, now))
        if not closed:
            return OutOfHoursWatch(floor=self.floor.morning())
        excess_w = None
        if power_w is not None and (floor_w := self.floor.power_w) is not None:
            excess_w = power_w - max(factor * floor_w, floor_w + margin_w)
        return OutOfHoursWatch(
            alarm=self.alarm.follow(limit, excess_w, now),
            floor=self.floor.follow(power_w, now),
        )
