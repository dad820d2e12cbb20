"""How long a plug takes to carry out an order, as measured."""

from dataclasses import dataclass, replace
from typing import Final, Self

# Before the first order nothing is known; no bound falls below the least one.
UNKNOWN_S: Final = 1.0
LEAST_S: Final = 0.2
# So many of the latest orders count, and the next one may take a little longer.
KEPT: Final = 20
LONGER: Final = 1.2


@dataclass(frozen=True, slots=True)
class Delay:
    """The delays of a plug's latest orders."""

    latest_s: tuple[float, ...] = ()

    @property
    def bound_s(self) -> float:
        """What the next order will hardly take longer than."""
        if not self.latest_s:
            return UNKNOWN_S
        return max(LEAST_S, LONGER * max(self.latest_s))

    def follow(self, delay_s: float) -> Self:
        """Take a new measurement; what took too long counts as well."""
        return replace(self, latest_s=(*self.latest_s, delay_s)[-KEPT:])
