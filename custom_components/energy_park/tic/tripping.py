"""Follows the meter's cut-off filter from its readings (see trip_filter)."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from math import sqrt
from typing import Any, Self

from ..model import MeterReading
from .phase_powers import PhasePower, number_of, phase_powers
from .trip_filter import FRAME_S, PhaseFilter, trip_va2, worst
from .trip_state import MaximumCheck, TripState

# Longer without a frame of the meter's own, and the power is no longer known.
UNKNOWN_AFTER_S = 30.0
# Four time constants: 1.8 % is left of what was assumed at the start.
WARM_UP_S = 500.0

type _Before = tuple[datetime, datetime | None, list[PhaseFilter]]


class TripModel:
    """The filter of one meter, from readings at whatever times they come.

    Without a past, Y starts at its limit, or at SMAXSN where the meter tells it: Y
    is never above its own maximum of the day. The cut-off power is PCOUP, or the
    subscribed power where the meter tells no PCOUP.

    For ``unknown_after_s`` at most a power passes for the present one; between two
    readings the larger of both is to be feared.
    """

    def __init__(self, unknown_after_s: float = UNKNOWN_AFTER_S) -> None:
        """Start knowing nothing."""
        self._unknown_after_s = unknown_after_s
        self._three_phases: bool | None = None
        self._subscribed_va: int | None = None
        self._cut_off_va: int | None = None
        self._filters: list[PhaseFilter] = []
        # When the filters were brought forward; when the powers of all phases were
        # told last, and since when without a gap.
        self._at: datetime | None = None
        self._told_at: datetime | None = None
        self._told_since: datetime | None = None
        # When an early warning came, and what was known before it.
        self._before_warning: _Before | None = None
        # The filters' maxima are those of this day, from then on, in meter time.
        self._watched_day: date | None = None
        self._watched_since: datetime | None = None
        self._maxima: dict[int, MaximumCheck] = {}

    def update(self, reading: MeterReading, now: datetime) -> None:
        """Take a reading; early and incomplete ones tell what they can."""
        self._correct_warning(reading, now)
        self._learn(reading)
        if self._three_phases is None or self._limit_va is None:
            return
        powers = phase_powers(reading, three_phases=self._three_phases)
        told = [power for power in powers if power is not None]
        if self._is_known(now):
            self._advance(powers, now)
        elif len(told) == len(powers):
            self._resume(told, self._bounds_va2(reading, told), now)
        if len(told) == len(powers):
            self._told_at = now
        self._watch(reading, now)

    def state(self, now: datetime) -> TripState:
        """Return how near the cut-off is if the powers told last still hold."""
        age_s = None if self._told_at is None else _seconds(self._told_at, now)
        limit_va = self._limit_va
        if self._at is None or limit_va is None or not self._is_known(now):
            return TripState(age_s=age_s, warming_up=True)
        elapsed_s = _seconds(self._at, now)
        return TripState(
            age_s=age_s,
            warming_up=self._is_warming_up(now),
            phases=tuple(phase.ahead(elapsed_s, limit_va) for phase in self._filters),
            maxima=tuple(self._maxima.values()),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            "three_phases": self._three_phases,
            "subscribed_va": self._subscribed_va,
            "cut_off_va": self._cut_off_va,
            "filters": [asdict(phase) for phase in self._filters],
            "at": _text(self._at),
            "told_at": _text(self._told_at),
            "told_since": _text(self._told_since),
            "watched_day": _text(self._watched_day),
            "watched_since": _text(self._watched_since),
        }

    @classmethod
    def from_dict(
        cls, kept: Mapping[str, Any], unknown_after_s: float = UNKNOWN_AFTER_S
    ) -> Self:
        """Go on from what ``to_dict`` gave."""
        model = cls(unknown_after_s)
        model._three_phases = kept["three_phases"]
        model._subscribed_va = kept["subscribed_va"]
        model._cut_off_va = kept["cut_off_va"]
        model._filters = [
            PhaseFilter(**{**phase, "power": PhasePower(**phase["power"])})
            for phase in kept["filters"]
        ]
        model._at = _time(kept["at"])
        model._told_at = _time(kept["told_at"])
        model._told_since = _time(kept["told_since"])
        day = kept["watched_day"]
        model._watched_day = None if day is None else date.fromisoformat(day)
        model._watched_since = _time(kept["watched_since"])
        return model

    @property
    def three_phases(self) -> bool:
        """Whether the meter is known to have three phases."""
        return bool(self._three_phases)

    @property
    def _limit_va(self) -> float | None:
        """The share of one phase in the cut-off power."""
        limit_va = self._cut_off_va or self._subscribed_va
        if limit_va is None:
            return None
        return limit_va / 3 if self._three_phases else float(limit_va)

    def _correct_warning(self, reading: MeterReading, now: datetime) -> None:
        """Forget the coarse power of an early warning: its own frame tells it better."""
        before, self._before_warning = self._before_warning, None
        if before is not None and _seconds(before[0], now) > FRAME_S:
            before = None
        if reading.early:
            filters = [replace(phase) for phase in self._filters]
            self._before_warning = before or (now, self._at, filters)
        elif before is not None and reading.complete:
            _, self._at, self._filters = before

    def _learn(self, reading: MeterReading) -> None:
        """Take note of the contract and of the number of phases."""
        subscribed_va = reading.subscribed_power_va
        if subscribed_va and subscribed_va != self._subscribed_va:
            self._subscribed_va, self._cut_off_va = subscribed_va, None
        if cut_off_kva := number_of(reading, "PCOUP"):
            self._cut_off_va = cut_off_kva * 1000
        three_phases = bool(reading.phases)
        if three_phases or (self._three_phases is None and reading.complete):
            if three_phases is not self._three_phases:
                self._filters, self._told_at = [], None
            self._three_phases = three_phases

    def _is_known(self, now: datetime) -> bool:
        """Return whether the powers told last may pass for the present ones."""
        return self._told_at is not None and (
            _seconds(self._told_at, now) <= self._unknown_after_s
        )

    def _is_warming_up(self, now: datetime) -> bool:
        """Return whether what was before the first reading may still weigh."""
        return self._told_since is None or (_seconds(self._told_since, now) < WARM_UP_S)

    def _advance(self, powers: tuple[PhasePower | None, ...], now: datetime) -> None:
        """Bring the filters forward; a phase that was not told keeps its power."""
        assert self._at is not None and self._limit_va is not None
        elapsed_s, self._at = _seconds(self._at, now), now
        for phase, power in zip(self._filters, powers, strict=True):
            phase.advance(power or phase.power, elapsed_s, self._limit_va)

    def _resume(
        self, powers: list[PhasePower], bounds_va2: list[float], now: datetime
    ) -> None:
        """Begin, or go on after a gap."""
        if self._at is None or not self._filters:
            self._filters = [
                PhaseFilter(power=power, filtered_va2=bound, ceiling_va2=bound)
                for power, bound in zip(powers, bounds_va2, strict=True)
            ]
        else:
            elapsed_s = _seconds(self._at, now)
            told = zip(self._filters, powers, bounds_va2, strict=True)
            for phase, power, bound in told:
                phase.bridge(power, elapsed_s, bound)
        self._at = self._told_since = now

    def _bounds_va2(
        self, reading: MeterReading, powers: list[PhasePower]
    ) -> list[float]:
        """Return what Y of each phase cannot be above, whatever was before.

        That is the limit, since the meter has not opened, or today's maximum and
        what one frame can add to it.
        """
        assert self._limit_va is not None
        trip = trip_va2(self._limit_va)
        bounds = []
        for number, power in enumerate(powers, start=1):
            maximum_va = number_of(reading, self._maximum_label(number))
            if maximum_va is None:
                bounds.append(trip)
            else:
                bounds.append(min(worst((maximum_va + 1) ** 2, power.max_va), trip))
        return bounds

    def _maximum_label(self, number: int) -> str:
        return f"SMAXSN{number}" if self._three_phases else "SMAXSN"

    def _watch(self, reading: MeterReading, now: datetime) -> None:
        """Compare the day's maxima with the meter's, by its own clock.

        Only a maximum that came about under the model's eyes can be compared.
        """
        at = reading.meter_time
        if self._is_warming_up(now):
            self._watched_since = self._watched_day = None
            self._maxima = {}
        if at is None or self._is_warming_up(now):
            return
        self._watched_since = self._watched_since or at
        if at.date() != self._watched_day:
            self._watched_day = at.date()
            self._maxima = {}
            for phase in self._filters:
                phase.day_max_va2 = phase.filtered_va2
        for number, phase in enumerate(self._filters, start=1):
            group = reading.groups.get(self._maximum_label(number))
            measured_va = number_of(reading, self._maximum_label(number))
            if group is None or group.at is None or not measured_va:
                continue
            if group.at >= self._watched_since and group.at.date() == at.date():
                self._maxima[number] = MaximumCheck(
                    phase=number,
                    measured_va=measured_va,
                    modelled_va=sqrt(phase.day_max_va2),
                )


def _seconds(since: datetime, now: datetime) -> float:
    """Return the time gone by; none if the clock was set back."""
    return max(0.0, (now - since).total_seconds())


def _text(at: date | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
