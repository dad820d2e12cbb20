"""Switches of other integrations as sockets of the park."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park import adopted
from custom_components.energy_park.model import Reason
from scripts.emulators import ShellyGen2

from .common import MockConfigEntry, MockUser
from .parks import async_act, async_setup, async_wait, entity_id, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

LAMP = "light.lamp"
WATTS = "sensor.lamp_power"


@pytest.fixture
async def lamp(hass: HomeAssistant) -> er.RegistryEntry:
    """A light with sensors that another integration has."""
    assert await async_setup_component(hass, "homeassistant", {})
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        connections={(dr.CONNECTION_NETWORK_MAC, "aa:00:00:00:00:01")},
        name="Lamp",
    )
    registry = er.async_get(hass)
    entry = registry.async_get_or_create(
        "light",
        "other",
        "lamp",
        device_id=device.id,
        config_entry=other,
        suggested_object_id="lamp",
    )
    for device_class in ("power", "energy"):
        registry.async_get_or_create(
            "sensor",
            "other",
            f"lamp_{device_class}",
            device_id=device.id,
            config_entry=other,
            suggested_object_id=f"lamp_{device_class}",
            original_device_class=device_class,
        )
    hass.states.async_set(LAMP, "on", {"friendly_name": "Lamp"})
    hass.states.async_set(WATTS, "0.042", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.lamp_energy", "1.5", {"unit_of_measurement": "kWh"})

    async def switch(call: ServiceCall) -> None:
        assert call.data["entity_id"] == [LAMP]
        hass.states.async_set(LAMP, call.service.removeprefix("turn_"))

    hass.services.async_register("light", "turn_on", switch)
    hass.services.async_register("light", "turn_off", switch)
    return entry


async def async_flow(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Any:
    flows = hass.config_entries.subentries
    result = await flows.async_init(
        (entry.entry_id, "plug"), context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    return await flows.async_configure(result["flow_id"], {"next_step_id": step})


async def async_answer(hass: HomeAssistant, result: Any, **values: Any) -> Any:
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], values
    )


async def async_adopt(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await async_flow(hass, entry, "adopt")
    result = await async_answer(hass, result, switch=LAMP)
    assert result["step_id"] == "measures"
    proposed = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }
    assert proposed == {"power_w": WATTS, "energy_wh": "sensor.lamp_energy"}
    result = await async_answer(hass, result, **proposed)
    assert result["step_id"] == "adopted_socket"
    result = await async_answer(
        hass, result, name="Desk lamp", sector="room", role="other", priority=8
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_switch_is_adopted_with_its_sensors(
    hass: HomeAssistant, lamp: er.RegistryEntry, hass_admin_user: MockUser
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    ours = entity_id(hass, "switch", f"{lamp.id}_0_socket")
    assert hass.states.get(ours).state == "on"
    power = entity_id(hass, "sensor", f"{lamp.id}_0_power")
    assert float(hass.states.get(power).state) == 42
    energy = entity_id(hass, "sensor", f"{lamp.id}_0_energy")
    assert float(hass.states.get(energy).state) == 1.5
    hass.states.async_set(WATTS, "50", {"unit_of_measurement": "W"})
    await async_wait(hass, lambda: float(hass.states.get(power).state) == 50)
    hass.states.async_set(WATTS, "unavailable")
    await async_wait(hass, lambda: hass.states.get(power).state == "unknown")


async def test_another_way_of_switching_is_seen(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    hass.states.async_set(LAMP, "off")
    ours = entity_id(hass, "switch", f"{lamp.id}_0_socket")
    await async_wait(hass, lambda: hass.states.get(ours).state == "off")
    reason = entity_id(hass, "sensor", f"{lamp.id}_0_reason")
    assert hass.states.get(reason).state == "at_device"
    hass.states.async_set(LAMP, "unavailable")
    await async_wait(hass, lambda: hass.states.get(ours).state == "unavailable")


async def test_a_switch_is_adopted_once_and_never_our_own(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    result = await async_flow(hass, entry, "adopt")
    result = await async_answer(hass, result, switch=LAMP)
    assert result["errors"] == {"switch": "already_adopted"}
    ours = entity_id(hass, "switch", f"{lamp.id}_0_socket")
    with pytest.raises(InvalidData):
        await async_answer(hass, result, switch=ours)


async def test_an_adopted_switch_is_changed(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    [added] = entry.get_subentries_of_type("plug")
    result = await entry.start_subentry_reconfigure_flow(hass, added.subentry_id)
    assert result["step_id"] == "adopt"
    result = await async_answer(hass, result, switch=LAMP)
    result = await async_answer(hass, result)
    result = await async_answer(hass, result, name=" ", role="monitor")
    assert result["errors"] == {"name": "name_missing"}
    result = await async_answer(hass, result, name="Screen", role="monitor")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    changed = entry.subentries[added.subentry_id]
    assert changed.title == "Screen"
    assert changed.data["adopted"] == {"switch": lamp.id}
    assert changed.data["sockets"][0]["priority"] == 8


async def test_a_renamed_switch_is_still_followed(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    er.async_get(hass).async_update_entity(LAMP, new_entity_id="light.desk")
    hass.states.async_remove(LAMP)
    await hass.async_block_till_done()
    hass.states.async_set("light.desk", "off")
    ours = entity_id(hass, "switch", f"{lamp.id}_0_socket")
    await async_wait(hass, lambda: hass.states.get(ours).state == "off")


async def test_a_plug_that_is_known_is_offered_for_adoption(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac="aa0000000001", sockets=1) as emulated:
        result = await async_flow(hass, entry, "address")
        result = await async_answer(hass, result, host=emulated.host)
        assert result["type"] is FlowResultType.MENU
        assert result["menu_options"] == ["adopt", "talk"]
        result = await async_answer(hass, result, next_step_id="adopt")
        assert result["step_id"] == "adopt"
        result = await async_flow(hass, entry, "address")
        result = await async_answer(hass, result, host=emulated.host)
        result = await async_answer(hass, result, next_step_id="talk")
        assert result["step_id"] == "socket"


async def test_orders_go_through_the_other_integration(
    hass: HomeAssistant,
    lamp: er.RegistryEntry,
    hass_admin_user: MockUser,
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    room = entity_id(hass, "switch", "room_all")
    ours = entity_id(hass, "switch", f"{lamp.id}_0_socket")
    await async_act(hass, "energy_park.override", ours, by=hass_admin_user, state="off")
    assert hass.states.get(LAMP).state == "off"
    await async_act(hass, "energy_park.override", room, by=hass_admin_user, state="on")
    assert hass.states.get(LAMP).state == "on"


async def test_one_plug_is_not_polled_once_it_is_adopted(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    async with ShellyGen2(mac="aa0000000001", sockets=1) as emulated:
        result = await async_flow(hass, entry, "address")
        result = await async_answer(hass, result, host=emulated.host)
    assert result["reason"] == "already_configured"


async def test_one_plug_is_not_adopted_while_it_is_polled(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    async with ShellyGen2(mac="aa0000000001", sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        result = await async_flow(hass, entry, "adopt")
        result = await async_answer(hass, result, switch=LAMP)
        assert result["errors"] == {"switch": "already_polled"}


async def test_a_switch_without_a_device_is_adopted_too(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    hass.states.async_set("switch.helper", "on")
    entry = await async_setup(hass)
    result = await async_flow(hass, entry, "adopt")
    result = await async_answer(hass, result, switch="switch.helper")
    assert not any(key.description for key in result["data_schema"].schema)
    result = await async_answer(hass, result)
    result = await async_answer(hass, result, name="Helper", role="other", priority=8)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    # It may be any device's: it keeps none from being added.
    async with ShellyGen2(mac="aa0000000001") as strip:
        result = await async_flow(hass, entry, "address")
        result = await async_answer(hass, result, host=strip.host)
        assert result["step_id"] == "socket"


async def test_a_part_of_a_device_is_known_by_the_whole(
    hass: HomeAssistant, lamp: er.RegistryEntry
) -> None:
    assert lamp.device_id is not None
    assert lamp.config_entry_id is not None
    part = dr.async_get(hass).async_get_or_create_child(
        config_entry_id=lamp.config_entry_id,
        identifiers={("other", "relay")},
        name="Relay",
        parent_device_id=lamp.device_id,
    )
    er.async_get(hass).async_update_entity(LAMP, device_id=part.id)
    async with ShellyGen2(mac="aa0000000001") as strip:
        entry = await async_setup(hass, plug(strip))
        result = await async_flow(hass, entry, "adopt")
        result = await async_answer(hass, result, switch=LAMP)
        assert result["errors"] == {"switch": "already_polled"}


async def test_who_asks_for_a_reading_has_the_other_integration_read(
    hass: HomeAssistant, lamp: er.RegistryEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)
    read: list[str] = []

    async def update(hass: HomeAssistant, entity_id: str) -> None:
        read.append(entity_id)
        hass.states.async_set(LAMP, "unavailable")

    monkeypatch.setattr(adopted, "async_update_entity", update)
    [plug] = entry.runtime_data.plugs.values()
    await plug.async_refresh()
    assert read == [LAMP, WATTS]
    # What it then cannot tell is not passed off as its answer.
    assert not plug.heard


@pytest.mark.parametrize("fault", [TimeoutError("slow"), KeyError("bug"), None])
async def test_what_another_integration_raises_is_an_order_not_confirmed(
    hass: HomeAssistant,
    lamp: er.RegistryEntry,
    hass_admin_user: MockUser,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception | None,
) -> None:
    monkeypatch.setattr(adopted, "SWITCH_WITHIN_S", 0.05)
    entry = await async_setup(hass, sector("Room A", "room"))
    await async_adopt(hass, entry)

    async def fail(_call: ServiceCall) -> None:
        if fault is not None:
            raise fault
        await asyncio.Event().wait()

    hass.services.async_register("light", "turn_off", fail)
    [coordinator] = entry.runtime_data.plugs.values()
    [socket] = coordinator.plug.sockets
    with pytest.raises(HomeAssistantError) as told:
        await async_act(
            hass,
            "switch.turn_off",
            entity_id(hass, "switch", f"{socket.id}_socket"),
            by=hass_admin_user,
        )
    assert told.value.translation_key == "switch_failed"


async def test_a_script_that_has_ended_is_nobodys_order(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    """A schedule starts it again: nobody has switched it off."""
    done = asyncio.Event()

    async def wait(_call: ServiceCall) -> None:
        await done.wait()

    hass.services.async_register("test", "wait", wait)
    assert await async_setup_component(hass, "homeassistant", {})
    config = {"script": {"dry": {"sequence": [{"action": "test.wait"}]}}}
    assert await async_setup_component(hass, "script", config)
    entry = await async_setup(hass)
    result = await async_flow(hass, entry, "adopt")
    result = await async_answer(hass, result, switch="script.dry")
    result = await async_answer(hass, result)
    await async_answer(hass, result, name="Dryer", role="other", priority=5)
    await hass.async_block_till_done()
    [coordinator] = entry.runtime_data.plugs.values()
    [socket] = coordinator.plug.sockets
    switch = entity_id(hass, "switch", f"{socket.id}_socket")
    state = entry.runtime_data.switchboard.memory(socket)
    for _ in range(2):
        await async_act(hass, "switch.turn_on", switch)
        await async_wait(hass, lambda: state.state.confirmed, settle=False)
        assert hass.states.get(switch).state == "on"
        done.set()
        await async_wait(hass, lambda: hass.states.get(switch).state == "off")
        done.clear()
        assert state.state.claims == ()
        assert state.state.reason is Reason.OVERRIDE_ENDED
