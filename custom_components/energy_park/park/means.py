"""Means over the windows of the clock, of what is known of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

# A sample stands for the time since the one before, for so long at most.
VALID_FOR: Final = timedelta(seconds=90)
# A window of which less is known has no mean.
COVERAGE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Closed:
    """A window that is over; its mean is None where too little of it is known."""

    end: datetime
    mean: float | None


@dataclass(frozen=True, slots=True)
class WindowMean:
    """The running window; ``at`` is the last sample, if it was known."""

    window: datetime | None = None
    value_seconds: float = 0.0
    known_s: float = 0.0
    at: datetime | None = None

    def follow(
        self, value: float | None, now: datetime, length: timedelta
    ) -> tuple[WindowMean, Closed | None]:
        """Return the window of a sample, and the one that it closes, if any.

        ``now`` is in UTC, to whose hours the windows are aligned.
        """
        window = _floor(now, length)
        running, closed = self, None
        if self.window is not None and window > self.window:
            closed = Closed(self.window + length, self._mean(length))
            running = WindowMean(at=self.at)
        if value is None:
            return WindowMean(window, running.value_seconds, running.known_s), closed
        known_s = 0.0
        if running.at is not None:
            begin = max(running.at, window, now - VALID_FOR)
            known_s = max(0.0, (now - begin).total_seconds())
        following = WindowMean(
            window,
            running.value_seconds + value * known_s,
            running.known_s + known_s,
            now,
        )
        return following, closed

    @property
    def so_far(self) -> float | None:
        """The mean of what is known of the running window."""
        return self.value_seconds / self.known_s if self.known_s else None

    def _mean(self, length: timedelta) -> float | None:
        if self.known_s < COVERAGE * length.total_seconds():
            return None
        return self.value_seconds / self.known_s


def _floor(moment: datetime, length: timedelta) -> datetime:
    """Return the start of a moment's window."""
    length_s = int(length.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // length_s * length_s, UTC)
