"""Bridges the groups that a frame lost: a value stays for a few frames, then goes."""

from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from ..model import MeterReading

# A damaged group is dropped alone and comes again in the next frame, one to two
# seconds later. After this many frames without it the value is no longer known.
FRAMES_KEPT = 3

# What a meter is and what it has counted does not go with a lost group.
_LASTING = frozenset(
    {
        "serial",
        "subscribed_power_va",
        "contract",
        "energy_drawn_wh",
        "energy_injected_wh",
    }
)
# These tell of this very frame.
_OWN = frozenset({"mode", "complete", "groups", "indexes_wh"})


class LastKnown:
    """The latest value of each field of a meter's readings."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._reading: MeterReading | None = None
        self._missed: dict[str, int] = {}

    def update(self, reading: MeterReading) -> MeterReading:
        """Return the reading with what it lacks filled from the frames before.

        An early reading (``complete`` False) adds to what is known and ages
        nothing. A change of mode starts afresh.
        """
        known = self._reading
        if known is None or reading.mode is not known.mode:
            self._reading, self._missed = reading, {}
            return reading
        filled: dict[str, Any] = {
            "indexes_wh": MappingProxyType({**known.indexes_wh, **reading.indexes_wh})
        }
        for item in fields(reading):
            if item.name not in _OWN and _is_missing(getattr(reading, item.name)):
                filled[item.name] = self._kept(item.name, known, reading.complete)
            else:
                self._missed.pop(item.name, None)
        self._reading = replace(reading, **filled)
        return self._reading

    def _kept(self, name: str, known: MeterReading, age: bool) -> Any:
        """Return the value kept for a field that a reading lacks."""
        value = getattr(known, name)
        if name in _LASTING:
            return value
        missed = self._missed[name] = self._missed.get(name, 0) + age
        if missed <= FRAMES_KEPT:
            return value
        return () if isinstance(value, tuple) else None


def _is_missing(value: object) -> bool:
    return value is None or value == ()
