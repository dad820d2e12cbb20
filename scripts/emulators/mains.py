"""The mains that feed the emulated park: its clock, voltage and frequency."""

from collections.abc import Callable
from math import pi, sin, sqrt
from random import Random
import time

type Clock = Callable[[], float]
"""Gives the seconds of the UNIX epoch."""


def complex_power(
    power_w: float, power_factor: float, *, leading: bool = True
) -> complex:
    """Return P + jQ in VA of a load; computers' supplies lead (negative Q)."""
    reactive_var = power_w * sqrt(1 / power_factor**2 - 1) if power_factor else 0.0
    return complex(power_w, -reactive_var if leading else reactive_var)


class Ripple:
    """A smooth deterministic variation between -1 and 1 around zero."""

    def __init__(self, rng: Random) -> None:
        self._waves = [
            (2 * pi / period_s * rng.uniform(0.8, 1.2), rng.uniform(0, 2 * pi))
            for period_s in (7, 31, 173)
        ]

    def at(self, now: float) -> float:
        """Return the variation at a moment."""
        return sum(sin(pulsation * now + phase) for pulsation, phase in self._waves) / 3


class Mains:
    """230 V, 50 Hz, with the small variations of a real network."""

    nominal_voltage_v = 233.0

    def __init__(self, clock: Clock = time.time, seed: int = 0) -> None:
        self.now = clock
        self.seed = seed
        self._voltage = [Ripple(self.rng(f"phase {phase}")) for phase in range(3)]
        self._frequency = Ripple(self.rng("frequency"))

    def rng(self, name: str) -> Random:
        """Return the random numbers of one named thing, the same at each run."""
        return Random(f"{self.seed}/{name}")

    def voltage_v(self, phase: int = 0) -> float:
        """Return the rms voltage of a phase (0 to 2) now."""
        return self.nominal_voltage_v + phase + 2 * self._voltage[phase].at(self.now())

    @property
    def frequency_hz(self) -> float:
        """Return the frequency now."""
        return 50 + 0.03 * self._frequency.at(self.now())
