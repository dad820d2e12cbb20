"""The words of the park: what is read, what is wanted, and why.

Units stand in the names: ``_va`` apparent power, ``_w`` active power, ``_wh``
energy, ``_a`` rms current, ``_v`` rms voltage. ``None`` means unknown and is
never a synonym of zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a socket feeds."""

    COMPUTER = "computer"
    MONITOR = "monitor"
    NETWORK = "network"
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


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the meter as received: text, not yet a number."""

    label: str
    value: str
    horodate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """One frame of the meter, understood.

    The fields mean the same in both modes, so that entities and history
    survive a change of mode. ``energy_drawn_wh`` is EAST, or the sum of all the
    contract's indexes. ``indexes_wh`` holds each supplier index in use under
    the meter's own label (BASE, HCHC, EASF01, ...). ``groups`` holds every good
    group of the frame by label, unknown labels included. ``complete`` is False
    for an early reading (an overload seen before the end of its frame).
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
    groups: Mapping[str, Group] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def headroom_va(self) -> int | None:
        """Apparent power left below the subscribed one; negative above it."""
        if self.subscribed_power_va is None or self.apparent_power_va is None:
            return None
        return self.subscribed_power_va - self.apparent_power_va


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugInfo:
    """What a networked plug says it is.

    ``serial`` is the MAC address in twelve lower-case hexadecimal digits, or
    the maker's serial number where the device has no MAC to show.
    ``sockets`` are the device's own numbers of its sockets.
    """

    serial: str
    dialect: str
    model: str
    firmware: str | None = None
    name: str | None = None
    sockets: tuple[int, ...] = (0,)
    needs_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketReading:
    """One poll of one socket. A value the device does not give is None."""

    on: bool | None = None
    power_w: float | None = None
    current_a: float | None = None
    voltage_v: float | None = None
    energy_wh: float | None = None
    power_factor: float | None = None
    apparent_power_va: float | None = None
    reactive_power_var: float | None = None
    frequency_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugReading:
    """One poll of one plug: its sockets by the device's own numbers."""

    sockets: Mapping[int, SocketReading]


class Source(StrEnum):
    """Who gives an order, from the one that wins to the one that yields."""

    SAFETY = "safety"
    PERSON = "person"
    SCHEDULE = "schedule"
    BALANCE = "balance"


class Reason(StrEnum):
    """Why a socket is in its state: one vocabulary for every place that tells."""

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
    OUTRANKED = "outranked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A wish to switch one socket. ``until`` is its expiry; None never expires."""

    socket: str
    on: bool
    source: Source
    reason: Reason
    given_at: datetime
    until: datetime | None = None
