"""When another index will count, and which.

In standard mode PJOURF+1 tells the changes of tomorrow (Enedis-NOI-CPT_54E, 6.2.3),
which at midnight are those of today; from DPMn to FPMn PPOINTE holds instead. Tempo has
the same hours every day and takes its index from the colour of the day, from 6:00 to
6:00. Historique tells no times: Tempo's are those of the contract, and off-peak hours
are learnt. What depends on a colour that is not known yet has a time and no index.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ..model import DayColor, MeterReading, ProfileStep, Tariff, TicMode
from .frame import group_of
from .labels import SUPPLIER_INDEXES
from .naming import IndexNames
from .switching import DailySwitches
from .tariff import INDEX_LABELS, TEMPO

_LEGAL_TIME = ZoneInfo("Europe/Paris")
_DAY = timedelta(days=1)
_TEMPO_PEAK = time(6), time(22)
_COLORS = (DayColor.BLUE, DayColor.WHITE, DayColor.RED)
_LEARNT = frozenset({INDEX_LABELS[Tariff.OFF_PEAK], INDEX_LABELS[Tariff.PEAK]})


class Change(NamedTuple):
    """A change of index; ``label`` None is not known yet."""

    at: datetime
    label: str | None


class _Peak(NamedTuple):
    """A mobile peak and the profile that holds while it runs."""

    starts: datetime
    ends: datetime
    profile: str


class Schedule:
    """The changes of index ahead of one meter.

    ``state`` is what an earlier run knew, in the types of JSON.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        """Start from what an earlier run knew."""
        self._profiles: dict[date, str] = {}
        self._peak: _Peak | None = None
        self._learnt = DailySwitches()
        if state is not None:
            self._profiles = {
                date.fromisoformat(day): text for day, text in state["profiles"]
            }
            if (peak := state["peak"]) is not None:
                starts, ends, text = peak
                self._peak = _Peak(
                    datetime.fromisoformat(starts), datetime.fromisoformat(ends), text
                )
            self._learnt = DailySwitches(state["learnt"])

    @property
    def state(self) -> dict[str, Any]:
        """What is known, in the types of JSON."""
        peak = self._peak
        return {
            "profiles": [[str(day), text] for day, text in self._profiles.items()],
            "peak": peak and [str(peak.starts), str(peak.ends), peak.profile],
            "learnt": self._learnt.state,
        }

    def update(
        self, reading: MeterReading, now: datetime, names: IndexNames
    ) -> MeterReading:
        """Return the reading with the next change, as far as it is known.

        The meter's own clock goes before ``now``, which has any time zone.
        """
        local = (reading.meter_time or now).astimezone(_LEGAL_TIME)
        self._remember(reading, local)
        change = self._next(reading, local)
        if change is None:
            return reading
        tariff = names.tariff(change.label) if change.label is not None else None
        return replace(
            reading,
            next_tariff_at=change.at,
            next_index_label=change.label,
            next_tariff=tariff,
        )

    def _remember(self, reading: MeterReading, local: datetime) -> None:
        """Keep what the meter tells now and will not tell when it is needed."""
        today = local.date()
        if (tomorrow := reading.groups.get("PJOURF+1")) is not None:
            self._profiles[today + _DAY] = tomorrow.value
        for day in [day for day in self._profiles if day < today]:
            del self._profiles[day]
        starts, ends = reading.peak_starts_at, reading.peak_ends_at
        profile = reading.groups.get("PPOINTE")
        if starts is not None and ends is not None and profile is not None:
            self._peak = _Peak(starts, ends, profile.value)
        elif self._peak is not None and self._peak.ends < local:
            self._peak = None
        if reading.index_label in _LEARNT:
            self._learnt.observe(local, reading.index_label)

    def _next(self, reading: MeterReading, local: datetime) -> Change | None:
        """Return the next change from the index that counts now."""
        label = reading.index_label
        if label is None:
            return None
        if reading.tariff in TEMPO:
            return _next_tempo(reading, TEMPO.index(reading.tariff), local)
        if reading.mode is TicMode.STANDARD:
            return self._next_told(reading, label, local)
        if label in _LEARNT and (learnt := self._learnt.next(local, label)):
            return Change(*learnt)
        return None

    def _next_told(
        self, reading: MeterReading, label: str, local: datetime
    ) -> Change | None:
        """Return the next change that the profiles tell, if they go with now."""
        if self._is_peak_missing(reading, local):
            return None
        changes = sorted(self._changes(local.date()))
        past = [change.label for change in changes if change.at <= local]
        if not past or past[-1] != label:
            return None
        ahead = (change for change in changes if change.at > local)
        return next((change for change in ahead if change.label != label), None)

    def _is_peak_missing(self, reading: MeterReading, local: datetime) -> bool:
        """Return whether a peak is announced or runs whose hours are not known."""
        peak = self._peak
        if reading.peak_running and (peak is None or not peak.starts <= local):
            return True
        return bool(reading.peak_notice) and peak is None

    def _changes(self, today: date) -> Iterator[Change]:
        """Yield what the profiles of today and tomorrow set, in no order."""
        peak = self._peak
        for day in (today, today + _DAY):
            for change in _steps(self._profiles.get(day), day):
                if peak is None or not peak.starts <= change.at < peak.ends:
                    yield change
        if peak is None:
            return
        day = peak.starts.astimezone(_LEGAL_TIME).date()
        steps = [*_steps(peak.profile, day), *_steps(peak.profile, day + _DAY)]
        yield from (step for step in steps if peak.starts <= step.at < peak.ends)
        for at, profile in (
            (peak.starts, peak.profile),
            (peak.ends, self._profiles.get(peak.ends.astimezone(_LEGAL_TIME).date())),
        ):
            past = [step for step in _steps(profile, at.date()) if step.at <= at]
            if past:
                yield Change(at, past[-1].label)


def _steps(profile: str | None, day: date) -> Iterator[Change]:
    """Yield the changes of a profile on a day, in order."""
    group = group_of("PJOURF+1", profile, None) if profile is not None else None
    if group is None or not isinstance(group.data, tuple):
        return
    for step in group.data:
        if isinstance(step, ProfileStep) and step.index is not None:
            at = datetime.combine(day, step.starts, _LEGAL_TIME)
            yield Change(at, SUPPLIER_INDEXES[step.index - 1])


def _next_tempo(reading: MeterReading, position: int, local: datetime) -> Change | None:
    """Return the next change of a Tempo contract, from one of its six indexes."""
    starts, ends = _TEMPO_PEAK
    peak = position % 2 == 1
    if peak != (starts <= local.time() < ends):
        return None
    if peak:
        return Change(_at(local, ends), _tempo_label(reading.mode, position - 1))
    at = _at(local if local.time() < starts else local + _DAY, starts)
    if reading.color_tomorrow is None:
        return Change(at, None)
    position = 2 * _COLORS.index(reading.color_tomorrow) + 1
    return Change(at, _tempo_label(reading.mode, position))


def _at(day: datetime, moment: time) -> datetime:
    return datetime.combine(day.date(), moment, _LEGAL_TIME)


def _tempo_label(mode: TicMode, position: int) -> str:
    if mode is TicMode.STANDARD:
        return SUPPLIER_INDEXES[position]
    return INDEX_LABELS[TEMPO[position]]
