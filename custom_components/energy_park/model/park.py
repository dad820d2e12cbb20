"""The plugs and sockets of a park, as it was set up."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a socket feeds."""

    COMPUTER = "computer"
    MONITOR = "monitor"
    NETWORK = "network"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """What is switched and measured, as the park was set up.

    ``id`` is the plug's serial and the device's own number of the socket, joined
    by an underscore. ``sector`` is the sector's id; None belongs to none.
    ``priority`` runs from 1 (kept longest) to 10 (shed first). ``phase`` is the meter's
    one that it hangs on, 1 to 3; None is not known.
    """

    id: str
    number: int
    name: str
    role: Role
    sector: str | None
    priority: int
    phase: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """One networked device with its sockets, as the park was set up."""

    serial: str
    name: str
    model: str
    sockets: tuple[Socket, ...]
