"""What a site wanted to draw, as steps in time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from custom_components.energy_park.model import Role

# A longer time without samples is left out.
GAP_S = 120.0

# The place of the base load, which no plug switches, among the loads.
BASE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """A load behind a plug; ``priority`` is 1 (kept longest) to 10 (shed first)."""

    name: str
    priority: int = 5
    role: Role = Role.OTHER
    protected: bool = False
    heater: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From ``at_s`` on a load wants ``power_va``; its number, or BASE."""

    at_s: float
    load: int
    power_va: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A site's demand; what no appliance takes is its base load."""

    name: str
    appliances: tuple[Appliance, ...]
    steps: Sequence[Step]
    end_s: float

    @property
    def days(self) -> float:
        """Return its length."""
        return self.end_s / 86400


def from_samples(
    name: str,
    appliances: Sequence[Appliance],
    samples: Iterable[tuple[float, float, Sequence[float]]],
    gap_s: float = GAP_S,
) -> Recording:
    """Return a recording of (time, power of the site, powers of the appliances).

    Each sample holds until the next one, for ``gap_s`` at most. A site that injects draws nothing.
    """
    steps: list[Step] = []
    last: dict[int, float] = {}
    now_s = 0.0
    listed = sorted(samples, key=lambda sample: sample[0])
    for (at_s, site_va, powers_va), (next_s, *_) in pairwise(listed):
        base_va = max(0.0, site_va - sum(powers_va))
        for load, power_va in enumerate((base_va, *powers_va), start=BASE):
            if last.get(load) != power_va:
                last[load] = power_va
                steps.append(Step(at_s=now_s, load=load, power_va=power_va))
        now_s += min(next_s - at_s, gap_s)
    return Recording(name=name, appliances=tuple(appliances), steps=steps, end_s=now_s)
