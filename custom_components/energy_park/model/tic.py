"""What the meter says: its groups, and the words of their values."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum


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
