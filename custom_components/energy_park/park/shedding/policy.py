"""What the owner of the park chooses."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Margin(StrEnum):
    """How near to the limit the park goes.

    ``subscribed``: the power stays below the subscribed one. ``trip_curve``: the
    meter stays below its cut-off, with some percents to spare. ``comfort``: the same
    with next to nothing to spare, for the fewest and shortest cuts.
    """

    SUBSCRIBED = "subscribed"
    TRIP_CURVE = "trip_curve"
    COMFORT = "comfort"


class Silence(StrEnum):
    """What a silent meter costs: nothing, or one load after the other."""

    HOLD = "hold"
    STEP_DOWN = "step_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the owner of the park chooses.

    ``margin_percent`` is left free of what may be held for ever. The meter is silent
    when nothing was heard for ``silent_after``; by ``step_down`` the first load goes
    ``step_every`` later, and so on. After each restoration ``settle`` passes before
    the next one; after ``rotate_after`` an equal heater takes its turn.
    """

    margin: Margin = Margin.TRIP_CURVE
    margin_percent: float = 5.0
    silence: Silence = Silence.HOLD
    silent_after: timedelta = timedelta(seconds=30)
    step_every: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(seconds=30)
    rotate_after: timedelta = timedelta(minutes=15)

    @property
    def shed_share(self) -> float:
        """The share of the limit that a cut brings the power down to."""
        spare = 1.0 if self.margin is Margin.COMFORT else self.margin_percent
        return 1 - spare / 100

    @property
    def restore_share(self) -> float:
        """The share of the limit that a restoration may use."""
        return self.shed_share - (0.02 if self.margin is Margin.COMFORT else 0.05)
