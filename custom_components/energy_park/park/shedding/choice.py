"""Which loads are cut first, and how few of them are enough."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from .loads import Load

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A load that may be cut, what that takes off, and when its turn is.

    ``cut_at`` is when a heater was cut last: equals take turns.
    """

    load: Load
    relief_w: float
    turn: tuple[int, int]
    cut_at: datetime = _NEVER


def candidate(
    load: Load, relief_w: float, now: datetime, cut_at: datetime | None
) -> Candidate:
    """Return a load with its turn.

    What a person holds and what was just started come last; before that the least
    important priority, 10, comes first.
    """
    turn = (2 * load.held + load.just_started(now), -load.priority)
    return Candidate(load, relief_w, turn, (load.heater and cut_at) or _NEVER)


def choose(
    candidates: Iterable[Candidate], enough: Callable[[float], bool]
) -> list[Candidate] | None:
    """Return the fewest loads that are enough, the least important ones.

    A turn is begun only when all before it are not enough; what it then makes
    superfluous stays on, the most important first. None: all together are too few.
    """
    chosen: list[Candidate] = []
    relief_w = 0.0
    by_turn = sorted(candidates, key=attrgetter("turn", "relief_w"))
    for _, equals in groupby(by_turn, key=attrgetter("turn")):
        left = list(equals)
        while left and not enough(relief_w + left[-1].relief_w):
            chosen.append(left.pop())
            relief_w += chosen[-1].relief_w
        if left:
            chosen.append(_completing(left, relief_w, enough))
            return _needed(chosen, relief_w + chosen[-1].relief_w, enough)
    return None


def _completing(
    equals: list[Candidate], relief_w: float, enough: Callable[[float], bool]
) -> Candidate:
    """Return the smallest of those that complete, or the heater whose turn it is."""
    first = bisect_left(equals, True, key=lambda one: enough(relief_w + one.relief_w))
    return min(equals[first:], key=attrgetter("cut_at", "relief_w"))


def _needed(
    chosen: list[Candidate], relief_w: float, enough: Callable[[float], bool]
) -> list[Candidate]:
    """Return the chosen without what the others do alone."""
    needed = []
    for one in sorted(chosen, key=attrgetter("turn"), reverse=True):
        if enough(relief_w - one.relief_w):
            relief_w -= one.relief_w
        else:
            needed.append(one)
    return needed[::-1]
