"""Frames of the meter to readings that mean the same in both modes.

Labels as in Enedis-NOI-CPT_02E (historique) and Enedis-NOI-CPT_54E (standard).
"""

from collections.abc import Mapping
from types import MappingProxyType

from ..model import Group, MeterReading, MeterStatus, PhaseReading, Tariff, TicMode
from .decoder import Frame
from .labels import CONTRACT_INDEXES, OVERLOAD, SUPPLIER_INDEXES
from .tariff import tariff_of

type Groups = Mapping[str, Group]

# Labels that only one phase, or only three, can have.
_SINGLE_PHASE = frozenset({"IINST", "IMAX", "ADPS"})
_THREE_PHASE = frozenset(
    {"PMAX", "PPOT"}
    | {
        f"{label}{n}"
        for label in ("ADIR", "IINST", "IMAX", "SINSTS")
        for n in (1, 2, 3)
    }
    | {f"{label}{n}" for label in ("IRMS", "URMS", "UMOY") for n in (2, 3)}
)


def read(frame: Frame) -> MeterReading:
    """Return what a frame says; what it lacks is None."""
    if frame.mode is TicMode.HISTORIQUE:
        return _read_historique(frame)
    return _read_standard(frame)


def _read_historique(frame: Frame) -> MeterReading:
    groups = frame.groups
    indexes = {
        label: index
        for labels in CONTRACT_INDEXES
        for label in labels
        if (index := _number(groups, label)) is not None
    }
    subscribed_a = _number(groups, "ISOUSC")
    currents = _phase_numbers(groups, "IINST")
    period = groups.get("PTEC")
    return MeterReading(
        mode=frame.mode,
        complete=frame.complete,
        serial=_text(groups, "ADCO"),
        apparent_power_va=_number(groups, "PAPP"),
        current_a=_number(groups, "IINST"),
        subscribed_power_va=_subscribed_power_va(groups, subscribed_a),
        energy_drawn_wh=_contract_total(indexes),
        indexes_wh=MappingProxyType(indexes),
        contract=_text(groups, "OPTARIF"),
        tariff=period.data if period and isinstance(period.data, Tariff) else None,
        tariff_label=_text(groups, "PTEC"),
        overload=_overload_historique(frame, subscribed_a, *currents),
        phases=tuple(PhaseReading(current_a=current) for current in currents),
        groups=MappingProxyType(groups),
    )


def _read_standard(frame: Frame) -> MeterReading:
    groups = frame.groups
    apparent_power_va = _number(groups, "SINSTS")
    if apparent_power_va is None:
        apparent_power_va = _number(groups, "SINST1")
    pref_kva = _number(groups, "PREF")
    subscribed_power_va = None if pref_kva is None else pref_kva * 1000
    phases = _phases_standard(groups, apparent_power_va)
    # Where the second phase may just be missing, the first is not the whole.
    single = frame.complete and not phases
    date = groups.get("DATE")
    contract, label = _text(groups, "NGTF"), _text(groups, "LTARF")
    return MeterReading(
        mode=frame.mode,
        complete=frame.complete,
        serial=_text(groups, "ADSC"),
        meter_time=date.at if date else None,
        apparent_power_va=apparent_power_va,
        current_a=_number(groups, "IRMS1") if single else None,
        voltage_v=_number(groups, "URMS1") if single else None,
        subscribed_power_va=subscribed_power_va,
        injected_power_va=_number(groups, "SINSTI"),
        energy_drawn_wh=_number(groups, "EAST"),
        energy_injected_wh=_number(groups, "EAIT"),
        indexes_wh=MappingProxyType(_supplier_indexes(groups)),
        contract=contract,
        tariff=tariff_of(contract, label, _number(groups, "NTARF")),
        tariff_label=label,
        overload=_overload_standard(groups, apparent_power_va, subscribed_power_va),
        phases=phases,
        groups=MappingProxyType(groups),
    )


def _number(groups: Groups, label: str) -> int | None:
    group = groups.get(label)
    return group.data if group is not None and isinstance(group.data, int) else None


