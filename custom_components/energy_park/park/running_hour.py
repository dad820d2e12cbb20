"""What a meter has counted since the clock struck, for contracts that limit the hour."""

from dataclasses import dataclass
from datetime import datetime

SECONDS_PER_HOUR = 3600
# Between samples further apart, what was drawn before the hour began is a guess.
GAP_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningHour:
    """Follows a total that only grows, in Wh; ``start_wh`` is what it was at the hour.

    None is not known: the hour had begun before the first sample.
    """

    at: datetime | None = None
    total_wh: float = 0.0
    start_wh: float | None = None

    def follow(self, total_wh: float, now: datetime) -> RunningHour:
        """Return the hour after a sample; a total that fell is another meter's."""
        start_wh = self.start_wh
        if self.at is None or now < self.at or total_wh < self.total_wh:
            start_wh = None
        elif (hour := _hour(now)) != _hour(self.at):
            start_wh = None
            gap_s = (now - self.at).total_seconds()
            if gap_s <= GAP_S:
                before_s = hour * SECONDS_PER_HOUR - self.at.timestamp()
                drawn_wh = total_wh - self.total_wh
                start_wh = self.total_wh + drawn_wh * before_s / gap_s
        return RunningHour(at=now, total_wh=total_wh, start_wh=start_wh)

    @property
    def used_wh(self) -> float | None:
        """What was drawn since the hour began."""
        return None if self.start_wh is None else self.total_wh - self.start_wh


def _hour(at: datetime) -> int:
    return int(at.timestamp() // SECONDS_PER_HOUR)
