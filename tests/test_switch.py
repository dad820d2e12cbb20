"""Switches of sockets and sectors, against emulated plugs over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.energy_park.const import PLUG_INTERVAL
from custom_components.energy_park.model import Reason
from scripts.emulators import (
    Computer,
    Constant,
    Mains,
    Monitor,
    Outlet,
    ShellyGen2,
    Tasmota,
)

from .common import MockUser
from .parks import (
    async_act,
    async_later,
    async_setup,
    async_wait,
    entity_id,
    plug,
    sector,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

ROOM = "room"


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A strip: a computer in standby, its monitor, a network switch, a busy one."""
    mains = Mains()
    outlets = [
        Outlet(mains, 0, appliance=Computer(mains, "standby", running=False)),
        Outlet(mains, 1, appliance=Monitor(mains, "monitor")),
        Outlet(mains, 2, appliance=Constant(mains, "network", power_w=8)),
        Outlet(mains, 3, appliance=Computer(mains, "busy")),
    ]
    async with ShellyGen2(mac="aa0000000001", sockets=outlets, mains=mains) as emulated:
        yield emulated


ROLES = ("computer", "monitor", "network", "computer")


async def async_setup_room(hass: HomeAssistant, strip: ShellyGen2) -> Any:
    return await async_setup(
        hass, sector("Room A", ROOM), plug(strip, ROOM, ROLES, title="Strip")
    )


def switch(hass: HomeAssistant, number: int) -> str:
    return entity_id(hass, "switch", f"aa0000000001_{number}_socket")


