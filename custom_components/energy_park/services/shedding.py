"""Actions: shed, restore, set priorities, and ask whether a load may start."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.service import async_register_platform_entity_service
import probatio

from ..const import DOMAIN, PRIORITY_MAX, PRIORITY_MIN
from ..control.shedding.shedding import Shedding
from ..park.shedding.may_start import MayStart
from ..park.shedding.requests import Requested
from ..switches.sockets import SOCKET, SocketSwitch
from ..targets import (
    CONF_METER,
    METERS,
    PHASES,
    all_sheddings,
    meant_sheddings,
    sector_ids,
)

ACTION_SHED = "shed"
ACTION_RESTORE = "restore"
ACTION_SET_PRIORITY = "set_priority"
ACTION_MAY_START = "may_start"

ATTR_MODE = "mode"
ATTR_POWER = "power"
ATTR_SECTORS = "sectors"
ATTR_FROM_PRIORITY = "from_priority"
ATTR_DURATION = "duration"
ATTR_SOCKETS = "sockets"
ATTR_PRIORITY = "priority"
ATTR_PHASE = "phase"

# By prediction the rule keeps the meter from opening until the danger is over; on
# request what somebody wants off goes off now.
MODE_PREDICTION = "prediction"
MODE_REQUEST = "request"

_PRIORITY = probatio.All(
    probatio.Coerce(int), probatio.Range(min=PRIORITY_MIN, max=PRIORITY_MAX)
)
_SHED_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_MODE, default=MODE_PREDICTION): probatio.In(
            [MODE_PREDICTION, MODE_REQUEST]
        ),
        probatio.Optional(CONF_METER): METERS,
        probatio.Optional(ATTR_POWER): cv.positive_float,
        probatio.Optional(ATTR_SECTORS): METERS,
        probatio.Optional(ATTR_FROM_PRIORITY): _PRIORITY,
        probatio.Optional(ATTR_DURATION): cv.positive_time_period,
    }
)
_RESTORE_SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_METER): METERS,
        probatio.Optional(ATTR_SOCKETS): cv.entity_ids,
    }
)
_MAY_START_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_POWER): cv.positive_float,
        probatio.Optional(CONF_METER): METERS,
        probatio.Optional(ATTR_PHASE): PHASES,
    }
)


@callback
def async_setup_shedding(hass: HomeAssistant) -> None:
    """Register the actions."""
    for action, handle, schema, response in (
        (ACTION_SHED, _async_shed, _SHED_SCHEMA, SupportsResponse.OPTIONAL),
        (ACTION_RESTORE, _async_restore, _RESTORE_SCHEMA, SupportsResponse.OPTIONAL),
        (ACTION_MAY_START, _async_may_start, _MAY_START_SCHEMA, SupportsResponse.ONLY),
    ):
        hass.services.async_register(DOMAIN, action, handle, schema, response)
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_SET_PRIORITY,
        entity_domain=SWITCH_DOMAIN,
        schema={probatio.Required(ATTR_PRIORITY): _PRIORITY},
        func=_async_set_priority,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_shed(call: ServiceCall) -> ServiceResponse:
    """Let the rule protect, or shed on request; tell what was ordered off."""
    sheddings = meant_sheddings(call.hass, call.data.get(CONF_METER))
    if call.data[ATTR_MODE] == MODE_PREDICTION:
        if call.data.keys() & {ATTR_POWER, ATTR_SECTORS, ATTR_FROM_PRIORITY}:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="shed_takes_no_choice"
            )
        for shedding in sheddings:
            shedding.async_protect()
        return _answer(sheddings, {})
    left_w = call.data.get(ATTR_POWER)
    asked: dict[Shedding, Requested] = {}
    sectors = None
    if ATTR_SECTORS in call.data:
        sectors = sector_ids(call.hass, call.data[ATTR_SECTORS])
    for shedding in sheddings:
        if left_w is not None and left_w <= 0:
            break
        asked[shedding] = shedding.async_request(
            power_w=left_w,
            sectors=sectors,
            from_priority=call.data.get(ATTR_FROM_PRIORITY, PRIORITY_MIN),
            lasting=call.data.get(ATTR_DURATION),
        )
        if left_w is not None:
            left_w -= asked[shedding].power_w
    return _answer(sheddings, asked)


async def _async_restore(call: ServiceCall) -> ServiceResponse:
    """Let what is shed come back as soon as it fits."""
    sheddings = meant_sheddings(call.hass, call.data.get(CONF_METER))
    sockets = None
    if ATTR_SOCKETS in call.data:
        sockets = _socket_ids(call.hass, call.data[ATTR_SOCKETS])
    for shedding in sheddings:
        shedding.async_end(sockets)
    return _answer(sheddings, {})


async def _async_may_start(call: ServiceCall) -> ServiceResponse:
    """Answer whether a load may start now; what is told yes counts as started."""
    answers = [
        shedding.async_may_start(
            call.data[ATTR_POWER], call.data.get(ATTR_PHASE), promise=True
        )
        for shedding in meant_sheddings(call.hass, call.data.get(CONF_METER))
    ]
    # Behind several meters it may be on any of them.
    worst = min(answers, key=_room)
    return {
        "fits": worst.fits,
        "reason": worst.verdict.value,
        "seconds": worst.held_s,
        "fits_from": None if worst.fits_from is None else worst.fits_from.isoformat(),
    }


async def _async_set_priority(entity: Entity, call: ServiceCall) -> ServiceResponse:
    """Change the priority of a socket."""
    if not isinstance(entity, SocketSwitch):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_socket",
            translation_placeholders={"entity": entity.entity_id},
        )
    before = entity.switchboard.memory(entity.socket).priority
    entity.switchboard.choices.async_choose(
        entity.socket, priority=call.data[ATTR_PRIORITY]
    )
    return {"priority": call.data[ATTR_PRIORITY], "before": before}


def _room(answer: MayStart) -> tuple[bool, float]:
    held_s = float("inf") if answer.held_s is None else answer.held_s
    return (answer.fits, held_s)


def _answer(
    sheddings: list[Shedding], asked: Mapping[Shedding, Requested]
) -> dict[str, Any]:
    """Return what is shed now, what was just ordered, and what is predicted.

    In test mode nothing is ordered, and it is told what would have been.
    """
    ordered = {
        shedding: {order.load: order for order in requested.orders}
        for shedding, requested in asked.items()
    }
    return {
        "meters": [
            {
                "meter": shedding.meter.subentry.title,
                "status": shedding.sight.status,
                "test": shedding.memory.test,
                "seconds_left": shedding.danger.left_s,
                "shed_power": round(shedding.state.shed_w),
                "shed": [
                    {
                        "socket": shedding.loads.sockets[socket_id].name,
                        "socket_id": socket_id,
                        "power": round(shed.power_w),
                        "cause": shed.cause.value,
                        "now": socket_id in ordered.get(shedding, {}),
                        "since": shed.at.isoformat(),
                        "until": None if shed.until is None else shed.until.isoformat(),
                    }
                    for socket_id, shed in shedding.state.shed.items()
                ],
                "would_shed": [
                    {
                        "socket": shedding.loads.sockets[socket_id].name,
                        "socket_id": socket_id,
                        "power": round(order.power_w),
                    }
                    for socket_id, order in ordered.get(shedding, {}).items()
                    if shedding.memory.test
                ],
            }
            for shedding in sheddings
        ]
    }


def _socket_ids(hass: HomeAssistant, entity_ids: list[str]) -> set[str]:
    """Return the sockets of switches; raise if one of them is no socket's."""
    sockets = {
        f"{socket_id}_{SOCKET.key}": socket_id
        for shedding in all_sheddings(hass)
        for socket_id in shedding.sockets
    }
    found = set()
    for entity_id in entity_ids:
        entity = er.async_get(hass).async_get(entity_id)
        if entity is None or entity.unique_id not in sockets:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_socket",
                translation_placeholders={"entity": entity_id},
            )
        found.add(sockets[entity.unique_id])
    return found
