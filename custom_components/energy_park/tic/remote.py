"""What a remote display shows of a meter, in the words of the meter's own groups."""

from collections.abc import Iterable

from ..model import MeterReading
from .groups import number

# Subscribed apparent power is so many volts times amperes, on each phase
# (Enedis-NOI-CPT_54E, 5.3).
_SUBSCRIBED_V = 200


def remote_values(reading: MeterReading | None) -> dict[str, int | str | None]:
    """Return what a display shows: VA, A, and the tariff's name; unknown is None.

    The keys mean the same in both modes. On three phases currents are those of the
    fullest one. ``IMAX`` is the meter's own maximum: in historique the label of this
    name, in standard the largest apparent power of the day (SMAXSN) as a current.
    """
    if reading is None:
        return dict.fromkeys(("PAPP", "IINST", "ISOUSC", "IMAX", "PTEC"))
    return {
        "PAPP": reading.apparent_power_va,
        "IINST": _largest(
            (reading.current_a, *(phase.current_a for phase in reading.phases))
        ),
        "ISOUSC": _amperes(reading.subscribed_power_va, max(len(reading.phases), 1)),
        "IMAX": _maximum_a(reading),
        "PTEC": reading.tariff_label,
    }


def _maximum_a(reading: MeterReading) -> int | None:
    labels = ("IMAX", "IMAX1", "IMAX2", "IMAX3")
    told = _largest(number(reading.groups, label) for label in labels)
    if told is not None:
        return told
    powers = [phase.max_power_va for phase in reading.phases]
    return _amperes(_largest(powers or [reading.max_power_va]), 1)


def _amperes(power_va: int | None, phases: int) -> int | None:
    return None if power_va is None else round(power_va / (_SUBSCRIBED_V * phases))


def _largest(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
