"""The words of the park: what is read, what is wanted, and why.

Units stand in the names: ``_va`` apparent power, ``_w`` active power, ``_wh``
energy, ``_a`` rms current, ``_v`` rms voltage. ``None`` means unknown and is
never a synonym of zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a socket feeds."""

    COMPUTER = "computer"
    MONITOR = "monitor"
    NETWORK = "network"
    OTHER = "other"


class PowerOnDefault(StrEnum):
    """What a socket does when the mains come back.

    ``other`` is a choice of the device that is none of these, as a toggle or the
    position of an input.
    """

    OFF = "off"
    ON = "on"
    LAST = "last"
    OTHER = "other"


class TicMode(StrEnum):
    """The two languages of the meter's customer output."""

    HISTORIQUE = "historique"
    STANDARD = "standard"


class Tariff(StrEnum):
    """Tariff periods of the French contracts, whatever mode announces them."""

    BASE = "base"
    OFF_PEAK = "off_peak"
    PEAK = "peak"
    EJP_NORMAL = "ejp_normal"
    EJP_PEAK = "ejp_peak"
    BLUE_OFF_PEAK = "blue_off_peak"
    BLUE_PEAK = "blue_peak"
    WHITE_OFF_PEAK = "white_off_peak"
    WHITE_PEAK = "white_peak"
    RED_OFF_PEAK = "red_off_peak"
    RED_PEAK = "red_peak"


class DayColor(StrEnum):
    """Colour of a Tempo day."""

    BLUE = "blue"
    WHITE = "white"
    RED = "red"


class Breaker(StrEnum):
    """The meter's cut-off device: closed, or why it opened."""

    CLOSED = "closed"
    OVERPOWER = "overpower"
    OVERVOLTAGE = "overvoltage"
    LOAD_SHEDDING = "load_shedding"
    ORDER = "order"
    OVERHEATING_ABOVE_IMAX = "overheating_above_imax"
    OVERHEATING_BELOW_IMAX = "overheating_below_imax"


class EuridisState(StrEnum):
    """The meter's Euridis output."""

    OFF = "off"
    UNSECURED = "unsecured"
    SECURED = "secured"


class PowerLineState(StrEnum):
    """The meter's power line communication."""

    UNLOCKED = "unlocked"
    LOCKED = "locked"
    REGISTERED = "registered"


class DryContact(StrEnum):
    """What a step of a profile does to the meter's dry contact."""

    UNCHANGED = "unchanged"
    TEMPO = "tempo"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterStatus:
    """The meter's status register (STGE).

    ``overload`` is True while the subscribed power is exceeded. Indexes count from
    1. ``peak_notice`` and ``peak_running`` are the number of a mobile peak. None
    stands for no such thing, or for a code that the specification does not name.
    """

    dry_contact_closed: bool
    breaker: Breaker | None
    cover_open: bool
    overvoltage: bool
    overload: bool
    producer: bool
    energy_negative: bool
    supplier_index: int
    distributor_index: int
    clock_degraded: bool
    mode: TicMode
    euridis: EuridisState | None
    power_line: PowerLineState | None
    power_line_synchronized: bool
    color_today: DayColor | None
    color_tomorrow: DayColor | None
    peak_notice: int | None
    peak_running: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileStep:
    """One step of a day's profile.

    ``contacts`` are virtual contacts 1 to 7, True is closed; ``index`` is the
    supplier index from then on, None leaves it as it was.
    """

    starts: time
    dry_contact: DryContact
    contacts: tuple[bool, ...]
    index: int | None


