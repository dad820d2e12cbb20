"""Stations switched by jobs: real plugs' HTTP, computers that lose work when cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address
import json
from typing import Any, override
from unittest.mock import AsyncMock

from homeassistant.components import persistent_notification
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.dt import utcnow
import pytest

from custom_components.energy_park import logbook
from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control import requests
from custom_components.energy_park.control.station_issues import StationIssues
from custom_components.energy_park.model import Reason
from custom_components.energy_park.park import commissioning, switching
from custom_components.energy_park.park.effects import Outcome, Result
from custom_components.energy_park.park.station import Wake
from scripts.emulators import Computer

from . import source
from .common import MockUser, async_capture_events
from .parks import async_act, async_later, async_setup, plug, station
from .rooms import MAC, PROVEN, ROOM, Room, Time, build_strip, computers_of, speed_up

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Twenty times faster."""
    return speed_up(monkeypatch)


@pytest.fixture
async def room(hass: HomeAssistant, clock: Time) -> AsyncIterator[Room]:
    """A room with two computers that run."""
    async with build_strip(clock) as strip:
        yield Room(hass, strip, computers_of(strip))


async def test_a_sector_shuts_its_computers_down_and_cuts_them_then(
    room: Room, hass_admin_user: MockUser
) -> None:
    await room.async_add(
        warn=[{"action": "test.warn", "data": {"message": "{{ message }}"}}]
    )
    room.prove()
    switch = room.entity("switch", f"{ROOM}_all")
    await async_act(room.hass, "switch.turn_off", switch, by=hass_admin_user)
    assert room.on == [True] * 4
    assert room.job() == "warning"
    await room.async_until(lambda: room.job() == "shutting_down")
    assert sorted(room.asked) == ["desk0", "desk1"]
    assert all("Save your work" in call["message"] for call in room.warned)
    await room.async_until(lambda: not room.on[1] and not room.on[3])
    await room.async_ended()
    assert room.on == [False] * 4
    assert room.lost_work == 0
    assert room.result("desk0") == room.result("desk1") == ("off", "person")
    reason = room.hass.states.get(room.entity("sensor", f"{MAC}_0_reason"))
    assert reason.state == "person"


async def test_a_sector_starts_its_computers_one_by_one_and_its_network_first(
    hass: HomeAssistant, clock: Time, hass_admin_user: MockUser
) -> None:
    async with build_strip(clock, network=True, powered=False) as strip:
        for outlet in strip.sockets.values():
            outlet.switch(False)
        room = Room(hass, strip, computers_of(strip))
        await room.async_add()
        room.prove()
        switch = room.entity("switch", f"{ROOM}_all")
        await async_act(hass, "switch.turn_on", switch, by=hass_admin_user)
        await room.async_until(lambda: room.on[4])
        assert room.on == [False] * 4 + [True]
        await room.async_until(lambda: room.on[0])
        assert room.on[1:4] == [False] * 3
        await room.async_ended()
        assert room.on == [True] * 5
        assert all(computer.running for computer in room.computers.values())
        assert room.result("desk1") == ("on", "person")


async def test_a_computer_that_nobody_has_tried_is_shut_down_and_stays_fed(
    room: Room,
) -> None:
    await room.async_add()
    room.prove("desk1")
    assert room.state("sensor", "desk0_wake") == "unknown"
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await room.async_ended()
    assert room.on == [True, False, False, False]
    assert not room.computers["desk0"].running
    assert room.result("desk0") == ("shut_down", "wake_unknown")
    assert room.result("desk1") == ("off", "automation")
    assert room.lost_work == 0
    reason = room.hass.states.get(room.entity("sensor", f"{MAC}_0_reason"))
    assert reason.attributes["refused"] == "wake_unknown"


async def test_a_job_is_cancelled_before_it_cuts(room: Room) -> None:
    await room.async_add()
    room.prove()
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await async_act(
        room.hass, "button.press", room.entity("button", f"{ROOM}_cancel_job")
    )
    assert room.job() == "idle"
    assert room.on == [True] * 4
    assert room.result("desk0") == ("cancelled", "cancelled")
    assert not room.asked


