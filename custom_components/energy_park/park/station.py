"""A station: a computer with its monitors, how it is shut down and how it starts.

What may be done to its socket follows from what is known of it, never from hope:
without a proven way to start again, or without a power that tells off from
asleep, the computer's socket is never cut.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import sqrt
from typing import Any, Self

from ..model import Reason, Role, Socket

# Soft-off computers draw 0.5 to 5 W, running ones 6 W (the smallest) and more.
# It stands where nothing was learnt; above it a computer counts as running.
COMPUTER_OFF_BELOW_W = 5.0

# Around what was measured: plugs differ by this much from one hour to the next.
_MARGIN_W = 0.4
_MARGIN_SHARE = 0.15

# Asleep and off closer than this cannot be told apart by a plug.
_TOLD_APART_W = 0.6

# Plugs show nothing below; and a meter that died shows nothing, too.
MEASURABLE_W = 0.4


@dataclass(frozen=True, slots=True)
class OffBand:
    """The powers at which a computer is off: from ``from_w`` to below ``below_w``."""

    from_w: float = 0.0
    below_w: float = COMPUTER_OFF_BELOW_W

    def holds(self, power_w: float | None) -> bool:
        """Whether this power is that of a computer that is off; unknown is not."""
        return power_w is not None and self.from_w <= power_w < self.below_w

    @classmethod
    def learn(
        cls, off_w: Sequence[float], running_w: float, sleep_w: float | None = None
    ) -> Self | None:
        """Return the band around powers measured at off.

        ``running_w`` is the lowest power seen while it ran, ``sleep_w`` asleep. None
        when off cannot be told from one of them: a cut asleep loses the session.
        """
        if not off_w:
            return None
        lowest, highest = min(off_w), max(off_w)
        below_w = highest + max(_MARGIN_W, _MARGIN_SHARE * highest)
        if below_w > running_w / 2:
            return None
        if sleep_w is not None:
            if sleep_w - highest < _TOLD_APART_W:
                return None
            below_w = min(below_w, (highest + sleep_w) / 2)
        return cls(lowest / 4 if lowest >= MEASURABLE_W else 0.0, below_w)


UNLEARNT = OffBand()


class Wake(StrEnum):
    """How a computer starts."""

    BIOS_ON_AC = "bios_on_ac"
    PLUG_THEN_WOL = "plug_then_wol"
    WOL_ONLY = "wol_only"
    ACTION = "action"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a commissioning run found out by watching the watts.

    ``returns`` tells that it started again after its socket was cut. ``off_w`` are
    the lowest and the highest power at off, ``running_w`` the lowest running,
    ``sleep_w`` the lowest asleep, None while it was not seen asleep.
    """

    wake: Wake = Wake.UNKNOWN
    returns: bool = False
    off_w: tuple[float, ...] = ()
    running_w: float | None = None
    sleep_w: float | None = None
    at: datetime | None = None

    @property
    def running_from_w(self) -> float:
        """From where on its power proves that it runs.

        Halfway, as a ratio, between asleep and running: what was measured while it
        ran may have been work, and it starts by idling.
        """
        if self.running_w is None:
            return COMPUTER_OFF_BELOW_W
        asleep_w = max(1.0, self.sleep_w or 0.0, *self.off_w)
        return sqrt(asleep_w * self.running_w)

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "wake": self.wake,
            "returns": self.returns,
            "off_w": list(self.off_w),
            "running_w": self.running_w,
            "sleep_w": self.sleep_w,
            "at": self.at and self.at.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave."""
        return cls(
            wake=Wake(kept["wake"]),
            returns=kept["returns"],
            off_w=tuple(kept["off_w"]),
            running_w=kept["running_w"],
            sleep_w=kept["sleep_w"],
            at=kept["at"] and datetime.fromisoformat(kept["at"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A computer's socket, its monitors' sockets, and what works on it.

    ``can_shut_down`` and ``can_wake`` tell that an action is configured for it.
    ``never_sleeps`` is what its owner declares. ``busy_from_w`` is the learnt power of a computer at work (None: not known).
    ``shared`` are those of its sockets that feed another station as well.
    """

    id: str
    name: str
    computer: str
    monitors: tuple[str, ...] = ()
    mac: str | None = None
    can_shut_down: bool = False
    can_wake: bool = False
    never_sleeps: bool = False
    busy_from_w: float | None = None
    shared: frozenset[str] = frozenset()
    learnt: Learnt = Learnt()

    @property
    def off_band(self) -> OffBand:
        """Where it counts as off; for a cut, ask ``cut_refused`` first."""
        return self._sure_off_band or UNLEARNT

    @property
    def _sure_off_band(self) -> OffBand | None:
        """Where it is off and not asleep; None when nothing tells."""
        learnt = self.learnt
        if learnt.running_w is None:
            return None
        if learnt.sleep_w is None and not self.never_sleeps:
            return None
        return OffBand.learn(learnt.off_w, learnt.running_w, learnt.sleep_w)

    @property
    def cut_refused(self) -> Reason | None:
        """Why its computer's socket must never be cut, if so."""
        if self.computer in self.shared:
            return Reason.SHARED
        if self.learnt.wake is Wake.UNKNOWN or not self.learnt.returns:
            return Reason.WAKE_UNKNOWN
        if self._sure_off_band is None:
            return Reason.OFF_POWER_UNKNOWN
        return None


def mark_shared(stations: Iterable[Station]) -> tuple[Station, ...]:
    """Return the stations, each knowing which of its sockets others use too."""
    stations = tuple(stations)
    uses = Counter(
        socket
        for station in stations
        for socket in {station.computer, *station.monitors}
    )
    return tuple(
        replace(
            station,
            shared=frozenset(
                socket
                for socket in (station.computer, *station.monitors)
                if uses[socket] > 1
            ),
        )
        for station in stations
    )


def unfit(station: Station, sockets: Mapping[str, Socket]) -> dict[str, Reason]:
    """Return the sockets that must not be part of a station, and why.

    The switches that carry the plugs' own network stay out of every station: cut
    once, nothing could be switched on again. A computer is no monitor: it would be
    cut as one that holds no state.
    """
    roles = dict.fromkeys(station.monitors, Role.MONITOR)
    roles[station.computer] = Role.COMPUTER
    refused: dict[str, Reason] = {}
    for socket_id, role in roles.items():
        socket = sockets.get(socket_id)
        if socket is None:
            refused[socket_id] = Reason.UNREACHABLE
        elif socket.role is not role:
            refused[socket_id] = Reason.PROTECTED
        elif socket_id in station.shared:
            refused[socket_id] = Reason.SHARED
    return refused
