"""A sector follows a schedule helper, calendars and an exception."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from scripts.emulators import Constant, Mains, Outlet, ShellyGen2

from .common import MockConfigEntry, MockUser
from .parks import async_act, async_setup, async_wait, entity_id, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
ALWAYS, NEVER = "schedule.always", "schedule.never"
ALL_DAY = [{"from": "00:00:00", "to": "24:00:00"}]
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Schedules wait for their next hours for as long as Home Assistant runs."""
    return True


class Calendar(CalendarEntity):
    """A calendar whose entries are given."""

    def __init__(self, name: str, *events: CalendarEvent) -> None:
        self._attr_name = name
        self._events = list(events)

    @property
    @override
    def event(self) -> CalendarEvent | None:
        return None

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [
            event
            for event in self._events
            if event.start_datetime_local < end_date
            and event.end_datetime_local > start_date
        ]


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A plug with a lamp, which is on."""
    mains = Mains()
    lamp = Outlet(mains, 0, appliance=Constant(mains, "lamp", power_w=20))
    async with ShellyGen2(mac=MAC, sockets=[lamp], mains=mains) as emulated:
        yield emulated


async def async_setup_room(hass: HomeAssistant, strip: ShellyGen2) -> MockConfigEntry:
    """A room with a lamp, two schedules and two calendars."""
    week = dict.fromkeys(WEEK, ALL_DAY)
    assert await async_setup_component(
        hass,
        "schedule",
        {
            "schedule": {
                "always": {"name": "Always", **week},
                "never": {"name": "Never"},
            }
        },
    )
    assert await async_setup_component(hass, "calendar", {})
    today = dt_util.now().date()
    tomorrow = today + timedelta(days=1)
    await hass.data[DATA_COMPONENT].async_add_entities(
        [
            Calendar("Holidays", CalendarEvent(today, tomorrow, "Closed")),
            Calendar(
                "Exams",
                CalendarEvent(
                    dt_util.now() - 5 * MINUTE, dt_util.now() + 5 * MINUTE, "Exam"
                ),
            ),
        ]
    )
    return await async_setup(hass, sector("Room A", "room"), plug(strip, "room"))


def is_off(strip: ShellyGen2) -> bool:
    """Whether the lamp is off."""
    return not strip.sockets[0].on


async def async_follow(
    hass: HomeAssistant, schedule: str, **data: Any
) -> dict[str, Any]:
    """Follow a schedule; return the answer for the room."""
    room = entity_id(hass, "switch", "room_all")
    answer = await hass.services.async_call(
        "energy_park",
        "follow_schedule",
        {"entity_id": room, "schedule": schedule, **data},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    told = answer[room]
    assert isinstance(told, dict)
    return told


async def test_a_schedule_is_followed_once_for_each_change(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    answer = await async_follow(hass, NEVER)
    assert answer == {"on": False, "ground": "plan", "until": None, "ordered": True}
    assert is_off(strip)
    room = entity_id(hass, "switch", "room_all")
    await async_act(hass, "switch.turn_on", room, by=hass_admin_user)
    assert not is_off(strip)

    assert (await async_follow(hass, NEVER))["ordered"] is False
    assert not is_off(strip), "a person's order stands"
    await async_act(hass, "energy_park.release", room)
    assert is_off(strip), "the schedule takes over"


async def test_a_schedule_speaks_below_the_person_who_ran_it(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    room = entity_id(hass, "switch", "room_all")
    await async_act(
        hass, "energy_park.follow_schedule", room, by=hass_admin_user, schedule=NEVER
    )
    reason = hass.states.get(entity_id(hass, "sensor", f"{MAC}_0_reason"))
    assert reason is not None
    assert reason.state == "automation"


async def test_after_a_restart_only_what_changed_is_ordered(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup_room(hass, strip)
    await async_follow(hass, NEVER)
    for schedule, ordered in ((NEVER, False), (ALWAYS, True)):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert (await async_follow(hass, schedule))["ordered"] is ordered
    await async_wait(hass, lambda: strip.sockets[0].on)


async def test_calendars_close_and_open(hass: HomeAssistant, strip: ShellyGen2) -> None:
    await async_setup_room(hass, strip)
    answer = await async_follow(hass, ALWAYS, closed="calendar.holidays")
    assert (answer["on"], answer["ground"]) == (False, "closed")
    assert is_off(strip)

    both = {"closed": "calendar.holidays", "opened": "calendar.exams"}
    answer = await async_follow(hass, ALWAYS, **both)
    assert (answer["on"], answer["ground"]) == (True, "open")
    assert not is_off(strip)
    until = dt_util.parse_datetime(answer["until"], raise_on_error=True)
    assert timedelta() < until - dt_util.utcnow() <= 5 * MINUTE


async def test_an_exception_goes_before_all_and_is_ready_in_time(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip)
    start = dt_util.now() + 5 * MINUTE
    coming: dict[str, Any] = {
        "exception_start": start.isoformat(),
        "exception_end": (start + timedelta(hours=1)).isoformat(),
        "closed": ["calendar.holidays"],
    }
    assert (await async_follow(hass, NEVER, **coming))["on"] is False
    answer = await async_follow(hass, NEVER, **coming, ready_before={"minutes": 10})
    assert (answer["on"], answer["ground"]) == (True, "exception")
    assert not is_off(strip)


@pytest.mark.parametrize(
    ("schedule", "data"),
    [
        ("schedule.gone", {}),
        (ALWAYS, {"closed": "calendar.gone"}),
        (ALWAYS, {"opened": ["calendar.exams", "calendar.gone"]}),
    ],
)
async def test_with_a_part_missing_nothing_is_switched(
    hass: HomeAssistant, strip: ShellyGen2, schedule: str, data: dict[str, Any]
) -> None:
    await async_setup_room(hass, strip)
    await async_follow(hass, NEVER)
    with pytest.raises(ServiceValidationError, match="gone") as raised:
        await async_follow(hass, schedule, **data)
    assert raised.value.translation_key == "schedule_incomplete"
    assert is_off(strip)


async def test_what_was_only_observed_is_ordered_when_the_rules_act(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    observe = entity_id(hass, "switch", "park_observe")
    await async_act(hass, "switch.turn_on", observe, by=hass_admin_user)
    assert (await async_follow(hass, NEVER))["ordered"] is True
    assert not is_off(strip)
    await async_act(hass, "switch.turn_off", observe, by=hass_admin_user)
    assert (await async_follow(hass, NEVER))["ordered"] is True
    assert is_off(strip)
