"""Stations switched by jobs: real plugs' HTTP, computers that lose work when cut."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest

from .common import MockUser
from .parks import async_act
from .rooms import MAC, ROOM, Room, Time, build_strip, computers_of, speed_up

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
