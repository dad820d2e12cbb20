"""What Home Assistant remembers, filled in in a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control.recollection import Recollection
from custom_components.energy_park.mirror.rows import (
    HourRow,
    ReadingRow,
    Series,
    SubjectKind,
)
from custom_components.energy_park.services import re_mirror
from scripts.emulators import ShellyGen2

from .common import MockConfigEntry, MockUser, async_wait_recording_done
from .databases import TestDatabase, mirror
from .parks import async_wait, park, plug
from .test_mirroring import answer, mirror_of, state

pytestmark = pytest.mark.usefixtures("recorder_mock", "socket_enabled")

MAC = "aa0000000001"
SOCKET = f"{MAC}_0"
POWER = "sensor.socket_power"
HALL = "sensor.hall"
DOOR = "binary_sensor.door"
HOUR = timedelta(hours=1)
READINGS = """
    SELECT at, value, quality, unit FROM reading JOIN series USING (site_id, series_id)
    WHERE subject_id = $1 AND metric = $2 AND quality = 2 ORDER BY at
"""
HOURS = """
    SELECT hour_at, value_sum, value_min, value_max, readings, thinned
    FROM reading_hour JOIN series USING (site_id, series_id)
    WHERE subject_id = $1 AND metric = $2 AND thinned > 0 ORDER BY hour_at
