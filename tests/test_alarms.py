"""Alarms of sockets, plugs and sectors, against emulated plugs; each told once."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control import alarms
from custom_components.energy_park.control.alarms import TICK, Alarm
from custom_components.energy_park.control.happenings import alarm_changed
from custom_components.energy_park.coordinator import EnergyParkData
from custom_components.energy_park.park.alarm_settings import AlarmKind
from custom_components.energy_park.park.alarms import Level, NightFloor, OutOfHoursWatch
from scripts.emulators import Constant, Mains, Outlet, ShellyGen2

from .common import MockConfigEntry
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

MAC = "aa0000000001"
ROOM = "room"


class Clock:
    """The time of the alarms; plugs and Home Assistant keep the real one."""

    def __init__(self) -> None:
        self.now = dt_util.utcnow()

    def utcnow(self) -> datetime:
        return self.now

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class Heater(Constant):
    """A load that a test sets."""

    def set(self, power_w: float) -> None:
        self._constant = complex(power_w, 0)
        self.advance()


class Grid(Mains):
    """Mains whose voltage a test sets."""

    volts = 230.0

    @override
    def voltage_v(self, phase: int = 0) -> float:
        return self.volts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(alarms, "dt_util", clock)
    return clock


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the entities that are disabled by default, too."""
    enabled = property(lambda _: True)
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", enabled)


@pytest.fixture
def heater() -> Heater:
    return Heater(Grid(), "heater", power_w=50)


@pytest.fixture
async def heated(heater: Heater) -> AsyncIterator[ShellyGen2]:
    outlet = Outlet(heater.mains, 0, appliance=heater)
    async with ShellyGen2(mac=MAC, sockets=[outlet], mains=heater.mains) as emulated:
        yield emulated


async def async_setup_room(
    hass: HomeAssistant, heated: ShellyGen2, **data: Any
) -> MockConfigEntry:
    return await async_setup(
        hass, sector("Room A", ROOM), plug(heated, ROOM, title="Heater"), **data
    )


async def async_poll(entry: MockConfigEntry, clock: Clock, **delta: float) -> None:
    """Let time pass, and read the plug."""
    clock.later(**delta)
    [coordinator] = entry.runtime_data.plugs.values()
    await coordinator.async_refresh()


async def async_tick(hass: HomeAssistant, clock: Clock, **delta: float) -> None:
    """Let time pass, and the watch look around."""
    clock.later(**delta)
    async_later(hass, TICK * 1.1)
    await hass.async_block_till_done()


def binary(hass: HomeAssistant, unique_id: str) -> State:
    state = hass.states.get(entity_id(hass, "binary_sensor", unique_id))
    assert state is not None
    return state


def follow_events(hass: HomeAssistant) -> Iterable[str]:
    """Collect the events of the park's alarms."""
    told: dict[str, str] = {}
    event = entity_id(hass, "event", "park_alarms")

    def note(changed: Any) -> None:
        state = changed.data["new_state"]
        if changed.data["entity_id"] == event and state.attributes.get("event_type"):
            name = state.attributes["name"]
            # By its time: a reload shows the latest again.
            told[state.state] = f"{state.attributes['event_type']} {name}"

    hass.bus.async_listen("state_changed", note)
    return told.values()


def issues(hass: HomeAssistant) -> dict[str, Any]:
    return {
        issue.translation_key or "": issue.translation_placeholders
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    }


async def test_an_overloaded_socket_is_told_once_and_asks_for_a_person(
    hass: HomeAssistant, heated: ShellyGen2, heater: Heater, clock: Clock
) -> None:
    entry = await async_setup_room(hass, heated)
    told = follow_events(hass)
    overload = f"{MAC}_0_overload"
    assert binary(hass, overload).state == "off"
    assert binary(hass, "park_overloaded_sockets").state == "off"
    heater.set(1900)
    for _ in range(3):
        await async_poll(entry, clock, seconds=10)
    assert binary(hass, overload).state == "on"
    assert binary(hass, overload).attributes["level"] == "warning"
    assert binary(hass, "park_overloaded_sockets").attributes["names"] == ["Socket 0"]
    assert not issues(hass)
    heater.set(2600)
    for _ in range(3):
        await async_poll(entry, clock, seconds=10)
    assert binary(hass, overload).attributes["level"] == "alarm"
    assert issues(hass) == {"socket_overloaded": {"socket": "Socket 0"}}
    # The same after a restart: what was told is not told again, what is, is shown.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await async_wait(hass, lambda: binary(hass, overload).state == "on")
    assert issues(hass) == {"socket_overloaded": {"socket": "Socket 0"}}
    heater.set(100)
    for _ in range(2):
        await async_poll(entry, clock, seconds=10)
    assert binary(hass, overload).state == "off"
    assert binary(hass, "park_overloaded_sockets").attributes["names"] == []
    assert not issues(hass)
    await hass.async_block_till_done()
    assert list(told) == [
        "overload_warning Socket 0",
        "overload_alarm Socket 0",
        "overload_ok Socket 0",
    ]


