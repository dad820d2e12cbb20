"""Starts a computer whose socket is fed: one way after the other, watts as proof.

Wake-on-LAN is not acknowledged and packets get lost: three are sent, and what the
computer draws tells whether one arrived.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from .effects import Effect, SendMagicPacket, WakeByAction
from .observation import View
from .safe_cut import BandWatch
from .station import Station, Wake

_PACKETS = 3
_PACKET_EVERY = timedelta(seconds=2)

# A supply that is fed draws a gulp, and some boards light up for a second or two:
# only what lasts is a computer that runs.
_PROOF = timedelta(seconds=10)
_PROOF_SAMPLES = 2


class Attempt(StrEnum):
    """A way to start a computer. ``mains``: it starts because they came."""

    MAINS = "mains"
    WOL = "wol"
    ACTION = "action"


def attempts(station: Station, mains_came: bool) -> tuple[Attempt, ...]:
    """Return the ways to try, the proven one first."""
    wol = (Attempt.WOL,) if station.mac else ()
    action = (Attempt.ACTION,) if station.can_wake else ()
    mains = (Attempt.MAINS,) if mains_came else ()
    match station.learnt.wake:
        case Wake.PLUG_THEN_WOL | Wake.WOL_ONLY:
            return wol + wol + action
        case Wake.ACTION:
            return action + wol + action
        case _:
            return mains + wol + action


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A computer that is being started.

    ``left`` are the attempts from the present one on, ``since`` is when that began,
    ``proven`` is the one after which the computer was seen running.
    """

    left: tuple[Attempt, ...]
    since: datetime | None = None
    packets: int = 0
    watch: BandWatch = field(default_factory=BandWatch)
    proven: Attempt | None = None

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left to try."""
        return not self.left and self.proven is None

    def step(self, view: View, station: Station) -> tuple[Start, tuple[Effect, ...]]:
        """Look whether it runs; else go on with the present attempt or the next."""
        if self.proven is not None or not self.left:
            return self, ()
        start = self._watch(view, station)
        if start.watch.held(_PROOF, _PROOF_SAMPLES):
            return replace(start, proven=start.left[0]), ()
        if start.since is None:
            start = replace(start, since=view.now, packets=0)
        elif start.watch.since is None and view.now - start.since > view.rules.start:
            return replace(start, left=start.left[1:], since=None), ()
        return _attempt(start, view, station)

    def _watch(self, view: View, station: Station) -> Self:
        sample = view.fresh(station.computer)
        if sample is None:
            return self
        runs = (
            sample.power_w is not None
            and sample.power_w >= station.learnt.running_from_w
        )
        watch = self.watch.follow(sample.at, runs, view.rules.fresh)
        return replace(self, watch=watch)


def _attempt(
    start: Start, view: View, station: Station
) -> tuple[Start, tuple[Effect, ...]]:
    """Do what is due of the present attempt."""
    assert start.since is not None
    sent = replace(start, packets=start.packets + 1)
    match start.left[0]:
        case Attempt.WOL if station.mac and start.packets < _PACKETS:
            if view.now >= start.since + start.packets * _PACKET_EVERY:
                return sent, (SendMagicPacket(station.id, station.mac),)
        case Attempt.ACTION if not start.packets:
            return sent, (WakeByAction(station.id),)
        case _:
            pass
    return start, ()
