"""What comes on by itself takes turns, all over the park."""

from datetime import datetime

from ..park.turn import Turn
from .memory import ParkMemory


class Turns:
    """Gives a turn to one socket, or one station, after the other."""

    def __init__(self, memory: ParkMemory) -> None:
        """Start with nobody's turn."""
        self._memory = memory
        self._latest: Turn | None = None

    def take(self, unit: str, now: datetime) -> bool:
        """Return whether it is this one's turn to come on; if so, it has it."""
        stagger = self._memory.rules.stagger
        if self._latest and self._latest.keeps_waiting(unit, now, stagger):
            return False
        self._latest = Turn(unit, now)
        return True

    def next_at(self, now: datetime) -> datetime:
        """Return when the next one has its turn."""
        if self._latest is None:
            return now
        return min(self._latest.at, now) + self._memory.rules.stagger
