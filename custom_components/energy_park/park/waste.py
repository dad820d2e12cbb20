"""What a sector draws while nobody uses it: in standby, and left on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from .standby import RUNNING, Band
from .station import Station

# Over a longer gap nobody knows what was drawn.
_GAP = timedelta(minutes=5)
_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Waste at one moment; ``unknown`` are the sockets without a reading.

    Standby is drawn by what is off or asleep on a closed relay; ``left_on`` is what
    idles or works on with nobody there.
    """

    standby_w: float = 0.0
    left_on_w: float = 0.0
    standby: tuple[str, ...] = ()
    left_on: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def measure(
    sockets: Mapping[str, tuple[Band, float | None]], *, in_use: bool | None
) -> Waste:
    """Return the waste of a sector's sockets; a sector in use wastes nothing.

    Each socket with its band and its power in W. Those that must run, as network
    switches, are the caller's to leave out. Where nobody tells whether the sector is
    in use (None), what runs may be, and only standby is waste.
    """
    unknown = tuple(
        socket
        for socket, (band, power_w) in sockets.items()
        if band is Band.UNKNOWN or power_w is None
    )
    if in_use:
        return Waste(unknown=unknown)
    standby = _draw(sockets, frozenset({Band.OFF, Band.STANDBY}))
    left_on = _draw(sockets, RUNNING if in_use is False else frozenset())
    return Waste(
        standby_w=sum(standby.values()),
        left_on_w=sum(left_on.values()),
        standby=tuple(standby),
        left_on=tuple(left_on),
        unknown=unknown,
    )


def combine(parts: Iterable[Waste]) -> Waste:
    """Return the waste of several sectors."""
    parts = tuple(parts)
    return Waste(
        standby_w=sum(part.standby_w for part in parts),
        left_on_w=sum(part.left_on_w for part in parts),
        standby=tuple(socket for part in parts for socket in part.standby),
        left_on=tuple(socket for part in parts for socket in part.left_on),
        unknown=tuple(socket for part in parts for socket in part.unknown),
    )


def lit_for_nobody(
    stations: Iterable[Station], bands: Mapping[str, Band]
) -> tuple[str, ...]:
    """Return the monitors that show a picture of a computer that is off or asleep."""
    return tuple(
        monitor
        for station in stations
        if bands.get(station.computer) in {Band.OFF, Band.STANDBY}
        for monitor in station.monitors
        if bands.get(monitor) is Band.ACTIVE and monitor not in station.shared
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteTotal:
    """Waste added up: energy, and money where the price was known.

    ``unpriced_wh`` is the part of the energy without a price; ``last`` and ``last_at``
    are what was seen last, and hold until the next reading.
    """

    standby_wh: float = 0.0
    left_on_wh: float = 0.0
    standby_money: float = 0.0
    left_on_money: float = 0.0
    unpriced_wh: float = 0.0
    last: Waste = Waste()
    last_at: datetime | None = None

    def follow(self, now: datetime, waste: Waste, price: float | None) -> Self:
        """Add what was wasted since the last call.

        ``price`` is that of the time since then, in money per kWh.
        """
        before = self.last
        following = replace(self, last=waste, last_at=now)
        if self.last_at is None or not timedelta(0) < now - self.last_at <= _GAP:
            return following
        hours = (now - self.last_at).total_seconds() / _SECONDS_PER_HOUR
        standby_wh, left_on_wh = before.standby_w * hours, before.left_on_w * hours
        following = replace(
            following,
            standby_wh=self.standby_wh + standby_wh,
            left_on_wh=self.left_on_wh + left_on_wh,
        )
        if price is None:
            unpriced_wh = self.unpriced_wh + standby_wh + left_on_wh
            return replace(following, unpriced_wh=unpriced_wh)
        return replace(
            following,
            standby_money=self.standby_money + standby_wh / 1000 * price,
            left_on_money=self.left_on_money + left_on_wh / 1000 * price,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            "standby_wh": self.standby_wh,
            "left_on_wh": self.left_on_wh,
            "standby_money": self.standby_money,
            "left_on_money": self.left_on_money,
            "unpriced_wh": self.unpriced_wh,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, float]) -> Self:
        """Go on from what ``to_dict`` gave; what was missed is not made up for."""
        return cls(
            standby_wh=kept["standby_wh"],
            left_on_wh=kept["left_on_wh"],
            standby_money=kept["standby_money"],
            left_on_money=kept["left_on_money"],
            unpriced_wh=kept["unpriced_wh"],
        )


def _draw(
    sockets: Mapping[str, tuple[Band, float | None]], bands: frozenset[Band]
) -> dict[str, float]:
    return {
        socket: power_w
        for socket, (band, power_w) in sockets.items()
        if band in bands and power_w
    }
