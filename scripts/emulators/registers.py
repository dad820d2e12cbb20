"""What the meter's metrology holds: energies, maxima, means, the trip filter."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

from .contracts import Tariff
from .site import Site
from .tic_bytes import horodate

PARIS = ZoneInfo("Europe/Paris")
LOAD_CURVE_S = 1800
MEAN_VOLTAGE_S = 600
# Filter of the cut-off device, one step a second (Enedis-NOI-CPT_54E, 7).
FILTER = 0.008
TRIP = 1.3**2


@dataclass(slots=True)
class Peak:
    """The largest filtered apparent power of a day and its horodate."""

    power_va: float
    horodate: str

    def raise_to(self, power_va: float, at: str) -> None:
        """Keep the larger value."""
        if power_va > self.power_va:
            self.power_va, self.horodate = power_va, at


class Peaks:
    """The maxima of today and yesterday of one quantity."""

    def __init__(self, power_va: float, local: datetime) -> None:
        midnight = local.replace(hour=0, minute=0, second=0)
        self.today = Peak(power_va, horodate(midnight))
        self.yesterday = Peak(power_va, horodate(midnight - timedelta(hours=4)))

    def turn(self, local: datetime) -> None:
        """Begin a new day."""
        self.yesterday = self.today
        self.today = Peak(0, horodate(local.replace(hour=0, minute=0, second=0)))


class Averages:
    """Mean values over fixed periods of the clock; the last two are kept."""

    def __init__(self, period_s: int, value: float, now: float) -> None:
        self._period_s = period_s
        self._period = int(now // period_s)
        self._sum = self._seconds = 0.0
        self.means = (value, value)

    def add(self, value: float, since: float, now: float) -> None:
        """Take a value that held from one moment until now."""
        self._sum += value * (now - since)
        self._seconds += now - since
        if (period := int(now // self._period_s)) != self._period:
            mean = self._sum / self._seconds if self._seconds else value
            self.means = (mean, self.means[0])
            self._period = period
            self._sum = self._seconds = 0.0

    def horodate(self, back: int = 0) -> str:
        """Return the end of the last period, or of one before it."""
        end = (self._period - back) * self._period_s
        return horodate(datetime.fromtimestamp(end, PARIS))


class Registers:
    """The metrology of one meter; ``advance`` brings it to the present.

    ``phases`` is 1 or 3. ``indexes_wh`` are the ten supplier indexes.
    ``trip_count`` counts how often the cut-off device would have opened; the
    park stays fed, so that one run can show more than one trip.
    """

    def __init__(
        self, site: Site, tariff: Tariff, *, phases: int, cut_off_va: float
    ) -> None:
        self._site = site
        self.tariff = tariff
        self.phases = phases
        self.cut_off_va = cut_off_va
        self.indexes_wh = [0.0] * 10
        for number, _ in enumerate(tariff.contract.periods):
            self.indexes_wh[number] = 1_234_567.0 + 1_111_111 * number
        self.injected_wh = 32_781.0
        self.reactive_varh = [2_970.0, 204.0, 84.0, 774.0]
        self.trip_count = 0
        self.tripping = False
        self._at = site.mains.now()
        self._drawn_wh = site.drawn_wh()
        self._read()
        self._filtered = [abs(load) ** 2 for load in self.loads]
        self._filtered_total = self.drawn_va**2
        self._filtered_injected = self.injected_va**2
        self.peaks = Peaks(self.drawn_va, self.local)
        self.phase_peaks = [Peaks(abs(load), self.local) for load in self.loads]
        self.injected_peaks = Peaks(self.injected_va, self.local)
        drawn_w, injected_w = max(0.0, self.power_w), max(0.0, -self.power_w)
        self.drawn_curve = Averages(LOAD_CURVE_S, drawn_w, self._at)
        self.injected_curve = Averages(LOAD_CURVE_S, injected_w, self._at)
        self.mean_voltages = [
            Averages(MEAN_VOLTAGE_S, voltage, self._at) for voltage in self.voltages_v
        ]

    @property
    def power_w(self) -> float:
        """Return the active power, negative while the site injects."""
        return sum(self.loads).real

    @property
    def drawn_va(self) -> float:
        """Return the apparent power drawn: 0 while the site injects."""
        return abs(sum(self.loads)) if self.power_w >= 0 else 0.0

    @property
    def injected_va(self) -> float:
        """Return the apparent power injected."""
        return abs(sum(self.loads)) if self.power_w < 0 else 0.0

    @property
    def drawn_wh(self) -> float:
        """Return the total index (EAST)."""
        return sum(self.indexes_wh)

    @property
    def currents_a(self) -> list[float]:
        """Return the rms current of each phase; a meter shows no sign."""
        return [
            abs(load) / voltage
            for load, voltage in zip(self.loads, self.voltages_v, strict=True)
        ]

    def advance(self) -> None:
        """Count energy and follow maxima until now."""
        since, day = self._at, self.local.date()
        index = self.tariff.index(self.local)
        reactive_var = sum(self.loads).imag
        self._at = max(since, self._site.mains.now())
        self._count_energy(index, reactive_var, self._at - since)
        self._read()
        if self.local.date() != day:
            for peaks in (self.peaks, self.injected_peaks, *self.phase_peaks):
                peaks.turn(self.local)
        self._filter(self._at - since)
        self._average(since)

    def state(self) -> dict[str, Any]:
        """Return what a restart keeps."""
        return {
            "indexes_wh": self.indexes_wh,
            "injected_wh": self.injected_wh,
            "reactive_varh": self.reactive_varh,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the indexes of an earlier run."""
        self.indexes_wh = list(state["indexes_wh"])
        self.injected_wh = state["injected_wh"]
        self.reactive_varh = list(state["reactive_varh"])

    def _read(self) -> None:
        mains = self._site.mains
        self.local = datetime.fromtimestamp(self._at, PARIS)
        loads = self._site.phases()
        self.loads = loads if self.phases == 3 else [sum(loads)]
        self.voltages_v = [mains.voltage_v(phase) for phase in range(self.phases)]

    def _count_energy(self, index: int, reactive_var: float, elapsed_s: float) -> None:
        drawn_wh = self._site.drawn_wh()
        energy_wh, self._drawn_wh = drawn_wh - self._drawn_wh, drawn_wh
        if energy_wh >= 0:
            self.indexes_wh[index] += energy_wh
        else:
            self.injected_wh -= energy_wh
        if reactive_var >= 0:
            quadrant = 0 if energy_wh >= 0 else 1
        else:
            quadrant = 3 if energy_wh >= 0 else 2
        self.reactive_varh[quadrant] += abs(reactive_var) * elapsed_s / 3600

    def _filter(self, elapsed_s: float) -> None:
        at = horodate(self.local)
        keep: float = (1 - FILTER) ** elapsed_s

        def follow(filtered: float, power_va: float) -> float:
            return power_va**2 + (filtered - power_va**2) * keep

        self._filtered_total = follow(self._filtered_total, self.drawn_va)
        self.peaks.today.raise_to(sqrt(self._filtered_total), at)
        self._filtered_injected = follow(self._filtered_injected, self.injected_va)
        self.injected_peaks.today.raise_to(sqrt(self._filtered_injected), at)
        for phase, load in enumerate(self.loads):
            self._filtered[phase] = follow(self._filtered[phase], abs(load))
            peak = self.phase_peaks[phase].today
            peak.raise_to(sqrt(self._filtered[phase]), at)
        limit = TRIP * (self.cut_off_va / self.phases) ** 2
        tripping = max(self._filtered) >= limit
        self.trip_count += tripping and not self.tripping
        self.tripping = tripping

    def _average(self, since: float) -> None:
        self.drawn_curve.add(max(0.0, self.power_w), since, self._at)
        self.injected_curve.add(max(0.0, -self.power_w), since, self._at)
        for average, voltage in zip(self.mean_voltages, self.voltages_v, strict=True):
            average.add(voltage, since, self._at)
