"""Energy of today and of this month, by local midnight, and what nobody measured."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

# Between samples further apart, what was drawn before and after midnight is a guess.
GAP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What was drawn since ``since``: the period's start, or the first sample.

    ``estimated`` tells that a part was shared out over a gap between samples.
    """

    first_day: date
    since: datetime
    energy_wh: float = 0.0
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEnergy:
    """Follows a total that only grows; None until its first sample.

    ``yesterday`` and ``last_month`` are the periods before, where they were seen.
    """

    at: datetime | None = None
    total_wh: float = 0.0
    today: Period | None = None
    month: Period | None = None
    yesterday: Period | None = None
    last_month: Period | None = None

    def follow(self, total_wh: float, now: datetime) -> PeriodEnergy:
        """Return the periods after a sample.

        ``now`` is the local time: its time zone says when midnight is, and a day
        may have 23 or 25 hours. What was drawn between two samples is shared out
        over midnight in proportion to the time. A sample that is not younger than
        the last one, or a total that fell, adds nothing.
        """
        if now.tzinfo is None:
            raise ValueError("a time without a zone has no midnight")
        day, month = now.date(), now.date().replace(day=1)
        at = now.astimezone(UTC)
        if self.at is None or self.today is None or self.month is None:
            return PeriodEnergy(
                at=at,
                total_wh=total_wh,
                today=Period(first_day=day, since=at),
                month=Period(first_day=month, since=at),
            )
        if at <= self.at:
            return self
        drawn = _Drawn(self.at, at, max(0.0, total_wh - self.total_wh), now.tzinfo)
        yesterday = day - timedelta(days=1)
        last_month = (month - timedelta(days=1)).replace(day=1)
        today, before = _pass(self.today, self.yesterday, drawn, day, yesterday)
        this_month, earlier = _pass(
            self.month, self.last_month, drawn, month, last_month
        )
        return PeriodEnergy(
            at=at,
            total_wh=total_wh,
            today=today,
            month=this_month,
            yesterday=before,
            last_month=earlier,
        )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What was drawn between two samples; times in UTC."""

    begin: datetime
    end: datetime
    energy_wh: float
    zone: tzinfo

    @property
    def is_guess(self) -> bool:
        return self.end - self.begin > GAP and self.energy_wh > 0

    def until(self, moment: datetime) -> float:
        """Return what was drawn before a moment."""
        share = (moment - self.begin) / (self.end - self.begin)
        return self.energy_wh * min(1.0, max(0.0, share))


def _pass(
    period: Period,
    before: Period | None,
    drawn: _Drawn,
    first_day: date,
    first_day_before: date,
) -> tuple[Period, Period | None]:
    """Return the period of a sample and the one before it."""
    if first_day <= period.first_day:
        return replace(period, energy_wh=period.energy_wh + drawn.energy_wh), before
    start = _midnight(first_day, drawn.zone)
    if period.first_day == first_day_before:
        before = replace(
            period,
            energy_wh=period.energy_wh + drawn.until(start),
            estimated=period.estimated or drawn.is_guess,
        )
    else:
        start_before = _midnight(first_day_before, drawn.zone)
        before = Period(
            first_day=first_day_before,
            since=start_before,
            energy_wh=drawn.until(start) - drawn.until(start_before),
            estimated=drawn.is_guess,
        )
    return (
        Period(
            first_day=first_day,
            since=start,
            energy_wh=drawn.energy_wh - drawn.until(start),
            estimated=drawn.is_guess,
        ),
        before,
    )


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment in UTC when a local day begins."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Remainder:
    """What the meter counted and no socket did.

    ``energy_wh`` is None where the meter or every socket is unknown; it is an upper
    bound while only ``measured`` of ``total`` sockets are known, and below zero
    where the sockets counted more than the meter.
    """

    energy_wh: float | None
    measured: int
    total: int


def remainder(meter_wh: float | None, sockets_wh: Iterable[float | None]) -> Remainder:
    """Compare the meter with the sockets behind it, over the same time."""
    values = tuple(sockets_wh)
    known = [value for value in values if value is not None]
    unknown = meter_wh is None or (bool(values) and not known)
    return Remainder(
        None if meter_wh is None or unknown else meter_wh - sum(known),
        len(known),
        len(values),
    )
