"""Benches: each module beside this file is one, with a function ``run``.

``run(quick)`` returns figures whose names start with the module's own name and a
dot. The first line of the module's docstring tells what it measures. What a bench
needs is imported when it runs, in a process of its own.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number, its goal, and the best of the others in the same run."""

    name: str
    value: float
    unit: str
    better: Literal["lower", "higher"]
    target: float | None = None
    peer: str | None = None
    peer_value: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        if self.target is None:
            return None
        if self.better == "lower":
            return self.value <= self.target
        return self.value >= self.target
