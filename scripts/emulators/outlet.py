"""A switched and measured socket of an emulated plug."""

from cmath import phase as angle
from dataclasses import dataclass
from math import degrees, inf

from .appliance import Appliance, Constant
from .mains import Mains

# Below this a plug's meter shows nothing.
MEASURING_FLOOR_W = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What the metering chip of a socket shows at one moment."""

    power_w: float
    apparent_power_va: float
    reactive_power_var: float
    power_factor: float
    current_a: float
    voltage_v: float
    energy_wh: float


class Outlet:
    """One socket: a relay, the appliance behind it, and an energy counter.

    ``number`` is the device's own number of the socket. ``switch_count`` counts
    the clicks of the relay.
    """

    def __init__(
        self,
        mains: Mains,
        number: int,
        *,
        name: str = "",
        appliance: Appliance | None = None,
        on: bool = True,
        phase: int = 0,
    ) -> None:
        self.mains = mains
        self.number = number
        self.name = name
        self.phase = phase
        self.appliance = appliance or Constant(
            mains, f"{name} {number}", power_w=60, power_factor=0.95, powered=on
        )
        self.switch_count = 0
        self.source = "init"
        self._on = on
        self._revert_at = inf
        self._due: tuple[float, bool] | None = None
        self._counter_from_wh = 0.0
        self._started_at = mains.now()

    @property
    def on(self) -> bool:
        """Return the state of the relay now."""
        if self._due is not None and self._due[0] <= self.mains.now():
            self.switch(self._due[1])
        if self._revert_at <= self.mains.now():
            self.switch(not self._on, source="timer")
        return self._on

    def switch(self, on: bool, *, source: str = "HTTP_in", revert_s: float = 0) -> None:
        """Set the relay, for good or until a timer turns it back."""
        self._due = None
        self._revert_at = self.mains.now() + revert_s if revert_s else inf
        self.source = source
        if on != self._on:
            self._on = on
            self.switch_count += 1
            self.appliance.supply(on)

    def switch_in(self, delay_s: float, on: bool) -> None:
        """Set the relay after a while."""
        self._due = (self.mains.now() + delay_s, on)

    @property
    def load(self) -> complex:
        """Return P + jQ in VA now."""
        return self.appliance.load if self.on else 0j

    @property
    def phase_shift_deg(self) -> float:
        """Return the angle between voltage and current; negative is leading."""
        return degrees(angle(self.load)) if self.load else 0.0

    @property
    def drawn_wh(self) -> float:
        """Return the energy drawn since the start, whatever the counter shows."""
        return self.appliance.drawn_wh

    @property
    def power_w(self) -> float:
        """Return the true power now, below the measuring floor too."""
        return self.load.real

    @property
    def energy_wh(self) -> float:
        """Return the energy counter of the device."""
        return self.drawn_wh - self._counter_from_wh

    @energy_wh.setter
    def energy_wh(self, value: float) -> None:
        self._counter_from_wh = self.drawn_wh - value

    def measure(self) -> Measure:
        """Read the metering chip."""
        load = self.load
        if load.real < MEASURING_FLOOR_W:
            load = 0j
        voltage_v = self.mains.voltage_v(self.phase)
        return Measure(
            power_w=load.real,
            apparent_power_va=abs(load),
            reactive_power_var=abs(load.imag),
            power_factor=load.real / abs(load) if load else 0.0,
            current_a=abs(load) / voltage_v,
            voltage_v=voltage_v,
            energy_wh=self.energy_wh,
        )
