"""Action: follow a schedule, with calendars and an exception beside it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import (
    Context,
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
from homeassistant.util import dt as dt_util
import probatio

from ..const import DOMAIN
from ..coordinator import EnergyParkConfigEntry
from ..park.schedule import Event, Hours, Plan, Span, desired
from .override import ordered_switch

ACTION_FOLLOW_SCHEDULE = "follow_schedule"
ATTR_SCHEDULE = "schedule"
ATTR_CLOSED = "closed"
ATTR_OPENED = "opened"
ATTR_EXCEPTION_START = "exception_start"
ATTR_EXCEPTION_END = "exception_end"
ATTR_EXCEPTION_STATE = "exception_state"
ATTR_READY_BEFORE = "ready_before"

# What is asked of schedules and calendars, and how schedules call the days.
SCHEDULE, GET_SCHEDULE = "schedule", "get_schedule"
CALENDAR, GET_EVENTS = "calendar", "get_events"
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
# As far as a plan looks ahead, and a day back for what has begun.
_BACK, _AHEAD = timedelta(days=1), timedelta(days=9)

_CALENDARS = probatio.All(cv.ensure_list, [cv.entity_domain(CALENDAR)])

SCHEMA: Final[dict[str | probatio.Marker, Any]] = {
    probatio.Required(ATTR_SCHEDULE): cv.entity_domain(SCHEDULE),
    probatio.Optional(ATTR_CLOSED, default=list): _CALENDARS,
    probatio.Optional(ATTR_OPENED, default=list): _CALENDARS,
    probatio.Inclusive(ATTR_EXCEPTION_START, "exception"): cv.datetime,
    probatio.Inclusive(ATTR_EXCEPTION_END, "exception"): cv.datetime,
    probatio.Optional(ATTR_EXCEPTION_STATE, default=STATE_ON): probatio.In(
        [STATE_ON, STATE_OFF]
    ),
    probatio.Optional(ATTR_READY_BEFORE): cv.positive_time_period,
}


@callback
def async_setup_schedule(hass: HomeAssistant) -> None:
    """Register the action."""
    async_register_platform_entity_service(
        hass,
        DOMAIN,
        ACTION_FOLLOW_SCHEDULE,
        entity_domain=SWITCH_DOMAIN,
        schema=SCHEMA,
        func=_async_follow_schedule,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_follow_schedule(entity: Entity, call: ServiceCall) -> ServiceResponse:
    """Give the order that the plan asks for, once each time that it changes.

    What the plan asked for last is remembered over a restart: what changed meanwhile
    is ordered then, what did not is not ordered again.
    """
    switch = ordered_switch(entity)
    hass = call.hass
    now = dt_util.utcnow()
    wanted = desired(now, await _async_read_plan(hass, call.data, now))
    entry: EnergyParkConfigEntry = switch.platform.config_entry  # type: ignore[assignment]
    memory = entry.runtime_data.memory
    assert switch.unique_id is not None
    changes = memory.scheduled.get(switch.unique_id) is not wanted.on
    if changes:
        memory.scheduled[switch.unique_id] = wanted.on
        memory.save_orders()
        # A plan speaks, not the person who may have started the automation.
        switch.async_set_context(Context(parent_id=call.context.id))
        await switch.async_order(wanted.on)
    return {
        "on": wanted.on,
        "ground": wanted.ground,
        "until": wanted.until.isoformat() if wanted.until else None,
        "ordered": changes,
    }


async def _async_read_plan(
    hass: HomeAssistant, asked: Mapping[str, Any], now: datetime
) -> Plan:
    """Return the plan that a schedule and calendars hold.

    Raises:
        ServiceValidationError: one of them does not answer; a plan with a part
            missing would switch off what its calendar keeps open.
    """
    [week] = (
        await _async_ask(hass, SCHEDULE, GET_SCHEDULE, [asked[ATTR_SCHEDULE]])
    ).values()
    within = {"start_date_time": now - _BACK, "end_date_time": now + _AHEAD}
    exceptions = []
    if ATTR_EXCEPTION_START in asked:
        span = Span(
            dt_util.as_utc(asked[ATTR_EXCEPTION_START]),
            dt_util.as_utc(asked[ATTR_EXCEPTION_END]),
        )
        exceptions.append((span, asked[ATTR_EXCEPTION_STATE] == STATE_ON))
    return Plan(
        zone=dt_util.get_default_time_zone(),
        week={
            day: tuple(
                Hours(_time(block["from"]), _time(block["to"]))
                for block in week.get(name, ())
            )
            for day, name in enumerate(WEEKDAYS)
        },
        closed=await _async_events(hass, asked[ATTR_CLOSED], within),
        opened=await _async_events(hass, asked[ATTR_OPENED], within),
        exceptions=tuple(exceptions),
        lead=asked.get(ATTR_READY_BEFORE, timedelta(0)),
    )


async def _async_events(
    hass: HomeAssistant, calendars: list[str], within: Mapping[str, datetime]
) -> tuple[Event, ...]:
    if not calendars:
        return ()
    answers = await _async_ask(hass, CALENDAR, GET_EVENTS, calendars, within)
    return tuple(
        Event(_moment(event["start"]), _moment(event["end"]))
        for answer in answers.values()
        for event in answer["events"]
    )


async def _async_ask(
    hass: HomeAssistant,
    domain: str,
    action: str,
    entities: list[str],
    data: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what each entity answers to an action; all of them must."""
    missing = [
        entity
        for entity in entities
        if (state := hass.states.get(entity)) is None
        or state.state == STATE_UNAVAILABLE
    ]
    if missing:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="schedule_incomplete",
            translation_placeholders={"entities": ", ".join(missing)},
        )
    answers: dict[str, Any] | None = await hass.services.async_call(
        domain,
        action,
        dict(data or {}),
        blocking=True,
        target={ATTR_ENTITY_ID: entities},
        return_response=True,
    )
    return answers or {}


def _time(at: time | str) -> time:
    return at if isinstance(at, time) else time.fromisoformat(at)


def _moment(at: str) -> datetime | date:
    """Return a moment, or a date for a whole day, as a calendar writes them."""
    if (day := dt_util.parse_date(at)) is not None:
        return day
    return dt_util.as_utc(datetime.fromisoformat(at))
