"""Bridges the groups that a frame lost: a value stays for a few frames, then goes."""

from collections.abc import Iterable
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from ..model import MeterReading, PhaseReading, TicMode

# A damaged group is dropped alone and comes again in the next frame, one to two
# seconds later. After this many frames without it the value is no longer known.
FRAMES_KEPT = 3

# What a meter is, what it has counted and what a finished period was does not go
# with a lost group.
_LASTING = frozenset(
    {
        *("serial", "subscribed_power_va", "cut_off_power_va", "contract"),
        *("energy_drawn_wh", "energy_injected_wh"),
        *("load_curve_w", "load_curve_injected_w", "load_curve_at"),
        *("max_power_va", "max_power_at", "max_injected_power_va"),
        *("max_power_yesterday_va", "max_power_yesterday_at"),
    }
)
# These tell of this very frame, or are filled entry by entry.
_OWN = frozenset({"mode", "complete", "early", "groups", "phases"})
_BY_LABEL = ("indexes_wh", "reactive_energies_varh")

# With one of these groups in the frame, nothing known is what the meter says.
_TOLD_BY = {
    "tariff": {"PTEC", "LTARF"},
    "color_tomorrow": {"DEMAIN", "STGE"},
    "peak_starts_at": {"STGE"},
    "peak_ends_at": {"STGE"},
}

# The short frames of a three-phase meter in overload, up to twenty in a row, hold
# nothing else (Enedis-NOI-CPT_02E). Of the rest, powers grow old meanwhile.
_SHORT = frozenset(
    {"ADCO"} | {f"{label}{phase}" for label in ("ADIR", "IINST") for phase in (1, 2, 3)}
)
_MOMENTARY = frozenset({"apparent_power_va", "overload"})


class LastKnown:
    """The latest value of each field of a meter's readings."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._reading: MeterReading | None = None
        self._missed: dict[str, int] = {}

    def update(self, reading: MeterReading) -> MeterReading:
        """Return the reading with what it lacks filled from the frames before.

        An early reading (``complete`` False) adds to what is known and ages
        nothing. Another mode or another meter starts afresh.
        """
        known = self._reading
        if known is None or _is_other(known, reading):
            self._reading, self._missed = reading, {}
            return reading
        filled: dict[str, Any] = {
            name: MappingProxyType({**getattr(known, name), **getattr(reading, name)})
            for name in _BY_LABEL
        }
        short = _is_short(reading)
        for name in _names(reading, _OWN.union(_BY_LABEL)):
            ages = reading.complete and (not short or name in _MOMENTARY)
            told = not _TOLD_BY.get(name, set()).isdisjoint(reading.groups)
            filled[name] = self._fill(name, known, reading, ages=ages, told=told)
        filled["phases"] = self._phases(known, reading)
        self._reading = replace(reading, **filled)
        return self._reading

    def _phases(
        self, known: MeterReading, reading: MeterReading
    ) -> tuple[PhaseReading, ...]:
        """Return the phases, each value for itself filled from the frames before."""
        told = reading.phases or (PhaseReading(),) * len(known.phases)
        if len(told) != len(known.phases):
            return reading.phases
        filled = tuple(
            PhaseReading(
                **{
                    name: self._fill(name, before, now, number, ages=reading.complete)
                    for name in _names(now)
                }
            )
            for number, (before, now) in enumerate(
                zip(known.phases, told, strict=True), 1
            )
        )
        return filled if any(phase != PhaseReading() for phase in filled) else ()

    def _fill(
        self,
        name: str,
        known: object,
        reading: object,
        phase: int = 0,
        *,
        ages: bool,
        told: bool = False,
    ) -> Any:
        """Return the value of a field, or the one that is kept in its place."""
        key = f"{name} {phase}"
        value = getattr(reading, name)
        if value is not None or told:
            self._missed.pop(key, None)
            return value
        if name not in _LASTING:
            missed = self._missed[key] = self._missed.get(key, 0) + ages
            if missed > FRAMES_KEPT:
                return None
        return getattr(known, name)


def _names(item: Any, without: Iterable[str] = ()) -> list[str]:
    return [field.name for field in fields(item) if field.name not in without]


def _is_other(known: MeterReading, reading: MeterReading) -> bool:
    """Return whether a reading is of another mode or another meter."""
    if reading.mode is not known.mode:
        return True
    return None not in (serials := {known.serial, reading.serial}) and len(serials) > 1


def _is_short(reading: MeterReading) -> bool:
    return (
        reading.mode is TicMode.HISTORIQUE
        and bool(reading.phases)
        and reading.groups.keys() <= _SHORT
    )
