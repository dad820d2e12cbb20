"""Frames of the meter to readings that mean the same in both modes.

Labels as in Enedis-NOI-CPT_02E (historique) and Enedis-NOI-CPT_54E (standard).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from ..model import MeterReading, MeterStatus, PhaseReading, Tariff, TicMode
from .calendar import read_historique, read_standard
from .decoder import Frame
from .groups import Groups, number, text, time_of
from .labels import CONTRACT_INDEXES, OVERLOAD, REACTIVE_INDEXES, SUPPLIER_INDEXES
from .tariff import INDEX_LABELS, tariff_of

# Labels that only one phase, or only three, can have.
_SINGLE_PHASE = frozenset({"IINST", "IMAX", "ADPS"})
THREE_PHASE = frozenset(
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
    indexes = _numbers(groups, (label for of in CONTRACT_INDEXES for label in of))
    subscribed_a = number(groups, "ISOUSC")
    currents = _phase_numbers(groups, "IINST")
    period = groups.get("PTEC")
    tariff = period.data if period and isinstance(period.data, Tariff) else None
    whole = frame.complete and not frame.rejects
    return MeterReading(
        mode=frame.mode,
        complete=frame.complete,
        early=frame.early,
        serial=text(groups, "ADCO"),
        apparent_power_va=number(groups, "PAPP"),
        current_a=number(groups, "IINST"),
        subscribed_power_va=_subscribed_power_va(groups, subscribed_a),
        energy_drawn_wh=_contract_total(indexes),
        indexes_wh=MappingProxyType(indexes),
        contract=text(groups, "OPTARIF"),
        tariff=tariff,
        tariff_label=text(groups, "PTEC"),
        index_label=INDEX_LABELS[tariff] if tariff is not None else None,
        overload=_overload_historique(frame, subscribed_a, *currents),
        phases=tuple(PhaseReading(current_a=current) for current in currents),
        groups=MappingProxyType(groups),
        **asdict(read_historique(groups, tariff, whole=whole)),
    )


def _read_standard(frame: Frame) -> MeterReading:
    groups = frame.groups
    apparent_power_va = number(groups, "SINSTS")
    if apparent_power_va is None:
        apparent_power_va = number(groups, "SINST1")
    subscribed_power_va = _va(number(groups, "PREF"))
    phases = _phases_standard(groups, apparent_power_va)
    # Where the second phase may just be missing, the first is not the whole.
    single = frame.complete and not phases
    contract, label = text(groups, "NGTF"), text(groups, "LTARF")
    index = number(groups, "NTARF")
    tariff = tariff_of(contract, label, index)
    maximum = "SMAXSN" if "SMAXSN" in groups else "SMAXN"
    yesterday = "SMAXSN-1" if "SMAXSN-1" in groups else "SMAXN-1"
    return MeterReading(
        mode=frame.mode,
        complete=frame.complete,
        early=frame.early,
        serial=text(groups, "ADSC"),
        meter_time=time_of(groups, "DATE"),
        apparent_power_va=apparent_power_va,
        current_a=number(groups, "IRMS1") if single else None,
        voltage_v=number(groups, "URMS1") if single else None,
        subscribed_power_va=subscribed_power_va,
        injected_power_va=number(groups, "SINSTI"),
        energy_drawn_wh=number(groups, "EAST"),
        energy_injected_wh=number(groups, "EAIT"),
        indexes_wh=MappingProxyType(_supplier_indexes(groups)),
        contract=contract,
        tariff=tariff,
        tariff_label=label,
        index_label=_supplier_label(index),
        overload=_overload_standard(groups, apparent_power_va, subscribed_power_va),
        phases=phases,
        groups=MappingProxyType(groups),
        relays_closed=_relays(groups),
        cut_off_power_va=_va(number(groups, "PCOUP")),
        load_curve_w=number(groups, "CCASN"),
        load_curve_injected_w=number(groups, "CCAIN"),
        load_curve_at=time_of(groups, "CCASN") or time_of(groups, "CCAIN"),
        mean_voltage_v=number(groups, "UMOY1") if single else None,
        max_power_va=number(groups, maximum),
        max_power_at=time_of(groups, maximum),
        max_power_yesterday_va=number(groups, yesterday),
        max_power_yesterday_at=time_of(groups, yesterday),
        max_injected_power_va=number(groups, "SMAXIN"),
        reactive_energies_varh=MappingProxyType(_numbers(groups, REACTIVE_INDEXES)),
        **asdict(read_standard(groups, tariff)),
    )


def _va(power_kva: int | None) -> int | None:
    return None if power_kva is None else power_kva * 1000


def _numbers(groups: Groups, labels: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the labels that are there."""
    return {
        label: value for label in labels if (value := number(groups, label)) is not None
    }


def _relays(groups: Groups) -> tuple[bool, ...] | None:
    """Return which of the relays 1 to 8 are closed."""
    group = groups.get("RELAIS")
    if group is None or not isinstance(group.data, tuple):
        return None
    return tuple(closed for closed in group.data if isinstance(closed, bool))


def _supplier_label(index: int | None) -> str | None:
    """Return the label of a supplier index by its number, from 1."""
    if index is None or not 1 <= index <= len(SUPPLIER_INDEXES):
        return None
    return SUPPLIER_INDEXES[index - 1]


def _phase_numbers(groups: Groups, label: str) -> tuple[int | None, ...]:
    """Return the values of phases 1 to 3; empty on a single-phase meter."""
    if not groups.keys() & THREE_PHASE:
        return ()
    return tuple(number(groups, f"{label}{phase}") for phase in (1, 2, 3))


def _subscribed_power_va(groups: Groups, subscribed_a: int | None) -> int | None:
    """Return the subscribed power: 200 V a phase (Enedis-NOI-CPT_54E, 5.3)."""
    if subscribed_a is None:
        return None
    if groups.keys() & _SINGLE_PHASE:
        return subscribed_a * 200
    if groups.keys() & THREE_PHASE:
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
    running = number(groups, "NTARF")
    return {
        label: index
        for position, label in enumerate(SUPPLIER_INDEXES, start=1)
        if (index := number(groups, label)) is not None
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
    maxima = _phase_numbers(groups, "SMAXSN")
    means = _phase_numbers(groups, "UMOY")
    return tuple(
        PhaseReading(
            current_a=current,
            voltage_v=voltage,
            apparent_power_va=power,
            max_power_va=maximum,
            mean_voltage_v=mean,
        )
        for current, voltage, power, maximum, mean in zip(
            currents, voltages, powers, maxima, means, strict=True
        )
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
    currents_a = phases_a or (number(frame.groups, "IINST"),)
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
