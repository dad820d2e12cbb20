"""One socket: learns what it draws, and tells in which band it is and since when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self

from ..model import Role, SocketReading
from .standby import RUNNING, Band, Bands, PowerHistogram, learn, narrow_off_band
from .station import OffBand

# The pace of the samples: what is learnt counts minutes.
SAMPLE_EVERY = timedelta(minutes=1)


class SocketBand:
    """Follows the readings of one socket; what it keeps outlives a restart.

    ``band`` is that of the last reading, ``power_w`` its power. ``since`` is when it
    began to run or ended to; a time without readings changes nothing of it.
    """

    def __init__(self) -> None:
        """Start without a sample."""
        self.histogram = PowerHistogram()
        self.band = Band.UNKNOWN
        self.power_w: float | None = None
        self.since: datetime | None = None
        self._runs: bool | None = None
        self._sampled_at: datetime | None = None
        self._bands: Bands | None = None
        self._off_band: OffBand | None = None

    @property
    def off_band(self) -> OffBand:
        """Where a computer is off, as far as its everyday power tells."""
        if self._off_band is None:
            self._off_band = narrow_off_band(self.histogram)
        return self._off_band

    def bands(self, role: Role) -> Bands:
        """Return where each band begins, as far as it is learnt."""
        if self._bands is None:
            self._bands = learn(self.histogram, role)
        return self._bands

    def follow(self, now: datetime, role: Role, reading: SocketReading | None) -> Band:
        """Take a fresh reading; None is a socket that is not heard.

        Nothing is learnt while the relay is open: no power is not the computer's.
        """
        self.power_w = _power_w(reading)
        if reading is not None and reading.on and self.power_w is not None:
            self._sample(now, self.power_w)
        self.band = self.bands(role).of(self.power_w, self.band)
        if self.band is not Band.UNKNOWN and self._runs is not (self.band in RUNNING):
            self._runs, self.since = self.band in RUNNING, now
        return self.band

    def _sample(self, now: datetime, power_w: float) -> None:
        """Learn at an even pace; a clock that was set back begins anew."""
        if self._sampled_at is not None:
            if timedelta(0) <= now - self._sampled_at < SAMPLE_EVERY:
                return
        self._sampled_at = now
        self.histogram.add(power_w)
        self._bands = self._off_band = None

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            **self.histogram.to_dict(),
            "runs": self._runs,
            "since": self.since and self.since.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        socket = cls()
        socket.histogram = PowerHistogram.from_dict(kept)
        socket._runs = kept["runs"]
        socket.since = kept["since"] and datetime.fromisoformat(kept["since"])
        return socket


def _power_w(reading: SocketReading | None) -> float | None:
    """Return what a socket draws; through an open relay nothing does."""
    if reading is None:
        return None
    return 0.0 if reading.on is False else reading.power_w
