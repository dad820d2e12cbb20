"""What the cards learn of the park."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from scripts.emulators import ShellyGen1, ShellyGen2

from .common import MockConfigEntry, WebSocketGenerator
from .parks import async_setup, async_wait, entity_id, meter, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def async_subscribe(client: Any) -> dict[str, Any]:
    await client.send_json_auto_id({"type": "energy_park/park/subscribe"})
    assert (await client.receive_json())["success"]
    event: dict[str, Any] = (await client.receive_json())["event"]
    return event


async def async_next(client: Any) -> dict[str, Any]:
    [park] = (await client.receive_json())["event"]["parks"]
    assert isinstance(park, dict)
    return park


async def test_a_park_is_told_by_its_registered_parts(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    async with (
        ShellyGen2(mac="aa0000000001", sockets=2) as strip,
        ShellyGen1(mac="aa0000000002") as single,
    ):
        await async_setup(
            hass,
            meter("socket://127.0.0.1:1", "021761123456"),
            sector("Room", "room"),
            plug(strip, "room", roles=("computer", "monitor"), title="Strip"),
            plug(single, title="Single"),
        )
        await async_wait(hass, lambda: len(hass.states.async_all("sensor")) > 10)

        told = await async_subscribe(await hass_ws_client(hass))

    [park] = told["parks"]
    assert (park["id"], park["name"]) == ("park", "School")
    assert park["entities"]["power"] == entity_id(hass, "sensor", "park_power")
    [linky] = park["meters"]
    assert linky["entities"]["heard"] == entity_id(
        hass, "binary_sensor", "021761123456_heard"
    )
    [room] = park["sectors"]
    assert (room["name"], room["area"]) == ("Room", None)
    assert room["entities"]["all"] == entity_id(hass, "switch", "room_all")
    assert [
        (socket["name"], socket["role"], socket["sector"]) for socket in park["sockets"]
    ] == [
        ("Socket 0", "computer", room["device"]),
        ("Socket 1", "monitor", room["device"]),
        ("Single", "other", None),
    ]
    devices = dr.async_get(hass)
    for socket in park["sockets"]:
        assert devices.async_get(socket["device"]) is not None
        entity = er.async_get(hass).async_get(socket["entities"]["socket"])
        assert entity.device_id == socket["device"]
        assert entity.unique_id == f"{socket['id']}_socket"


async def test_a_new_name_is_told(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await async_setup(hass, sector("Room", "room"))
    client = await hass_ws_client(hass)
    [park] = (await async_subscribe(client))["parks"]

    dr.async_get(hass).async_update_device(
        park["sectors"][0]["device"], name_by_user="Hall"
    )

    assert (await async_next(client))["sectors"][0]["name"] == "Hall"


async def test_a_disabled_or_renamed_entity_is_told(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await async_setup(hass, sector("Room", "room"))
    client = await hass_ws_client(hass)
    await async_subscribe(client)
    registry = er.async_get(hass)
    power = entity_id(hass, "sensor", "room_power")

    registry.async_update_entity(power, new_entity_id="sensor.hall_watts")
    told = await async_next(client)
    assert told["sectors"][0]["entities"]["power"] == "sensor.hall_watts"

    registry.async_update_entity(
        "sensor.hall_watts", disabled_by=er.RegistryEntryDisabler.USER
    )
    assert "power" not in (await async_next(client))["sectors"][0]["entities"]


async def test_a_removed_park_is_told(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await async_setup(hass)
    client = await hass_ws_client(hass)
    await async_subscribe(client)

    await hass.config_entries.async_remove(entry.entry_id)

    assert (await client.receive_json())["event"]["parks"] == []


async def test_who_stops_listening_is_told_nothing_more(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await async_setup(hass)
    client = await hass_ws_client(hass)
    await client.send_json({"id": 7, "type": "energy_park/park/subscribe"})
    await client.receive_json()
    await client.receive_json()
    await client.send_json({"id": 8, "type": "unsubscribe_events", "subscription": 7})
    assert (await client.receive_json())["success"]

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    await client.send_json({"id": 9, "type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_a_user_who_may_only_look_is_told_as_well(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    await async_setup(hass)

    client = await hass_ws_client(hass, hass_read_only_access_token)

    assert len((await async_subscribe(client))["parks"]) == 1


async def test_a_park_that_was_never_set_up_is_left_out(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await async_setup(hass)
    new = MockConfigEntry(domain="energy_park", entry_id="new", title="New", data={})
    new.add_to_hass(hass)

    told = await async_subscribe(await hass_ws_client(hass))

    assert [park["id"] for park in told["parks"]] == ["park"]
