"""What must not be done to a socket, whoever wins: computers that run stay on.

All functions are pure. What is unknown may run.
"""

from dataclasses import dataclass

from ..model import Order, Reason, Role, SocketReading, Source
from .station import UNLEARNT, OffBand

# Those who only tell what they would do while the park is observed.
_RULES = frozenset({Source.SCHEDULE, Source.BALANCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the arbiter must know of a socket beside its state.

    ``off_band`` is where the computer behind it is off for sure. ``has_station``
    tells that it is a station's computer: a rule switches it off through a job,
    which watches it, and in no other way. ``by_job`` tells that it belongs to a
    station: when its override ends, a job brings it back to a plan that is off, and
    not the arbiter, who cannot see whether somebody works there. ``observed`` tells
    that rules decide and switch nothing; safety is no rule that could wait. ``blind``
    tells that the plug only toggles, and that nothing but a toggle tells its state. What
    ``ends_itself`` goes off when it is done, as a script does.
    """

    role: Role
    protected: bool
    off_band: OffBand = UNLEARNT
    has_station: bool = False
    by_job: bool = False
    observed: bool = False
    blind: bool = False
    ends_itself: bool = False


def refusal(
    order: Order, policy: Policy, reading: SocketReading | None
) -> Reason | None:
    """Why this order is not carried out, if so: what must not be comes first."""
    if refused := _forbidden(order, policy, reading):
        return refused
    if policy.observed and order.source in _RULES:
        return Reason.OBSERVED
    return None


def _forbidden(
    order: Order, policy: Policy, reading: SocketReading | None
) -> Reason | None:
    """Why this order must not be carried out, if so.

    A person who switches this very socket knows what hangs on it; every other
    order keeps protected sockets, a sector's network and running computers. To
    toggle blindly may cut what is to be switched on: nobody else does it, and
    nobody with a computer.
    """
    by_hand = _by_hand(order)
    unknown = reading is None or reading.on is None
    if policy.blind and unknown and (not by_hand or policy.role is Role.COMPUTER):
        return Reason.STATE_UNKNOWN
    if order.on or by_hand:
        return None
    if policy.protected or policy.role is Role.NETWORK:
        return Reason.PROTECTED
    if policy.role is Role.COMPUTER and _may_run(order, policy, reading):
        return Reason.RUNNING
    return None


def _by_hand(order: Order) -> bool:
    """Whether a person has switched this very socket, and not its sector."""
    return order.source is Source.PERSON and not order.group


def _may_run(order: Order, policy: Policy, reading: SocketReading | None) -> bool:
    """Whether a computer may be running; what is unknown may."""
    if reading is None:
        return True
    if reading.on is False:
        return False
    if policy.has_station and not order.seen_off:
        return True
    return not policy.off_band.holds(reading.power_w)


def is_spared(
    order: Order, policy: Policy, reading: SocketReading | None, *, coming_on: bool
) -> bool:
    """Whether a computer's socket was off when it was read last, and nothing is sent.

    To cut it again gains nothing, and would cut the computer of somebody who has
    pressed the button of the plug since. What is ``coming_on`` by an order is not in
    the reading yet.
    """
    if order.on or _by_hand(order) or policy.role is not Role.COMPUTER:
        return False
    return reading is not None and reading.on is False and not coming_on


def needs_look(order: Order, policy: Policy) -> bool:
    """Whether a computer is to be read anew before this order to it is decided on.

    One without a station is told to be off by its power alone, and somebody may have
    started it since its plug was polled.
    """
    return (
        policy.role is Role.COMPUTER
        and not policy.has_station
        and not (order.on or order.seen_off or _by_hand(order))
    )
