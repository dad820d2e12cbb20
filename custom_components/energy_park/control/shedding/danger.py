"""An overload that is predicted, from its first sign until it is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ...park.shedding.orders import ShedOrder
from ...park.shedding.rule import Decision
from ...park.shedding.state import Cause
from ...park.shedding.supply import View
from .news import Happening

# A danger is over when for so long nothing was predicted and nothing is shed for it.
OVER_AFTER = timedelta(seconds=60)


class Danger:
    """Follows the decisions behind one meter.

    ``left_s`` is how long the present power may last, None is for ever, and ``ready``
    what goes if it does. It is ``protecting`` while an automation lets the rule shed.
    It lasts ``until`` a time at least; None is no danger.
    """

    def __init__(self, *, protecting: bool = False) -> None:
        """Start without any, or ``protecting`` still what an earlier one has cut."""
        self.left_s: float | None = None
        self.ready: tuple[str, ...] = ()
        self.protecting = protecting
        self.until: datetime | None = None
        self._withheld: set[tuple[str, Cause]] = set()

    def follow(
        self, decision: Decision, view: View, *, shed_for_it: bool
    ) -> Happening | None:
        """Take a decision; return whether the danger begins or is over with it.

        ``shed_for_it`` tells that something is off because of it.
        """
        self.left_s, self.ready = decision.left_s, decision.ready
        if decision.state.silent_since is None:
            self._forget(Cause.SILENCE)
        if cuts := [one for one in decision.orders if is_cut(one)]:
            # What is ordered counts as done: without it the power would last so long.
            self.left_s = _held_s(view)
            self.ready = tuple(order.load for order in cuts)
        over_at, until = self.until, view.now + OVER_AFTER
        if self.left_s is not None:
            self.until = until
            return Happening.OVERLOAD_PREDICTED if over_at is None else None
        if shed_for_it:
            self.until = until
        elif over_at is not None and view.now >= over_at:
            self.until = None
            self.protecting = False
            self._forget(Cause.LIMIT, Cause.ROTATION)
            return Happening.OVER
        return None

    def withhold(self, orders: Iterable[ShedOrder]) -> list[ShedOrder]:
        """Return those of the orders withheld that were not told in this danger.

        What a silent meter costs is told once in its silence.
        """
        news = [one for one in orders if (one.load, one.cause) not in self._withheld]
        self._withheld.update((one.load, one.cause) for one in news)
        return news

    def _forget(self, *causes: Cause) -> None:
        self._withheld = {one for one in self._withheld if one[1] not in causes}


def is_cut(order: ShedOrder) -> bool:
    """Return whether an order cuts a load because of the contract's limit."""
    return order.cause is Cause.LIMIT


def _held_s(view: View) -> float:
    """Return how long the present power may last."""
    return min(
        (
            limit.held_s(supply.power_max)
            for supply, limits in view.limited
            for limit in limits
        ),
        default=0.0,
    )
