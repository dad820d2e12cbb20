"""Everything behind the meter: sockets, base load, oven on demand, sun."""

from math import pi, sin
from typing import Protocol, override

from .appliance import Appliance
from .mains import Mains, complex_power

DAYLIGHT_H = (8, 18)
SECONDS_PER_DAY = 86400


class Load(Protocol):
    """Something that draws power and counts what it drew."""

    @property
    def load(self) -> complex:
        """Return P + jQ in VA now; negative P is production."""

    @property
    def drawn_wh(self) -> float:
        """Return the energy drawn since the start."""


class BaseLoad(Appliance):
    """What runs behind the meter without a socket: light, ventilation, fridge."""

    ripple = 0.08

    def __init__(self, mains: Mains, name: str, power_w: float) -> None:
        super().__init__(mains, name)
        self.power_w = power_w
        self.advance()

    @override
    def _draw(self) -> complex:
        return complex_power(self.power_w, 0.99, leading=False)


class Photovoltaic(Appliance):
    """Solar panels: a bell over the day, with passing clouds."""

    ripple = 0.15

    def __init__(self, mains: Mains, name: str, peak_w: float) -> None:
        super().__init__(mains, name)
        self._peak_w = peak_w
        self.advance()

    @override
    def _draw(self) -> complex:
        sunrise, sunset = DAYLIGHT_H
        hour = self.mains.now() % SECONDS_PER_DAY / 3600 + 1
        sun = sin(pi * (hour - sunrise) / (sunset - sunrise))
        if not sunrise < hour < sunset:
            return 0j
        return complex(-self._peak_w * sun)


class Site:
    """All loads by phase.

    ``extra`` is an oven that a test or a demonstration heats: its ``power_w``
    may change at any time.
    """

    def __init__(
        self, mains: Mains, *, base_load_w: float = 600, pv_w: float = 0
    ) -> None:
        self.mains = mains
        self._loads: list[tuple[int, Load]] = []
        for phase, share in enumerate((0.5, 0.3, 0.2)):
            self.add(BaseLoad(mains, f"base {phase}", base_load_w * share), phase)
        self.extra = BaseLoad(mains, "extra", 0)
        self.add(self.extra, 0)
        if pv_w:
            self.add(Photovoltaic(mains, "sun", pv_w), 1)

    def add(self, load: Load, phase: int) -> None:
        """Connect a load to a phase (0 to 2)."""
        self._loads.append((phase, load))

    def phases(self) -> list[complex]:
        """Return P + jQ in VA of the three phases now."""
        phases = [0j, 0j, 0j]
        for phase, load in self._loads:
            phases[phase] += load.load
        return phases

    def drawn_wh(self) -> float:
        """Return the net energy that all loads drew since the start."""
        return sum(load.drawn_wh for _, load in self._loads)
