"""The largest step from the subscribed power that a rule survives."""

from .meter import Feed
from .plugs import Faults
from .recording import BASE, Appliance, Recording, Step
from .rule import MakeRule
from .run import Run

CUT_OFF_VA = 6000.0
# Steady for so long before, and watched for so long after.
STEADY_S, WATCHED_S = 1500.0, 120.0
LOADS = (Appliance(name="step", priority=8), Appliance(name="lamp", priority=9))
TRIED = range(20)
AT_MOST, RESOLUTION = 12.0, 0.05


def survivable_step(make_rule: MakeRule, feed: Feed) -> float:
    """Return how many times the subscribed power is survived wherever a frame is."""
    low, high = 1.3, AT_MOST
    while high - low > RESOLUTION:
        middle = (low + high) / 2
        if all(_survives(make_rule, feed, middle, seed) for seed in TRIED):
            low = middle
        else:
            high = middle
    return low


def _survives(make_rule: MakeRule, feed: Feed, ratio: float, seed: int) -> bool:
    """Return whether a load that begins at once, beside a steady base, is borne."""
    steps = (
        Step(at_s=0, load=BASE, power_va=CUT_OFF_VA - 60),
        Step(at_s=0, load=1, power_va=60),
        # It was seen before, so what it may draw is known.
        Step(at_s=1, load=0, power_va=(ratio - 1) * CUT_OFF_VA),
        Step(at_s=1.5, load=0, power_va=0),
        Step(at_s=STEADY_S, load=0, power_va=(ratio - 1) * CUT_OFF_VA),
    )
    recording = Recording(
        name="step", appliances=LOADS, steps=steps, end_s=STEADY_S + WATCHED_S
    )
    rule = make_rule(LOADS, CUT_OFF_VA, feed)
    run = Run(
        recording, rule, cut_off_va=CUT_OFF_VA, feed=feed, faults=Faults(), seed=seed
    )
    return not run.run().trips_s
