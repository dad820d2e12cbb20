"""One socket within a job: ordered once, then watched until it shows the order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from ..model import Reason
from .effects import Effect, Outcome, Refresh, Result, Switch
from .observation import Sample, View

# An open relay passes nothing; what still draws hangs on a welded one.
_NOTHING_W = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketRun:
    """What is to become of a socket.

    Nothing is ordered before ``released``. ``ordered_at`` is None until then, and
    again after a restart: what was ordered is seen, not remembered.
    """

    socket: str
    on: bool
    released: bool = False
    ordered_at: datetime | None = None
    result: Result | None = None

    def ended(self, outcome: Outcome, reason: Reason, now: datetime) -> Self:
        """Return the run at its end."""
        return replace(self, result=Result(outcome, reason, now))

    def step(self, view: View) -> tuple[Self, tuple[Effect, ...]]:
        """Order the socket if that is still to be done, or look whether it obeyed."""
        if self.result is not None or not self.released:
            return self, ()
        sample = view.fresh(self.socket)
        outcome = Outcome.ON if self.on else Outcome.OFF
        if self.ordered_at is None:
            if sample is not None and sample.on is self.on:
                return self.ended(outcome, Reason.AS_FOUND, view.now), ()
            if view.observe:
                return self.ended(Outcome.OBSERVED, view.reason, view.now), ()
            ordered = replace(self, ordered_at=view.now)
            return ordered, (Switch(self.socket, self.on), Refresh(self.socket))
        if sample is not None and self._obeyed(sample):
            return self.ended(outcome, view.reason, view.now), ()
        if view.now - self.ordered_at <= view.rules.confirm:
            return self, ()
        reason = Reason.UNREACHABLE if sample is None else Reason.NOT_CONFIRMED
        return self.ended(Outcome.FAILED, reason, view.now), ()

    def _obeyed(self, sample: Sample) -> bool:
        assert self.ordered_at is not None
        if sample.at < self.ordered_at or sample.on is not self.on:
            return False
        return self.on or sample.power_w is None or sample.power_w < _NOTHING_W

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            "socket": self.socket,
            "on": self.on,
            "released": self.released,
            "result": self.result and dump_result(self.result),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        return cls(
            socket=kept["socket"],
            on=kept["on"],
            released=kept["released"],
            result=kept["result"] and load_result(kept["result"]),
        )


def step_all(
    runs: tuple[SocketRun, ...], view: View
) -> tuple[tuple[SocketRun, ...], tuple[Effect, ...]]:
    """Go on with each of some sockets; the same tuple when nothing changed."""
    if all(run.result is not None or not run.released for run in runs):
        return runs, ()
    effects: tuple[Effect, ...] = ()
    following = []
    for run in runs:
        advanced, more = run.step(view)
        following.append(advanced)
        effects += more
    return tuple(following), effects


def dump_result(result: Result) -> dict[str, Any]:
    """Return a result ready for JSON."""
    return {
        "outcome": result.outcome,
        "reason": result.reason,
        "at": result.at.isoformat(),
    }


def load_result(kept: Mapping[str, Any]) -> Result:
    """Return what ``dump_result`` gave."""
    return Result(
        Outcome(kept["outcome"]),
        Reason(kept["reason"]),
        datetime.fromisoformat(kept["at"]),
    )
