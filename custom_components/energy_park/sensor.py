"""Sensors of meters, sockets, sectors and the park."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import EnergyParkConfigEntry
from .entity import groups
from .sensors.group import (
    GROUP_POWER,
    GROUP_STATE,
    SOCKETS_ON,
    GroupEnergySensor,
    GroupPowerSensor,
    GroupStateSensor,
    SocketsOnSensor,
)
from .sensors.meter import follow_meter
from .sensors.socket import ENERGY, REASON, ReasonSensor, follow_plug

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what is always there; the rest is added when it is first measured."""
    for subentry_id, meter in entry.runtime_data.meters.items():
        follow_meter(meter, subentry_id, async_add_entities)
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (ReasonSensor(plug, socket, REASON) for socket in plug.plug.sockets),
            config_subentry_id=subentry_id,
        )
        follow_plug(plug, subentry_id, async_add_entities)
    for group in groups(entry):
        async_add_entities(
            [
                GroupPowerSensor(group, GROUP_POWER),
                GroupEnergySensor(group, ENERGY),
                SocketsOnSensor(group, SOCKETS_ON),
                GroupStateSensor(group, GROUP_STATE),
            ],
            config_subentry_id=group.sector_id,
        )
