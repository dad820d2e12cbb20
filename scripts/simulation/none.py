"""No rule at all: what the meter does if nobody sheds."""

from math import inf
from typing import override

from .meter import Feed, Told
from .recording import Appliance
from .rule import Control, Rule


class NoRule(Rule):
    """It never wakes."""

    def __init__(
        self, appliances: tuple[Appliance, ...], cut_off_va: float, feed: Feed
    ) -> None:
        self.wake_va = inf

    @property
    @override
    def is_idle(self) -> bool:
        return True

    @override
    def wake(self, now_s: float, told: Told) -> None:
        pass

    @override
    def read_meter(self, now_s: float, told: Told) -> None:
        pass

    @override
    def read_plug(self, now_s: float, load: int, on: bool, power_va: float) -> None:
        pass

    @override
    def lose_plug(self, now_s: float, load: int) -> None:
        pass

    @override
    def answer(self, now_s: float, load: int, on: bool, done: bool) -> None:
        pass

    @override
    def decide(self, now_s: float, control: Control) -> float | None:
        return None

    @override
    def restart(self, now_s: float) -> None:
        pass