"""


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        yield emulated


@pytest.fixture
def begin() -> datetime:
    """A whole hour, two days ago: from then on there are states."""
    now = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    return now - timedelta(days=2)


@pytest.fixture
async def entry(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2, begin: datetime
) -> AsyncIterator[MockConfigEntry]:
    """A park of which the recorder remembers much; it is not set up yet."""
    included = {"entity_id": [HALL, DOOR]}
    entry = park(mirror(database.data(include=included)), plug(strip))
    entry.add_to_hass(hass)
    known = er.async_get(hass).async_get_or_create(
        "sensor",
        DOMAIN,
        f"{SOCKET}_power",
        config_entry=entry,
        object_id_base="socket power",
    )
    assert known.entity_id == POWER
    remember(hass, POWER, begin, ["0.06", "0.07", "unavailable", "0.08"], "kW")
    remember(hass, HALL, begin, ["19", "20"], "°C")
    remember(hass, DOOR, begin, ["on", "off"], None)
    remember_hours(hass, POWER, begin - 3 * HOUR, [10.0, 20.0, 30.0], "W", "power")
    await async_wait_recording_done(hass)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def remember(
    hass: HomeAssistant, entity: str, at: datetime, texts: list[str], unit: str | None
) -> None:
    """Have the recorder know states that lie ten minutes apart."""
    attributes = {"unit_of_measurement": unit} if unit else {}
    for index, text in enumerate(texts):
        seen_at = at + index * timedelta(minutes=10)
        hass.states.async_set(entity, text, attributes, timestamp=seen_at.timestamp())


def remember_hours(
    hass: HomeAssistant,
    entity: str,
    at: datetime,
    means: list[float],
    unit: str,
    unit_class: str,
) -> None:
    """Have the recorder know statistics of hours."""
    async_import_statistics(
        hass,
        StatisticMetaData(
            mean_type=StatisticMeanType.ARITHMETIC,
            has_sum=False,
            name=None,
            source="recorder",
            statistic_id=entity,
            unit_class=unit_class,
            unit_of_measurement=unit,
        ),
        [
            StatisticData(
                start=at + index * HOUR, mean=mean, min=mean - 1, max=mean + 1
            )
            for index, mean in enumerate(means)
        ],
    )


def schema_of(entry: MockConfigEntry) -> str:
    schema: str = entry.subentries["mirror"].data["schema"]
    return schema


async def async_fill(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the park up and wait until its past is filled in."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_wait(
        hass, lambda: state(hass, "sensor", "filled") == "100", within_s=40
    )
    await mirror_of(entry).arrived()


async def test_the_past_is_filled_in_once(
    hass: HomeAssistant,
    database: TestDatabase,
    entry: MockConfigEntry,
    begin: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    schema = schema_of(entry)
    for _ in range(2):
        await async_fill(hass, entry)
        rows = await answer(database, schema, READINGS, 3, SOCKET, "power_w")
        assert [(row["at"], row["value"], row["unit"]) for row in rows] == [
            (begin, pytest.approx(60), "W"),
            (begin + timedelta(minutes=10), pytest.approx(70), "W"),
            (begin + timedelta(minutes=30), pytest.approx(80), "W"),
        ]
        hours = await answer(database, schema, HOURS, 3, SOCKET, "power_w")
        assert [tuple(row) for row in hours] == [
            (begin - (3 - index) * HOUR, mean, mean - 1, mean + 1, 1, 1)
            for index, mean in enumerate((10.0, 20.0, 30.0))
        ]
        rows = await answer(database, schema, READINGS, 1, HALL, "state")
        assert (rows[0]["at"], rows[0]["value"]) == (begin, 19)
        rows = await answer(
            database,
            schema,
            "SELECT at, is_on FROM event WHERE subject_id = $1 ORDER BY at",
            2,
            DOOR,
        )
        assert [tuple(row) for row in rows] == [
            (begin, True),
            (begin + timedelta(minutes=10), False),
        ]
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert "rows of the past were added to the mirror" in caplog.text


async def test_what_was_interrupted_goes_on(
    hass: HomeAssistant,
    database: TestDatabase,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remembered = Recollection.rows
    asked: list[str] = []

    async def stuck(self: Any, entity: str, *question: Any) -> Any:
        asked.append(entity)
        if len(asked) > 1:
            await asyncio.Event().wait()
        return await remembered(self, entity, *question)

    monkeypatch.setattr(Recollection, "rows", stuck)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_wait(hass, lambda: len(asked) > 1, within_s=30)
    assert state(hass, "sensor", "filled") != "100"
    assert await hass.config_entries.async_unload(entry.entry_id)
    monkeypatch.setattr(Recollection, "rows", remembered)
    await async_fill(hass, entry)
    schema = schema_of(entry)
    assert len(await answer(database, schema, READINGS, 3, SOCKET, "power_w")) == 3
    assert len(await answer(database, schema, HOURS, 3, SOCKET, "power_w")) == 3


async def test_what_others_told_during_a_short_absence_is_filled_in(
    hass: HomeAssistant, database: TestDatabase, entry: MockConfigEntry
) -> None:
    await async_fill(hass, entry)
    degrees = {"unit_of_measurement": "°C"}
    hass.states.async_set(HALL, "20.5", degrees)
    await mirror_of(entry).arrived()
    assert await hass.config_entries.async_unload(entry.entry_id)
    for value in ("21", "22", "23"):
        hass.states.async_set(HALL, value, degrees)
    await async_wait_recording_done(hass)
    await async_fill(hass, entry)
    hall = """
        SELECT value FROM reading JOIN series USING (site_id, series_id)
        WHERE subject_id = $1 ORDER BY at
    """
    rows = await answer(database, schema_of(entry), hall, 6, HALL)
    assert [row["value"] for row in rows] == [19, 20, 20.5, 21, 22, 23]
    # What it told last was offered twice.
    conflicts = await database.fetch(
        f"SELECT * FROM {schema_of(entry)}.reading_conflict"  # noqa: S608
    )
    assert conflicts == []


async def test_the_past_waits_for_a_database_that_is_away(
    hass: HomeAssistant, database: TestDatabase, entry: MockConfigEntry
) -> None:
    part = entry.subentries["mirror"]
    there = dict(part.data)
    hass.config_entries.async_update_subentry(entry, part, data=there | {"port": 1})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await async_wait(hass, lambda: mirror_of(entry).status().last_error)
    assert state(hass, "sensor", "filled") == "unknown"
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_subentry(entry, part, data=there)
    await async_fill(hass, entry)
    rows = await answer(database, schema_of(entry), READINGS, 3, SOCKET, "power_w")
    assert len(rows) == 3


async def test_another_database_is_filled_in_too(
    hass: HomeAssistant, database: TestDatabase, entry: MockConfigEntry
) -> None:
    await async_fill(hass, entry)
    part = entry.subentries["mirror"]
    other = part.data | {"schema": database.data()["schema"]}
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_subentry(entry, part, data=other)
    await async_fill(hass, entry)
    rows = await answer(database, schema_of(entry), READINGS, 3, SOCKET, "power_w")
    assert len(rows) == 3


async def test_a_counter_s_hours_reach_from_one_value_to_the_next(
    hass: HomeAssistant, begin: datetime
) -> None:
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id="sensor.counter",
        unit_class="energy",
        unit_of_measurement="kWh",
    )
    values = (1.0, 3.0, 0.5, 2.5)
    async_import_statistics(
        hass,
        metadata,
        [
            StatisticData(start=begin + index * HOUR, state=value, sum=value)
            for index, value in enumerate(values)
        ],
    )
    await async_wait_recording_done(hass)
    memory = Recollection(hass)
    assert await memory.begin("sensor.counter") == begin
    assert await memory.begin("sensor.nobody_knows") is None
    counter = Series(SubjectKind.SOCKET, SOCKET, "energy_wh", "Wh")
    rows, texts = await memory.rows(
        "sensor.counter", counter, begin + HOUR, begin + 9 * HOUR
    )
    assert texts == []
    # The third began again from zero.
    assert [(row.low, row.high) for row in rows if isinstance(row, HourRow)] == [
        (1000, 3000),
        (500, 500),
        (500, 2500),
    ]
    odd = Series(SubjectKind.ENTITY, "sensor.counter", "state", "°C")
    assert await memory.rows("sensor.counter", odd, begin, begin + HOUR) == ([], [])


async def test_the_hour_that_the_recorder_has_cut_comes_from_one_source(
    hass: HomeAssistant, begin: datetime
) -> None:
    # The recorder's oldest state lies within an hour, of which statistics may tell.
    for entity in (POWER, HALL):
        remember(hass, entity, begin + timedelta(minutes=30), ["1", "2", "3", "4"], "W")
    remember_hours(hass, POWER, begin - HOUR, [10.0, 20.0], "W", "power")
    await async_wait_recording_done(hass)
    memory = Recollection(hass)
    found = {}
    for entity in (POWER, HALL):
        series = Series(SubjectKind.ENTITY, entity, "state", "W")
        found[entity], _ = await memory.rows(
            entity, series, begin - HOUR, begin + 3 * HOUR
        )
    assert [
        row.mean if isinstance(row, HourRow) else row.value for row in found[POWER]
    ] == [10, 20, 4]
    assert [row.value for row in found[HALL] if isinstance(row, ReadingRow)] == [
        1,
        2,
        3,
        4,
    ]


# The action


async def async_re_mirror(
    hass: HomeAssistant, context: Context | None = None, **question: Any
) -> Any:
    return await hass.services.async_call(
        DOMAIN,
        "re_mirror",
        question,
        blocking=True,
        return_response=True,
        context=context,
    )


async def test_what_somebody_deleted_is_mirrored_again(
    hass: HomeAssistant,
    database: TestDatabase,
    entry: MockConfigEntry,
    begin: datetime,
) -> None:
    await async_fill(hass, entry)
    schema = schema_of(entry)
    connection = await database.connect()
    for table in ("reading", "reading_hour", "reading_day", "reading_thinned"):
        await connection.execute(f"TRUNCATE {schema}.{table}")
    await connection.close()
    told = await async_re_mirror(
        hass,
        entity_id=[POWER],
        start=begin.isoformat(),
        end=(begin + HOUR).isoformat(),
    )
    assert told == {"entities": 1, "rows": 3, "sums": 0}
    rows = await answer(database, schema, READINGS, 3, SOCKET, "power_w")
    assert len(rows) == 3
    # A part of an hour comes back, too, and its sums are right before and after.
    await database.fetch(
        f"DELETE FROM {schema}.reading WHERE at = $1",  # noqa: S608
        begin + timedelta(minutes=10),
    )
    told = await async_re_mirror(hass, entity_id=[POWER], start=begin, end=begin + HOUR)
    assert told == {"entities": 1, "rows": 1, "sums": 2}
    assert len(await answer(database, schema, READINGS, 3, SOCKET, "power_w")) == 3
    sums = "SELECT value_sum FROM reading_hour WHERE hour_at = $1 AND readings = 3"
    [hour] = await answer(database, schema, sums, 1, begin)
    assert hour["value_sum"] == pytest.approx(210)
    # There is nothing to add any more; without entities all are looked through.
    told = await async_re_mirror(hass, start=begin, end=begin + HOUR)
    assert told["entities"] > 1
    rows = await answer(database, schema, READINGS, 3, SOCKET, "power_w")
    assert len(rows) == 3


async def test_nobody_waits_for_a_database_that_does_not_take_the_rest(
    hass: HomeAssistant,
    database: TestDatabase,
    entry: MockConfigEntry,
    begin: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await async_fill(hass, entry)
    monkeypatch.setattr(re_mirror, "ARRIVE_WITHIN_S", 0.5)
    connection = await database.connect()
    async with connection.transaction():
        await connection.execute(f"LOCK {schema_of(entry)}.reading")
        hass.states.async_set(HALL, "30", {"unit_of_measurement": "°C"})
        with pytest.raises(HomeAssistantError) as raised:
            await async_re_mirror(hass, start=begin)
        assert raised.value.translation_key == "mirror_behind"
    await connection.close()
    monkeypatch.undo()
    assert (await async_re_mirror(hass, start=begin, entity_id=[HALL]))["sums"] == 0


async def test_what_cannot_be_mirrored_again_is_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    begin: datetime,
    hass_read_only_user: MockUser,
) -> None:
    with pytest.raises(ServiceValidationError):
        await async_re_mirror(hass, start=begin)
    await async_fill(hass, entry)
    for question, error in (
        ({"end": begin}, "range_empty"),
        ({"entity_id": ["sensor.nobody_knows"]}, "not_mirrored"),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await async_re_mirror(hass, start=begin, **question)
        assert raised.value.translation_key == error
    with pytest.raises(Unauthorized):
        await async_re_mirror(
            hass, context=Context(user_id=hass_read_only_user.id), start=begin
        )
    part = entry.subentries["mirror"]
    away = part.data | {"port": 1}
    hass.config_entries.async_update_subentry(entry, part, data=away)
    await hass.async_block_till_done()
    with pytest.raises(HomeAssistantError) as refused:
        await async_re_mirror(hass, start=begin)
    assert refused.value.translation_key == "mirror_not_connected"
    hass.config_entries.async_remove_subentry(entry, "mirror")
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as raised:
        await async_re_mirror(hass, start=begin)
    assert raised.value.translation_key == "no_mirror"