@pytest.mark.usefixtures("all_enabled")
async def test_a_socket_that_carries_more_is_not_overloaded(
    hass: HomeAssistant, heated: ShellyGen2, heater: Heater, clock: Clock
) -> None:
    entry = await async_setup_room(hass, heated)
    rated = entity_id(hass, "number", f"{MAC}_0_rated_current")
    await async_act(hass, "number.set_value", rated, value=16)
    heater.set(2600)
    for _ in range(3):
        await async_poll(entry, clock, seconds=10)
    assert binary(hass, f"{MAC}_0_overload").state == "off"
    await async_act(
        hass,
        "number.set_value",
        entity_id(hass, "number", "park_alarm_overload"),
        value=50,
    )
    for _ in range(3):
        await async_poll(entry, clock, seconds=10)
    assert binary(hass, f"{MAC}_0_overload").attributes["level"] == "warning"
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    rated_state = hass.states.get(rated)
    assert rated_state is not None
    assert rated_state.state == "16.0"


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    ("volts", "level"), [(229, "ok"), (206, "warning"), (194, "alarm"), (254, "alarm")]
)
async def test_the_mean_voltage_of_ten_minutes_is_judged(
    hass: HomeAssistant, heated: ShellyGen2, clock: Clock, volts: float, level: str
) -> None:
    assert isinstance(heated.mains, Grid)
    heated.mains.volts = volts
    entry = await async_setup_room(hass, heated)
    assert binary(hass, "park_voltage_alarm").state == "unknown"
    for _ in range(40):
        await async_poll(entry, clock, seconds=31)
    state = binary(hass, f"{MAC}_voltage_alarm")
    assert state.attributes["level"] == level
    assert binary(hass, "park_voltage_alarm").state == state.state


@pytest.mark.usefixtures("all_enabled")
async def test_a_silent_plug_is_told_and_after_an_hour_asks_for_a_person(
    hass: HomeAssistant, heated: ShellyGen2, clock: Clock
) -> None:
    entry = await async_setup_room(hass, heated)
    told = follow_events(hass)
    heard = f"{MAC}_plug_heard"
    assert binary(hass, heard).state == "on"
    await heated.fault("vanish")
    await async_poll(entry, clock, seconds=10)
    assert binary(hass, f"{MAC}_0_overload").state == "unavailable"
    await async_tick(hass, clock, seconds=60)
    assert binary(hass, heard).state == "on"
    await async_tick(hass, clock, seconds=60)
    assert binary(hass, heard).state == "off"
    assert binary(hass, "park_silent_plugs").attributes["names"] == ["Heater"]
    assert not issues(hass)
    # A restart does not make it a plug that is heard.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await async_wait(hass, lambda: binary(hass, heard).state == "off")
    await async_tick(hass, clock, seconds=3600)
    assert issues(hass) == {"plugs_silent": {"count": "1", "names": "Heater"}}
    await heated.clear()
    await async_poll(entry, clock, seconds=10)
    await async_tick(hass, clock, seconds=10)
    assert binary(hass, heard).state == "on"
    assert binary(hass, f"{MAC}_0_overload").state == "off"
    assert not issues(hass)
    await hass.async_block_till_done()
    assert list(told) == ["silence_alarm Heater", "silence_ok Heater"]


async def test_a_sector_that_draws_much_while_closed_is_told(
    hass: HomeAssistant, heated: ShellyGen2, heater: Heater, clock: Clock
) -> None:
    hass.states.async_set("schedule.school", "off")
    entry = await async_setup_room(hass, heated, opening_hours="schedule.school")
    data: EnergyParkData = entry.runtime_data
    assert binary(hass, f"{ROOM}_out_of_hours").state == "unknown"
    data.memory.group(ROOM).out_of_hours = OutOfHoursWatch(
        floor=NightFloor(nights=(50.0, 50.0, 50.0))
    )
    told = follow_events(hass)

    async def async_pass(minutes: int) -> None:
        for _ in range(minutes):
            await async_poll(entry, clock, minutes=1)
            async_later(hass, timedelta(seconds=1))
            await hass.async_block_till_done()

    await async_pass(2)
    assert binary(hass, f"{ROOM}_out_of_hours").state == "off"
    heater.set(300)
    await async_pass(14)
    assert binary(hass, f"{ROOM}_out_of_hours").state == "off"
    await async_pass(3)
    assert binary(hass, f"{ROOM}_out_of_hours").state == "on"
    # It opens: what is drawn now is work.
    hass.states.async_set("schedule.school", "on")
    await async_pass(1)
    assert binary(hass, f"{ROOM}_out_of_hours").state == "off"
    assert list(told) == ["out_of_hours_warning Room A", "out_of_hours_ok Room A"]


async def test_without_opening_hours_nothing_is_out_of_hours(
    hass: HomeAssistant, heated: ShellyGen2
) -> None:
    await async_setup_room(hass, heated)
    with pytest.raises(AssertionError, match="no binary_sensor"):
        binary(hass, f"{ROOM}_out_of_hours")


@pytest.mark.parametrize("kind", list(AlarmKind))
@pytest.mark.parametrize("level", list(Level))
def test_every_change_is_a_row_of_the_mirror(kind: AlarmKind, level: Level) -> None:
    now = dt_util.utcnow()
    row = alarm_changed(Alarm(kind, "subject", "name", level, now), now)
    assert row.subject_id == "subject"
    assert row.reason == kind
    assert row.is_on is (level is not Level.OK)
    assert row.detail == {"level": level}
