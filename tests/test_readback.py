"""The history of a park, read back from a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.util import dt as dt_util
import pytest

from custom_components.energy_park import readback
from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control import mirrored
from custom_components.energy_park.mirror.measures import reading_rows
from custom_components.energy_park.mirror.rows import SubjectKind
from custom_components.energy_park.sensors.meter_values import (
    LOAD_SENSORS,
    PHASE_SENSORS,
)
from custom_components.energy_park.sensors.socket_values import ENERGY, SOCKET_SENSORS
from custom_components.energy_park.sensors.tariff_values import TARIFF_SENSORS
from scripts.emulators import ShellyGen2

from .common import MockConfigEntry, MockUser, WebSocketGenerator
from .databases import NO_DATABASE, TestDatabase, mirror
from .parks import async_setup, async_wait, entity_id, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
WATTS = (10.0, 20.0, 60.0)


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    async with ShellyGen2(mac=MAC, sockets=2) as emulated:
        yield emulated


@pytest.fixture
async def park(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> AsyncIterator[MockConfigEntry]:
    """A park whose first socket drew some watts long ago."""
    entry = await async_setup(hass, mirror(database.data()), plug(strip))
    await async_wait(hass, lambda: hass.states.async_all("sensor"))
    running = entry.runtime_data.mirroring.mirror
    socket = entry.runtime_data.switchboard.sockets[0]
    for index, power_w in enumerate(WATTS):
        at = START + timedelta(minutes=20 * index)
        values = {"power_w": power_w}
        running.offer_many(reading_rows(SubjectKind.SOCKET, socket.id, values, at))
    await running.flush()
    async with asyncio.timeout(15):
        while running.status().rows_waiting:
            await asyncio.sleep(0.02)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


def power_of(hass: HomeAssistant, entry: MockConfigEntry, index: int = 0) -> str:
    socket = entry.runtime_data.switchboard.sockets[index]
    return entity_id(hass, "sensor", f"{socket.id}_power")


async def async_ask(hass: HomeAssistant, *entities: str, **question: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN,
        "history",
        {
            "entity_id": list(entities),
            "start": START,
            "end": START + timedelta(hours=2),
            **question,
        },
        blocking=True,
        return_response=True,
    )


@pytest.mark.parametrize(
    ("metrics", "descriptions"),
    [
        (mirrored.METER_METRICS, (*LOAD_SENSORS, *TARIFF_SENSORS)),
        (mirrored.PHASE_METRICS, PHASE_SENSORS),
        (mirrored.SOCKET_METRICS, (*SOCKET_SENSORS, ENERGY)),
    ],
)
def test_what_is_read_back_is_what_entities_show(
    metrics: dict[str, str], descriptions: Iterable[SensorEntityDescription]
) -> None:
    assert metrics.keys() <= {description.key for description in descriptions}


async def test_every_reading(hass: HomeAssistant, park: MockConfigEntry) -> None:
    first, second = power_of(hass, park), power_of(hass, park, 1)
    answer = await async_ask(hass, first, second, resolution="raw")
    assert answer["truncated"] is False
    points = answer["entities"][first]
    assert [point["mean"] for point in points] == list(WATTS)
    assert dt_util.parse_datetime(points[0]["at"]) == START
    assert answer["entities"][second] == []


async def test_five_minutes(hass: HomeAssistant, park: MockConfigEntry) -> None:
    power = power_of(hass, park)
    running = park.runtime_data.mirroring.mirror
    socket = park.runtime_data.switchboard.sockets[0]
    late = START + timedelta(minutes=4)
    rows = reading_rows(SubjectKind.SOCKET, socket.id, {"power_w": 40.0}, late)
    running.offer_many(rows)
    await running.flush()

    async def points() -> Any:
        return (await async_ask(hass, power, resolution="5minute"))["entities"][power]

    async with asyncio.timeout(15):
        while (found := await points())[0]["readings"] != 2:
            await asyncio.sleep(0.02)
    assert [(one["mean"], one["low"], one["high"]) for one in found] == [
        (25, 10, 40),
        (20, 20, 20),
        (60, 60, 60),
    ]
    begins = [dt_util.parse_datetime(point["at"]) for point in found]
    assert begins == [START + timedelta(minutes=20 * index) for index in range(3)]


async def test_hours_and_days(hass: HomeAssistant, park: MockConfigEntry) -> None:
    power = power_of(hass, park)
    [hour] = (await async_ask(hass, power))["entities"][power]
    assert (hour["mean"], hour["low"], hour["high"], hour["readings"]) == (
        30,
        10,
        60,
        3,
    )
    days = await async_ask(
        hass,
        power,
        resolution="day",
        start=START - timedelta(days=2),
        end=dt_util.now(),
    )
    assert days["entities"][power][0]["mean"] == 30


async def test_a_time_without_zone_is_local(
    hass: HomeAssistant, park: MockConfigEntry
) -> None:
    power = power_of(hass, park)
    local = START.astimezone(dt_util.get_default_time_zone()).replace(tzinfo=None)
    answer = await async_ask(
        hass,
        power,
        resolution="raw",
        start=str(local),
        end=str(local + timedelta(0, 1)),
    )
    assert len(answer["entities"][power]) == 1


async def test_an_answer_is_limited_and_says_so(
    hass: HomeAssistant, park: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readback, "ACTION_POINTS_MAX", 2)
    power = power_of(hass, park)
    answer = await async_ask(hass, power, resolution="raw")
    assert answer["truncated"] is True
    assert len(answer["entities"][power]) == 2


async def test_who_may_not_see_an_entity_does_not_read_its_past(
    hass: HomeAssistant, park: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    question = {"entity_id": power_of(hass, park), "start": START}
    ask = partial(
        hass.services.async_call,
        *("energy_park", "history", question),
        blocking=True,
        return_response=True,
    )
    context = Context(user_id=hass_admin_user.id)
    assert await ask(context=context)
    hass_admin_user.groups = []
    hass_admin_user.invalidate_cache()
    with pytest.raises(Unauthorized):
        await ask(context=context)
    with pytest.raises(UnknownUser):
        await ask(context=Context(user_id="nobody"))


async def test_what_is_not_mirrored_is_refused(
    hass: HomeAssistant, park: MockConfigEntry
) -> None:
    reason = power_of(hass, park).removesuffix("power") + "reason"
    for unknown in (reason, "sensor.of_somebody_else"):
        with pytest.raises(ServiceValidationError) as raised:
            await async_ask(hass, unknown)
        assert raised.value.translation_key == "not_mirrored"


async def test_a_database_that_is_away_is_told(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup(hass, mirror(NO_DATABASE), plug(strip))
    await async_wait(hass, lambda: hass.states.async_all("sensor"))
    with pytest.raises(HomeAssistantError) as raised:
        await async_ask(hass, power_of(hass, entry))
    assert raised.value.translation_key == "history_failed"
    assert "secret" not in str(raised.value)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_cards_get_lists(
    hass: HomeAssistant,
    park: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    power = power_of(hass, park)
    client = await hass_ws_client(hass)
    question = {
        "type": "energy_park/history",
        "entity_id": [power],
        "start": START.isoformat(),
        "end": (START + timedelta(hours=2)).isoformat(),
        "resolution": "raw",
    }
    await client.send_json_auto_id(question)
    answer = await client.receive_json()
    assert answer["result"]["entities"][power]["mean"] == list(WATTS)
    assert answer["result"]["entities"][power]["at"][0] == START.timestamp()
    await client.send_json_auto_id(question | {"entity_id": ["sensor.foreign"]})
    assert (await client.receive_json())["error"]["translation_key"] == "not_mirrored"
    hass_admin_user.groups = []
    hass_admin_user.invalidate_cache()
    await client.send_json_auto_id(question)
    assert (await client.receive_json())["error"]["code"] == "unauthorized"
