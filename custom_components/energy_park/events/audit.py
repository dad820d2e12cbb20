"""The event of a park's audit: each order, who gave it and why, and what came of it."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import Context, callback
from homeassistant.helpers.device_registry import DeviceInfo

from ..const import DOMAIN
from ..control.audit import Audit, Audited, Entry

PARK_AUDIT = EventEntityDescription(
    key="audit",
    translation_key="audit",
    entity_category=EntityCategory.DIAGNOSTIC,
    event_types=[what.value for what in Audited],
)


class ParkAuditEvent(EventEntity):
    """Tells each order of the park."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description = PARK_AUDIT

    def __init__(self, audit: Audit, entry_id: str) -> None:
        """Bind the event to the park."""
        self._audit = audit
        self._attr_unique_id = f"{entry_id}_{PARK_AUDIT.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the audit."""
        self.async_on_remove(self._audit.async_listen(self._async_tell))

    @callback
    def _async_tell(self, entry: Entry) -> None:
        self.async_set_context(Context(user_id=entry.by))
        self._trigger_event(entry.what, entry.told)
        self.async_write_ha_state()
