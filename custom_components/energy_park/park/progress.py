"""How far a job has come, in one word for people."""

from collections.abc import Iterable
from enum import StrEnum

from .job import Job
from .switch_off import OffPhase, OffRun
from .switch_on import OnPhase, OnRun


class Stage(StrEnum):
    """What is going on at a place, the most pressing first."""

    WARNING = "warning"
    SHUTTING_DOWN = "shutting_down"
    CYCLING = "cycling"
    STARTING = "starting"
    FEEDING = "feeding"
    CHECKING = "checking"
    WAITING = "waiting"
    DEFERRED = "deferred"
    ENDING = "ending"
    COMMISSIONING = "commissioning"
    MEASURING_SLEEP = "measuring_sleep"
    IDLE = "idle"


_STAGES: dict[OffPhase | OnPhase, Stage] = {
    OffPhase.GUARD: Stage.CHECKING,
    OffPhase.DEFERRED: Stage.DEFERRED,
    OffPhase.WARNING: Stage.WARNING,
    OffPhase.SHUTTING_DOWN: Stage.SHUTTING_DOWN,
    OffPhase.ENDING: Stage.ENDING,
    OnPhase.WAITING: Stage.WAITING,
    OnPhase.FEEDING: Stage.FEEDING,
    OnPhase.SETTLING: Stage.FEEDING,
    OnPhase.STARTING: Stage.STARTING,
    OnPhase.CYCLING: Stage.CYCLING,
    OnPhase.ENDING: Stage.ENDING,
}


def stage_of(job: Job, station: str | None = None) -> Stage:
    """Return the stage of a job, or of one of its stations in it."""
    runs = [run for run in job.stations if station in {None, run.station}]
    stages = [_STAGES[run.phase] for run in runs if not run.done]
    if stages:
        return _most_pressing(stages)
    return Stage.IDLE if station is not None or job.done else Stage.ENDING


def reason_of(run: OffRun | OnRun) -> str | None:
    """Return why a station stands where it does, if something is in the way."""
    if run.result is not None:
        return run.result.reason
    return run.reason if isinstance(run, OffRun) else None


def _most_pressing(stages: Iterable[Stage]) -> Stage:
    order = list(Stage)
    return min(stages, key=order.index)
