"""Shedding in Home Assistant: a Linky that really trips, plugs with delays and faults.

The loop is closed: what a plug switches off is missing in the meter's next frame.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control.shedding.shedding import Shedding
from custom_components.energy_park.model import Reason
from scripts.emulators import Outlet

from .common import MockConfigEntry, MockUser
from .houses import (
    HEATER_W,
    MAC,
    ROOM,
    House,
    async_call,
    async_setup_house,
    hasten,
    hasten_meter,
    reason,
    shedding,
    state,
)
from .parks import async_act, async_setup, async_wait, entity_id, meter, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def quick_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests wait less."""
    hasten_meter(monkeypatch)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A house, awake."""
    house = House()
    async with house.strip, house.linky:
        yield house


async def test_an_overload_is_shed_before_the_meter_opens_and_restored_after(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    hasten(rule)
    assert state(hass, house, "sensor", "shedding").state == "clear"
    house.overload()
    heater = house.outlets["heater"]
    await async_wait(hass, lambda: rule.state.shed, 60, settle=False)
    await async_wait(hass, lambda: not heater.on, settle=False)
    assert rule.state.shed.keys() == {f"{MAC}_0"}
    await async_wait(
        hass,
        lambda: state(hass, house, "sensor", "shedding").state == "shedding",
        settle=False,
    )
    shed_power = float(state(hass, house, "sensor", "shed_power").state)
    assert shed_power == pytest.approx(HEATER_W, rel=0.05)
    await async_wait(hass, lambda: reason(hass, 0) == Reason.SHED, settle=False)
    house.cool()
    await async_wait(hass, lambda: heater.on, 60, settle=False)
    await async_wait(hass, lambda: not rule.state.shed, settle=False)
    await async_wait(hass, lambda: reason(hass, 0) == Reason.RESTORED, settle=False)
    assert house.outlets["computer"].on
    assert house.outlets["boiler"].switch_count == 0
    assert house.trips == 0


async def test_without_an_automation_nothing_is_shed_but_it_is_told(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house, protected=False)
    rule = shedding(entry)
    told: list[tuple[str, dict[str, Any]]] = []
    rule.news.async_add_teller(lambda happening, data: told.append((happening, data)))
    house.overload()
    await async_wait(hass, lambda: house.trips, 60, settle=False)
    assert house.outlets["heater"].on
    assert not rule.state.shed
    assert told[0][0] == "overload_predicted"
    assert {happening for happening, _ in told[1:]} == {"would_shed"}
    assert "Socket 0" in {data["socket"] for _, data in told[1:]}


async def test_in_test_mode_it_tells_and_cuts_nothing(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    test = entity_id(hass, "switch", f"{house.linky.serial}_shedding_test")
    await async_act(hass, "switch.turn_on", test)
    assert hass.states.get(test).state == "on"
    event = entity_id(hass, "event", f"{house.linky.serial}_shedding_event")
    house.overload()
    await async_wait(
        hass,
        lambda: hass.states.get(event).attributes.get("event_type") == "would_shed",
        60,
        settle=False,
    )
    assert hass.states.get(event).attributes["cause"] == "limit"
    assert house.outlets["heater"].on
    assert not rule.state.shed


async def test_a_request_in_test_mode_tells_each_time_what_would_be_shed(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    rule.async_set_test(True)
    told: list[str] = []
    rule.news.async_add_teller(lambda happening, data: told.append(happening))
    for _ in range(3):
        answer = await async_call(hass, "shed", mode="request", power=1200)
        assert answer["meters"][0]["shed"] == []
        [would] = answer["meters"][0]["would_shed"]
        assert would["socket"] == "Socket 0"
        assert would["power"] == pytest.approx(HEATER_W, rel=0.05)
    await async_wait(hass, lambda: told == ["would_shed"] * 3, settle=False)
    assert house.outlets["heater"].on


async def test_a_restart_while_shed_restores_all_in_the_end(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    hasten(shedding(entry))
    shed = await async_call(hass, "shed", mode="request", power=1200)
    assert [one["socket"] for one in shed["meters"][0]["shed"]] == ["Socket 0"]
    heater = house.outlets["heater"]
    await async_wait(hass, lambda: not heater.on, settle=False)
    assert await hass.config_entries.async_reload(entry.entry_id)
    rule = shedding(entry)
    assert rule.state.shed.keys() == {f"{MAC}_0"}
    await async_wait(hass, lambda: rule.sight.headroom is not None, settle=False)
    # Until somebody ends the request.
    assert not heater.on
    await async_call(hass, "restore")
    await async_wait(hass, lambda: heater.on, 60, settle=False)
    await async_wait(hass, lambda: not rule.state.shed, settle=False)
    await async_wait(hass, lambda: reason(hass, 0) == Reason.RESTORED, settle=False)


async def async_setup_shed(
    hass: HomeAssistant, house: House
) -> tuple[MockConfigEntry, Outlet]:
    """A house whose heater is shed."""
    entry = await async_setup_house(hass, house)
    await async_call(hass, "shed", mode="request", power=1200)
    heater = house.outlets["heater"]
    await async_wait(hass, lambda: not heater.on, settle=False)
    return entry, heater


async def test_what_a_removed_meter_left_off_comes_back(
    hass: HomeAssistant, house: House
) -> None:
    entry, heater = await async_setup_shed(hass, house)
    hass.config_entries.async_remove_subentry(entry, "meter")
    await async_wait(hass, lambda: not entry.runtime_data.sheddings, settle=False)
    await async_wait(hass, lambda: heater.on, 20, settle=False)


@pytest.mark.parametrize("reachable", [True, False])
async def test_what_is_shed_on_a_removed_plug_comes_back_or_is_told(
    hass: HomeAssistant, house: House, reachable: bool
) -> None:
    entry, heater = await async_setup_shed(hass, house)
    if not reachable:
        await house.strip.fault("refuse")
    [removed] = entry.get_subentries_of_type("plug")
    hass.config_entries.async_remove_subentry(entry, removed.subentry_id)
    issues = ir.async_get(hass)
    left_off = (DOMAIN, f"left_off_{MAC}_0")
    if reachable:
        await async_wait(hass, lambda: heater.on, 20, settle=False)
    else:
        await async_wait(hass, lambda: issues.async_get_issue(*left_off), 20)
    await async_wait(hass, lambda: not entry.runtime_data.plugs, 20)
    assert (issues.async_get_issue(*left_off) is None) is reachable


@pytest.mark.parametrize("reachable", [True, False])
async def test_what_is_shed_in_a_park_that_is_removed_comes_back_or_is_told(
    hass: HomeAssistant, house: House, reachable: bool
) -> None:
    entry, heater = await async_setup_shed(hass, house)
    if not reachable:
        await house.strip.fault("refuse")
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert heater.on is reachable
    told = ir.async_get(hass).async_get_issue(DOMAIN, f"left_off_{MAC}_0")
    assert (told is None) is reachable


async def test_what_is_shed_on_a_socket_that_its_plug_loses_comes_back(
    hass: HomeAssistant, house: House
) -> None:
    entry, heater = await async_setup_shed(hass, house)
    [strip] = entry.get_subentries_of_type("plug")
    data = {**strip.data, "sockets": strip.data["sockets"][1:]}
    hass.config_entries.async_update_subentry(entry, strip, data=data)
    await async_wait(hass, lambda: heater.on, 20, settle=False)


async def test_the_protected_and_the_running_stay_on_whoever_asks(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    protected = entity_id(hass, "switch", f"{MAC}_0_protected")
    await async_act(hass, "switch.turn_on", protected)
    await async_call(hass, "shed", mode="request")
    await async_wait(hass, lambda: not house.outlets["lamp"].on, settle=False)
    assert shedding(entry).state.shed.keys() == {f"{MAC}_1", f"{MAC}_3"}
    assert house.outlets["heater"].on
    assert house.outlets["computer"].on


async def test_what_a_person_switched_on_goes_last_and_comes_back_as_he_wants(
    hass: HomeAssistant, house: House, hass_admin_user: MockUser
) -> None:
    entry = await async_setup_house(hass, house)
    hasten(shedding(entry))
    heater = entity_id(hass, "switch", f"{MAC}_0_socket")
    await async_act(hass, "switch.turn_on", heater, by=hass_admin_user)
    answer = await async_call(hass, "shed", mode="request")
    names = {one["socket"] for one in answer["meters"][0]["shed"]}
    assert names == {"Socket 1", "Socket 3"}
    # What was only asked for ends with a person's order, and nobody cuts it again.
    lamp = entity_id(hass, "switch", f"{MAC}_3_socket")
    await async_wait(hass, lambda: not house.outlets["lamp"].on, settle=False)
    await async_act(hass, "switch.turn_on", lamp, by=hass_admin_user)
    await async_wait(hass, lambda: house.outlets["lamp"].on, settle=False)
    await async_wait(hass, lambda: reason(hass, 3) == Reason.PERSON, settle=False)
    await async_wait(
        hass, lambda: shedding(entry).state.shed.keys() == {f"{MAC}_1"}, settle=False
    )


async def test_what_is_shed_for_the_limit_stays_off_whoever_orders(
    hass: HomeAssistant, house: House, hass_admin_user: MockUser
) -> None:
    await async_setup_house(hass, house)
    house.overload()
    await async_wait(hass, lambda: not house.outlets["heater"].on, 60, settle=False)
    heater = entity_id(hass, "switch", f"{MAC}_0_socket")
    # A person's order has to wait, and it says so.
    with pytest.raises(HomeAssistantError):
        await async_act(hass, "switch.turn_on", heater, by=hass_admin_user)
    assert not house.outlets["heater"].on


async def test_what_stays_off_on_request_after_an_overload_yields_to_a_person(
    hass: HomeAssistant, house: House, hass_admin_user: MockUser
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    house.overload()
    await async_wait(hass, lambda: not house.outlets["heater"].on, 60, settle=False)
    heater = entity_id(hass, "switch", f"{MAC}_0_socket")
    house.cool()
    asked = await async_call(hass, "shed", mode="request", power=1000)
    # On a slow machine others may have gone with it.
    told = {one["socket"]: one for one in asked["meters"][0]["shed"]}["Socket 0"]
    assert (told["cause"], told["now"]) == ("request", False)
    assert rule.state.shed[f"{MAC}_0"].until is None
    await async_act(hass, "switch.turn_on", heater, by=hass_admin_user)
    await async_wait(hass, lambda: house.outlets["heater"].on, settle=False)
    await async_wait(hass, lambda: f"{MAC}_0" not in rule.state.shed, settle=False)


async def test_requests_by_sector_and_priority(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    await async_act(
        hass,
        "energy_park.set_priority",
        entity_id(hass, "switch", f"{MAC}_3_socket"),
        priority=9,
    )
    priority = hass.states.get(entity_id(hass, "number", f"{MAC}_3_priority"))
    assert priority.state == "9"
    upcoming = state(hass, house, "sensor", "next_shed")
    await async_wait(
        hass,
        lambda: state(hass, house, "sensor", "next_shed").state == "Socket 3",
        settle=False,
    )
    assert upcoming is not None
    await async_call(hass, "shed", mode="request", from_priority=8)
    assert shedding(entry).state.shed.keys() == {f"{MAC}_3"}
    devices = dr.async_get(hass)
    room = devices.async_get_device_by_identifier((DOMAIN, ROOM), entry.entry_id)
    await async_call(hass, "shed", mode="request", sectors=room.id, power=100)
    assert shedding(entry).state.shed.keys() == {f"{MAC}_1", f"{MAC}_3"}


async def test_a_socket_tells_why_it_would_not_be_shed(
    hass: HomeAssistant, house: House
) -> None:
    await async_setup_house(hass, house)

    def why(number: int) -> Any:
        entity = entity_id(hass, "number", f"{MAC}_{number}_priority")
        return hass.states.get(entity).attributes["not_shed"]

    # The heater, and the computer.
    assert [why(0), why(2)] == [None, "running"]
    protected = entity_id(hass, "switch", f"{MAC}_0_protected")
    await async_act(hass, "switch.turn_on", protected)
    assert why(0) == "protected"


async def test_what_an_action_cannot_do_it_says(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    for action, data in (
        ("shed", {"power": 500}),
        ("shed", {"mode": "request", "sectors": ["nothing"]}),
        ("restore", {"sockets": ["switch.nothing"]}),
        ("shed", {"meter": "nothing"}),
    ):
        with pytest.raises(ServiceValidationError):
            await async_call(hass, action, **data)
    assert not shedding(entry).state.shed


async def test_a_large_load_asks_before_it_starts(
    hass: HomeAssistant, house: House
) -> None:
    rule = shedding(await async_setup_house(hass, house))
    await async_wait(
        hass, lambda: rule.async_may_start(1300, None).fits, 40, settle=False
    )
    small = await async_call(hass, "may_start", power=500)
    assert (small["fits"], small["reason"], small["seconds"]) == (True, "fits", None)
    assert small["fits_from"] is not None
    # What was promised counts, each time.
    for power in (700, 600):
        more = await async_call(hass, "may_start", power=power, phase="all")
        assert more["fits"] is (power == 700)
    large = await async_call(hass, "may_start", power=3000)
    assert not large["fits"]
    assert large["reason"] == "too_large"
    assert large["seconds"] > 0


async def test_a_silent_meter_steps_down_only_where_that_was_chosen(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    rule.async_set_policy(
        silent_after=timedelta(seconds=2), step_every=timedelta(seconds=1)
    )
    house.linky.fault("silence")
    await async_wait(hass, lambda: rule.state.silent_since, 20, settle=False)
    assert state(hass, house, "sensor", "shedding").state == "silent"
    assert rule.sight.headroom is None
    assert not rule.state.shed
    silent = entity_id(hass, "select", f"{house.linky.serial}_silent_meter")
    await async_act(hass, "select.select_option", silent, option="step_down")
    await async_wait(hass, lambda: rule.state.shed, 20, settle=False)
    assert rule.sight.cause == "silence"


async def test_a_limit_that_moves_is_followed(
    hass: HomeAssistant, house: House
) -> None:
    hass.states.async_set("sensor.cap", "1.5", {"unit_of_measurement": "kW"})
    part = meter(house.linky.url, house.linky.serial)
    data = {"contract": "monthly", "limit": 900.0, "limit_entity": "sensor.cap"}
    entry = await async_setup(
        hass, replace(part, data=MappingProxyType({**part.data, **data}))
    )
    rule = shedding(entry)
    for value, limit in (("1.5", 1500), ("6000", 6000000), ("unavailable", 900)):
        hass.states.async_set("sensor.cap", value, {"unit_of_measurement": "kW"})
        await async_wait(hass, partial(has_limit, rule, limit), settle=False)


def has_limit(rule: Shedding, limit: float) -> bool:
    return [supply.subscribed for supply in rule.sight.view.supplies] == [limit]


async def test_each_meter_supplies_its_own_sectors(
    hass: HomeAssistant, house: House
) -> None:
    other = replace(meter("socket://127.0.0.1:1", "021761000000"), subentry_id="other")
    own = meter(house.linky.url, house.linky.serial)
    entry = await async_setup(
        hass,
        other,
        replace(own, data=MappingProxyType({**own.data, "sectors": [ROOM]})),
        sector("Room", ROOM),
        plug(house.strip, ROOM),
    )
    sockets = {
        key: len(one.sockets) for key, one in entry.runtime_data.sheddings.items()
    }
    assert sockets == {"meter": 4, "other": 0}


async def test_the_flow_asks_for_the_contract(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    flows = hass.config_entries.subentries
    result: Any = await entry.start_subentry_reconfigure_flow(hass, "meter")
    result = await flows.async_configure(
        result["flow_id"], {"next_step_id": "contract"}
    )
    assert result["step_id"] == "contract"
    result = await flows.async_configure(result["flow_id"], {"contract": "cap"})
    assert result["errors"] == {"limit": "no_limit"}
    result = await flows.async_configure(
        result["flow_id"], {"contract": "cap", "limit": 3000, "sectors": [ROOM]}
    )
    assert result["reason"] == "reconfigure_successful"
    data = entry.subentries["meter"].data
    assert (data["contract"], data["limit"]) == ("cap", 3000)
    assert data["port"] == house.linky.url
    await async_wait(
        hass, lambda: shedding(entry).meter.subentry.data.get("limit"), settle=False
    )
    hass.states.async_set("sensor.cap", "2500")
    result = await entry.start_subentry_reconfigure_flow(hass, "meter")
    result = await flows.async_configure(
        result["flow_id"], {"next_step_id": "contract"}
    )
    result = await flows.async_configure(
        result["flow_id"], {"contract": "cap", "limit_entity": "sensor.cap"}
    )
    assert result["reason"] == "reconfigure_successful"
    assert entry.subentries["meter"].data["limit_entity"] == "sensor.cap"
    await async_wait(
        hass,
        lambda: shedding(entry).meter.subentry.data.get("limit_entity"),
        settle=False,
    )
    result = await entry.start_subentry_reconfigure_flow(hass, "meter")
    result = await flows.async_configure(
        result["flow_id"], {"next_step_id": "contract"}
    )
    shown = {str(k): k.description for k in result["data_schema"].schema}
    assert shown["limit_entity"] == {"suggested_value": "sensor.cap"}
    assert shown["limit"] is None
