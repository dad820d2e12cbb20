"""The apparent power of each phase, from whatever a reading says of it."""

from dataclasses import dataclass

from ..model import MeterReading, PhaseReading, TicMode

# Of the public supply, NF EN 50160: 230 V, 10 % either way.
VOLTAGE_V = 230.0
VOLTAGE_MAX_V = 253.0
# Lower than that is the power factor of no house at the height of its power.
POWER_FACTOR_MIN = 0.8

# One more may stand behind each value: meters round, or cut.
_STEP_VA = {TicMode.HISTORIQUE: 10, TicMode.STANDARD: 1}


@dataclass(frozen=True, slots=True)
class PhasePower:
    """The power of one phase, and the most that may stand behind what was told.

    ``voltage_v`` is 230 where the meter tells none.
    """

    va: float
    max_va: float
    voltage_v: float = VOLTAGE_V


def phase_powers(
    reading: MeterReading, *, three_phases: bool
) -> tuple[PhasePower | None, ...]:
    """Return the powers of all phases; None for one that the reading lacks.

    PAPP and SINSTS of three phases are the size of their signed sum, which says
    nothing of one of them: without SINSTS1 to 3 it is the current that tells.
    """
    if not three_phases:
        return (_single(reading),)
    if not reading.phases:
        return (None, None, None)
    return tuple(
        _phase(reading, number, phase)
        for number, phase in enumerate(reading.phases, start=1)
    )


def _single(reading: MeterReading) -> PhasePower | None:
    power_va = reading.apparent_power_va
    warned_a = number_of(reading, "ADPS")
    # A warning comes before the PAPP of its frame, which may be the last frame's.
    if warned_a is not None and not reading.complete:
        warned = _of_current(warned_a, reading.voltage_v)
        if power_va is None or warned.va > power_va:
            return warned
    if power_va is not None:
        return _told(power_va, reading.mode, reading.voltage_v)
    if reading.current_a is not None:
        return _of_current(reading.current_a, reading.voltage_v)
    # What was worked out from an index is a mean, and comes late.
    if reading.power_w is not None and reading.power_estimated is None:
        return _of_active_power(reading.power_w, reading.power_uncertainty_w or 0.0)
    return None


def _phase(
    reading: MeterReading, number: int, phase: PhaseReading
) -> PhasePower | None:
    if phase.apparent_power_va is not None:
        return _told(phase.apparent_power_va, reading.mode, phase.voltage_v)
    warned_a = number_of(reading, f"ADIR{number}")
    current_a = phase.current_a if warned_a is None else warned_a
    return None if current_a is None else _of_current(current_a, phase.voltage_v)


def _told(power_va: int, mode: TicMode, voltage_v: int | None) -> PhasePower:
    max_va = power_va + _STEP_VA[mode]
    return PhasePower(power_va, max_va, voltage_v or VOLTAGE_V)


def _of_active_power(power_w: float, uncertainty_w: float) -> PhasePower:
    drawn_w = max(power_w, 0.0)
    return PhasePower(drawn_w, (drawn_w + uncertainty_w) / POWER_FACTOR_MIN)


def _of_current(current_a: int, voltage_v: int | None) -> PhasePower:
    if not voltage_v:
        return PhasePower(current_a * VOLTAGE_V, (current_a + 1) * VOLTAGE_MAX_V)
    return PhasePower(
        current_a * voltage_v, (current_a + 1) * (voltage_v + 1), voltage_v
    )


def number_of(reading: MeterReading, label: str) -> int | None:
    """Return the number that a group of the reading's own frame holds."""
    group = reading.groups.get(label)
    return group.data if group is not None and isinstance(group.data, int) else None