async def test_a_socket_is_switched_and_says_why(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    monitor = switch(hass, 1)
    assert hass.states.get(monitor).state == "on"
    await async_act(hass, "switch.turn_off", monitor, by=hass_admin_user)
    assert not strip.sockets[1].on
    await async_wait(hass, lambda: hass.states.get(monitor).state == "off")
    reason = hass.states.get(entity_id(hass, "sensor", "aa0000000001_1_reason"))
    assert reason.state == "person"
    assert reason.attributes["wanted"] is False
    assert reason.attributes["until"] is not None


async def test_an_order_goes_on_when_who_gave_it_is_stopped(
    hass: HomeAssistant, strip: ShellyGen2, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await async_setup_room(hass, strip)
    [coordinator] = entry.runtime_data.plugs.values()
    send = coordinator.client.switch
    ends: list[tuple[int, bool] | str] = []

    async def switch_(number: int, on: bool) -> None:
        try:
            await send(number, on)
            ends.append((number, on))
        except BaseException as err:
            ends.append(repr(err))
            raise

    monkeypatch.setattr(coordinator.client, "switch", switch_)
    room = entity_id(hass, "switch", f"{ROOM}_all")
    ordering = hass.async_create_task(async_act(hass, "switch.turn_off", room))
    # As an automation does that runs anew.
    ordering.cancel()
    # What is missing then is told by the comparison.
    with suppress(TimeoutError):
        await async_wait(hass, lambda: len(ends) == 2, settle=False)
    assert set(ends) == {(0, False), (1, False)}


async def test_a_computer_started_since_it_was_read_stays_on(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    room = entity_id(hass, "switch", f"{ROOM}_all")
    computer = strip.sockets[0].appliance
    assert isinstance(computer, Computer)
    assert computer.press()
    await async_act(hass, "switch.turn_off", room, by=hass_admin_user)
    assert [strip.sockets[n].on for n in range(4)] == [True, False, True, True]


@pytest.mark.parametrize("started", [True, False])
async def test_a_plan_that_takes_over_looks_at_a_computer_first(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    started: bool,
) -> None:
    entry = await async_setup_room(hass, strip)
    computer = switch(hass, 0)
    await async_act(hass, "switch.turn_on", computer, by=hass_admin_user)
    await async_act(hass, "switch.turn_off", computer)
    assert strip.sockets[0].on
    appliance = strip.sockets[0].appliance
    assert isinstance(appliance, Computer)
    if started:
        assert appliance.press()
    await async_act(hass, "energy_park.release", computer, by=hass_admin_user)
    board = entry.runtime_data.switchboard
    [socket, *_] = board.sockets

    def is_decided() -> bool:
        refused = board.memory(socket).state.refused is Reason.RUNNING
        return refused or not strip.sockets[0].on

    await async_wait(hass, is_decided)
    assert strip.sockets[0].on is started


@pytest.mark.parametrize(
    ("stagger", "come"), [(timedelta(hours=1), 1), (timedelta(), 2)]
)
async def test_computers_without_stations_take_turns(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    stagger: timedelta,
    come: int,
) -> None:
    for number in (0, 1, 3):
        strip.sockets[number].switch(on=False)
    entry = await async_setup_room(hass, strip)
    jobs = entry.runtime_data.jobs
    jobs.async_set_rules(replace(jobs.rules, stagger=stagger, network=timedelta()))
    room = entity_id(hass, "switch", f"{ROOM}_all")
    await async_act(hass, "switch.turn_on", room, by=hass_admin_user)

    def on() -> int:
        async_later(hass, timedelta(seconds=1))
        return sum(strip.sockets[number].on for number in (0, 3))

    await async_wait(hass, lambda: on() == come)
    for _ in range(3):
        assert on() == come
        await hass.async_block_till_done()
    assert jobs.latest(ROOM).job.done is (come == 2)
    # What is ordered off meanwhile is not fed any more.
    await async_act(hass, "switch.turn_off", room, by=hass_admin_user)
    assert jobs.latest(ROOM).job.done


async def test_an_order_that_the_end_of_the_park_cuts_short_is_told(
    hass: HomeAssistant, strip: ShellyGen2, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await async_setup_room(hass, strip)
    [coordinator] = entry.runtime_data.plugs.values()

    async def hang(_number: int, _on: bool) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(coordinator.client, "switch", hang)
    room = entity_id(hass, "switch", f"{ROOM}_all")
    ordering = hass.async_create_task(async_act(hass, "switch.turn_off", room))
    monitor = switch(hass, 1)
    await async_wait(
        hass,
        lambda: hass.states.get(monitor).attributes["wanted"] is False,
        settle=False,
    )
    assert await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(HomeAssistantError) as told:
        await ordering
    assert told.value.translation_key == "switch_failed"


async def test_an_automation_is_told_apart(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip)
    await async_act(hass, "switch.turn_off", switch(hass, 1))
    reason = hass.states.get(entity_id(hass, "sensor", "aa0000000001_1_reason"))
    assert reason.state == "automation"
    assert reason.attributes["until"] is None


async def test_a_sector_goes_off_but_for_what_must_stay(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    room = entity_id(hass, "switch", f"{ROOM}_all")
    await async_act(hass, "switch.turn_off", room, by=hass_admin_user)
    assert [strip.sockets[n].on for n in range(4)] == [False, False, True, True]
    await async_wait(hass, lambda: hass.states.get(room).attributes["sockets_on"] == 2)
    assert hass.states.get(room).state == "on"
    assert hass.states.get(room).attributes["refused"] == {
        "Socket 2": "protected",
        "Socket 3": "running",
    }
    state = entity_id(hass, "sensor", f"{ROOM}_state")
    assert hass.states.get(state).state == "partly_on"
    await async_act(hass, "switch.turn_on", room, by=hass_admin_user)

    def are_on() -> bool:
        async_later(hass, timedelta(seconds=1))
        return all(strip.sockets[n].on for n in range(4))

    await async_wait(hass, are_on)


async def test_monitors_and_computers_switch_apart(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    monitors = entity_id(hass, "switch", f"{ROOM}_monitors")
    await async_act(hass, "switch.turn_off", monitors, by=hass_admin_user)
    assert [strip.sockets[n].on for n in range(4)] == [True, False, True, True]
    computers = entity_id(hass, "switch", f"{ROOM}_computers")
    await async_act(hass, "switch.turn_off", computers, by=hass_admin_user)
    assert [strip.sockets[n].on for n in range(4)] == [False, False, True, True]


async def test_an_automation_may_not_cut_a_running_computer_nor_what_is_protected(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip)
    with pytest.raises(ServiceValidationError) as refused:
        await async_act(hass, "switch.turn_off", switch(hass, 3))
    assert refused.value.translation_key == "refused_running"
    protected = entity_id(hass, "switch", "aa0000000001_1_protected")
    await async_act(hass, "switch.turn_on", protected)
    assert hass.states.get(protected).state == "on"
    with pytest.raises(ServiceValidationError) as refused:
        await async_act(hass, "switch.turn_off", switch(hass, 1))
    assert refused.value.translation_key == "refused_protected"
    assert all(strip.sockets[n].on for n in range(4))
    await async_act(hass, "switch.turn_off", protected)
    await async_act(hass, "switch.turn_off", switch(hass, 1))
    assert not strip.sockets[1].on


async def test_a_persons_order_stands_for_its_time_then_the_plan_returns(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
) -> None:
    await async_setup_room(hass, strip)
    monitor = switch(hass, 1)
    await async_act(hass, "switch.turn_off", monitor)
    await async_act(
        hass,
        "energy_park.override",
        monitor,
        by=hass_admin_user,
        state="on",
        duration={"minutes": 30},
    )
    assert strip.sockets[1].on
    await async_act(hass, "switch.turn_off", monitor)
    assert strip.sockets[1].on
    async_later(hass, timedelta(minutes=30, seconds=1))
    await async_wait(hass, lambda: not strip.sockets[1].on)


async def test_release_ends_an_override(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    room = entity_id(hass, "switch", f"{ROOM}_monitors")
    await async_act(hass, "switch.turn_off", room)
    await async_act(hass, "switch.turn_on", room, by=hass_admin_user)
    assert strip.sockets[1].on
    await async_act(hass, "energy_park.release", room, by=hass_admin_user)
    assert not strip.sockets[1].on


async def test_what_comes_on_at_the_end_of_overrides_takes_turns(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    jobs = (await async_setup_room(hass, strip)).runtime_data.jobs
    quick = replace(jobs.rules, stagger=timedelta(), network=timedelta())
    jobs.async_set_rules(quick)
    room = entity_id(hass, "switch", f"{ROOM}_all")
    await async_act(hass, "switch.turn_on", room)

    def is_on() -> bool:
        async_later(hass, timedelta(seconds=1))
        return bool(jobs.latest(ROOM).job.done)

    await async_wait(hass, is_on)
    jobs.async_set_rules(replace(quick, stagger=timedelta(hours=1)))
    await async_act(hass, "switch.turn_off", room, by=hass_admin_user)
    assert [strip.sockets[n].on for n in range(4)] == [False, False, True, True]
    await async_act(hass, "energy_park.release", room, by=hass_admin_user)
    assert [strip.sockets[n].on for n in range(4)] == [True, False, True, True]
    async_later(hass, timedelta(hours=1))
    await async_wait(hass, lambda: strip.sockets[1].on)


async def test_the_duration_of_manual_orders_is_a_setting(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip)
    duration = entity_id(hass, "number", "park_override")
    assert float(hass.states.get(duration).state) == 240
    await async_act(hass, "number.set_value", duration, value=0)
    await async_act(hass, "switch.turn_off", switch(hass, 1), by=hass_admin_user)
    reason = hass.states.get(entity_id(hass, "sensor", "aa0000000001_1_reason"))
    assert reason.attributes["until"] is None


async def test_an_action_needs_a_socket_or_a_sector(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip)
    protected = entity_id(hass, "switch", "aa0000000001_1_protected")
    with pytest.raises(ServiceValidationError) as wrong:
        await async_act(hass, "energy_park.release", protected)
    assert wrong.value.translation_key == "not_a_socket"


async def test_a_plug_that_vanished_is_named_and_the_others_work(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    async with Tasmota(mac="bb0000000002", sockets=1) as dead:
        await async_setup(
            hass,
            sector("Room A", ROOM),
            plug(strip, ROOM, ("other",) * 4),
            plug(dead, ROOM, title="Dead"),
        )
        await dead.fault("vanish")
        room = entity_id(hass, "switch", f"{ROOM}_all")
        with pytest.raises(HomeAssistantError) as failed:
            await async_act(hass, "switch.turn_off", room, by=hass_admin_user)
    assert failed.value.translation_placeholders["sockets"] == "Socket 1"
    assert not any(strip.sockets[n].on for n in range(4))


async def test_a_hand_at_the_device_is_seen_as_such(
    hass: HomeAssistant,
    strip: ShellyGen2,
) -> None:
    await async_setup_room(hass, strip)
    strip.sockets[1].switch(on=False)
    async_later(hass, PLUG_INTERVAL + timedelta(seconds=1))
    monitor = switch(hass, 1)
    await async_wait(hass, lambda: hass.states.get(monitor).state == "off")
    reason = hass.states.get(entity_id(hass, "sensor", "aa0000000001_1_reason"))
    assert reason.state == "at_device"


async def test_priority_protection_and_orders_survive_a_restart(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    entry = await async_setup_room(hass, strip)
    priority = entity_id(hass, "number", "aa0000000001_1_priority")
    assert hass.states.get(priority).state == "5"
    await async_act(hass, "number.set_value", priority, value=9)
    protected = entity_id(hass, "switch", "aa0000000001_2_protected")
    await async_act(hass, "switch.turn_on", protected)
    await async_act(hass, "switch.turn_off", switch(hass, 1), by=hass_admin_user)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert hass.states.get(priority).state == "9"
    assert hass.states.get(protected).state == "on"
    reason = hass.states.get(entity_id(hass, "sensor", "aa0000000001_1_reason"))
    assert reason.state == "person"
    assert reason.attributes["until"] is not None


async def test_sockets_of_a_strip_are_devices_below_it(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup_room(hass, strip)
    registry = dr.async_get(hass)
    park = registry.async_get_device_by_identifier(
        ("energy_park", entry.entry_id), entry.entry_id
    )
    room = registry.async_get_device_by_identifier(
        ("energy_park", ROOM), entry.entry_id
    )
    device = registry.async_get_device_by_identifier(
        ("energy_park", "aa0000000001"), entry.entry_id
    )
    assert room.via_device_id == park.id
    assert device.via_device_id == room.id
    assert (dr.CONNECTION_NETWORK_MAC, "aa:00:00:00:00:01") in device.connections
    children = {
        child.name
        for child in registry.child_devices
        if child.parent_device_id == device.id
    }
    assert children == {f"Socket {n}" for n in range(4)}


async def test_a_socket_that_does_not_obey_is_told_once_until_it_does(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    issue_registry: ir.IssueRegistry,
) -> None:
    entry = await async_setup_room(hass, strip)
    await strip.fault("refuse")
    with pytest.raises(HomeAssistantError):
        await async_act(hass, "switch.turn_off", switch(hass, 1), by=hass_admin_user)
    state = hass.states.get(switch(hass, 1))
    assert state.state == "on"
    assert state.attributes["wanted"] is False
    [socket] = [s for s in entry.runtime_data.switchboard.sockets if s.number == 1]
    memory = entry.runtime_data.switchboard.memory(socket)
    memory.state = replace(memory.state, since=memory.state.since - timedelta(hours=1))
    async_later(hass, PLUG_INTERVAL * 1.5)
    await async_wait(hass, lambda: issue_registry.issues)
    [issue] = issue_registry.issues.values()
    assert issue.translation_key == "not_obeying_off"
    assert await hass.config_entries.async_reload(entry.entry_id)
    await strip.clear()
    strip.sockets[1].switch(on=False)
    async_later(hass, PLUG_INTERVAL * 3)
    await async_wait(hass, lambda: not issue_registry.issues)


async def test_an_observed_park_tells_what_it_would_switch(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await async_setup_room(hass, strip)
    observe = entity_id(hass, "switch", "park_observe")
    assert hass.states.get(observe).state == "off"
    await async_act(hass, "switch.turn_on", observe, by=hass_admin_user)
    monitors = entity_id(hass, "switch", f"{ROOM}_monitors")
    await async_act(hass, "switch.turn_off", monitors)
    assert strip.sockets[1].switch_count == 0
    reason = hass.states.get(entity_id(hass, "sensor", "aa0000000001_1_reason"))
    assert reason.attributes["refused"] == "observed"
    assert "Observed only: Socket 1 would be switched off" in caplog.text
    await async_act(hass, "switch.turn_off", monitors, by=hass_admin_user)
    assert not strip.sockets[1].on
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert hass.states.get(observe).state == "on"
    await async_act(hass, "switch.turn_off", observe, by=hass_admin_user)
    await async_act(hass, "switch.turn_on", monitors)
    await async_act(hass, "energy_park.release", monitors, by=hass_admin_user)
    await async_wait(hass, lambda: strip.sockets[1].on)
