"""What a meter's readings tell of the load behind it."""

from math import sqrt

from ..model import MeterReading
from .alarms import imbalance_percent

# Below this share of what is subscribed for each phase, one lamp unbalances three.
_JUDGED_FROM = 0.2


def tan_phi(reading: MeterReading) -> float | None:
    """Return tan phi without a sign; the power factor is that of loads large enough."""
    if not reading.power_factor:
        return None
    return sqrt(max(0.0, 1 - reading.power_factor**2)) / abs(reading.power_factor)


def imbalance(reading: MeterReading) -> float | None:
    """Return by how many percent the furthest phase is off the mean of the three.

    By the powers of the phases, or by their currents where those are all it tells.
    """
    powers = imbalance_percent(_powers(reading))
    if powers is not None:
        return powers
    return imbalance_percent(tuple(phase.current_a for phase in reading.phases))


def judged_imbalance(reading: MeterReading) -> float | None:
    """Return the imbalance of a load that is large enough to judge it."""
    subscribed_va, apparent_va = reading.subscribed_power_va, reading.apparent_power_va
    if subscribed_va is None or apparent_va is None:
        return None
    return imbalance(reading) if apparent_va >= _JUDGED_FROM * subscribed_va else None


def contract_percent(reading: MeterReading) -> float | None:
    """Return how much of the subscribed power is drawn."""
    left = reading.headroom_percent
    return None if left is None else 100 - left


def _powers(reading: MeterReading) -> tuple[int | None, ...]:
    return tuple(phase.apparent_power_va for phase in reading.phases)
