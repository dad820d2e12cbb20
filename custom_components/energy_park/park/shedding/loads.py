"""The sockets as shedding sees them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from ...model import Role

# Cutting what draws less frees nothing and wears a relay.
DRAWS_FROM_W = 10.0
# A plug is asked each 10 s; two answers may be lost.
STALE_AFTER = timedelta(seconds=30)
RECENT = timedelta(seconds=6)


class Blocked(StrEnum):
    """Why a socket is not shed."""

    PROTECTED = "protected"
    RUNNING = "running"
    OFF = "off"
    IDLE = "idle"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What hangs on a socket.

    ``on`` and ``power_w`` were read at ``read_at``, ``recent`` are the readings of the
    last seconds, the newest last. ``usual_w`` is what it draws when it works; it stands
    in where nothing is measured. ``phase`` is 1 to 3, or None when it is not known; a
    single-phase site needs none. ``delay_s`` is the longest that its plug takes to
    carry out an order, as measured. A plug that ``tells`` each change by itself, and
    that it is lost, needs not answer again and again. ``held`` tells that a person
    keeps it on. It was switched on at ``on_since``, to stay so for ``min_on``; once
    shed it stays off for ``min_off``. Heaters take turns among equals.
    """

    id: str
    priority: int
    role: Role = Role.OTHER
    sector: str | None = None
    phase: int | None = None
    protected: bool = False
    tells: bool = False
    held: bool = False
    heater: bool = False
    on: bool | None = None
    power_w: float | None = None
    usual_w: float | None = None
    read_at: datetime | None = None
    delay_s: float = 1.0
    recent: tuple[tuple[datetime, float], ...] = ()
    on_since: datetime | None = None
    min_on: timedelta = timedelta()
    min_off: timedelta = timedelta(minutes=5)

    def read(self, at: datetime, on: bool | None, power_w: float | None) -> Self:
        """Return the load with a new reading."""
        recent: tuple[tuple[datetime, float], ...] = ()
        if power_w is not None:
            kept = [one for one in self.recent if at - one[0] <= RECENT]
            recent = (*(kept or self.recent[-1:]), (at, power_w))
        return replace(self, on=on, power_w=power_w, read_at=at, recent=recent)

    def lost(self) -> Self:
        """Return the load of a plug that does not answer."""
        return replace(self, read_at=None, recent=())

    def fallen_w(self, since: datetime, measured: datetime) -> float:
        """Return how much less it draws than at its most since a moment.

        Only a reading from after the meter ``measured`` is news.
        """
        if not self.recent or self.recent[-1][0] <= measured:
            return 0.0
        most_w = max((w for at, w in self.recent if at >= since), default=0.0)
        return most_w - self.recent[-1][1]

    def reachable(self, now: datetime) -> bool:
        """Return whether the plug answered lately, or would have told that it is lost."""
        if self.read_at is None:
            return False
        return self.tells or now - self.read_at <= STALE_AFTER

    def read_since(self, since: datetime) -> bool:
        """Return whether the last reading knows what happened at a time."""
        return self.read_at is not None and self.read_at > since

    @property
    def draw_w(self) -> float | None:
        """What it draws, as far as can be told."""
        return self.usual_w if self.power_w is None else self.power_w

    def blocked(self, now: datetime) -> Blocked | None:
        """Return why the socket must not or need not be cut, if so.

        A computer is cut by a job that watches it, never by this, and what keeps a
        sector's network alive stays on.
        """
        if self.protected or self.role is Role.NETWORK:
            return Blocked.PROTECTED
        if not self.reachable(now):
            return Blocked.UNREACHABLE
        if self.on is not True:
            return Blocked.UNKNOWN if self.on is None else Blocked.OFF
        if self.role is Role.COMPUTER:
            return Blocked.RUNNING
        if self.draw_w is None:
            return Blocked.UNKNOWN
        return None if self.draw_w >= DRAWS_FROM_W else Blocked.IDLE

    def just_started(self, now: datetime) -> bool:
        """Return whether it was switched on too lately to be cut gladly."""
        return self.on_since is not None and now - self.on_since < self.min_on
