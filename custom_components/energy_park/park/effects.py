"""What a job asks of the world: data, carried out by whoever runs the job."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..model import Reason


class Notice(StrEnum):
    """What a person at a station is told."""

    SHUTTING_DOWN_SOON = "shutting_down_soon"
    START_BY_HAND = "start_by_hand"
    SEND_TO_SLEEP = "send_to_sleep"


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell the person at a station; ``at`` is when it will happen or must be done."""

    station: str
    notice: Notice
    at: datetime


@dataclass(frozen=True, slots=True)
class ShutDown:
    """Ask a station's system to shut down, by its configured action."""

    station: str


@dataclass(frozen=True, slots=True)
class WakeByAction:
    """Start a station by its configured action."""

    station: str


@dataclass(frozen=True, slots=True)
class SendMagicPacket:
    """Send one Wake-on-LAN packet."""

    station: str
    mac: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Order a socket on or off."""

    socket: str
    on: bool


@dataclass(frozen=True, slots=True)
class Refresh:
    """Read a socket now, ahead of its next poll."""

    socket: str


class Outcome(StrEnum):
    """How a socket came out of a job.

    ``off`` and ``on`` were seen. ``shut_down``: the computer is off, its socket
    stays fed. ``left_on``: somebody or something stood in the way, nothing was cut.
    ``failed``: the device did not do it or cannot be read. ``observed``: it would
    have been switched now.
    """

    OFF = "off"
    ON = "on"
    SHUT_DOWN = "shut_down"
    LEFT_ON = "left_on"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Result:
    """How a socket came out of a job, why, and when."""

    outcome: Outcome
    reason: Reason
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A socket has come to its result."""

    station: str | None
    socket: str
    result: Result


type Effect = (
    Notify | ShutDown | WakeByAction | SendMagicPacket | Switch | Refresh | Report
)
