"""One sector over the years: hours that were observed, and hours that count.

While the park is observed its hours make the next baseline. While the rules act they
are compared with the baseline that is in force. An hour that was both is neither.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

from .savings import Baseline, DayType, HourMeter, HourRecord, Savings

# A baseline is that of the last weeks, not of another season.
_KEEPS = timedelta(days=28)
_DAY = timedelta(days=1)
_SATURDAY = 5


def day_type(local: datetime, *, holiday: bool | None) -> DayType:
    """Return the kind of a day: weekends and holidays are closed."""
    closed = holiday or local.weekday() >= _SATURDAY
    return DayType.CLOSED if closed else DayType.OPEN


class SectorSavings:
    """Takes the powers of a sector's sockets; tells what its rules saved.

    ``observed`` are the hours for the next baseline, ``baseline`` is the one in force,
    ``savings`` are the hours that are over.
    """

    def __init__(self, zone: tzinfo) -> None:
        """Start without an hour; ``zone`` names the hours."""
        self.hours = HourMeter(zone)
        self.observed: list[HourRecord] = []
        self.baseline: Baseline | None = None
        self.savings = Savings()
        # Whether the running hour is observed; None when it was not all the time.
        self._observing: bool | None = None

    @property
    def observed_days(self) -> float:
        """How many days the observed hours span."""
        if not self.observed:
            return 0.0
        return (self.observed[-1].start - self.observed[0].start) / _DAY

    def follow(
        self,
        now: datetime,
        powers_w: Mapping[str, float | None],
        kind: DayType,
        *,
        observing: bool,
    ) -> list[HourRecord]:
        """Take the powers now; return the hours to be counted since the last call.

        The caller counts them with ``count``: it knows what they cost.
        """
        fresh = self.hours.running is None
        records = self.hours.follow(now, powers_w, kind)
        was = self._observing
        if records or fresh:
            self._observing = observing
        elif observing is not was:
            self._observing = None
        if was:
            self._observe(records)
        return records if was is False and self.baseline else []

    def count(
        self, record: HourRecord, price: float | None, co2_g_per_kwh: float | None
    ) -> None:
        """Add an hour that is over, at its own price and intensity."""
        assert self.baseline is not None
        self.savings = self.savings.add(record, self.baseline, price, co2_g_per_kwh)

    def with_running(self, price: float | None, co2_g_per_kwh: float | None) -> Savings:
        """Return the savings with the hour that runs, as far as it was counted."""
        running = self.hours.running
        if self._observing is not False or self.baseline is None or running is None:
            return self.savings
        return self.savings.add(running, self.baseline, price, co2_g_per_kwh)

    def freeze(self, now: datetime) -> Baseline | None:
        """Put the baseline of the observed hours in force; None when they are few."""
        frozen = Baseline.freeze(self.observed, now)
        self.baseline = frozen or self.baseline
        return frozen

    def _observe(self, records: Iterable[HourRecord]) -> None:
        self.observed += records
        if self.observed:
            oldest = self.observed[-1].start - _KEEPS
            self.observed = [r for r in self.observed if r.start > oldest]

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep but the observed hours, ready for JSON."""
        return {
            "hours": self.hours.to_dict(),
            "baseline": self.baseline and self.baseline.to_dict(),
            "savings": self.savings.to_dict(),
            "observing": self._observing,
        }

    @classmethod
    def from_dict(cls, zone: tzinfo, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        sector = cls(zone)
        sector.hours = HourMeter.from_dict(zone, kept["hours"])
        if kept["baseline"] is not None:
            sector.baseline = Baseline.from_dict(kept["baseline"])
        sector.savings = Savings.from_dict(kept["savings"])
        sector._observing = kept["observing"]
        return sector
