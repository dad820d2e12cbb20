"""The plugs of a simulation: what they cut, how fast, and what can go wrong."""

from dataclasses import dataclass
from random import Random

from .recording import BASE, Recording

# An order is carried out after so many seconds, and answered with it.
DELAY_S = (0.1, 0.5)
# Nobody waits longer for an answer.
TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong.

    ``lost_frames`` and ``corrupt_groups`` are shares of the frames; both cost what the
    frame tells of the power. ``dead`` are the spans in which a plug, by its number,
    hears nothing, ``silent`` those in which the meter says nothing. ``restarts`` is the share of the cuts after which the rule goes down
    within minutes, to come back ``restart_s`` later with what it wrote.
    """

    lost_frames: float = 0.0
    corrupt_groups: float = 0.0
    dead: tuple[tuple[int, float, float], ...] = ()
    silent: tuple[tuple[float, float], ...] = ()
    restarts: float = 0.0
    restart_s: float = 40.0

    def is_dead(self, load: int, now_s: float) -> bool:
        """Return whether a plug hears nothing."""
        return any(
            load == number and since_s <= now_s < until_s
            for number, since_s, until_s in self.dead
        )

    def is_lost(self, rng: Random, now_s: float) -> bool:
        """Return whether what a frame tells of the power does not arrive."""
        if any(since_s <= now_s < until_s for since_s, until_s in self.silent):
            return True
        share = self.lost_frames + self.corrupt_groups
        return share > 0 and rng.random() < share


class Plugs:
    """The sockets: what is wanted behind them, and whether they are on."""

    def __init__(self, recording: Recording) -> None:
        count = len(recording.appliances)
        self.wanted_va = [0.0] * count
        self.usual_va = [0.0] * count
        self.on = [True] * count
        self.base_va = 0.0
        self.power_va = 0.0
        self.off_since_s: list[float | None] = [None] * count
        self.longest_off_s = [0.0] * count
        self.unserved_vas = 0.0
        self.served_vas = 0.0
        self._at_s = [0.0] * count

    def drawn_va(self, load: int) -> float:
        """Return what a plug measures."""
        return self.wanted_va[load] if self.on[load] else 0.0

    def following_va(self, load: int, power_va: float) -> float:
        """Return what the site draws once a load, or the base, wants this."""
        if load == BASE:
            return self.power_va - self.base_va + power_va
        return self.power_va - self.drawn_va(load) + power_va * self.on[load]

    def want(self, load: int, power_va: float, now_s: float) -> None:
        """Let a load, or the base, want another power."""
        self.power_va = self.following_va(load, power_va)
        if load == BASE:
            self.base_va = power_va
            return
        self._count(load, now_s)
        self.wanted_va[load] = power_va
        self.usual_va[load] = max(self.usual_va[load], power_va)

    def switch(self, load: int, on: bool, now_s: float) -> None:
        """Carry out an order."""
        if on is self.on[load]:
            return
        self._count(load, now_s)
        self.on[load] = on
        self.power_va += self.wanted_va[load] * (1 if on else -1)
        if not on:
            self.off_since_s[load] = now_s
        else:
            self._end_off(load, now_s)
            self.off_since_s[load] = None

    def close(self, now_s: float) -> None:
        """Count up to the end."""
        for load in range(len(self.on)):
            self._count(load, now_s)
            self._end_off(load, now_s)

    def _end_off(self, load: int, now_s: float) -> None:
        if (since_s := self.off_since_s[load]) is not None:
            off_s = now_s - since_s
            self.longest_off_s[load] = max(self.longest_off_s[load], off_s)

    def _count(self, load: int, now_s: float) -> None:
        passed_vas = self.wanted_va[load] * (now_s - self._at_s[load])
        self._at_s[load] = now_s
        if self.on[load]:
            self.served_vas += passed_vas
        else:
            self.unserved_vas += passed_vas
