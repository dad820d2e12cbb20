"""The opening hours of a park are chosen among the entities of the house."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.energy_park.control.opening import OpeningHours

from .parks import async_setup


async def async_choose(hass: HomeAssistant, entry: Any, **chosen: Any) -> Any:
    """Choose the hours as a person does; return the form that was shown."""
    menu = await entry.start_reconfigure_flow(hass)
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "opening"}
    )
    assert form["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(form["flow_id"], chosen)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    return form


def suggested(form: Any) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }


async def test_hours_and_holidays_tell_that_a_park_is_closed(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    assert not OpeningHours(hass, entry).known
    assert OpeningHours(hass, entry).closed is None
    await async_choose(
        hass, entry, opening_hours="schedule.school", holidays=["calendar.holidays"]
    )
    hours = OpeningHours(hass, entry)
    assert hours.known
    for school, holidays, closed in (
        (None, None, None),
        ("off", None, True),
        ("on", None, None),
        ("on", "off", False),
        ("on", "on", True),
        ("on", "unavailable", None),
    ):
        hass.states.async_set("schedule.school", school or "unknown")
        hass.states.async_set("calendar.holidays", holidays or "unknown")
        assert hours.closed is closed


async def test_what_is_chosen_survives_a_new_name_and_can_be_taken_back(
    hass: HomeAssistant,
) -> None:
    entities = er.async_get(hass)
    school = entities.async_get_or_create("schedule", "schedule", "school")
    entry = await async_setup(hass)
    await async_choose(hass, entry, opening_hours=school.entity_id)
    entities.async_update_entity(school.entity_id, new_entity_id="schedule.lycee")
    hass.states.async_set("schedule.lycee", "off")
    assert OpeningHours(hass, entry).closed is True
    form = await async_choose(hass, entry, holidays=["calendar.holidays"])
    assert suggested(form) == {"opening_hours": "schedule.lycee"}
    form = await async_choose(hass, entry)
    assert suggested(form) == {"holidays": ["calendar.holidays"]}
    assert not OpeningHours(hass, entry).known
    # What else the park knows stays.
    assert entry.data["country"] == "FR"


@pytest.mark.parametrize(
    ("states", "holiday"),
    [
        ((), None),
        (("on",), True),
        (("off",), False),
        (("unavailable",), None),
        (("unavailable", "off"), False),
        (("off", "on"), True),
    ],
)
async def test_a_holiday_is_what_a_calendar_tells(
    hass: HomeAssistant, states: tuple[str, ...], holiday: bool | None
) -> None:
    entry = await async_setup(hass)
    calendars = [f"calendar.c{number}" for number in range(len(states))]
    for calendar, state in zip(calendars, states, strict=True):
        hass.states.async_set(calendar, state)
    await async_choose(hass, entry, holidays=calendars)
    assert OpeningHours(hass, entry).holiday is holiday