def _text(groups: Groups, label: str) -> str | None:
    """Return a text without its padding, or None when nothing is left of it."""
    group = groups.get(label)
    if group is None:
        return None
    return " ".join(group.value.rstrip(". ").split()) or None


def _phase_numbers(groups: Groups, label: str) -> tuple[int | None, ...]:
    """Return the values of phases 1 to 3; empty on a single-phase meter."""
    if not groups.keys() & _THREE_PHASE:
        return ()
    return tuple(_number(groups, f"{label}{phase}") for phase in (1, 2, 3))


def _subscribed_power_va(groups: Groups, subscribed_a: int | None) -> int | None:
    """Return the subscribed power: 200 V a phase (Enedis-NOI-CPT_54E, 5.3)."""
    if subscribed_a is None:
        return None
    if groups.keys() & _SINGLE_PHASE:
        return subscribed_a * 200
    if groups.keys() & _THREE_PHASE:
        return subscribed_a * 600
    return None


def _contract_total(indexes: Mapping[str, int]) -> int | None:
    """Return the sum of the contract's indexes when none of them is missing."""
    for labels in CONTRACT_INDEXES:
        if indexes.keys() == set(labels):
            return sum(indexes.values())
    return None


def _supplier_indexes(groups: Groups) -> dict[str, int]:
    """Return the supplier indexes that count or have counted."""
    running = _number(groups, "NTARF")
    return {
        label: index
        for position, label in enumerate(SUPPLIER_INDEXES, start=1)
        if (index := _number(groups, label)) is not None
        and (index or position == running)
    }


def _phases_standard(
    groups: Groups, apparent_power_va: int | None
) -> tuple[PhaseReading, ...]:
    """Return phases 1 to 3; empty on a single-phase meter."""
    currents = _phase_numbers(groups, "IRMS")
    voltages = _phase_numbers(groups, "URMS")
    powers = _phase_numbers(groups, "SINSTS")
    if not _agree(apparent_power_va, currents, voltages, powers):
        powers = (None,) * len(currents)
    return tuple(
        PhaseReading(current_a=current, voltage_v=voltage, apparent_power_va=power)
        for current, voltage, power in zip(currents, voltages, powers, strict=True)
    )


def _agree(total_va: int | None, *phases: tuple[int | None, ...]) -> bool:
    """Return whether the powers of the phases fit their currents and the total.

    Some firmwares send nonsense in SINSTS1 to 3. The total is the absolute value of
    a signed sum, so phases that inject may make it smaller than its parts, never
    larger. Currents and voltages are rounded: one unit either way.
    """
    drawn_va = 0
    for current, voltage, power in zip(*phases, strict=True):
        if current is None or voltage is None or power is None:
            return False
        if power > (current + 1) * (voltage + 1):
            return False
        drawn_va += power
    return total_va is not None and total_va <= drawn_va + len(phases[0])


def _overload_historique(
    frame: Frame, subscribed_a: int | None, *phases_a: int | None
) -> bool | None:
    """Return whether the subscribed current is exceeded.

    The meter sends ADPS or ADIRn while it is. A three-phase meter does so in short
    frames, and in the long ones between them only the currents tell. In a frame
    that lost a group, the warning may be what was lost.
    """
    currents_a = phases_a or (_number(frame.groups, "IINST"),)
    known_a = [current for current in currents_a if current is not None]
    if frame.groups.keys() & OVERLOAD:
        return True
    if subscribed_a is not None and known_a:
        if max(known_a) > subscribed_a:
            return True
        if None not in currents_a:
            return False
    return False if frame.complete and not frame.rejects else None


def _overload_standard(
    groups: Groups, apparent_power_va: int | None, subscribed_power_va: int | None
) -> bool | None:
    """Return whether the subscribed power is exceeded: STGE bit 7, or the powers."""
    stge = groups.get("STGE")
    status = stge.data if stge else None
    if isinstance(status, MeterStatus) and status.overload:
        return True
    if apparent_power_va is not None and subscribed_power_va is not None:
        return apparent_power_va > subscribed_power_va
    return False if isinstance(status, MeterStatus) else None
