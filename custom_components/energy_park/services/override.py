"""Actions: override a switch for a while, and end an override."""

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_STATE, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.service import async_register_platform_entity_service
import probatio

from ..const import DOMAIN
from ..switches.ordered import OrderedSwitch

ACTION_OVERRIDE = "override"
ACTION_RELEASE = "release"
ATTR_DURATION = "duration"


@callback
def async_setup_override(hass: HomeAssistant) -> None:
    """Register the actions of switches."""
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


async def _async_override(entity: Entity, call: ServiceCall) -> None:
    await ordered_switch(entity).async_order(
        call.data[ATTR_STATE] == STATE_ON, call.data.get(ATTR_DURATION)
    )


async def _async_release(entity: Entity, call: ServiceCall) -> None:
    await ordered_switch(entity).async_release()


def ordered_switch(entity: Entity) -> OrderedSwitch:
    """Return the switch an action is for; settings are no such switch."""
    if not isinstance(entity, OrderedSwitch):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_socket",
            translation_placeholders={"entity": entity.entity_id},
        )
    return entity
