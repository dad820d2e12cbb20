"""The words of the park: what is read, what is wanted, and why.

Units stand in the names: ``_va`` apparent power, ``_w`` active power, ``_wh``
energy, ``_a`` rms current, ``_v`` rms voltage. ``None`` means unknown and is
never a synonym of zero.
"""

from .meter import MeterReading, PhaseReading
from .order import Order, Reason, Source
from .park import Plug, Role, Socket
from .plug import PlugInfo, PlugReading, PowerOnDefault, SocketReading
from .tic import (
    Breaker,
    DayColor,
    DryContact,
    EuridisState,
    Group,
    MeterStatus,
    PowerLineState,
    ProfileStep,
    Tariff,
    TicMode,
    TicValue,
)

__all__ = [
    "Breaker",
    "DayColor",
    "DryContact",
    "EuridisState",
    "Group",
    "MeterReading",
    "MeterStatus",
    "Order",
    "PhaseReading",
    "Plug",
    "PlugInfo",
    "PlugReading",
    "PowerLineState",
    "PowerOnDefault",
    "ProfileStep",
    "Reason",
    "Role",
    "Socket",
    "SocketReading",
    "Source",
    "Tariff",
    "TicMode",
    "TicValue",
]
