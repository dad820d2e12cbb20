"""What decides in a simulation, and what it can do there."""

from collections.abc import Callable
from typing import Protocol

from .meter import Feed, Told
from .recording import Appliance


class Rule(Protocol):
    """What decides; times are in seconds since the start of the run.

    ``wake_va`` is a power below which the rule, when ``is_idle``, has nothing to do.
    """

    wake_va: float

    @property
    def is_idle(self) -> bool:
        """Whether nothing is shed or under way."""

    def wake(self, now_s: float, told: Told) -> None:
        """Begin to listen again, knowing what the meter said all the time."""

    def read_meter(self, now_s: float, told: Told) -> None:
        """Take what the meter tells."""

    def read_plug(self, now_s: float, load: int, on: bool, power_va: float) -> None:
        """Take what a plug measures."""

    def lose_plug(self, now_s: float, load: int) -> None:
        """Take that a plug does not answer."""

    def answer(self, now_s: float, load: int, on: bool, done: bool) -> None:
        """Take what became of an order."""

    def decide(self, now_s: float, control: Control) -> float | None:
        """Give orders; return when to be asked again though nothing is heard."""

    def restart(self, now_s: float) -> None:
        """Come back after a restart, with what was written before."""


type MakeRule = Callable[[tuple[Appliance, ...], float, Feed], Rule]


class Control(Protocol):
    """What a rule can do."""

    def order(self, load: int, on: bool) -> None:
        """Switch a plug."""

    def poll(self, load: int) -> None:
        """Ask a plug at once."""
