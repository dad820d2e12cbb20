"""The rules of others, restated: each sees the power only, and knows no filter."""

from dataclasses import dataclass
from math import inf
from typing import override

from custom_components.energy_park.model import Role
from scripts.simulation.meter import Feed, Told
from scripts.simulation.recording import Appliance
from scripts.simulation.rule import Control, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """When such a rule cuts and restores, in shares of the subscribed power.

    It looks each ``poll_s``, or at each frame; above ``shed_above`` for ``delay_s`` it
    cuts, one load or down to the threshold; below ``restore_below``, the load included,
    it restores the first that fits after ``min_off_s``, each ``restore_every_s``.
    """

    name: str
    poll_s: float = 0.0
    shed_above: float
    delay_s: float = 0.0
    one_by_one: bool
    shed_every_s: float = 0.0
    restore_below: float
    min_off_s: float = 300.0
    restore_every_s: float = 0.0


PEERS = (
    # HA_PowerControl: its first threshold at the subscribed power, for 30 s; then 10 s
    # between cuts, five minutes below it until a load returns and between two.
    Threshold(
        name="threshold and delay",
        poll_s=5,
        shed_above=1.0,
        delay_s=30,
        one_by_one=True,
        shed_every_s=10,
        restore_below=1.0,
        restore_every_s=300,
    ),
    # AvoidBlackout on linkytic as it polls: 30 s, and 30 s of debounce for each load.
    Threshold(
        name="30 s poll and debounce",
        poll_s=30,
        shed_above=1.0,
        delay_s=30,
        one_by_one=True,
        shed_every_s=30,
        restore_below=1.0,
    ),
    # The list of the Diaoul blueprint on Home Assistant's own teleinfo: 10 s, above
    # 90 % it cuts down to that, back up to 80 %, at least five minutes later.
    Threshold(
        name="10 s poll",
        poll_s=10,
        shed_above=0.9,
        one_by_one=False,
        restore_below=0.8,
    ),
)


class ThresholdRule(Rule):
    """Cuts the least important loads above a power, restores below another one."""

    def __init__(
        self,
        threshold: Threshold,
        appliances: tuple[Appliance, ...],
        cut_off_va: float,
        feed: Feed,
    ) -> None:
        self._threshold = threshold
        self._appliances = appliances
        self._limit_va = cut_off_va
        self.wake_va = threshold.shed_above * cut_off_va
        self._power_va = 0.0
        self._told_va = 0.0
        self._polled_s = -inf
        self._over_since_s: float | None = None
        self._acted_s = self._restored_s = -inf
        self._drawn_va = [0.0] * len(appliances)
        # What is off: since when, and what it drew.
        self._off: dict[int, tuple[float, float]] = {}

    @property
    @override
    def is_idle(self) -> bool:
        return not self._off and self._over_since_s is None

    @override
    def wake(self, now_s: float, told: Told) -> None:
        self._told_va = self._power_va = told.va
        self._polled_s = now_s

    @override
    def read_meter(self, now_s: float, told: Told) -> None:
        self._told_va = told.va

    @override
    def read_plug(self, now_s: float, load: int, on: bool, power_va: float) -> None:
        self._drawn_va[load] = power_va

    @override
    def lose_plug(self, now_s: float, load: int) -> None:
        pass

    @override
    def restart(self, now_s: float) -> None:
        pass

    @override
    def answer(self, now_s: float, load: int, on: bool, done: bool) -> None:
        if (on and done) or (not on and not done):
            self._off.pop(load, None)

    @override
    def decide(self, now_s: float, control: Control) -> float | None:
        rule = self._threshold
        if now_s - self._polled_s < rule.poll_s:
            return self._polled_s + rule.poll_s
        self._polled_s, self._power_va = now_s, self._told_va
        if self._power_va > rule.shed_above * self._limit_va:
            self._over_since_s = self._over_since_s or now_s
            waited = now_s - self._over_since_s >= rule.delay_s
            if waited and now_s - self._acted_s >= rule.shed_every_s:
                self._cut(now_s, control)
        else:
            self._over_since_s = None
            self._restore(now_s, control)
        return now_s + rule.poll_s if rule.poll_s else None

    def _cut(self, now_s: float, control: Control) -> None:
        excess_va = self._power_va - self._threshold.shed_above * self._limit_va
        for load in sorted(self._sheddable(), key=self._turn):
            if excess_va <= 0:
                return
            excess_va -= self._drawn_va[load]
            self._off[load] = (now_s, self._drawn_va[load])
            self._acted_s = now_s
            control.order(load, False)
            if self._threshold.one_by_one:
                return

    def _sheddable(self) -> list[int]:
        """Return what draws; that no running computer is cut is granted to all."""
        return [
            load
            for load, appliance in enumerate(self._appliances)
            if load not in self._off
            and self._drawn_va[load] >= 10
            and appliance.role is not Role.COMPUTER
            and not appliance.protected
        ]

    def _turn(self, load: int) -> tuple[int, float]:
        return (-self._appliances[load].priority, -self._drawn_va[load])

    def _restore(self, now_s: float, control: Control) -> None:
        rule = self._threshold
        if now_s - max(self._restored_s, self._acted_s) < rule.restore_every_s:
            return
        room_va = rule.restore_below * self._limit_va - self._power_va
        for load in sorted(self._off, key=lambda n: self._appliances[n].priority):
            since_s, drawn_va = self._off[load]
            if now_s - since_s >= rule.min_off_s and drawn_va <= room_va:
                self._restored_s = now_s
                control.order(load, True)
                return
