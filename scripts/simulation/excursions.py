"""The times above the subscribed power, and which of them the meter survives."""

from bisect import bisect_right
from dataclasses import dataclass
from math import exp

from .meter import RATE, TRIP_RATIO
from .recording import BASE, Recording

# The feed tells the end of an excursion that late.
LATE_S = 5.0


@dataclass(frozen=True, slots=True)
class Excursion:
    """From when to when, and whether Y reaches its limit in it if nothing is cut."""

    start_s: float
    end_s: float
    trips: bool


def excursions(recording: Recording, cut_off_va: float) -> list[Excursion]:
    """Return all of a recording's demand; Y stays at its limit once it is there."""
    found: list[Excursion] = []
    trip_va2 = (TRIP_RATIO * cut_off_va) ** 2
    powers_va = {BASE: 0.0}
    power_va = filtered_va2 = now_s = 0.0
    since_s: float | None = None
    trips = False
    for at_s, load, wanted_va in (
        *((step.at_s, step.load, step.power_va) for step in recording.steps),
        (recording.end_s, BASE, 0.0),
    ):
        square = power_va**2
        filtered_va2 = square + (filtered_va2 - square) * exp(RATE * (at_s - now_s))
        if filtered_va2 >= trip_va2:
            filtered_va2, trips = trip_va2, True
        now_s = at_s
        power_va += wanted_va - powers_va.get(load, 0.0)
        powers_va[load] = wanted_va
        if power_va > cut_off_va and since_s is None:
            since_s, trips = now_s, False
        elif power_va <= cut_off_va and since_s is not None:
            # Loads of one sample step together.
            if found and found[-1].end_s == since_s:
                before = found.pop()
                since_s, trips = before.start_s, trips or before.trips
            found.append(Excursion(since_s, now_s, trips))
            since_s = None
    return found


def needless(found: list[Excursion], shed_s: float) -> bool:
    """Return whether the meter would have survived without this cut."""
    number = bisect_right(found, shed_s, key=lambda one: one.start_s) - 1
    if number < 0:
        return True
    excursion = found[number]
    return not excursion.trips or shed_s > excursion.end_s + LATE_S
