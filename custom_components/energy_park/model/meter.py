"""A frame of the meter, understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from .tic import DayColor, Group, Tariff, TicMode


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReading:
    """One phase of a three-phase meter; what it does not tell is None."""

    current_a: int | None = None
    voltage_v: int | None = None
    apparent_power_va: int | None = None
    max_power_va: int | None = None
    mean_voltage_v: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """One frame of the meter, understood.

    The fields mean the same in both modes, so that entities and history
    survive a change of mode. ``energy_drawn_wh`` is EAST, or the sum of all the
    contract's indexes. ``indexes_wh`` holds each supplier index in use under
    the meter's own label (BASE, HCHC, EASF01, ...). ``groups`` holds every good
    group of the frame by label, unknown labels included. ``complete`` is False
    for an early reading (an overload seen before the end of its frame) and for a
    frame that was cut. ``phases`` are phases 1 to 3 of a three-phase meter, whose
    ``current_a`` and ``voltage_v`` are None; a single-phase meter has no ``phases``.

    ``early`` tells an early reading from a frame that was cut. ``index_label`` is the
    label of the index that counts now. ``peak_notice`` and ``peak_running`` are the
    number of a mobile peak, 0 for none; the peak that was announced last starts
    and ends at ``peak_starts_at`` and ``peak_ends_at``. Colours are those of the
    Tempo day, from 6:00 to 6:00. ``next_tariff_at`` is when another index will
    count, ``next_index_label`` which one. ``relays_closed`` are relays 1 to 8, of
    which the first is the meter's dry contact. ``load_curve_w`` and
    ``load_curve_injected_w`` are means over the period that ended at
    ``load_curve_at``. The largest powers are of the day; phases have their own.
    ``reactive_energies_varh`` are the quadrants' indexes by label, ERQ1 to ERQ4.

    ``power_w`` is the active power, + is drawn from the grid, known to
    ``power_uncertainty_w``; it is ``power_estimated`` when no energy index stands
    behind it, which is None where the meter tells the power itself.
    """

    mode: TicMode
    serial: str | None = None
    meter_time: datetime | None = None
    complete: bool = True
    apparent_power_va: int | None = None
    current_a: int | None = None
    voltage_v: int | None = None
    subscribed_power_va: int | None = None
    injected_power_va: int | None = None
    energy_drawn_wh: int | None = None
    energy_injected_wh: int | None = None
    indexes_wh: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    contract: str | None = None
    tariff: Tariff | None = None
    tariff_label: str | None = None
    overload: bool | None = None
    phases: tuple[PhaseReading, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))
    early: bool = False
    index_label: str | None = None
    color_today: DayColor | None = None
    color_tomorrow: DayColor | None = None
    peak_notice: int | None = None
    peak_running: int | None = None
    peak_starts_at: datetime | None = None
    peak_ends_at: datetime | None = None
    next_tariff_at: datetime | None = None
    next_tariff: Tariff | None = None
    next_index_label: str | None = None
    relays_closed: tuple[bool, ...] | None = None
    cut_off_power_va: int | None = None
    load_curve_w: int | None = None
    load_curve_injected_w: int | None = None
    load_curve_at: datetime | None = None
    mean_voltage_v: int | None = None
    max_power_va: int | None = None
    max_power_at: datetime | None = None
    max_power_yesterday_va: int | None = None
    max_power_yesterday_at: datetime | None = None
    max_injected_power_va: int | None = None
    reactive_energies_varh: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({})
    )
    power_w: float | None = None
    power_uncertainty_w: float | None = None
    power_estimated: bool | None = None
    power_factor: float | None = None
    power_factor_uncertainty: float | None = None

    @property
    def headroom_va(self) -> int | None:
        """Apparent power left below the subscribed one; negative above it."""
        if self.subscribed_power_va is None or self.apparent_power_va is None:
            return None
        return self.subscribed_power_va - self.apparent_power_va

    @property
    def headroom_percent(self) -> float | None:
        """Headroom as a share of the subscribed power."""
        if self.headroom_va is None or not self.subscribed_power_va:
            return None
        return 100 * self.headroom_va / self.subscribed_power_va
