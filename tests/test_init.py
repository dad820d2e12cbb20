"""Setting up, unloading and removing a park."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest

from custom_components.energy_park.const import (
    DOMAIN,
    LOGGER,
    PLUG_INTERVAL,
    PLUG_INTERVAL_MAX,
)
from scripts.emulators import ShellyGen2, Tasmota

from .parks import async_later, async_setup, async_wait, entity_id, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"


async def test_an_empty_park_loads_and_unloads(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    assert entry.state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not hass.config_entries.async_loaded_entries(DOMAIN)


async def test_a_dead_plug_does_not_fail_the_park(hass: HomeAssistant) -> None:
    async with (
        ShellyGen2(mac=MAC, sockets=1) as alive,
        Tasmota(mac="bb0000000002", sockets=1) as dead,
    ):
        await dead.fault("vanish")
        entry = await async_setup(hass, plug(alive), plug(dead))
        assert entry.state is ConfigEntryState.LOADED
        switch = hass.states.get(entity_id(hass, "switch", f"{MAC}_0_socket"))
        assert switch.state == "on"
        switch = hass.states.get(entity_id(hass, "switch", "bb0000000002_1_socket"))
        assert switch.state == "unavailable"


async def test_a_dead_plug_is_asked_ever_more_rarely_and_comes_back(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        [coordinator] = entry.runtime_data.plugs.values()
        await emulated.fault("vanish")
        intervals = [coordinator.update_interval]
        while intervals[-1] < PLUG_INTERVAL_MAX:
            async_later(hass, intervals[-1] * 1.1)
            await async_wait(hass, lambda: coordinator.update_interval != intervals[-1])
            intervals.append(coordinator.update_interval)
        assert intervals == sorted(intervals)
        await emulated.clear()
        async_later(hass, PLUG_INTERVAL_MAX * 1.1)
        await async_wait(hass, lambda: coordinator.last_update_success)
        assert coordinator.update_interval == PLUG_INTERVAL
    told = [
        record.levelname
        for record in caplog.records
        if record.name == LOGGER.name and "plug Plug" in record.getMessage()
    ]
    assert [level for level in told if level != "DEBUG"] == ["ERROR", "INFO"]


async def test_an_order_does_not_wait_for_the_polls_of_dead_plugs(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        [coordinator] = entry.runtime_data.plugs.values()
        while not coordinator._polls.locked():
            await coordinator._polls.acquire()
        switch = entity_id(hass, "switch", f"{MAC}_0_socket")
        await hass.services.async_call(
            "switch", "turn_off", {"entity_id": switch}, blocking=True
        )
        assert not emulated.sockets[0].on


async def test_a_removed_sector_leaves_its_plugs_in_the_park(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(
            hass, sector("Room A", "room"), plug(emulated, "room")
        )
        registry = dr.async_get(hass)
        hass.config_entries.async_remove_subentry(entry, "room")
        await hass.async_block_till_done()
        await async_wait(hass, lambda: entry.state is ConfigEntryState.LOADED)
        assert not registry.async_get_device_by_identifier(
            (DOMAIN, "room"), entry.entry_id
        )
        park = registry.async_get_device_by_identifier(
            (DOMAIN, entry.entry_id), entry.entry_id
        )
        device = registry.async_get_device_by_identifier((DOMAIN, MAC), entry.entry_id)
        assert device.via_device_id == park.id
        assert entry.runtime_data.switchboard.sockets[0].sector is None


async def test_a_sector_starts_in_its_area_and_stays_where_it_is_moved(
    hass: HomeAssistant,
) -> None:
    areas = ar.async_get(hass)
    first, second = areas.async_create("First floor"), areas.async_create("Second")
    room = sector("Room A", "room")
    object.__setattr__(room, "data", {"area": first.id})
    entry = await async_setup(hass, room)
    registry = dr.async_get(hass)

    def device() -> Any:
        return registry.async_get_device_by_identifier((DOMAIN, "room"), entry.entry_id)

    assert device().area_id == first.id
    registry.async_update_device(device().id, area_id=second.id)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert device().area_id == second.id


async def test_what_was_told_of_a_part_goes_with_it(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        part = plug(emulated)
        entry = await async_setup(hass, part, sector("Room", "room"))
        for subject in (f"{MAC}_0", part.subentry_id, entry.entry_id):
            ir.async_create_issue(
                hass,
                DOMAIN,
                f"told_of_{subject}",
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="told",
            )
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert len(issue_registry.issues) == 3
        hass.config_entries.async_remove_subentry(entry, part.subentry_id)
        await hass.async_block_till_done()
        assert [key for _, key in issue_registry.issues] == ["told_of_park"]
        await hass.config_entries.async_remove(entry.entry_id)
        assert not issue_registry.issues


@pytest.mark.parametrize("later_version", [False, True])
async def test_a_removed_park_is_forgotten(
    hass: HomeAssistant, hass_storage: dict[str, Any], later_version: bool
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        assert await hass.config_entries.async_unload(entry.entry_id)
        stored = hass_storage[f"{DOMAIN}.{entry.entry_id}"]
        assert MAC in str(stored)
        if later_version:
            stored["version"] = 99
        await hass.config_entries.async_remove(entry.entry_id)
        assert f"{DOMAIN}.{entry.entry_id}" not in hass_storage


async def test_what_a_plug_no_longer_has_goes(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    async with ShellyGen2(mac=MAC, sockets=4) as emulated:
        roles = ["computer", "monitor", "other", "other"]
        strip = plug(emulated, "room", roles)
        entry = await async_setup(hass, sector("Room", "room"), strip)
        kept = entity_id(hass, "switch", f"{MAC}_0_socket")
        assert len(device_registry.child_devices) == 4
        entity_id(hass, "switch", "room_monitors")
        for number in (2, 1):
            data = dict(entry.subentries[strip.subentry_id].data)
            data["sockets"] = data["sockets"][:number]
            hass.config_entries.async_update_subentry(
                entry, entry.subentries[strip.subentry_id], data=data
            )
            await hass.async_block_till_done()
            [coordinator] = entry.runtime_data.plugs.values()
            await coordinator.async_refresh()
            # The only one that is left is the plug itself.
            left = {0} if number == 1 else {0, 1}
            registry = er.async_get(hass)
            switches = {
                entity.unique_id
                for entity in registry.entities.values()
                if entity.unique_id.endswith("_socket")
            }
            assert switches == {f"{MAC}_{number}_socket" for number in left}
            assert len(device_registry.child_devices) == (2 if number == 2 else 0)
        assert entity_id(hass, "switch", f"{MAC}_0_socket") == kept
        monitors = registry.async_get_entity_id("switch", DOMAIN, "room_monitors")
        assert monitors is None
        assert registry.async_get_entity_id("switch", DOMAIN, "room_computers")
