"""A wish to switch a socket: who gives it, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    switching job has watched the computer behind the socket being off. ``yields`` is
    True when it ends as soon as a person wants something else, whatever its rank.
    ``by`` is the id of the user who gave it, if one did.
    """

    on: bool
    source: Source
    reason: Reason
    given_at: datetime
    until: datetime | None = None
    group: bool = False
    seen_off: bool = False
    yields: bool = False
    by: str | None = None
