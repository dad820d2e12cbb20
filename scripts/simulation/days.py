"""Days of houses that draw too much, with all that fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from custom_components.energy_park.model import Role

from .meter import HISTORIQUE, STANDARD, Feed
from .plugs import Faults
from .recording import BASE, Appliance, Recording, Step

DAY_S = 86400.0
# The last hours are calm and without faults, so that all can come back.
CALM_FROM_S = DAY_S - 4 * 3600
CONTRACTS_VA = (3000.0, 6000.0, 9000.0)
# What all loads draw together, in shares of the subscribed power.
LOADS_RATIO = (1.0, 3.0)
BASE_RATIO = (0.05, 0.8)
# Few houses' base alone passes what the meter bears.
SURGE_SHARE, SURGE_RATIO = 0.03, (1.2, 1.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of one house."""

    recording: Recording
    cut_off_va: float
    feed: Feed
    faults: Faults
    seed: int


def random_day(number: int) -> Day:
    """Return a day; the same number gives the same one."""
    rng = Random(number)
    cut_off_va = rng.choice(CONTRACTS_VA)
    appliances = tuple(_appliance(rng, load) for load in range(rng.randint(3, 6)))
    total_va = rng.uniform(*LOADS_RATIO) * cut_off_va
    parts = [rng.uniform(0.1, 1.0) for _ in appliances]
    steps = [*_base(rng, cut_off_va)]
    for load, part in enumerate(parts):
        steps += _cycles(rng, load, total_va * part / sum(parts))
    return Day(
        recording=Recording(
            name=f"day {number}",
            appliances=appliances,
            steps=sorted(steps, key=lambda step: step.at_s),
            end_s=DAY_S,
        ),
        cut_off_va=cut_off_va,
        feed=rng.choice((HISTORIQUE, STANDARD)),
        faults=_faults(rng, len(appliances)),
        seed=number,
    )


def _appliance(rng: Random, load: int) -> Appliance:
    return Appliance(
        name=f"load {load}",
        priority=rng.randint(1, 10),
        role=rng.choices((Role.OTHER, Role.COMPUTER, Role.NETWORK), (20, 2, 1))[0],
        protected=rng.random() < 0.1,
        heater=rng.random() < 0.3,
    )


def _base(rng: Random, cut_off_va: float) -> Iterator[Step]:
    """Yield a base that changes now and then, and surges on some days."""
    surges = rng.random() < SURGE_SHARE
    at_s = 0.0
    while at_s < CALM_FROM_S:
        power_va = rng.uniform(*BASE_RATIO) * cut_off_va
        yield Step(at_s=at_s, load=BASE, power_va=power_va)
        at_s += rng.uniform(600, 7200)
        if surges and rng.random() < 0.2:
            power_va = rng.uniform(*SURGE_RATIO) * cut_off_va
            yield Step(at_s=at_s, load=BASE, power_va=power_va)
            at_s += rng.uniform(20, 120)
    power_va = 0.1 * cut_off_va
    yield Step(at_s=max(at_s, CALM_FROM_S), load=BASE, power_va=power_va)


def _cycles(rng: Random, load: int, power_va: float) -> Iterator[Step]:
    """Yield a load that runs some times a day, as hard as it happens."""
    at_s = rng.uniform(0, 10_000)
    while at_s < CALM_FROM_S:
        now_va = power_va * rng.uniform(0.7, 1.1)
        yield Step(at_s=at_s, load=load, power_va=now_va)
        at_s = min(at_s + rng.uniform(30, 400), CALM_FROM_S)
        yield Step(at_s=at_s, load=load, power_va=0.0)
        at_s += rng.uniform(2000, 30_000)


def _faults(rng: Random, loads: int) -> Faults:
    return Faults(
        lost_frames=rng.uniform(0, 0.05),
        corrupt_groups=rng.uniform(0, 0.05),
        dead=tuple(
            (load, *_span(rng, 7200)) for load in range(loads) if rng.random() < 0.3
        ),
        silent=tuple(_span(rng, 600) for _ in range(rng.randint(0, 2))),
        restarts=0.1,
    )


def _span(rng: Random, at_most_s: float) -> tuple[float, float]:
    since_s = rng.uniform(0, CALM_FROM_S)
    return since_s, min(since_s + rng.uniform(5, at_most_s), CALM_FROM_S)
