"""The actor that knows the filter, the delay and the loads, but not the future."""

from math import inf, log, sqrt
from typing import override

from custom_components.energy_park.model import Role
from custom_components.energy_park.park.station import COMPUTER_OFF_BELOW_W

from .meter import RATE, TRIP_RATIO, Feed, Told, follow
from .plugs import DELAY_S, Plugs
from .recording import Appliance
from .rule import Control, Rule
from .run import Run

OFF_S = 300.0
SETTLE_S = 30.0
SHED_SHARE = 0.95
RESTORE_SHARE = 0.90
DRAWS_FROM_VA = 10.0
# What cannot be kept below what is borne for ever is given so much of its time to end.
HOPE_SHARE = 0.25
# A meter shows what has changed by then.
UNSEEN_S = 4.0


class IdealRule(Rule):
    """It hears the meter when everybody does, Y included, and sees the loads as they are.

    It cuts at the last moment at which a plug is certain to be in time, no more than
    brings the power below what is borne for ever; what does not suffice it cuts early,
    as that gains time. After five minutes what it cut comes
    back, the most important first, once power and √Y leave room for what it wants.
    """

    def __init__(
        self, appliances: tuple[Appliance, ...], cut_off_va: float, feed: Feed
    ) -> None:
        self.wake_va = self._trip_va = TRIP_RATIO * cut_off_va
        self._appliances = appliances
        self._power_va = 0.0
        self._frame_s = feed.frame_s
        self._told: Told
        self._rising_va = 0.0
        self._cut_s: dict[int, float] = {}
        self._ordered: dict[int, float] = {}
        self._acted_s = self._restored_s = -inf
        self._short_since_s = inf

    def take_over(self, plugs: Plugs) -> None:
        """Know what another rule has cut."""
        self._cut_s = {
            load: since_s
            for load, since_s in enumerate(plugs.off_since_s)
            if since_s is not None
        }

    @property
    @override
    def is_idle(self) -> bool:
        return not self._cut_s

    @override
    def wake(self, now_s: float, told: Told) -> None:
        self._told = told
        self._power_va, self._rising_va = told.va, 0.0

    @override
    def read_meter(self, now_s: float, told: Told) -> None:
        # What it did itself it knows before the meter shows it.
        if told.early or told.measured_s - 1 < self._acted_s:
            return
        self._rising_va = max(0.0, told.va - self._told.va)
        self._told = told
        self._power_va = told.va

    @override
    def read_plug(self, now_s: float, load: int, on: bool, power_va: float) -> None:
        pass

    @override
    def lose_plug(self, now_s: float, load: int) -> None:
        pass

    @override
    def restart(self, now_s: float) -> None:
        pass

    @override
    def answer(self, now_s: float, load: int, on: bool, done: bool) -> None:
        relief_va = self._ordered.pop(load)
        if done:
            self._power_va -= relief_va
            self._acted_s = now_s
        if on is done:
            self._cut_s.pop(load, None)

    @override
    def decide(self, now_s: float, control: Control) -> float | None:
        assert isinstance(control, Run)
        expected_va = self._power_va - sum(self._ordered.values())
        if expected_va > self._trip_va:
            return self._cut(now_s, control, expected_va)
        self._short_since_s = inf
        self._restore(now_s, control)
        return None

    def _cut(self, now_s: float, run: Run, power_va: float) -> float | None:
        """Cut at the last moment; return when that is.

        What rose in the second that was measured may have risen twice as much, and the
        next frame may be too late to tell.
        """
        held_s = self._held_s(now_s, power_va)
        slack_s = held_s - DELAY_S[1]
        rising_s = self._held_s(now_s, power_va + self._rising_va) - DELAY_S[1]
        chosen = self._choose(run, power_va - SHED_SHARE * self._trip_va)
        relief_va = sum(map(run.plugs.drawn_va, chosen))
        if power_va - relief_va > self._trip_va:
            self._short_since_s = min(self._short_since_s, now_s)
            short_s = now_s - self._short_since_s
            hope_s = max((held_s + short_s) * HOPE_SHARE, UNSEEN_S)
            slack_s = min(slack_s, hope_s - short_s)
        else:
            self._short_since_s = inf
        if slack_s > 0.01 and rising_s > self._frame_s:
            return now_s + slack_s
        for load in chosen:
            self._ordered[load] = run.plugs.drawn_va(load)
            self._cut_s[load] = now_s
            run.order(load, False)
        return None

    def _held_s(self, now_s: float, power_va: float) -> float:
        """Return how long the meter bears a power that began when it was measured."""
        trip_va2 = self._trip_va**2
        filtered_va2 = self._filtered_va2(now_s, power_va)
        if filtered_va2 >= trip_va2:
            return 0.0
        return log((power_va**2 - trip_va2) / (power_va**2 - filtered_va2)) / RATE

    def _filtered_va2(self, now_s: float, power_va: float) -> float:
        """Return Y now, if this was the power since it was measured, or since it acted."""
        since_s, filtered_va2 = self._told.measured_s, self._told.filtered_va2
        if self._acted_s > since_s:
            before_s = self._acted_s - since_s
            filtered_va2 = follow(filtered_va2, self._told.va, before_s)
            since_s = self._acted_s
        return follow(filtered_va2, power_va, now_s - since_s)

    def _choose(self, run: Run, excess_va: float) -> list[int]:
        drawing = {
            load: drawn_va
            for load in range(len(self._appliances))
            if (drawn_va := run.plugs.drawn_va(load)) >= DRAWS_FROM_VA
            and load not in self._cut_s
            and not run.is_dead(load)
            and self._may_cut(load, drawn_va)
        }
        chosen: list[int] = []
        left_va = excess_va
        for load in sorted(drawing, key=lambda n: (-self._priority(n), -drawing[n])):
            if left_va <= 0:
                break
            chosen.append(load)
            left_va -= drawing[load]
        for load in sorted(chosen, key=self._priority):
            if left_va + drawing[load] <= 0:
                chosen.remove(load)
                left_va += drawing[load]
        return chosen

    def _priority(self, load: int) -> int:
        return self._appliances[load].priority

    def _may_cut(self, load: int, drawn_va: float) -> bool:
        appliance = self._appliances[load]
        runs = appliance.role is Role.COMPUTER and drawn_va >= COMPUTER_OFF_BELOW_W
        return not (appliance.protected or appliance.role is Role.NETWORK or runs)

    def _restore(self, now_s: float, run: Run) -> None:
        if self._ordered or now_s - self._restored_s < SETTLE_S:
            return
        used_va = max(self._power_va, sqrt(self._filtered_va2(now_s, self._power_va)))
        for load in sorted(self._cut_s, key=self._priority):
            if now_s - self._cut_s[load] < OFF_S or run.is_dead(load):
                continue
            wanted_va = run.plugs.wanted_va[load]
            if used_va + wanted_va <= RESTORE_SHARE * self._trip_va:
                self._ordered[load] = -wanted_va
                self._restored_s = now_s
                run.order(load, True)
                return
