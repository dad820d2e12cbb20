"""The event of a park's alarms: each change of a level, once."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo

from ..const import DOMAIN
from ..control.alarms import Alarm, AlarmWatch

PARK_ALARM = EventEntityDescription(
    key="alarms",
    translation_key="alarms",
    event_types=[
        "overload_warning",
        "overload_alarm",
        "overload_ok",
        "voltage_warning",
        "voltage_alarm",
        "voltage_ok",
        "out_of_hours_warning",
        "out_of_hours_ok",
        "silence_alarm",
        "silence_ok",
        "frequency_warning",
        "frequency_ok",
        "tan_phi_warning",
        "tan_phi_ok",
        "imbalance_warning",
        "imbalance_ok",
        "contract_warning",
        "contract_ok",
    ],
)


class ParkAlarmEvent(EventEntity):
    """Tells which alarm of the park has changed, and of what."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description = PARK_ALARM

    def __init__(self, watch: AlarmWatch, entry_id: str) -> None:
        """Bind the event to the park."""
        self._watch = watch
        self._attr_unique_id = f"{entry_id}_{PARK_ALARM.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the alarms."""
        self.async_on_remove(self._watch.async_listen(self._async_tell))

    @callback
    def _async_tell(self, alarm: Alarm) -> None:
        self._trigger_event(f"{alarm.kind}_{alarm.level}", {"name": alarm.name})
        self.async_write_ha_state()
