"""The one way in which a computer's socket is cut.

Nothing else orders a computer's socket off: the evening's switching, the power
cycle of a start and the commissioning run all cut through here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from ..model import Reason
from .effects import Effect, Outcome, Refresh
from .observation import View
from .socket_run import SocketRun
from .station import OffBand

# Fewer samples prove nothing, however far apart they are.
_SAMPLES = 4

# The reading that decides is taken for it and is no older than this.
_DECIDES_FOR = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class BandWatch:
    """How long a socket's power has been in a band, without a gap."""

    since: datetime | None = None
    last: datetime | None = None
    samples: int = 0

    def follow(self, at: datetime, inside: bool, gap: timedelta) -> BandWatch:
        """Take a sample; one that was seen before counts once.

        Outside the band, or after a gap, the watch begins anew.
        """
        if self.last is not None and at <= self.last:
            return self
        if not inside:
            return BandWatch(last=at)
        if self.since is None or self.last is None or at - self.last > gap:
            return BandWatch(at, at, 1)
        return BandWatch(self.since, at, self.samples + 1)

    def held(self, hold: timedelta, samples: int) -> bool:
        """Whether the band was held so long, with so many samples."""
        if self.since is None or self.last is None:
            return False
        return self.last - self.since >= hold and self.samples >= samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeCut:
    """Cuts a computer's socket once the computer is off, and never before.

    Off means: within its band on fresh samples without a gap for the hold time, and
    once more on a reading that is taken for the cut. ``read_at`` is when that
    reading was asked for.
    """

    socket: SocketRun
    watch: BandWatch = BandWatch()
    read_at: datetime | None = None

    @classmethod
    def of(cls, socket: str) -> Self:
        """Return the cut of a socket, not begun."""
        return cls(socket=SocketRun(socket=socket, on=False))

    @property
    def ordered(self) -> bool:
        """Whether the cut was ordered; there is no way back then."""
        return self.socket.released

    def is_low(self, view: View, band: OffBand) -> bool:
        """Whether the latest sample shows for sure that the computer is off."""
        return bool(view.is_off(self.socket.socket, band))

    def follow(self, view: View, band: OffBand) -> Self:
        """Watch only."""
        sample = view.fresh(self.socket.socket)
        if sample is None:
            return self
        low = sample.on is True and self.is_low(view, band)
        watch = self.watch.follow(sample.at, low, view.rules.fresh)
        return self if watch is self.watch else replace(self, watch=watch)

    def has_held(self, view: View) -> bool:
        """Whether it has been off for the hold time until now."""
        last = self.watch.last
        return (
            last is not None
            and view.is_fresh(last)
            and self.watch.held(view.rules.hold, _SAMPLES)
        )

    def step(self, view: View, band: OffBand) -> tuple[Self, tuple[Effect, ...]]:
        """Watch, read once more, cut, and see that it is cut."""
        if self.ordered:
            return _drive(self, view)
        cut = self.follow(view, band)
        sample = view.fresh(cut.socket.socket)
        if sample is not None and sample.on is False:
            ended = cut.socket.ended(Outcome.OFF, Reason.AS_FOUND, view.now)
            return replace(cut, socket=ended), ()
        if not cut.has_held(view):
            return (replace(cut, read_at=None) if cut.read_at else cut), ()
        if cut.read_at is None or view.now - cut.read_at > view.rules.fresh:
            return _read(cut, view)
        if sample is None or sample.at < cut.read_at or not cut.is_low(view, band):
            return cut, ()
        if view.now - sample.at > _DECIDES_FOR:
            return _read(cut, view)
        return _drive(replace(cut, socket=replace(cut.socket, released=True)), view)

    def restarted(self) -> Self:
        """Begin anew, with nothing seen."""
        return self.of(self.socket.socket)


def _read[Cut: SafeCut](cut: Cut, view: View) -> tuple[Cut, tuple[Effect, ...]]:
    return replace(cut, read_at=view.now), (Refresh(cut.socket.socket),)


def _drive[Cut: SafeCut](cut: Cut, view: View) -> tuple[Cut, tuple[Effect, ...]]:
    socket, effects = cut.socket.step(view)
    return replace(cut, socket=socket), effects
