"""What the shedding behind a meter sees: its supplies and the loads behind it."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from homeassistant.util import dt as dt_util

from ...meter_coordinator import MeterCoordinator
from ...model import Socket
from ...park.shedding.outlook import Return, next_return, next_shed
from ...park.shedding.state import Cause
from ...park.shedding.supply import View
from ..memory import SheddingMemory
from .danger import Danger
from .loads import Loads
from .supplies import Supplies


class Status(StrEnum):
    """What shedding is at."""

    CLEAR = "clear"
    PREDICTED = "predicted"
    SHEDDING = "shedding"
    SILENT = "silent"


class Sight:
    """Puts together what the rule is asked with, and what people are told by it."""

    def __init__(
        self,
        meter: MeterCoordinator,
        loads: Loads,
        sockets: Collection[str],
        memory: SheddingMemory,
        danger: Danger,
    ) -> None:
        """Take the meter; ``sockets`` are those behind it."""
        self._loads = loads
        self._sockets = sockets
        self._memory = memory
        self._danger = danger
        self._supplies = Supplies(meter, memory)

    def follow(self, now: datetime) -> bool:
        """Take the meter's latest reading; return whether it is a new one."""
        return self._supplies.follow(now)

    @property
    def view(self) -> View:
        """All that the rule sees now."""
        return View(
            now=dt_util.utcnow(),
            supplies=tuple(self._supplies.now.values()),
            loads=self._loads.of(self._sockets),
            policy=self._memory.policy,
        )

    @property
    def status(self) -> Status | None:
        """What shedding is at; None while the meter was never heard."""
        if self._memory.state.shed:
            return Status.SHEDDING
        if not self._supplies.now:
            return None
        if self._memory.state.silent_since is not None:
            return Status.SILENT
        return Status.CLEAR if self._danger.until is None else Status.PREDICTED

    @property
    def cause(self) -> Cause | None:
        """Why something is shed; the latest cause of several."""
        shed = self._memory.state.shed.values()
        latest = max(shed, key=lambda one: one.at, default=None)
        return None if latest is None else latest.cause

    @property
    def headroom(self) -> float | None:
        """What is left below the subscribed power, of the fullest phase, in its unit."""
        left = [
            supply.subscribed - supply.power_max
            for supply in self._supplies.now.values()
            if supply.subscribed is not None
        ]
        return None if self._memory.state.silent_since else min(left, default=None)

    def next_shed(self) -> Socket | None:
        """Return the socket that would be cut first."""
        load = next_shed(self.view, self._memory.state)
        return None if load is None else self._loads.sockets[load.id]

    def next_return(self) -> Return | None:
        """Return who would come back first, and what it waits for."""
        return next_return(self.view, self._memory.state)
