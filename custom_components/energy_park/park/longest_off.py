"""The longest time that a socket was off today because of shedding."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LongestOff:
    """Who was off longest on a day, so far; ``socket`` is None while nobody was.

    What was shed the day before counts with all of its time.
    """

    day: date | None = None
    socket: str | None = None
    lasted: timedelta = timedelta()

    def follow(self, shed_at: Mapping[str, datetime], now: datetime) -> LongestOff:
        """Return the longest after what is off now, by when it was shed.

        ``now`` is the local time: its date says when a day begins.
        """
        before = self if self.day == now.date() else LongestOff(day=now.date())
        socket = min(shed_at, key=lambda one: shed_at[one], default=None)
        if socket is None or now - shed_at[socket] <= before.lasted:
            return before
        lasted = now - shed_at[socket]
        return LongestOff(day=now.date(), socket=socket, lasted=lasted)
