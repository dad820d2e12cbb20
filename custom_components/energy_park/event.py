"""Events: what happened to a meter, and each decision of its shedding."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .control.shedding.news import Happening
from .coordinator import EnergyParkConfigEntry
from .entity import MeterEntity, SheddingEntity
from .events.alarms import ParkAlarmEvent
from .events.audit import ParkAuditEvent
from .meter_coordinator import MeterCoordinator

PARALLEL_UPDATES = 0

OVERLOAD_STARTED = "overload_started"
OVERLOAD_ENDED = "overload_ended"

METER_EVENT = EventEntityDescription(
    key="event",
    translation_key="meter",
    event_types=[OVERLOAD_STARTED, OVERLOAD_ENDED],
)
SHEDDING_EVENT = EventEntityDescription(
    key="shedding_event",
    translation_key="shedding",
    event_types=[happening.value for happening in Happening],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events of each meter, of the park's alarms, and its audit."""
    data = entry.runtime_data
    async_add_entities(
        [
            ParkAlarmEvent(data.alarms, entry.entry_id),
            ParkAuditEvent(data.audit, entry.entry_id),
        ]
    )
    for subentry_id, meter in entry.runtime_data.meters.items():
        shedding = entry.runtime_data.sheddings[subentry_id]
        async_add_entities(
            [MeterEvent(meter), SheddingEvent(shedding, SHEDDING_EVENT)],
            config_subentry_id=subentry_id,
        )


class MeterEvent(MeterEntity, EventEntity):
    """Tells when an overload starts and ends."""

    def __init__(self, coordinator: MeterCoordinator) -> None:
        """Start without knowing of an overload."""
        super().__init__(coordinator, METER_EVENT)
        self._overload: bool | None = None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Look for a change of the overload; what is unknown changes nothing."""
        if self.available and (overload := self.reading.overload) is not None:
            if overload is not bool(self._overload):
                self._trigger_event(OVERLOAD_STARTED if overload else OVERLOAD_ENDED)
            self._overload = overload
        super()._handle_coordinator_update()


class SheddingEvent(SheddingEntity, EventEntity):
    """Tells each decision to shed or to restore, with its reason."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what happens; between two happenings nothing changes."""
        self.async_on_remove(self.shedding.news.async_add_teller(self._async_tell))

    @callback
    def _async_tell(self, happening: Happening, particulars: dict[str, Any]) -> None:
        self._trigger_event(happening, particulars)
        self.async_write_ha_state()