# What a group's text says: a number in the unit of its label, a word of this page,
# flags, or the text itself. None says that nothing is known yet.
type TicValue = (
    int
    | str
    | Tariff
    | DayColor
    | MeterStatus
    | tuple[bool, ...]
    | tuple[ProfileStep, ...]
    | None
)


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the meter: its texts as received, and what they mean."""

    label: str
    value: str
    horodate: str | None = None
    data: TicValue = None
    at: datetime | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugInfo:
    """What a networked plug says it is.

    ``serial`` is the MAC address in twelve lower-case hexadecimal digits, or
    the maker's serial number where the device has no MAC to show.
    ``sockets`` are the device's own numbers of its sockets. ``channels`` are the
    numbers of circuits that are measured but cannot be switched, as of a panel's
    meter; no socket has one of them.
    """

    serial: str
    dialect: str
    model: str
    firmware: str | None = None
    name: str | None = None
    sockets: tuple[int, ...] = (0,)
    channels: tuple[int, ...] = ()
    needs_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketReading:
    """One poll of one socket. A value the device does not give is None.

    ``phase_shift_deg`` is measured, from -180 to 180, with the device's own sign.
    ``energy_run`` names the run of the counter behind ``energy_wh``: under another
    name it has started again from zero.
    """

    on: bool | None = None
    power_w: float | None = None
    current_a: float | None = None
    voltage_v: float | None = None
    energy_wh: float | None = None
    power_factor: float | None = None
    apparent_power_va: float | None = None
    reactive_power_var: float | None = None
    frequency_hz: float | None = None
    phase_shift_deg: float | None = None
    energy_run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugReading:
    """One poll of one plug: its sockets and channels by the device's own numbers.

    ``asked_at`` is when it was asked for, as far as that is known: what it tells is
    not older.
    """

    sockets: Mapping[int, SocketReading]
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """What is switched and measured, as the park was set up.

    ``id`` is the plug's serial and the device's own number of the socket, joined
    by an underscore. ``sector`` is the sector's id; None belongs to none.
    ``priority`` runs from 1 (kept longest) to 10 (shed first).
    """

    id: str
    number: int
    name: str
    role: Role
    sector: str | None
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """One networked device with its sockets, as the park was set up."""

    serial: str
    name: str
    model: str
    sockets: tuple[Socket, ...]


class Source(StrEnum):
    """Who gives an order, from the one that wins to the one that yields."""

    SAFETY = "safety"
    PERSON = "person"
    SCHEDULE = "schedule"
    BALANCE = "balance"


class Reason(StrEnum):
    """Why a socket is in its state, or why an order was refused.

    One vocabulary for every place that tells.
    """

    AS_FOUND = "as_found"
    PERSON = "person"
    AT_DEVICE = "at_device"
    AUTOMATION = "automation"
    SCHEDULE = "schedule"
    SHED = "shed"
    RESTORED = "restored"
    BALANCE = "balance"
    OVERRIDE_ENDED = "override_ended"
    PROTECTED = "protected"
    RUNNING = "running"
    STATE_UNKNOWN = "state_unknown"
    OUTRANKED = "outranked"
    WORKING = "working"
    BUSY = "busy"
    PRESENCE_UNKNOWN = "presence_unknown"
    POSTPONED = "postponed"
    ASLEEP = "asleep"
    UNREACHABLE = "unreachable"
    CANNOT_ASK = "cannot_ask"
    ASK_FAILED = "ask_failed"
    DID_NOT_SHUT_DOWN = "did_not_shut_down"
    STARTED_AGAIN = "started_again"
    WAKE_UNKNOWN = "wake_unknown"
    OFF_POWER_UNKNOWN = "off_power_unknown"
    SHARED = "shared"
    NOT_CONFIRMED = "not_confirmed"
    DID_NOT_START = "did_not_start"
    CANCELLED = "cancelled"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A wish to switch one socket.

    ``until`` is its expiry; None never expires. ``group`` is True when the order
    was given to a sector and not to this very socket. ``seen_off`` is True when a
    switching job has watched the computer behind the socket being off. ``by`` is the
    id of the user who gave it, if one did.
    """

    on: bool
    source: Source
    reason: Reason
    given_at: datetime
    until: datetime | None = None
    group: bool = False
    seen_off: bool = False
    by: str | None = None
