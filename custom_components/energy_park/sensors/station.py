"""Sensors of stations, and of the jobs that switch them."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, callback

from ..control.group import SocketGroup
from ..control.memory import JobMemory
from ..coordinator import EnergyParkConfigEntry
from ..entity import GroupEntity, StationEntity
from ..park.commissioning import Commissioning
from ..park.effects import Outcome
from ..park.progress import Stage, reason_of, stage_of
from ..park.standby import Band
from ..park.station import Wake

STATION_STATE = SensorEntityDescription(
    key="state",
    translation_key="station_state",
    device_class=SensorDeviceClass.ENUM,
    options=[band.value for band in Band if band is not Band.UNKNOWN],
)
STATION_STAGE = SensorEntityDescription(
    key="job",
    translation_key="station_job",
    device_class=SensorDeviceClass.ENUM,
    options=[stage.value for stage in Stage],
)
STATION_RESULT = SensorEntityDescription(
    key="result",
    translation_key="station_result",
    device_class=SensorDeviceClass.ENUM,
    options=[outcome.value for outcome in Outcome],
    entity_category=EntityCategory.DIAGNOSTIC,
)
WAKE = SensorEntityDescription(
    key="wake",
    translation_key="wake",
    device_class=SensorDeviceClass.ENUM,
    options=[wake.value for wake in Wake],
    entity_category=EntityCategory.DIAGNOSTIC,
)
SECTOR_JOB = SensorEntityDescription(
    key="job",
    translation_key="sector_job",
    device_class=SensorDeviceClass.ENUM,
    options=[
        stage.value
        for stage in Stage
        if stage not in (Stage.COMMISSIONING, Stage.MEASURING_SLEEP)
    ],
)


class StationStateSensor(StationEntity, SensorEntity):
    """Whether the computer of a station is off, in standby, idle or at work."""

    @property
    @override
    def native_value(self) -> str | None:
        """The band of the latest reading."""
        band = self.park.stations.band(self.station_id)
        return None if band is Band.UNKNOWN else band

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Whether somebody works there, as far as that is known."""
        return {"working": self.park.stations.working(self.station_id)}


class StationStageSensor(StationEntity, SensorEntity):
    """What is going on at a station."""

    @property
    @override
    def native_value(self) -> str:
        """The stage of its job, or of its run."""
        if (trial := self.park.trials.of_station(self.station_id)) is not None:
            if isinstance(trial, Commissioning):
                return Stage.COMMISSIONING
            return Stage.MEASURING_SLEEP
        job = self.park.jobs.of_station(self.station_id)
        return stage_of(job, self.station_id) if job else Stage.IDLE

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """What stands in the way."""
        job = self.park.jobs.of_station(self.station_id)
        reasons = [
            reason_of(run)
            for run in (job.stations if job else ())
            if run.station == self.station_id
        ]
        return {"reason": reasons[0] if reasons else None}


class StationResultSensor(StationEntity, SensorEntity):
    """What the last job of a station came to."""

    @property
    @override
    def native_value(self) -> str | None:
        """The result of its computer."""
        result = self.park.stations.memory(self.station_id).result
        return None if result is None else result.outcome

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Why, and when."""
        result = self.park.stations.memory(self.station_id).result
        return {"reason": result and result.reason, "at": result and result.at}


class WakeSensor(StationEntity, SensorEntity):
    """How the computer of a station starts, as a commissioning run has found out."""

    @property
    @override
    def native_value(self) -> str:
        """The way that is proven."""
        return self.station.learnt.wake

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Why its socket is never cut, if so, and where it counts as off."""
        station = self.station
        return {
            "cut_refused": station.cut_refused,
            "off_below_w": round(station.off_band.below_w, 1),
            "commissioned_at": station.learnt.at,
        }


class SectorJobSensor(GroupEntity, SensorEntity):
    """The job of a sector: how far it is, and what became of each socket."""

    # One state for each step is enough history.
    _unrecorded_attributes = frozenset({"results", "progress"})

    def __init__(self, entry: EnergyParkConfigEntry, group: SocketGroup) -> None:
        """Follow the jobs of a sector."""
        super().__init__(group, SECTOR_JOB)
        self._park = entry.runtime_data

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the jobs only: the sockets do not matter."""
        self.async_on_remove(self._async_follow())

    @callback
    def _async_follow(self) -> CALLBACK_TYPE:
        return self._park.stations.async_add_listener(
            self.members.unique_id, self.async_write_ha_state
        )

    @property
    @override
    def native_value(self) -> str:
        """The stage of the job."""
        memory = self._memory
        return stage_of(memory.job) if memory else Stage.IDLE

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Where to, how far, and each socket's result."""
        if (memory := self._memory) is None:
            return {"on": None, "progress": None, "results": {}}
        job = memory.job
        return {
            "on": job.on,
            "progress": round(100 * job.progress),
            "results": self._park.jobs.results(memory),
        }

    @property
    def _memory(self) -> JobMemory | None:
        return self._park.jobs.latest(self.members.unique_id)
