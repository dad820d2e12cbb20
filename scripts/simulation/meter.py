"""The meter of a simulation: it filters, trips, and tells what it measured."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, floor, log, sqrt

from custom_components.energy_park.tic.phase_powers import VOLTAGE_MAX_V, VOLTAGE_V

RATE = log(0.992)
TRIP_RATIO = 1.3
# A frame tells nothing that is older.
HISTORY_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How often a meter speaks, and how late.

    A frame takes ``frame_s`` and is made at its start of the rms of the last whole
    second. What it tells of the power is known ``told_s`` after its start, an overload
    already at ``warned_s``, in amperes; None tells no earlier.
    """

    name: str
    frame_s: float
    told_s: float
    step_va: int
    warned_s: float | None = None


# Frames of 152 bytes at 120 and of 865 bytes at 960 a second, and the gap after them.
HISTORIQUE = Feed(
    name="historique", frame_s=1.292, told_s=1.267, step_va=10, warned_s=0.917
)
STANDARD = Feed(name="standard", frame_s=0.926, told_s=0.901, step_va=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A power that the meter told, and the most that may stand behind it.

    An ``early`` one warns of an overload; the same frame tells better soon. No frame
    holds the last two: the end of the second that was measured, and Y then.
    """

    va: float
    max_va: float
    early: bool = False
    measured_s: float
    filtered_va2: float


def follow(filtered_va2: float, power_va: float, seconds: float) -> float:
    """Return Y after a power that was held for so many seconds."""
    square = power_va**2
    return square + (filtered_va2 - square) * exp(RATE * seconds)


class Meter:
    """The truth: what is drawn, Y, and how often the meter opened.

    Once open it is closed again at once with an empty filter, so that one run can
    show more than one trip.
    """

    def __init__(self, cut_off_va: float, second_s: float = 0.0) -> None:
        self.cut_off_va = cut_off_va
        self.trip_va = TRIP_RATIO * cut_off_va
        self.trip_va2 = self.trip_va**2
        self.power_va = 0.0
        self.filtered_va2 = 0.0
        self.trips_s: list[float] = []
        self._at_s = 0.0
        # Whole seconds of its metrology begin at this part of ours.
        self._second_s = second_s
        self._history: deque[tuple[float, float, float]] = deque([(0.0, 0.0, 0.0)])

    def advance(self, now_s: float) -> None:
        """Hold the power until now."""
        while (elapsed_s := now_s - self._at_s) > 0:
            square = self.power_va**2
            filtered_va2 = follow(self.filtered_va2, self.power_va, elapsed_s)
            if square <= self.trip_va2 or filtered_va2 < self.trip_va2:
                self.filtered_va2 = filtered_va2
                self._at_s = now_s
                return
            over_va2 = square - self.trip_va2
            self._at_s += log(over_va2 / (square - self.filtered_va2)) / RATE
            self.trips_s.append(self._at_s)
            self.filtered_va2 = 0.0

    def draw(self, power_va: float, now_s: float) -> None:
        """Draw another power from now on."""
        self.advance(now_s)
        self.power_va = power_va
        history = self._history
        history.append((now_s, power_va, self.filtered_va2))
        while history[1][0] < now_s - HISTORY_S:
            history.popleft()

    def measure(self, now_s: float) -> Told:
        """Return the rms of the last whole second, as its filter takes it."""
        end_s = floor(now_s - self._second_s) + self._second_s
        squares_va2s, filtered_va2 = 0.0, 0.0
        for (since_s, power_va, since_va2), (until_s, *_) in pairwise(
            (*self._history, (now_s, 0.0, 0.0))
        ):
            held_s = min(until_s, end_s) - max(since_s, end_s - 1)
            if held_s > 0:
                squares_va2s += power_va**2 * held_s
            if since_s <= end_s:
                filtered_va2 = follow(since_va2, power_va, end_s - since_s)
        told_va = sqrt(squares_va2s)
        return Told(
            va=told_va, max_va=told_va, measured_s=end_s, filtered_va2=filtered_va2
        )

    def exactly(self) -> Told:
        """Return what is drawn now, as of the moment that it was brought to."""
        return Told(
            va=self.power_va,
            max_va=self.power_va,
            measured_s=self._at_s,
            filtered_va2=self.filtered_va2,
        )

    def frame(self, feed: Feed, now_s: float) -> Iterator[tuple[float, Told]]:
        """Yield what the frame that begins now tells, and when."""
        truth = self.measure(now_s)
        current_a = round(truth.va / VOLTAGE_V)
        if feed.warned_s is not None and current_a > self.cut_off_va / 200:
            yield (
                now_s + feed.warned_s,
                replace(
                    truth,
                    va=current_a * VOLTAGE_V,
                    max_va=(current_a + 1) * VOLTAGE_MAX_V,
                    early=True,
                ),
            )
        told_va = round(truth.va / feed.step_va) * feed.step_va
        told = replace(truth, va=told_va, max_va=told_va + feed.step_va)
        yield now_s + feed.told_s, told
