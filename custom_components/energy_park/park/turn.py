"""Whose turn it is to come on again, where many would at once.

The supplies of cold computers draw many times their power for a moment: thirty that
are fed together trip a breaker that bears them all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Turn:
    """The last to be fed: the id of a station, or of a socket without one, and when."""

    unit: str
    at: datetime

    def keeps_waiting(self, unit: str, now: datetime, stagger: timedelta) -> bool:
        """Whether another unit must wait; the sockets of one come on together.

        A turn of the future is none: the clock was set back.
        """
        return unit != self.unit and timedelta() <= now - self.at < stagger
