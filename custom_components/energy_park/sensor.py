"""Sensors of meters, sockets, sectors and the park."""

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control.group import SocketGroup
from .coordinator import EnergyParkConfigEntry
from .sensors.channel import follow_channels
from .sensors.group import (
    GROUP_POWER,
    GROUP_STATE,
    GROUP_TRIANGLE,
    SOCKETS_ON,
    UNMEASURED,
    GroupEnergySensor,
    GroupPeriodSensor,
    GroupPowerSensor,
    GroupStateSensor,
    GroupTriangleSensor,
    SocketsOnSensor,
    UnmeasuredSensor,
)
from .sensors.meter import follow_meter
from .sensors.mirror import MIRROR_FILLED, MIRROR_SENSORS, FilledSensor, MirrorSensor
from .sensors.savings import savings_sensors
from .sensors.shedding import SHEDDING_SENSORS, SheddingSensor
from .sensors.socket import ReasonSensor, follow_plug
from .sensors.socket_values import ENERGY, PERIODS, REASON
from .sensors.station import (
    STATION_RESULT,
    STATION_STAGE,
    STATION_STATE,
    WAKE,
    SectorJobSensor,
    StationResultSensor,
    StationStageSensor,
    StationStateSensor,
    WakeSensor,
)
from .sensors.waste import WASTE_SENSORS, WasteSensor

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what is always there; the rest is added when it is first measured."""
    for subentry_id, meter in entry.runtime_data.meters.items():
        follow_meter(meter, subentry_id, async_add_entities)
    for subentry_id, shedding in entry.runtime_data.sheddings.items():
        async_add_entities(
            (SheddingSensor(shedding, sensor) for sensor in SHEDDING_SENSORS),
            config_subentry_id=subentry_id,
        )
    if (mirroring := entry.runtime_data.mirroring) is not None:
        coordinator = mirroring.coordinator
        async_add_entities(
            [
                *(MirrorSensor(coordinator, sensor) for sensor in MIRROR_SENSORS),
                FilledSensor(coordinator, MIRROR_FILLED),
            ],
            config_subentry_id=mirroring.subentry.subentry_id,
        )
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (ReasonSensor(plug, socket, REASON) for socket in plug.plug.sockets),
            config_subentry_id=subentry_id,
        )
        follow_plug(plug, subentry_id, async_add_entities)
        follow_channels(plug, subentry_id, async_add_entities)
    for station in entry.runtime_data.stations.described.values():
        async_add_entities(
            [
                StationStateSensor(entry, station, STATION_STATE),
                StationStageSensor(entry, station, STATION_STAGE),
                StationResultSensor(entry, station, STATION_RESULT),
                WakeSensor(entry, station, WAKE),
            ],
            config_subentry_id=station.id,
        )
    for group in entry.runtime_data.sectors:
        if entry.runtime_data.stations.any_in(group.sockets):
            async_add_entities(
                [SectorJobSensor(entry, group)], config_subentry_id=group.sector_id
            )
    async_add_entities([UnmeasuredSensor(entry, UNMEASURED)])
    for group in entry.runtime_data.groups:
        async_add_entities(
            _group_sensors(entry, group), config_subentry_id=group.sector_id
        )


def _group_sensors(
    entry: EnergyParkConfigEntry, group: SocketGroup
) -> list[SensorEntity]:
    """Return the sensors of a sector or of the whole park."""
    data = entry.runtime_data
    return [
        GroupPowerSensor(group, GROUP_POWER),
        GroupEnergySensor(entry, group, ENERGY),
        *(GroupPeriodSensor(entry, group, period) for period in PERIODS),
        *(GroupTriangleSensor(group, figure) for figure in GROUP_TRIANGLE),
        SocketsOnSensor(group, SOCKETS_ON),
        GroupStateSensor(group, GROUP_STATE),
        *(WasteSensor(group, data.waste, figure) for figure in WASTE_SENSORS),
        *savings_sensors(group, data.savings),
    ]
