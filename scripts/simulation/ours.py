"""The integration's own rule in a simulation, fed as Home Assistant feeds it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import override

from custom_components.energy_park.model import Group, MeterReading, TicMode
from custom_components.energy_park.park.shedding.delays import Delay
from custom_components.energy_park.park.shedding.linky import (
    HISTORIQUE,
    STANDARD,
    linky_supply,
)
from custom_components.energy_park.park.shedding.loads import Load
from custom_components.energy_park.park.shedding.orders import Answer, answered
from custom_components.energy_park.park.shedding.policy import Policy
from custom_components.energy_park.park.shedding.rule import decide
from custom_components.energy_park.park.shedding.state import State
from custom_components.energy_park.park.shedding.supply import Supply, View
from custom_components.energy_park.tic.phase_powers import VOLTAGE_V
from custom_components.energy_park.tic.tripping import WARM_UP_S, TripModel

from .meter import Feed, Told, follow
from .recording import Appliance
from .rule import Control, Rule

START = datetime(2026, 1, 1, tzinfo=UTC)
# Below it nothing can be predicted that would trip: a meter that warns in amperes is
# hardly a twentieth too high.
WAKE_RATIO = 1.24
LINKY_FEEDS = {TicMode.HISTORIQUE: HISTORIQUE, TicMode.STANDARD: STANDARD}


def moment(at_s: float) -> datetime:
    """Return a time of the run as the rule's."""
    return START + timedelta(seconds=at_s)


class OurRule(Rule):
    """``park.shedding`` with the trip filter of ``tic``."""

    def __init__(
        self,
        appliances: tuple[Appliance, ...],
        cut_off_va: float,
        feed: Feed,
        policy: Policy | None = None,
    ) -> None:
        self.wake_va = WAKE_RATIO * cut_off_va
        self._cut_off_va = cut_off_va
        self._feed = feed
        self._mode = TicMode(feed.name)
        self._policy = policy or Policy()
        self._state = State()
        self._loads = {
            str(number): Load(
                id=str(number),
                priority=appliance.priority,
                role=appliance.role,
                protected=appliance.protected,
                heater=appliance.heater,
            )
            for number, appliance in enumerate(appliances)
        }
        self._delays = dict.fromkeys(self._loads, Delay())
        self._ordered_s: dict[str, float] = {}
        self._trip = TripModel()
        self._supply: Supply | None = None

    @property
    @override
    def is_idle(self) -> bool:
        state = self._state
        return not (state.shed or state.pending or state.over_since)

    @override
    def wake(self, now_s: float, told: Told) -> None:
        at = moment(now_s).isoformat()
        # The filter stands where the power that is told was measured.
        since_s = now_s - LINKY_FEEDS[self._mode].lag_s
        filtered_va2 = max(
            0.0, follow(told.filtered_va2, told.va, since_s - told.measured_s)
        )
        power = {"va": told.va, "max_va": told.max_va}
        self._trip = TripModel.from_dict(
            {
                "three_phases": False,
                "subscribed_va": self._cut_off_va,
                "cut_off_va": self._cut_off_va,
                "filters": [
                    {
                        "power": power,
                        "filtered_va2": filtered_va2,
                        "ceiling_va2": max(filtered_va2, told.filtered_va2),
                    }
                ],
                "at": at,
                "told_at": at,
                "told_since": moment(now_s - WARM_UP_S).isoformat(),
                "watched_day": None,
                "watched_since": None,
            }
        )
        self._supply = None
        self._see(now_s, early=False)

    @override
    def read_meter(self, now_s: float, told: Told) -> None:
        self._trip.update(self._reading(told), moment(now_s))
        self._see(now_s, early=told.early)

    def _reading(self, told: Told) -> MeterReading:
        """Return what the decoder makes of a frame."""
        if not told.early:
            return MeterReading(mode=self._mode, apparent_power_va=round(told.va))
        warning = Group(label="ADPS", value="", data=round(told.va / VOLTAGE_V))
        return MeterReading(
            mode=self._mode, complete=False, early=True, groups={"ADPS": warning}
        )

    def _see(self, now_s: float, *, early: bool) -> None:
        """Take what the trip model says of the only phase."""
        trip = self._trip.state(moment(now_s))
        (phase,) = trip.phases
        self._supply = linky_supply(
            limit_va=phase.limit_va,
            power_va=phase.power_va,
            power_max_va=phase.power_max_va,
            filtered_va2=(phase.filtered_ratio * phase.limit_va) ** 2,
            ceiling_va2=(phase.filtered_ratio_max * phase.limit_va) ** 2,
            warming_up=trip.warming_up,
            feed=LINKY_FEEDS[self._mode],
            read_at=moment(now_s),
            before=self._supply,
            early=early,
        )

    @override
    def read_plug(self, now_s: float, load: int, on: bool, power_va: float) -> None:
        read = self._loads[str(load)].read(moment(now_s), on, power_va)
        if power_va > (read.usual_w or 0.0):
            read = replace(read, usual_w=power_va)
        self._loads[read.id] = read

    @override
    def lose_plug(self, now_s: float, load: int) -> None:
        self._loads[str(load)] = self._loads[str(load)].lost()

    @override
    def answer(self, now_s: float, load: int, on: bool, done: bool) -> None:
        name = str(load)
        delay = self._delays[name].follow(now_s - self._ordered_s.pop(name, now_s))
        self._delays[name] = delay
        self._loads[name] = replace(self._loads[name], delay_s=delay.bound_s)
        if done:
            on_since = moment(now_s) if on else None
            self._loads[name] = replace(self._loads[name], on=on, on_since=on_since)
        self._state = answered(
            self._state,
            name,
            on,
            Answer.DONE if done else Answer.FAILED,
            moment(now_s),
        )

    @override
    def decide(self, now_s: float, control: Control) -> float | None:
        assert self._supply is not None
        view = View(
            now=moment(now_s),
            supplies=(self._supply,),
            loads=self._loads,
            policy=self._policy,
        )
        decision = decide(view, self._state)
        self._state = decision.state
        for order in decision.orders:
            self._ordered_s[order.load] = now_s
            control.order(int(order.load), order.on)
        for load in decision.ask:
            control.poll(int(load))
        if decision.decide_at is None:
            return None
        return (decision.decide_at - START).total_seconds()

    @override
    def restart(self, now_s: float) -> None:
        self._state = State.from_dict(json.loads(json.dumps(self._state.to_dict())))
        self._loads = {
            name: replace(load.lost(), on=None, power_w=None)
            for name, load in self._loads.items()
        }
