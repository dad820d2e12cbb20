"""What a meter can say: alone, and after what it said before.

Meters of the public supply: 230 V a phase (NF EN 50160 allows 10 % either way, and
faults go beyond), 90 A on one phase or 60 A on each of three (Enedis-NOI-CPT_54E,
5.3). The cut-off device holds 1.3 times the cut-off power for ever and more only
for a while (section 7).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..model import Group, MeterStatus, Tariff
from .groups import Groups, number
from .labels import (
    CONTRACT_INDEXES,
    LABELS,
    OVERLOAD,
    REACTIVE_INDEXES,
    SUPPLIER_INDEXES,
)
from .tariff import INDEX_LABELS

VOLTAGE_MIN_V, VOLTAGE_MAX_V = 184, 276
CURRENT_MAX_A = {1: 90, 3: 60}
SUSTAINED = 1.3
# The most that the cut-off's filter lets through above that: the area between an
# overload and 1.3 times the cut-off power until it opens is largest at 2 times.
BURST_S = 50.0
# Of a counter that shows whole Wh, read at the end of one frame and of another.
INDEX_STEP_WH = 2
# Between the meter's clock and the arrival of its frames.
CLOCK_JITTER_S = 10.0
# A value of the frame before is at most this old.
LATELY_S = 60.0


class Cause(StrEnum):
    """Why a value is doubted."""

    UNHEARD = "unheard"
    """Its label never came before."""
    CHANGED = "changed"
    """What hardly ever changes is another."""
    BACKWARDS = "backwards"
    """An index is lower."""
    JUMP = "jump"
    """An index rose by more than the meter lets through in that time."""
    STILL = "still"
    """An index moved while another one counts."""
    CLOCK = "clock"
    """The meter's clock does not go with ours."""
    MAXIMUM = "maximum"
    """The day's largest value changed without its time, or fell."""
    VOLTAGE = "voltage"
    """The public supply has no such voltage."""
    CAPACITY = "capacity"
    """The meter cannot carry it."""
    DISAGREES = "disagrees"
    """The power does not go with the currents."""
    METER = "meter"
    """Another meter's serial number."""
    MODE = "mode"
    """Another mode than before."""


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of the meter that speaks; None is unknown.

    ``running`` are the labels of the indexes that may count now, ``clock`` the time
    that the meter told last.
    """

    phases: int = 3
    cut_off_va: int | None = None
    running: frozenset[str] | None = None
    clock: datetime | None = None

    @property
    def capacity_va(self) -> int:
        """The most that the meter can carry."""
        return self.phases * CURRENT_MAX_A[self.phases] * VOLTAGE_MAX_V

    def energy_max_wh(self, elapsed_s: float, *, drawn: bool) -> float:
        """Return the most that an index can rise in a time.

        The cut-off device bounds what is drawn, not what is injected.
        """
        most_vas = self.capacity_va * elapsed_s
        if drawn and self.cut_off_va:
            most_vas = min(
                most_vas, self.cut_off_va * (SUSTAINED * elapsed_s + BURST_S)
            )
        return INDEX_STEP_WH + most_vas / 3600


def cut_off_va(groups: Groups, phases: int) -> int | None:
    """Return the cut-off power, or the subscribed one, which is usually the same."""
    for label, unit_va in (("PCOUP", 1000), ("PREF", 1000), ("ISOUSC", 200 * phases)):
        if (power := number(groups, label)) is not None:
            return power * unit_va
    return None


def running_indexes(groups: Groups) -> frozenset[str] | None:
    """Return the labels of the indexes that count; None when not all are known."""
    period = groups.get("PTEC")
    if period is not None and isinstance(period.data, Tariff):
        return frozenset({INDEX_LABELS[period.data]})
    index, stge = number(groups, "NTARF"), groups.get("STGE")
    if index is None or stge is None or not isinstance(stge.data, MeterStatus):
        return None
    distributor = stge.data.distributor_index
    return frozenset({"EAST", f"EASF{index:02}", f"EASD{distributor:02}"})


# Why a group cannot follow another of its label so many seconds later; None: it can.
type Rule = Callable[[Group, Group, float, Site], Cause | None]


def _free(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    return None


def _steady(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    same = (before.value, before.horodate) == (group.value, group.horodate)
    return None if same else Cause.CHANGED


def _serial(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    return None if before.value == group.value else Cause.METER


def _drawn(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    if site.running is not None and group.label not in site.running:
        return None if before.value == group.value else Cause.STILL
    return _rise(before, group, site.energy_max_wh(elapsed_s, drawn=True))


def _other(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    return _rise(before, group, site.energy_max_wh(elapsed_s, drawn=False))


def _rise(before: Group, group: Group, most: float) -> Cause | None:
    """Judge an index, which rolls over after its last digit."""
    if not isinstance(before.data, int) or not isinstance(group.data, int):
        return Cause.CHANGED
    if len(before.value) != len(group.value):
        return Cause.JUMP if group.data > before.data else Cause.BACKWARDS
    if (group.data - before.data) % 10 ** len(group.value) <= most:
        return None
    return Cause.BACKWARDS if group.data < before.data else Cause.JUMP


def _clock(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    if before.at is None or group.at is None:
        return Cause.CLOCK
    gone_s = (group.at - before.at).total_seconds()
    return None if abs(gone_s - elapsed_s) <= CLOCK_JITTER_S else Cause.CLOCK


def _maximum(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    """Judge the largest value of a day: it keeps its time, or has risen just now."""
    if _steady(before, group, elapsed_s, site) is None:
        return None
    if isinstance(before.data, int) and isinstance(group.data, int):
        if group.data >= before.data and _is_lately(group.at, site.clock):
            return None
    return Cause.MAXIMUM


def _is_lately(at: datetime | None, clock: datetime | None) -> bool:
    if at is None or clock is None:
        return False
    return abs((clock - at).total_seconds()) <= LATELY_S


_PHASES = ("", "1", "2", "3")
CURRENTS = frozenset(f"{name}{n}" for name in ("IINST", "IRMS") for n in _PHASES)
_CURRENTS_TOLD = CURRENTS | OVERLOAD
VOLTAGES = frozenset(f"{name}{n}" for name in ("URMS", "UMOY") for n in _PHASES)
_DRAWN_VA = frozenset({"PAPP", "SINSTS", "SINST1", "SINSTS1", "SINSTS2", "SINSTS3"})
_MAXIMA = frozenset({"SMAXIN", "SMAXN"} | {f"SMAXSN{n}" for n in _PHASES})
_POWERS = (
    _DRAWN_VA
    | _MAXIMA
    | {f"{label}-1" for label in _MAXIMA}
    | {"SINSTI", "CCASN", "CCASN-1", "CCAIN", "CCAIN-1"}
)
_TOTALS = ("PAPP", "SINSTS", "SINST1", "SINSTI")
_DRAWN_WH = (
    "EAST",
    *SUPPLIER_INDEXES,
    *(f"EASD{n:02}" for n in range(1, 5)),
    *(label for labels in CONTRACT_INDEXES for label in labels),
)

_RULES: dict[str, Rule] = {
    # What is not listed below hardly ever changes.
    **{label: _steady for labels in LABELS.values() for label in labels},
    **dict.fromkeys(_CURRENTS_TOLD | {"URMS1", "URMS2", "URMS3"}, _free),
    **dict.fromkeys(_DRAWN_VA | {"SINSTI"}, _free),
    **dict.fromkeys(_DRAWN_WH, _drawn),
    **dict.fromkeys(("EAIT", *REACTIVE_INDEXES), _other),
    **dict.fromkeys(_MAXIMA, _maximum),
    **dict.fromkeys(("ADCO", "ADSC"), _serial),
    "DATE": _clock,
}


def follows(before: Group, group: Group, elapsed_s: float, site: Site) -> Cause | None:
    """Return why a group cannot follow another of its label; None when it can.

    Of labels that no specification lists nothing is known.
    """
    return _RULES.get(group.label, _free)(before, group, max(0.0, elapsed_s), site)


def impossible(groups: Groups, site: Site) -> dict[str, Cause]:
    """Return the labels whose values cannot be, in a frame for itself."""
    found: dict[str, Cause] = {}
    for label, group in groups.items():
        if label in VOLTAGES:
            if not VOLTAGE_MIN_V <= (number(groups, label) or 0) <= VOLTAGE_MAX_V:
                found[label] = Cause.VOLTAGE
        elif isinstance(group.data, int) and group.data > _most(label, site):
            found[label] = Cause.CAPACITY
    return found or _disagreement(groups, site)


def _most(label: str, site: Site) -> float:
    """Return the most that the meter can carry, in the unit of the label."""
    if label in _CURRENTS_TOLD:
        return CURRENT_MAX_A[site.phases]
    return site.capacity_va if label in _POWERS else float("inf")


def _disagreement(groups: Groups, site: Site) -> dict[str, Cause]:
    """Return the powers and the currents that do not go together.

    The total is at most the sum of all phases. On one phase it is their product,
    unless the meter shows no power at all, as while a site without a producer's
    contract injects.
    """
    most = {
        label: _product_max_va(groups, label) for label in groups if label in CURRENTS
    }
    found = {
        label: Cause.DISAGREES
        for phase in ("1", "2", "3")
        if (number(groups, label := f"SINSTS{phase}") or 0)
        > most.get(f"IRMS{phase}", site.capacity_va / site.phases)
    }
    totals = [label for label in _TOTALS if label in groups]
    powers_va = [power for label in totals if (power := number(groups, label))]
    if not powers_va or len(most) != site.phases:
        return found
    least_va = 0
    if site.phases == 1:
        (current_a,) = (number(groups, label) or 0 for label in most)
        least_va = (current_a - 1) * VOLTAGE_MIN_V
    if len(powers_va) == 1 and least_va <= powers_va[0] <= sum(most.values()):
        return found
    return found | dict.fromkeys((*totals, *most), Cause.DISAGREES)


def _product_max_va(groups: Groups, label: str) -> int:
    """Return the most that current and voltage of a phase allow: they are rounded."""
    current_a = number(groups, label) or 0
    voltage_v = number(groups, f"URMS{label.removeprefix('IRMS')}")
    return (current_a + 1) * (VOLTAGE_MAX_V if voltage_v is None else voltage_v + 1)
