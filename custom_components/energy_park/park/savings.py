"""Savings that can be believed: measured against a frozen baseline, hour by hour.

The baseline is what a sector drew, by kind of day and hour, while the rules only
observed. It scales with the sockets that were measured: where there is no reading,
no saving is claimed. An hour above the baseline counts against it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from statistics import median
from typing import Any, Self

_HOUR = timedelta(hours=1)

# A reading holds until the next one, and no longer than this.
_GAP = timedelta(minutes=5)

# So many hours of a time when nobody looked are told.
_UNSEEN_MAX = 31 * 24

# What a baseline needs: days in all, and hours of each kind.
DAYS = 14
_HOURS_A_BUCKET = 2

# An hour that was seen so little says nothing of the hour.
_COVERAGE = 0.5


class DayType(StrEnum):
    """Whether a sector is open on a day."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRecord:
    """What a sector drew in one hour.

    ``start`` is in UTC, ``hour`` the local one. ``socket_hours`` is how long its
    sockets were measured, all together; ``sockets`` how many there are.
    """

    start: datetime
    day_type: DayType
    hour: int
    energy_wh: float
    socket_hours: float
    sockets: int

    @property
    def coverage(self) -> float:
        """The measured share of the hour, from 0 to 1."""
        return self.socket_hours / self.sockets if self.sockets else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "start": self.start.isoformat(),
            "day_type": self.day_type,
            "hour": self.hour,
            "energy_wh": self.energy_wh,
            "socket_hours": self.socket_hours,
            "sockets": self.sockets,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave."""
        return cls(
            start=datetime.fromisoformat(kept["start"]),
            day_type=DayType(kept["day_type"]),
            hour=kept["hour"],
            energy_wh=kept["energy_wh"],
            socket_hours=kept["socket_hours"],
            sockets=kept["sockets"],
        )


class HourMeter:
    """Turns readings of a sector's sockets into hours; it reads no clock."""

    def __init__(self, zone: tzinfo) -> None:
        """Start without a reading; ``zone`` names the hours."""
        self._zone = zone
        self._start: datetime | None = None
        self._counted_until: datetime | None = None
        self._energy_wh = 0.0
        self._socket_hours = 0.0
        self._last: dict[str, tuple[datetime, float]] = {}
        self._sockets = 0
        self._day_type = DayType.OPEN

    @property
    def running(self) -> HourRecord | None:
        """The hour that runs, as far as it was counted; None before any reading."""
        return None if self._start is None else self._record(self._start)

    def follow(
        self, now: datetime, powers_w: Mapping[str, float | None], day_type: DayType
    ) -> list[HourRecord]:
        """Take the powers of all sockets; return the hours that are over since.

        None is a socket without a reading: nothing is counted until its next one.
        Hours that nobody saw are returned as such, for a month at most.
        """
        records = []
        start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if self._start is not None and start > self._start:
            self._count(self._start + _HOUR)
            records.append(self._record(self._start))
            self._energy_wh = self._socket_hours = 0.0
            self._counted_until = start
            unseen = min((start - self._start) // _HOUR - 1, _UNSEEN_MAX)
            records += [self._record(start - n * _HOUR) for n in range(unseen, 0, -1)]
        self._start = start
        self._count(now)
        self._last = {
            socket: (now, power_w)
            for socket, power_w in powers_w.items()
            if power_w is not None
        }
        self._sockets, self._day_type = len(powers_w), day_type
        return records

    def _count(self, until: datetime) -> None:
        """Count what was drawn until then: readings hold for a while."""
        for since, power_w in self._last.values():
            begins = max(since, self._counted_until or since)
            hours = (min(until, since + _GAP) - begins) / _HOUR
            if hours > 0:
                self._energy_wh += power_w * hours
                self._socket_hours += hours
        self._counted_until = until

    def _record(self, start: datetime) -> HourRecord:
        return HourRecord(
            start=start,
            day_type=self._day_type,
            hour=start.astimezone(self._zone).hour,
            energy_wh=self._energy_wh,
            socket_hours=self._socket_hours,
            sockets=self._sockets,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep of the hour, ready for JSON."""
        running = self.running
        return {"running": running and running.to_dict()}

    @classmethod
    def from_dict(cls, zone: tzinfo, kept: Mapping[str, Any]) -> Self:
        """Go on with the hour; a reading from before a restart does not hold."""
        meter = cls(zone)
        if kept["running"] is not None:
            record = HourRecord.from_dict(kept["running"])
            meter._start = meter._counted_until = record.start
            meter._energy_wh = record.energy_wh
            meter._socket_hours = record.socket_hours
            meter._sockets, meter._day_type = record.sockets, record.day_type
        return meter


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a socket of the sector drew without the rules, in W.

    By kind of day and local hour. ``first`` and ``last`` are the observed hours,
    ``declared`` tells that nobody measured it: watts that were typed in.
    """

    frozen_at: datetime
    first: datetime
    last: datetime
    power_w: Mapping[tuple[DayType, int], float]
    declared: bool = False

    @classmethod
    def freeze(cls, records: Iterable[HourRecord], now: datetime) -> Self | None:
        """Return the baseline that observed hours give; None when they are too few.

        The median of each kind of hour: a party is no custom.
        """
        buckets = defaultdict(list)
        starts = []
        for record in records:
            if record.coverage >= _COVERAGE:
                mean_w = record.energy_wh / record.socket_hours
                buckets[record.day_type, record.hour].append(mean_w)
                starts.append(record.start)
        if not starts or max(starts) - min(starts) < timedelta(days=DAYS) - _HOUR:
            return None
        return cls(
            frozen_at=now,
            first=min(starts),
            last=max(starts),
            power_w={
                bucket: median(powers)
                for bucket, powers in buckets.items()
                if len(powers) >= _HOURS_A_BUCKET
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "frozen_at": self.frozen_at.isoformat(),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "power_w": [[*bucket, w] for bucket, w in sorted(self.power_w.items())],
            "declared": self.declared,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave."""
        return cls(
            frozen_at=datetime.fromisoformat(kept["frozen_at"]),
            first=datetime.fromisoformat(kept["first"]),
            last=datetime.fromisoformat(kept["last"]),
            power_w={(DayType(d), hour): w for d, hour, w in kept["power_w"]},
            declared=kept["declared"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """Measured against the baseline, added up; each figure of its own.

    ``avoided_wh`` may be negative, and so may money: where the baseline was lower, or
    the price below zero. Money and CO2 hold the hours for which a price or an
    intensity was known, ``priced`` and ``weighed`` are the shares of those hours.
    """

    measured_wh: float = 0.0
    baseline_wh: float = 0.0
    avoided_money: float = 0.0
    avoided_co2_g: float = 0.0
    hours: int = 0
    hours_priced: int = 0
    hours_weighed: int = 0
    socket_hours: float = 0.0
    socket_hours_expected: float = 0.0

    @property
    def avoided_wh(self) -> float:
        """What the rules saved."""
        return self.baseline_wh - self.measured_wh

    @property
    def coverage(self) -> float | None:
        """The share of the time that these figures tell of; None before any."""
        if not self.socket_hours_expected:
            return None
        return self.socket_hours / self.socket_hours_expected

    @property
    def priced(self) -> float | None:
        """The share of the hours whose price was known."""
        return self.hours_priced / self.hours if self.hours else None

    @property
    def weighed(self) -> float | None:
        """The share of the hours whose CO2 intensity was known."""
        return self.hours_weighed / self.hours if self.hours else None

    def plus(self, other: Self) -> Self:
        """Return the sum of two sectors."""
        sums = {
            f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)
        }
        return replace(self, **sums)

    def add(
        self,
        record: HourRecord,
        baseline: Baseline,
        price: float | None = None,
        co2_g_per_kwh: float | None = None,
    ) -> Self:
        """Add an hour, at its own price (per kWh) and intensity.

        The baseline counts for the measured sockets only. An hour that it does not
        know is expected, and not covered.
        """
        following = replace(
            self, socket_hours_expected=self.socket_hours_expected + record.sockets
        )
        power_w = baseline.power_w.get((record.day_type, record.hour))
        if power_w is None or not record.socket_hours:
            return following
        baseline_wh = power_w * record.socket_hours
        avoided_kwh = (baseline_wh - record.energy_wh) / 1000
        return replace(
            following,
            measured_wh=self.measured_wh + record.energy_wh,
            baseline_wh=self.baseline_wh + baseline_wh,
            avoided_money=self.avoided_money + avoided_kwh * (price or 0.0),
            avoided_co2_g=self.avoided_co2_g + avoided_kwh * (co2_g_per_kwh or 0.0),
            hours=self.hours + 1,
            hours_priced=self.hours_priced + (price is not None),
            hours_weighed=self.hours_weighed + (co2_g_per_kwh is not None),
            socket_hours=self.socket_hours + record.socket_hours,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave."""
        return cls(**kept)