async def test_a_person_postpones_and_the_other_desks_go_on(room: Room) -> None:
    await room.async_add()
    room.prove()
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await async_act(room.hass, "button.press", room.entity("button", "desk0_postpone"))
    assert room.state("sensor", "desk0_job") == "deferred"
    await room.async_until(lambda: room.job() == "deferred")
    assert room.on == [True, True, False, False]
    assert room.asked == ["desk1"]
    job = room.hass.states.get(room.entity("sensor", f"{ROOM}_job"))
    assert job.state == "deferred"
    assert job.attributes["results"] == {
        "Socket 0": None,
        "Socket 1": None,
        "Socket 2": "off",
        "Socket 3": "off",
    }
    assert job.attributes["progress"] == 50


async def test_a_job_begins_again_at_its_guard_after_a_restart(room: Room) -> None:
    await room.async_add()
    room.prove()
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await room.async_until(lambda: len(room.asked) == 2)
    await room.hass.config_entries.async_unload(room.entry.entry_id)
    assert room.on[0]
    assert room.on[2]
    await room.hass.config_entries.async_setup(room.entry.entry_id)
    assert room.job() in ("checking", "deferred")
    assert room.state("sensor", "desk0_wake") == "bios_on_ac"
    await room.async_ended()
    assert room.on == [False] * 4
    assert room.result("desk0") == ("off", "automation")
    assert room.lost_work == 0


async def test_a_system_that_refuses_leaves_its_computer_on_and_a_person_is_told(
    room: Room,
) -> None:
    await room.async_add()
    room.prove()
    room.refuses.add("desk0")
    # Less than a shutdown may take, and enough for the first readings to come.
    await async_act(
        room.hass, "number.set_value", room.entity("number", "park_limit"), value=60
    )
    rules = room.entry.runtime_data.jobs.rules
    room.entry.runtime_data.jobs.async_set_rules(
        replace(rules, shutdown=timedelta(minutes=2))
    )
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await room.async_ended()
    assert room.on == [True, False, False, False]
    assert room.result("desk0") == ("left_on", "did_not_shut_down")
    assert room.result("desk1") == ("off", "automation")
    issues = ir.async_get(room.hass)
    assert issues.async_get_issue(
        DOMAIN, "station_does_not_shut_down_did_not_shut_down_desk0"
    )
    assert len(issues.issues) == 1
    room.refuses.clear()
    room.entry.runtime_data.jobs.async_set_rules(
        replace(rules, limit=timedelta(hours=2))
    )
    await async_act(
        room.hass, "switch.turn_off", room.entity("switch", "desk0_station")
    )
    await room.async_until(lambda: room.result("desk0")[0] == "off")
    assert not issues.issues
    assert room.lost_work == 0


