"""Which trips the ideal actor would have avoided."""

from .ideal import IdealRule
from .meter import Feed
from .plugs import Faults
from .recording import Recording
from .run import Outcome, Run

# So long after a trip the ideal actor must still be without one.
AFTER_S = 60.0


def avoidable_trips(
    outcome: Outcome,
    recording: Recording,
    *,
    cut_off_va: float,
    feed: Feed,
    faults: Faults | None = None,
    seed: int = 0,
) -> list[float]:
    """Return the trips that need not have been.

    The ideal actor takes over when the power rose above what the meter bears for ever:
    with the same loads on and the same past, so that neither had the better luck.
    """
    avoidable = []
    for trip_s, checkpoint in zip(outcome.trips_s, outcome.checkpoints, strict=True):
        if checkpoint is None:
            continue
        ideal = IdealRule(recording.appliances, cut_off_va, feed)
        ideal.take_over(checkpoint.plugs)
        run = Run(
            recording,
            ideal,
            cut_off_va=cut_off_va,
            feed=feed,
            faults=faults,
            seed=seed,
        )
        until_s = trip_s + AFTER_S
        trips_s = run.resume(checkpoint, until_s)
        # What it only puts off it does not avoid.
        while (
            not trips_s
            and run.meter.power_va > run.meter.trip_va
            and until_s < recording.end_s
        ):
            until_s += AFTER_S
            trips_s = run.go_on(until_s)
        if not trips_s:
            avoidable.append(trip_s)
    return avoidable
