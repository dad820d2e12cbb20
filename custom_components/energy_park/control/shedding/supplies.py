"""A meter's readings as the supplies that shedding watches."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, CONF_PORT
from homeassistant.core import HomeAssistant

from ...const import (
    CONF_CONTRACT,
    CONF_DELAY,
    CONF_LIMIT,
    CONF_LIMIT_ENTITY,
    CONF_RADIO,
)
from ...measure import POWER, number_of, resolve, value_of
from ...meter_coordinator import MeterCoordinator
from ...model import MeterReading, TicMode
from ...park.shedding.linky import HISTORIQUE, STANDARD, Feed, linky_supply
from ...park.shedding.meters import Contract, meter_supply, resumed, used_up
from ...park.shedding.supply import Supply
from ...sensor_link import SILENCE_S
from ...tic.insight import MeterData
from ...tic.trip_state import PhaseTrip
from ..memory import SheddingMemory

FEEDS: Final = {TicMode.HISTORIQUE: HISTORIQUE, TicMode.STANDARD: STANDARD}
# Readers behind other integrations pass on what they heard some seconds ago, each
# at a pace of its own.
SENSORS: Final = Feed(every_s=10.0, told_s=10.0)

type Told = Mapping[int | None, Supply]


class Supplies:
    """Each phase of a meter that is limited by itself, as it was told last."""

    def __init__(self, meter: MeterCoordinator, memory: SheddingMemory) -> None:
        """Nothing was told yet."""
        self._meter = meter
        self._memory = memory
        self.now: Told = {}
        self._data: MeterData | None = None

    def follow(self, now: datetime) -> bool:
        """Take the meter's latest reading; return whether it is a new one.

        What knows no power leaves the supplies as old as they are.
        """
        data = self._meter.data
        if data is None or data is self._data:
            return False
        self._data = data
        contract: str = self._meter.subentry.data.get(CONF_CONTRACT, "")
        if contract in Contract:
            return self._follow_contract(Contract(contract), data, now)
        if not data.trip.phases:
            return False
        one = len(data.trip.phases) == 1
        self.now = {
            phase: self._supply(data, phase, trip, now)
            for phase, trip in (
                (None if one else number, trip)
                for number, trip in enumerate(data.trip.phases, 1)
            )
        }
        return True

    def _follow_contract(
        self, contract: Contract, data: MeterData, now: datetime
    ) -> bool:
        """Take the power of a meter that limits the whole site in another way.

        What is injected counts as nothing drawn.
        """
        reading, limit_w = data.reading, self._limit_w()
        power = _site_power(data)
        if power is None or limit_w is None or reading.early:
            return False
        power_w, power_max_w = power
        supply = meter_supply(
            contract=contract,
            limit_w=limit_w,
            delay_s=self._meter.subentry.data.get(CONF_DELAY, 0.0),
            power_w=power_w,
            power_max_w=power_max_w,
            read_at=now,
            feed=self._feed(reading.mode, None, now),
            used_wh=self._used_wh(reading, now),
            before=self.now.get(None) or self._resumed(contract, limit_w),
        )
        self.now = {None: supply}
        self._memory.used = used_up(contract, supply)
        return True

    def _resumed(self, contract: Contract, limit_w: float) -> Supply | None:
        """Return what was known before a restart."""
        used = self._memory.used
        return None if used is None else resumed(used, contract, limit_w)

    def _used_wh(self, reading: MeterReading, now: datetime) -> float | None:
        """Return what the meter counted in the running hour, each time it counts on.

        Until its next step the power tells more than the counter.
        """
        if reading.energy_drawn_wh is None:
            return None
        before = self._memory.hour
        hour = self._memory.hour = before.follow(reading.energy_drawn_wh, now)
        return hour.used_wh if hour.total_wh != before.total_wh else None

    def _limit_w(self) -> float | None:
        """Return the contract's limit: an entity's, else the one that was entered."""
        hass, data = self._meter.hass, self._meter.subentry.data
        limit_w: float | None = data.get(CONF_LIMIT)
        if (entity := data.get(CONF_LIMIT_ENTITY)) is None:
            return limit_w
        entity_id = resolve(hass, entity)
        value_w = value_of(hass, entity_id, POWER)
        if value_w is None and _has_no_unit(hass, entity_id):
            value_w = number_of(hass, entity_id)
        return limit_w if value_w is None else value_w

    def _supply(
        self, data: MeterData, phase: int | None, trip: PhaseTrip, now: datetime
    ) -> Supply:
        return linky_supply(
            phase=phase,
            limit_va=trip.limit_va,
            power_va=trip.power_va,
            power_max_va=trip.power_max_va,
            filtered_va2=(trip.filtered_ratio * trip.limit_va) ** 2,
            ceiling_va2=(trip.filtered_ratio_max * trip.limit_va) ** 2,
            warming_up=data.trip.warming_up,
            feed=self._feed(data.reading.mode, phase, now),
            read_at=now,
            before=self.now.get(phase),
            early=data.reading.early,
        )

    def _feed(self, mode: TicMode, phase: int | None, now: datetime) -> Feed:
        """Return how the meter speaks; sensors do so as they did lately."""
        part = self._meter.subentry.data
        if CONF_PORT in part or CONF_RADIO in part:
            return FEEDS[mode]
        before = self.now.get(phase)
        times = [at for at, _ in before.recent] if before else []
        gaps_s = [(to - at).total_seconds() for at, to in pairwise([*times, now])]
        every_s = min(max((SENSORS.every_s, *gaps_s)), SILENCE_S)
        return replace(SENSORS, every_s=every_s)


def _site_power(data: MeterData) -> tuple[float, float] | None:
    """Return the active power that is drawn, and the most it may be.

    Where a meter tells none, the apparent one is at least that.
    """
    reading = data.reading
    if reading.power_w is not None:
        drawn_w = max(reading.power_w, 0.0)
        return drawn_w, drawn_w + (reading.power_uncertainty_w or 0.0)
    if reading.apparent_power_va is not None:
        return float(reading.apparent_power_va), float(reading.apparent_power_va)
    if not data.trip.phases:
        return None
    return (
        sum(phase.power_va for phase in data.trip.phases),
        sum(phase.power_max_va for phase in data.trip.phases),
    )


def _has_no_unit(hass: HomeAssistant, entity_id: str) -> bool:
    state = hass.states.get(entity_id)
    return state is not None and ATTR_UNIT_OF_MEASUREMENT not in state.attributes
