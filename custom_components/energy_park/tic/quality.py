"""How well a meter is heard: frames and rejected groups of the last hour."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from .decoder import DecoderCounters

_WINDOW = timedelta(hours=1)


@dataclass(slots=True)
class _Minute:
    """What came in one minute."""

    starts: datetime
    frames: int = 0
    rejects: int = 0


class LinkQuality:
    """Counts over the last hour, from counters that start again with each link."""

    def __init__(self) -> None:
        """Start with an empty hour."""
        self._minutes: deque[_Minute] = deque()
        self._frames = 0
        self._rejects = 0
        self.last_frame_at: datetime | None = None

    def update(self, counters: DecoderCounters, now: datetime) -> None:
        """Take note of the counters at a time."""
        rejects = sum(counters.rejects.values())
        minute = self._minute(now)
        if counters.frames != self._frames:
            self.last_frame_at = now
        minute.frames += _added(self._frames, counters.frames)
        minute.rejects += _added(self._rejects, rejects)
        self._frames, self._rejects = counters.frames, rejects

    def frames_per_hour(self, now: datetime) -> int:
        """Return the frames of the hour before."""
        return sum(minute.frames for minute in self._recent(now))

    def rejects_per_hour(self, now: datetime) -> int:
        """Return the groups that were dropped in the hour before."""
        return sum(minute.rejects for minute in self._recent(now))

    def _recent(self, now: datetime) -> list[_Minute]:
        return [m for m in self._minutes if now - m.starts < _WINDOW]

    def _minute(self, now: datetime) -> _Minute:
        """Return the minute to count in; a clock that was set back starts afresh."""
        starts = now.replace(second=0, microsecond=0)
        if self._minutes and starts < self._minutes[-1].starts:
            self._minutes.clear()
        if not self._minutes or self._minutes[-1].starts != starts:
            self._minutes.append(_Minute(starts))
        while now - self._minutes[0].starts >= _WINDOW:
            self._minutes.popleft()
        return self._minutes[-1]


def _added(before: int, after: int) -> int:
    """Return what a counter grew by; one that fell started again."""
    return after - before if after >= before else after
