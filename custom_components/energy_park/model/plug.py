"""What a networked plug says it is, and what it measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PowerOnDefault(StrEnum):
    """What a socket does when the mains come back.

    ``other`` is a choice of the device that is none of these, as a toggle or the
    position of an input.
    """

    OFF = "off"
    ON = "on"
    LAST = "last"
    OTHER = "other"


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
