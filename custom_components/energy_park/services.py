"""Actions: override a switch for a while, end an override, export the inventory."""

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_STATE, STATE_OFF, STATE_ON
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
    async_register_platform_entity_service,
)
import probatio

from .const import DOMAIN
from .inventory import export_inventory
from .switch import OrderedSwitch

ACTION_EXPORT_INVENTORY = "export_inventory"
ACTION_OVERRIDE = "override"
ACTION_RELEASE = "release"
ATTR_CONFIG_ENTRY_ID = "config_entry_id"
ATTR_DURATION = "duration"


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; they exist whether a park is loaded or not."""
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_OVERRIDE,
        entity_domain=SWITCH_DOMAIN,
        schema={
            probatio.Required(ATTR_STATE): probatio.In([STATE_ON, STATE_OFF]),
            probatio.Optional(ATTR_DURATION): cv.positive_time_period,
        },
        func=_async_override,
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_RELEASE,
        entity_domain=SWITCH_DOMAIN,
        schema={},
        func=_async_release,
    )
    # Addresses are no business of those who only switch.
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_EXPORT_INVENTORY,
        _async_export_inventory,
        probatio.Schema({probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}),
        SupportsResponse.ONLY,
    )


async def _async_override(entity: Entity, call: ServiceCall) -> None:
    await _ordered(entity).async_order(
        call.data[ATTR_STATE] == STATE_ON, call.data.get(ATTR_DURATION)
    )


async def _async_release(entity: Entity, call: ServiceCall) -> None:
    await _ordered(entity).async_release()


async def _async_export_inventory(call: ServiceCall) -> ServiceResponse:
    entry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    return {"inventory": export_inventory(entry)}


def _ordered(entity: Entity) -> OrderedSwitch:
    """Return the switch an action is for; settings are no such switch."""
    if not isinstance(entity, OrderedSwitch):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_socket",
            translation_placeholders={"entity": entity.entity_id},
        )
    return entity
