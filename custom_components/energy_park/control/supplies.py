"""A meter's readings as the supplies that shedding watches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from homeassistant.const import CONF_PORT

from ..const import CONF_RADIO
from ..meter_coordinator import MeterCoordinator
from ..model import TicMode
from ..park.shedding.linky import HISTORIQUE, STANDARD, Feed, linky_supply
from ..park.shedding.supply import Supply
from ..tic.insight import MeterData
from ..tic.trip_state import PhaseTrip

FEEDS: Final = {TicMode.HISTORIQUE: HISTORIQUE, TicMode.STANDARD: STANDARD}
# Readers behind other integrations pass on what they heard some seconds ago.
SENSORS: Final = Feed(every_s=10.0, told_s=10.0)

type Told = Mapping[int | None, Supply]


class Supplies:
    """Each phase of a meter that is limited by itself, as it was told last."""

    def __init__(self, meter: MeterCoordinator) -> None:
        """Nothing was told yet."""
        self._meter = meter
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
            feed=self._feed(data.reading.mode),
            read_at=now,
            before=self.now.get(phase),
            early=data.reading.early,
        )

    def _feed(self, mode: TicMode) -> Feed:
        part = self._meter.subentry.data
        heard = CONF_PORT in part or CONF_RADIO in part
        return FEEDS[mode] if heard else SENSORS