async def test_an_action_that_fails_is_told_without_its_words(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await room.async_add()
    room.prove()
    room.broken.add("desk0")
    await async_act(
        room.hass, "number.set_value", room.entity("number", "park_limit"), value=0
    )
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await room.async_ended()
    assert room.result("desk0") == ("left_on", "ask_failed")
    assert room.result("desk1") == ("off", "automation")
    assert room.lost_work == 0
    assert "ShutDown of Desk0 failed: HomeAssistantError" in caplog.text
    assert "hunter2" not in caplog.text


async def test_somebody_who_works_keeps_the_desk(room: Room) -> None:
    room.hass.states.async_set("binary_sensor.desk", "on")
    await room.async_add(presence=["binary_sensor.desk"])
    room.prove()
    await async_act(
        room.hass, "switch.turn_off", room.entity("switch", "desk0_station")
    )
    assert room.state("sensor", "desk0_job") == "deferred"
    job = room.hass.states.get(room.entity("sensor", "desk0_job"))
    assert job.attributes["reason"] == "working"
    room.hass.states.async_set("binary_sensor.desk", "off")
    await room.async_until(lambda: room.result("desk0")[0] == "off")
    assert room.on == [False, False, True, True]
    assert room.lost_work == 0


@pytest.mark.parametrize(
    ("entity", "state", "working"),
    [
        ("binary_sensor.x", "off", False),
        ("person.x", "home", True),
        ("device_tracker.x", "not_home", False),
        ("sensor.sessions", "2", True),
        ("sensor.sessions", "0", False),
        ("sensor.sessions", "Ann", None),
        ("person.x", "unavailable", None),
    ],
)
async def test_signs_of_presence(
    room: Room, entity: str, state: str, working: bool | None
) -> None:
    room.hass.states.async_set(entity, state)
    await room.async_add(presence=[entity])
    shown = room.hass.states.get(room.entity("sensor", "desk0_state"))
    assert shown.attributes["working"] is working


async def test_a_plug_that_vanishes_is_never_cut_and_is_reported(room: Room) -> None:
    await room.async_add()
    room.prove()
    await async_act(
        room.hass, "number.set_value", room.entity("number", "park_limit"), value=60
    )
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await room.strip.fault("vanish")
    await room.async_ended()
    assert room.on == [True] * 4
    assert room.result("desk0") == room.result("desk1") == ("left_on", "unreachable")
    assert room.lost_work == 0


async def test_what_is_protected_or_carries_the_network_is_refused(
    hass: HomeAssistant, clock: Time
) -> None:
    async with build_strip(clock, network=True) as strip:
        room = Room(hass, strip, computers_of(strip))
        await room.async_add()
        room.prove()
        protected = room.entity("switch", f"{MAC}_0_protected")
        await async_act(hass, "switch.turn_on", protected)
        await async_act(hass, "switch.turn_off", room.entity("switch", "room_all"))
        await room.async_ended()
        job = hass.states.get(room.entity("sensor", f"{ROOM}_job"))
        assert job.attributes["results"] == {
            "Socket 0": "refused",
            "Socket 1": "refused",
            "Socket 2": "off",
            "Socket 3": "off",
            "Socket 4": "refused",
        }
        assert room.on == [True, True, False, False, True]
        with pytest.raises(ServiceValidationError) as refused:
            await async_act(
                hass, "switch.turn_off", room.entity("switch", "desk0_station")
            )
        assert refused.value.translation_key == "refused_protected"
        with pytest.raises(ServiceValidationError) as refused:
            await async_act(
                hass, "button.press", room.entity("button", "desk0_commission")
            )
        assert refused.value.translation_key == "not_commissioned_protected"


async def test_an_automation_cuts_no_stations_computer_in_any_other_way(
    room: Room,
) -> None:
    await room.async_add()
    room.prove()
    room.computers["desk0"].shutdown_s = (0.1, 0.1)
    room.computers["desk0"].shut_down()
    await room.async_until(lambda: room.state("sensor", "desk0_state") == "off")
    with pytest.raises(ServiceValidationError) as refused:
        await async_act(
            room.hass, "switch.turn_off", room.entity("switch", f"{MAC}_0_socket")
        )
    assert refused.value.translation_key == "refused_running"
    assert room.on[0]


async def test_an_order_the_other_way_takes_over(
    room: Room, hass_admin_user: MockUser
) -> None:
    await room.async_add()
    room.prove()
    switch = room.entity("switch", f"{ROOM}_all")
    await async_act(room.hass, "switch.turn_off", switch)
    await async_act(room.hass, "switch.turn_on", switch, by=hass_admin_user)
    await room.async_ended()
    assert room.on == [True] * 4
    assert not room.asked
    assert room.result("desk0") == ("on", "as_found")
    # A person's order stands: the schedule has to wait.
    await async_act(
        room.hass, "switch.turn_off", room.entity("switch", "desk0_station")
    )
    job = room.hass.states.get(room.entity("sensor", "desk0_job"))
    assert (job.state, job.attributes["reason"]) == ("deferred", "outranked")


async def test_an_override_ends_in_a_job_that_asks_first(
    room: Room, hass_admin_user: MockUser
) -> None:
    room.hass.states.async_set("binary_sensor.desk", "off")
    await room.async_add(presence=["binary_sensor.desk"])
    room.prove()
    switch = room.entity("switch", "desk0_station")
    await async_act(room.hass, "switch.turn_off", switch)
    await room.async_until(lambda: room.result("desk0") == ("off", "automation"))
    await async_act(room.hass, "switch.turn_on", switch, by=hass_admin_user)
    await room.async_until(lambda: room.job("desk0") == "idle")
    assert room.result("desk0") == ("on", "person")
    room.hass.states.async_set("binary_sensor.desk", "on")
    await async_act(room.hass, f"{DOMAIN}.release", switch, by=hass_admin_user)
    job = room.hass.states.get(room.entity("sensor", "desk0_job"))
    assert (job.state, job.attributes["reason"]) == ("deferred", "working")
    assert room.on == [True] * 4
    room.hass.states.async_set("binary_sensor.desk", "off")
    await room.async_until(lambda: room.result("desk0") == ("off", "automation"))
    assert room.on == [False, False, True, True]
    assert room.lost_work == 0


async def test_desks_come_on_one_by_one_when_their_overrides_end(
    room: Room, hass_admin_user: MockUser
) -> None:
    await room.async_add()
    room.prove()
    switch = room.entity("switch", f"{ROOM}_all")
    await async_act(room.hass, "switch.turn_on", switch)
    await room.async_ended()
    await async_act(room.hass, "switch.turn_off", switch, by=hass_admin_user)
    await room.async_until(lambda: room.result("desk1") == ("off", "person"))
    await room.async_ended()
    assert room.on == [False] * 4
    jobs = room.entry.runtime_data.jobs
    jobs.async_set_rules(replace(jobs.rules, stagger=timedelta(hours=1)))
    await async_act(room.hass, f"{DOMAIN}.release", switch, by=hass_admin_user)
    await room.async_until(lambda: room.result("desk0") == ("on", "automation"))
    assert room.on == [True, True, False, False]
    async_later(room.hass, timedelta(hours=1))
    await room.async_until(lambda: room.result("desk1") == ("on", "automation"))
    assert room.on == [True] * 4


async def test_an_observed_park_tells_and_switches_nothing(room: Room) -> None:
    await room.async_add()
    room.prove()
    await async_act(room.hass, "switch.turn_on", room.entity("switch", "park_observe"))
    await async_act(room.hass, "switch.turn_off", room.entity("switch", "room_all"))
    await room.async_ended()
    assert room.result("desk0")[0] == "observed"
    assert room.on == [True] * 4
    assert not room.asked


async def test_how_a_computer_starts_is_found_out_and_kept(
    room: Room, hass_admin_user: MockUser
) -> None:
    await room.async_add(never_sleeps=True)
    press = room.entity("button", "desk0_commission")
    await async_act(room.hass, "button.press", press, by=hass_admin_user)
    assert room.state("sensor", "desk0_job") == "commissioning"
    with pytest.raises(ServiceValidationError) as busy:
        await async_act(room.hass, "button.press", press)
    assert busy.value.translation_key == "station_busy"
    await room.async_until(lambda: room.job("desk0") == "idle", 40)
    wake = room.hass.states.get(room.entity("sensor", "desk0_wake"))
    assert wake.state == "bios_on_ac"
    assert wake.attributes["cut_refused"] is None
    assert 2.5 < wake.attributes["off_below_w"] < 4
    assert room.on == [True] * 4
    assert room.lost_work == 0
    assert not ir.async_get(room.hass).issues
    await room.hass.config_entries.async_reload(room.entry.entry_id)
    assert room.state("sensor", "desk0_wake") == "bios_on_ac"


async def test_a_commissioning_run_ends_with_a_restart_and_feeds_the_computer(
    room: Room, hass_admin_user: MockUser
) -> None:
    await room.async_add(never_sleeps=True)
    await async_act(
        room.hass,
        "button.press",
        room.entity("button", "desk0_commission"),
        by=hass_admin_user,
    )
    await room.async_until(lambda: not room.on[0])
    await room.hass.config_entries.async_unload(room.entry.entry_id)
    await room.hass.config_entries.async_setup(room.entry.entry_id)
    await room.async_until(lambda: room.on[0])
    assert room.job("desk0") == "idle"
    assert room.state("sensor", "desk0_wake") == "unknown"
    assert room.lost_work == 0


async def test_a_computer_that_does_not_shut_down_is_not_commissioned(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = replace(commissioning.RULES, shutdown=timedelta(minutes=2))
    monkeypatch.setattr(commissioning, "RULES", rules)
    await room.async_add()
    room.refuses.add("desk0")
    await async_act(
        room.hass, "button.press", room.entity("button", "desk0_commission")
    )
    await room.async_until(lambda: room.job("desk0") == "idle")
    assert ir.async_get(room.hass).async_get_issue(
        DOMAIN, "commissioning_failed_did_not_shut_down_desk0"
    )
    assert room.on == [True] * 4
    assert room.lost_work == 0


async def test_what_a_computer_draws_asleep_is_measured(room: Room) -> None:
    await room.async_add()
    unslept = replace(PROVEN, sleep_w=None)
    stations = room.entry.runtime_data.stations
    stations.async_learn("desk0", unslept)
    wake = room.entity("sensor", "desk0_wake")
    assert room.hass.states.get(wake).attributes["cut_refused"] == "off_power_unknown"
    await async_act(
        room.hass, "button.press", room.entity("button", "desk0_measure_sleep")
    )
    assert room.job("desk0") == "measuring_sleep"
    notice = persistent_notification._async_get_or_create_notifications(room.hass)
    assert "Send Desk0 to sleep" in notice["energy_park_desk0"]["message"]
    room.computers["desk0"].sleep()
    await room.async_until(lambda: room.job("desk0") == "idle")
    assert stations.memory("desk0").learnt.sleep_w == pytest.approx(4.0, rel=0.1)
    assert room.hass.states.get(wake).attributes["cut_refused"] is None


async def test_a_packet_wakes_a_computer(
    hass: HomeAssistant,
    clock: Time,
    monkeypatch: pytest.MonkeyPatch,
    hass_admin_user: MockUser,
) -> None:
    heard: list[bytes] = []
    computers: dict[str, Computer] = {}

    class Card(asyncio.DatagramProtocol):
        @override
        def datagram_received(self, data: bytes, addr: object) -> None:
            heard.append(data)
            computers["desk0"].wake()

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Card, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(requests, "WAKE_ON_LAN_PORT", port)
    monkeypatch.setattr(
        requests,
        "async_get_ipv4_broadcast_addresses",
        AsyncMock(return_value={IPv4Address("127.0.0.1")}),
    )
    async with build_strip(clock, on_ac=False, running=False) as strip:
        computers |= computers_of(strip)
        room = Room(hass, strip, computers)
        await room.async_add(mac="aa:bb:cc:00:11:22")
        room.entry.runtime_data.stations.async_learn(
            "desk0", replace(PROVEN, wake=Wake.PLUG_THEN_WOL)
        )
        await async_act(
            hass,
            "switch.turn_on",
            room.entity("switch", "desk0_station"),
            by=hass_admin_user,
        )
        await room.async_until(lambda: room.result("desk0")[0] == "on")
        assert room.computers["desk0"].running
    transport.close()
    assert set(heard) == {b"\xff" * 6 + bytes.fromhex("aabbcc001122") * 16}


# Actions, and what is told


async def test_the_action_answers_with_each_sockets_result(room: Room) -> None:
    await room.async_add()
    room.prove()

    async def async_switch(entity: str, **data: Any) -> Any:
        answer = await room.hass.services.async_call(
            DOMAIN,
            "switch_sector",
            {"entity_id": entity, "state": "off", **data},
            blocking=True,
            return_response=True,
        )
        return answer[entity]

    sector = room.entity("switch", "room_all")
    begun = await async_switch(sector)
    assert not begun["done"]
    assert begun["results"] == {f"Socket {number}": None for number in range(4)}
    ended = await async_switch(sector, wait=True)
    assert ended == {
        "job": begun["job"],
        "done": True,
        "results": {f"Socket {number}": "off" for number in range(4)},
    }
    with pytest.raises(ServiceValidationError) as wrong:
        await async_switch(room.entity("switch", f"{MAC}_0_socket"))
    assert wrong.value.translation_key == "not_a_place"


async def test_an_answer_is_not_waited_for_over_a_restart(room: Room) -> None:
    await room.async_add()
    sector = room.entity("switch", "room_all")
    waiting = room.hass.async_create_task(
        room.hass.services.async_call(
            DOMAIN,
            "switch_sector",
            {"entity_id": sector, "state": "off", "wait": True},
            blocking=True,
            return_response=True,
        )
    )
    await room.async_until(lambda: room.job() == "warning")
    await room.hass.config_entries.async_unload(room.entry.entry_id)
    answer = await waiting
    assert answer is not None
    assert answer[sector]["done"] is False


async def test_a_sector_or_a_station_is_postponed_and_its_job_cancelled(
    room: Room,
) -> None:
    await room.async_add()
    room.prove()
    sector, desk = (
        room.entity("switch", place) for place in ("room_all", "desk0_station")
    )
    await async_act(room.hass, f"{DOMAIN}.switch_sector", sector, state="off")
    await async_act(room.hass, f"{DOMAIN}.postpone", sector, duration={"hours": 1})
    assert room.job() == "deferred"
    await async_act(room.hass, f"{DOMAIN}.cancel_job", desk)
    assert room.result("desk0") == ("cancelled", "cancelled")
    assert room.job() == "deferred"
    await async_act(room.hass, f"{DOMAIN}.cancel_job", sector)
    assert room.job() == "idle"
    assert room.on == [True] * 4
    with pytest.raises(ServiceValidationError) as wrong:
        await async_act(room.hass, f"{DOMAIN}.commission", sector)
    assert wrong.value.translation_key == "not_a_station"


async def test_runs_are_started_and_cancelled_by_actions(room: Room) -> None:
    await room.async_add()
    desk = room.entity("switch", "desk0_station")
    for action, stage in (
        ("commission", "commissioning"),
        ("measure_sleep", "measuring_sleep"),
    ):
        await async_act(room.hass, f"{DOMAIN}.{action}", desk)
        assert room.job("desk0") == stage
        await async_act(room.hass, f"{DOMAIN}.cancel_job", desk)
        assert room.job("desk0") == "idle"
    assert room.on == [True] * 4
    assert not ir.async_get(room.hass).issues


@pytest.mark.parametrize("kind", ["job", "commissioning"])
async def test_a_fault_is_told_once_while_it_lasts(
    room: Room,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await room.async_add()
    steps = 0

    def fail(now: datetime, *_: object) -> None:
        nonlocal steps
        steps += 1
        raise ValueError(f"no good at {now}")

    if kind == "job":
        room.prove()
        module: Any = switching
        switch = room.entity("switch", "desk0_station")
        begun = async_act(room.hass, "switch.turn_off", switch)
    else:
        module = commissioning
        button = room.entity("button", "desk0_commission")
        begun = async_act(room.hass, "button.press", button)
    with monkeypatch.context() as broken:
        broken.setattr(module, "step", fail)
        await begun
        await room.async_until(lambda: steps > 5)
    assert caplog.text.count("did not go on") == 1
    await room.async_until(lambda: "goes on again" in caplog.text)
    assert room.lost_work == 0


async def test_each_order_is_told_with_who_and_why(
    room: Room, hass_admin_user: MockUser
) -> None:
    await room.async_add()
    room.prove()
    told = async_capture_events(room.hass, "energy_park_audit")
    monitor = room.entity("switch", f"{MAC}_1_socket")
    await async_act(room.hass, "switch.turn_off", monitor, by=hass_admin_user)
    event = room.hass.states.get(room.entity("event", "park_audit"))
    assert {
        key: event.attributes[key]
        for key in ("event_type", "name", "on", "source", "reason", "outcome")
    } == {
        "event_type": "ordered",
        "name": "Socket 1",
        "on": False,
        "source": "person",
        "reason": "person",
        "outcome": None,
    }
    assert event.context.user_id == hass_admin_user.id
    assert told[0].context.user_id == hass_admin_user.id
    with pytest.raises(ServiceValidationError):
        await async_act(
            room.hass, "switch.turn_off", room.entity("switch", f"{MAC}_0_socket")
        )
    await async_act(
        room.hass, "switch.turn_off", room.entity("switch", "desk1_station")
    )
    await room.async_until(lambda: room.result("desk1")[0] == "off")
    assert [
        (event.data["what"], event.data["name"], event.data["reason"]) for event in told
    ] == [
        ("ordered", "Socket 1", "person"),
        ("refused", "Socket 0", "running"),
        ("job_started", "Desk1", "automation"),
        ("ordered", "Socket 3", "automation"),
        ("ordered", "Socket 2", "automation"),
        ("station_ended", "Desk1", "automation"),
    ]


@pytest.mark.parametrize(
    ("language", "messages"),
    [
        ("en", ["was ordered off: switched by a person", "was not switched off"]),
        ("fr", ["a reçu l'ordre d'arrêt", "n'a pas été coupé"]),
        ("es", ["recibió la orden de apagarse", "no se apagó: ordenador en marcha"]),
    ],
)
async def test_the_logbook_tells_it_in_words(
    room: Room, hass_admin_user: MockUser, language: str, messages: list[str]
) -> None:
    room.hass.config.language = language
    await room.async_add()
    told = async_capture_events(room.hass, "energy_park_audit")
    descriptions: dict[str, Callable[[Event[Any]], dict[str, str]]] = {}

    def describe(_: str, event: str, described: Any) -> None:
        descriptions[event] = described

    logbook.async_describe_events(room.hass, describe)
    monitor = room.entity("switch", f"{MAC}_1_socket")
    await async_act(room.hass, "switch.turn_off", monitor, by=hass_admin_user)
    with pytest.raises(ServiceValidationError):
        await async_act(
            room.hass, "switch.turn_off", room.entity("switch", f"{MAC}_0_socket")
        )
    for event, message in zip(told, messages, strict=True):
        line = descriptions[event.event_type](event)
        assert line["name"] == event.data["name"]
        assert line["message"].replace("\xa0", " ").startswith(message)


async def test_what_is_told_of_a_station_needs_no_repair_twice(room: Room) -> None:
    issues = StationIssues(room.hass)
    await room.async_add()
    [station, _] = room.entry.runtime_data.stations.described.values()
    now = utcnow()
    for reason in ("ask_failed", "cannot_ask", "did_not_shut_down"):
        issues.async_look(station, Result(Outcome.LEFT_ON, Reason(reason), now))
    issues.async_look(station, Result(Outcome.FAILED, Reason.DID_NOT_START, now))
    issues.async_commissioned(station, Reason.WAKE_UNKNOWN)
    registry = ir.async_get(room.hass)
    texts = source_texts()
    assert {issue.translation_key for issue in registry.issues.values()} <= texts
    assert len(registry.issues) == 5
    issues.async_look(station, Result(Outcome.OFF, Reason.SCHEDULE, now))
    issues.async_look(station, Result(Outcome.ON, Reason.SCHEDULE, now))
    issues.async_commissioned(station, None)
    assert not registry.issues


def source_texts() -> set[str]:
    """The repairs that have a text."""
    english = json.loads((source.PACKAGE / "translations/en.json").read_text())
    return set(english["issues"])


async def test_a_station_whose_socket_is_gone_is_told_until_it_has_another(
    room: Room,
) -> None:
    hass = room.hass
    entry = await async_setup(
        hass, plug(room.strip, roles=("computer",) * 4), station("Desk0", "gone_0")
    )
    issues = ir.async_get(hass)
    issue_id = "station_without_computer_desk0"
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"station": "Desk0"}

    part = entry.subentries["desk0"]
    hass.config_entries.async_update_subentry(
        entry, part, data={**part.data, "computer": f"{MAC}_0"}
    )
    await room.async_until(lambda: issues.async_get_issue(DOMAIN, issue_id) is None)
