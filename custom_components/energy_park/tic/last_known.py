"""Bridges the groups that a frame lost: a value stays for a few frames, then goes."""

from dataclasses import fields, replace

from ..model import MeterReading

# A damaged group is dropped alone and comes again in the next frame, one to two
# seconds later. After this many frames without it the value is no longer known.
FRAMES_KEPT = 3

# What a contract or a meter is does not change from frame to frame.
_LASTING = frozenset(
    {"serial", "subscribed_power_va", "contract", "indexes_wh", "energy_drawn_wh"}
    | {"energy_injected_wh"}
)
# These tell of this very frame.
_OWN = frozenset({"mode", "complete", "groups"})


class LastKnown:
    """The latest value of each field of a meter's readings."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._reading: MeterReading | None = None
        self._missed: dict[str, int] = {}

    def update(self, reading: MeterReading) -> MeterReading:
        """Return the reading with what it lacks filled from the frames before.

        An early reading (``complete`` False) adds to what is known and ages
        nothing.
        """
        if self._reading is None or reading.mode is not self._reading.mode:
            self._reading, self._missed = reading, {}
            return reading
        filled = {
            item.name: value
            for item in fields(reading)
            if item.name not in _OWN
            and (value := self._fill(item.name, reading)) is not None
        }
        self._reading = replace(reading, **filled)
        return self._reading

    def _fill(self, name: str, reading: MeterReading) -> object | None:
        """Return the value kept for a field that the reading lacks."""
        current = getattr(reading, name)
        if current is not None and current != {} and current != ():
            self._missed.pop(name, None)
            return None
        if reading.complete:
            self._missed[name] = self._missed.get(name, 0) + 1
        if name not in _LASTING and self._missed.get(name, 0) > FRAMES_KEPT:
            return None
        kept: object | None = getattr(self._reading, name)
        return kept
