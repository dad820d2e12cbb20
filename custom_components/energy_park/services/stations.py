"""Actions: switch sectors and stations by a job, postpone and cancel it, find out."""

import asyncio

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
from homeassistant.helpers.service import async_register_platform_entity_service
import probatio

from ..const import DOMAIN, POSTPONE_DEFAULT
from ..park.observation import AtLimit
from ..switches.groups import GroupSwitch
from ..switches.sockets import StationSwitch

ACTION_SWITCH_SECTOR = "switch_sector"
ACTION_CANCEL_JOB = "cancel_job"
ACTION_POSTPONE = "postpone"
ACTION_COMMISSION = "commission"
ACTION_MEASURE_SLEEP = "measure_sleep"
ATTR_AT_LIMIT = "at_limit"
ATTR_DURATION = "duration"
ATTR_WAIT = "wait"


@callback
def async_setup_stations(hass: HomeAssistant) -> None:
    """Register the actions of sectors and stations."""
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_SWITCH_SECTOR,
        entity_domain=SWITCH_DOMAIN,
        schema={
            probatio.Required(ATTR_STATE): probatio.In([STATE_ON, STATE_OFF]),
            probatio.Optional(ATTR_AT_LIMIT): probatio.Coerce(AtLimit),
            probatio.Optional(ATTR_WAIT, default=False): cv.boolean,
        },
        func=_async_switch,
        supports_response=SupportsResponse.OPTIONAL,
    )
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_POSTPONE,
        entity_domain=SWITCH_DOMAIN,
        schema={
            probatio.Optional(
                ATTR_DURATION, default=POSTPONE_DEFAULT
            ): cv.positive_time_period
        },
        func=_async_postpone,
    )
    for action, func in (
        (ACTION_CANCEL_JOB, _async_cancel),
        (ACTION_COMMISSION, _async_commission),
        (ACTION_MEASURE_SLEEP, _async_measure_sleep),
    ):
        async_register_platform_entity_service(
            hass, DOMAIN, action, entity_domain=SWITCH_DOMAIN, schema={}, func=func
        )


async def _async_switch(entity: Entity, call: ServiceCall) -> ServiceResponse:
    """Start a job, or join the one at work; tell each socket's result so far."""
    switch = _place(entity)
    on = call.data[ATTR_STATE] == STATE_ON
    memory = switch.start_job(on, at_limit=call.data.get(ATTR_AT_LIMIT))
    if memory is None:
        # A sector without stations is switched at once.
        await switch.async_order(on)
        return {"job": None, "done": True, "results": {}}
    if call.data[ATTR_WAIT]:
        changed = asyncio.Event()
        end = switch.park.stations.async_add_listener(switch.place, changed.set)
        try:
            while not (memory.job.done or switch.park.jobs.stopped):
                changed.clear()
                await changed.wait()
        finally:
            end()
    return {
        "job": memory.job.id,
        "done": memory.job.done,
        "results": dict(switch.park.jobs.results(memory)),
    }


async def _async_cancel(entity: Entity, call: ServiceCall) -> None:
    switch = _place(entity)
    if not switch.park.trials.async_cancel(switch.place):
        switch.park.jobs.async_cancel(switch.place)


async def _async_postpone(entity: Entity, call: ServiceCall) -> None:
    switch = _place(entity)
    switch.park.jobs.async_postpone(switch.place, call.data[ATTR_DURATION])


async def _async_commission(entity: Entity, call: ServiceCall) -> None:
    _station(entity).async_commission(call.context)


async def _async_measure_sleep(entity: Entity, call: ServiceCall) -> None:
    _station(entity).async_measure_sleep(call.context)


def _place(entity: Entity) -> GroupSwitch | StationSwitch:
    """Return the switch of a sector or a station; a job is for nothing less."""
    if not isinstance(entity, GroupSwitch | StationSwitch):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_place",
            translation_placeholders={"entity": entity.entity_id},
        )
    return entity


def _station(entity: Entity) -> StationSwitch:
    """Return the switch of a station."""
    if not isinstance(entity, StationSwitch):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_station",
            translation_placeholders={"entity": entity.entity_id},
        )
    return entity
