"""Other entities of Home Assistant, in a real PostgreSQL."""

from copy import copy
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    label_registry as lr,
)
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.control.mirror_entities import number_in, state_row
from custom_components.energy_park.mirror.rows import (
    EventRow,
    ReadingRow,
    Series,
    SubjectKind,
)

from .databases import TestDatabase, mirror
from .parks import async_setup, entity_id
from .test_mirroring import answer

pytestmark = pytest.mark.usefixtures("socket_enabled")

READINGS = """
    SELECT subject_id, metric, unit, value FROM reading
    JOIN series USING (site_id, series_id)
    WHERE subject_kind = 'entity' AND metric = 'state' ORDER BY at
"""
EVENTS = """
    SELECT subject_id, is_on, detail ->> 'state' FROM event
    WHERE subject_kind = 'entity' AND kind = 'state' ORDER BY at
"""
DEGREES = {"unit_of_measurement": "°C"}


async def test_numbers_become_readings_and_everything_else_events(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    chosen = ["sensor.hall", "binary_sensor.door", "select.mode"]
    data = database.data(include={"entity_id": chosen})
    # One that is there before, one that comes later.
    hass.states.async_set("sensor.hall", "19.5", DEGREES)
    entry = await async_setup(hass, mirror(data))
    hass.states.async_set("binary_sensor.door", "on")
    hass.states.async_set("binary_sensor.door", "off")
    hass.states.async_set("select.mode", "economy")
    for text in (STATE_UNAVAILABLE, STATE_UNKNOWN, "0", "20"):
        hass.states.async_set("sensor.hall", text, DEGREES)
    # The same value again, and another attribute: nothing was measured.
    hass.states.async_set("sensor.hall", "20", DEGREES | {"battery": 3})
    hass.states.async_set("sensor.not_chosen", "1")
    rows = await answer(database, data["schema"], READINGS, 3)
    assert [tuple(row) for row in rows] == [
        ("sensor.hall", "state", "°C", value) for value in (19.5, 0, 20)
    ]
    rows = await answer(database, data["schema"], EVENTS, 5)
    assert [tuple(row) for row in rows] == [
        ("binary_sensor.door", True, "on"),
        ("binary_sensor.door", False, "off"),
        ("select.mode", None, "economy"),
        ("sensor.hall", None, "unavailable"),
        ("sensor.hall", None, "unknown"),
    ]
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set("sensor.hall", "21", DEGREES)
    rows = await answer(database, data["schema"], READINGS, 3)
    assert len(rows) == 3


async def test_areas_and_labels_are_followed_but_for_what_is_excluded(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    hall = ar.async_get(hass).async_create("Hall")
    label = lr.async_get(hass).async_create("Weather")
    entities = er.async_get(hass)
    there, secret, later = (
        entities.async_get_or_create("sensor", "other", name, object_id_base=name)
        for name in ("there", "secret", "later")
    )
    for entity in (there, secret):
        entities.async_update_entity(entity.entity_id, area_id=hall.id)
    data = database.data(
        include={"area_id": [hall.id], "label_id": [label.label_id]},
        exclude=[secret.entity_id],
    )
    entry = await async_setup(hass, mirror(data))
    for entity in (there, secret, later):
        hass.states.async_set(entity.entity_id, "1")
    entities.async_update_entity(later.entity_id, labels={label.label_id})
    await hass.async_block_till_done()
    for entity in (there, secret, later):
        hass.states.async_set(entity.entity_id, "2")
    rows = await answer(database, data["schema"], READINGS, 4)
    assert {(row["subject_id"], row["value"]) for row in rows} == {
        (there.entity_id, 1),
        (there.entity_id, 2),
        (later.entity_id, 1),
        (later.entity_id, 2),
    }
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_the_park_measures_itself_comes_once(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entities = er.async_get(hass)
    data = database.data(include={"entity_id": ["sensor.foreign"]})
    entry = await async_setup(hass, mirror(data))
    [lag] = [
        entity.entity_id
        for entity in er.async_entries_for_config_entry(entities, entry.entry_id)
        if entity.unique_id == "mirror_lag"
    ]
    chosen = {"include": {"entity_id": [lag, "sensor.foreign"]}}
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["mirror"], data=data | chosen
    )
    await hass.async_block_till_done()
    assert entry.runtime_data.mirroring.series_of(lag) is None
    hass.states.async_set(lag, "77")
    hass.states.async_set("sensor.foreign", "1")
    rows = await answer(database, data["schema"], READINGS, 1)
    assert {row["subject_id"] for row in rows} == {"sensor.foreign"}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_is_worked_out_of_it_comes_if_it_is_chosen(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data))
    waste = entity_id(hass, "sensor", f"{entry.entry_id}_left_on_energy")
    power = entity_id(hass, "sensor", f"{entry.entry_id}_power")
    chosen = {"include": {"entity_id": [waste, power]}}
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["mirror"], data=data | chosen
    )
    await hass.async_block_till_done()
    mirroring = entry.runtime_data.mirroring
    assert mirroring.series_of(power) == Series(SubjectKind.SITE, "", "power_w", "W")
    assert mirroring.series_of(waste).kind is SubjectKind.ENTITY
    hass.states.async_set(waste, "12", {"unit_of_measurement": "Wh"})
    hass.states.async_set(power, "1")
    rows = await answer(database, data["schema"], READINGS + " DESC")
    assert (rows[0]["subject_id"], rows[0]["value"]) == (waste, 12)
    assert {row["subject_id"] for row in rows} == {waste}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_other_entities_are_read_back(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data(include={"entity_id": ["sensor.hall"]})
    entry = await async_setup(hass, mirror(data))
    hass.states.async_set("sensor.hall", "19.5", DEGREES)
    await answer(database, data["schema"], READINGS, 1)
    found: Any = await hass.services.async_call(
        "energy_park",
        "history",
        {
            "entity_id": "sensor.hall",
            "start": "2026-01-01 00:00:00",
            "resolution": "raw",
        },
        blocking=True,
        return_response=True,
    )
    assert [point["mean"] for point in found["entities"]["sensor.hall"]] == [19.5]
    await hass.config_entries.async_unload(entry.entry_id)


def test_a_state_makes_the_same_row_whenever_it_is_seen() -> None:
    door = State("binary_sensor.door", "on")
    row, again = state_row(door), state_row(copy(door))
    assert isinstance(row, EventRow)
    assert isinstance(again, EventRow)
    assert row.event_id == again.event_id
    other = state_row(State("binary_sensor.door", "off", last_changed=row.at))
    assert isinstance(other, EventRow)
    assert other.event_id != row.event_id
    number = state_row(State("sensor.hall", "1e3", DEGREES))
    assert isinstance(number, ReadingRow)
    assert (number.value, number.series.unit) == (1000, "°C")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read(value: float) -> None:
    assert number_in(str(value)) == value


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-Infinity", "1_000", "12 W", "on", "0x10", "unknown"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert number_in(text) is None
