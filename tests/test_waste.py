"""What is wasted, as Home Assistant shows it, counts it and answers it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from math import isnan, nan
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.energy_park.const import PLUG_INTERVAL
from custom_components.energy_park.coordinator import EnergyParkData
from scripts.emulators import Computer, Constant, Mains, Monitor, Outlet, ShellyGen2
from scripts.emulators.meter import EmulatedMeter

from .common import MockConfigEntry
from .parks import (
    async_act,
    async_later,
    async_setup,
    async_wait,
    entity_id,
    meter,
    plug,
    sector,
    station,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
ROLES = ("computer", "computer", "monitor", "network", "other")
CLASS = "input_boolean.class"


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A computer that is off, one that runs, its monitor, a switch, a lamp."""
    mains = Mains()
    busy = Computer(mains, "busy")
    appliances = [
        Computer(mains, "off", running=False),
        busy,
        Monitor(mains, "monitor", computer=busy),
        Constant(mains, "network", power_w=8),
        Constant(mains, "lamp", power_w=20),
    ]
    outlets = [Outlet(mains, n, appliance=load) for n, load in enumerate(appliances)]
    async with ShellyGen2(mac=MAC, sockets=outlets, mains=mains) as emulated:
        yield emulated


async def async_setup_room(
    hass: HomeAssistant, strip: ShellyGen2, occupancy: str | None = CLASS
) -> MockConfigEntry:
    data = {} if occupancy is None else {"occupancy": occupancy}
    entry = await async_setup(
        hass,
        replace(sector("Room A", "room"), data=MappingProxyType(data)),
        plug(strip, "room", ROLES, title="Strip"),
    )
    await async_wait(hass, lambda: value(hass, "room_standby_power") > 1)
    return entry


def state(hass: HomeAssistant, unique_id: str) -> State:
    found = hass.states.get(entity_id(hass, "sensor", unique_id))
    assert found is not None
    return found


def value(hass: HomeAssistant, unique_id: str) -> float:
    """The value of a sensor; not a number while it has none."""
    text = state(hass, unique_id).state
    return nan if text in ("unknown", "unavailable") else float(text)


async def async_choose(
    hass: HomeAssistant, entry: MockConfigEntry, **values: Any
) -> None:
    """Fill in the form of prices as a person does."""
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "prices"}
    )
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(result["flow_id"], values)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


async def async_report(hass: HomeAssistant) -> Any:
    answer = await hass.services.async_call(
        "energy_park", "get_waste", blocking=True, return_response=True
    )
    assert answer is not None
    return answer["sectors"]


async def test_what_runs_while_nobody_is_there_is_left_on(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    hass.states.async_set(CLASS, "off")
    await async_setup_room(hass, strip)
    assert value(hass, "room_left_on") == 3
    assert state(hass, "room_left_on").attributes["sockets"] == [
        "Socket 1",
        "Socket 2",
        "Socket 4",
    ]
    left_on_w = value(hass, "room_left_on_power")
    assert left_on_w == pytest.approx(50 + 25 + 20, rel=0.6)
    standby_w = value(hass, "room_standby_power")
    assert standby_w == pytest.approx(2.5, rel=0.2)
    assert value(hass, "room_waste_power") == pytest.approx(left_on_w + standby_w)
    await async_wait(hass, lambda: value(hass, "park_left_on") == 3)


async def test_a_room_in_use_wastes_nothing_at_once(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    hass.states.async_set(CLASS, "off")
    await async_setup_room(hass, strip)
    hass.states.async_set(CLASS, "on")
    await hass.async_block_till_done()
    assert value(hass, "room_waste_power") == 0
    assert value(hass, "room_left_on") == 0
    hass.states.async_set(CLASS, "unavailable")
    await hass.async_block_till_done()
    assert isnan(value(hass, "room_left_on"))
    assert isnan(value(hass, "room_left_on_power"))
    assert value(hass, "room_standby_power") > 1


async def test_without_a_sign_of_use_only_standby_is_waste(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip, occupancy=None)
    assert isnan(value(hass, "room_left_on"))
    assert isnan(value(hass, "park_left_on"))
    assert value(hass, "room_waste_power") == value(hass, "room_standby_power")


async def test_the_opening_hours_tell_of_a_sector_without_a_sign_of_its_own(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    hass.states.async_set("schedule.school", "on")
    entry = await async_setup(
        hass, sector("Room A", "room"), plug(strip, "room", ROLES, title="Strip")
    )
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "opening_hours": "schedule.school"}
    )
    await hass.async_block_till_done()
    await async_wait(hass, lambda: value(hass, "room_left_on") == 0)
    hass.states.async_set("schedule.school", "off")
    await async_wait(hass, lambda: value(hass, "room_left_on") == 3)


async def test_what_is_protected_or_not_heard_is_not_waste(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    hass.states.async_set(CLASS, "off")
    await async_setup_room(hass, strip)
    lamp = entity_id(hass, "switch", f"{MAC}_4_protected")
    await async_act(hass, "switch.turn_on", lamp)
    await async_wait(hass, lambda: value(hass, "room_left_on") == 2)
    await strip.fault("vanish")
    async_later(hass, PLUG_INTERVAL * 1.5)
    await async_wait(hass, lambda: value(hass, "room_left_on") == 0)
    assert state(hass, "room_left_on").attributes["sockets_silent"] == 3


async def test_waste_adds_up_at_the_price_and_outlives_a_reload(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    hass.states.async_set(CLASS, "off")
    entry = await async_setup_room(hass, strip)
    data: EnergyParkData = entry.runtime_data
    async_later(hass, PLUG_INTERVAL * 1.5)
    await async_wait(hass, lambda: data.waste.total(data.park).unpriced_wh > 0)
    await async_wait(hass, lambda: value(hass, "room_left_on_energy") > 0)
    assert isnan(value(hass, "room_left_on_cost"))
    assert state(hass, "room_left_on_cost").attributes["unpriced_kwh"] > 0
    before_wh = data.waste.total(data.park).left_on_wh
    await async_choose(hass, entry, price_fixed=0.25)
    data = entry.runtime_data
    total = data.waste.total(data.park)
    await async_wait(hass, lambda: data.waste.now(data.park).waste.left_on_w > 0)
    async_later(hass, PLUG_INTERVAL * 1.5)
    await async_wait(hass, lambda: data.waste.total(data.park).left_on_money > 0)
    total = data.waste.total(data.park)
    priced_wh = total.left_on_wh + total.standby_wh - total.unpriced_wh
    money = total.left_on_money + total.standby_money
    assert money == pytest.approx(priced_wh / 1000 * 0.25)
    assert total.left_on_wh > before_wh
    cost = state(hass, "room_left_on_cost")
    assert cost.attributes["unit_of_measurement"] == "EUR"
    assert cost.attributes["state_class"] == "total"


async def test_a_report_tells_what_would_be_waste_whoever_is_there(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    hass.states.async_set(CLASS, "on")
    entry = await async_setup_room_in_use(hass, strip)
    await async_choose(hass, entry, price_fixed=0.25)
    data: EnergyParkData = entry.runtime_data
    await async_wait(
        hass, lambda: data.memory.sockets[f"{MAC}_4"].standby.power_w is not None
    )
    [room] = await async_report(hass)
    assert (room["name"], room["in_use"]) == ("Room A", True)
    assert [socket["name"] for socket in room["left_on"]] == [
        "Socket 1",
        "Socket 2",
        "Socket 4",
    ]
    assert [socket["activity"] for socket in room["standby"]] == ["standby"]
    assert room["unknown"] == []
    lamp = room["left_on"][2]
    assert lamp["entity_id"] == entity_id(hass, "switch", f"{MAC}_4_socket")
    assert lamp["role"] == "other"
    assert lamp["since"] is not None
    assert lamp["cost_per_year"] == pytest.approx(0.02 * 8760 * 0.25, rel=0.1)
    assert room["left_on_cost_per_year"] > lamp["cost_per_year"]


async def async_setup_room_in_use(
    hass: HomeAssistant, strip: ShellyGen2
) -> MockConfigEntry:
    data = {"occupancy": CLASS}
    return await async_setup(
        hass,
        replace(sector("Room A", "room"), data=MappingProxyType(data)),
        plug(strip, "room", ROLES, title="Strip"),
    )


async def test_a_report_tells_monitors_that_are_lit_for_nobody(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup(
        hass,
        sector("Room A", "room"),
        plug(strip, "room", ROLES, title="Strip"),
        station("Desk", f"{MAC}_0", f"{MAC}_2"),
    )
    data: EnergyParkData = entry.runtime_data
    await async_wait(
        hass, lambda: data.memory.sockets[f"{MAC}_4"].standby.power_w is not None
    )
    [room] = await async_report(hass)
    assert [socket["name"] for socket in room["lit_for_nobody"]] == ["Socket 2"]


# Prices


@pytest.mark.parametrize(
    ("told", "attributes", "price"),
    [
        ("0.2", {"unit_of_measurement": "EUR/kWh"}, 0.2),
        ("20", {"unit_of_measurement": "ct/kWh"}, 0.2),
        ("200", {"unit_of_measurement": "EUR/MWh"}, 0.2),
        ("0.2", {}, 0.2),
        ("-0.05", {"unit_of_measurement": "€/kWh"}, -0.05),
        (
            "99",
            {
                "unit_of_measurement": "EUR/kWh",
                "prices": [
                    {"time": "2020-01-01T00:00:00+00:00", "price": 0.3},
                    {"time": "2099-01-01T00:00:00+00:00", "price": 0.4},
                ],
            },
            0.3,
        ),
        ("unavailable", {}, 0.11),
        ("0.2", {"unit_of_measurement": "SEK/kWh"}, 0.11),
        ("0.2", {"unit_of_measurement": "EUR/kWh", "prices": ["?"]}, 0.11),
    ],
)
async def test_a_price_is_read_from_any_entity_or_is_the_fixed_one(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    told: str,
    attributes: dict[str, Any],
    price: float,
) -> None:
    hass.states.async_set("sensor.price", told, attributes)
    entry = await async_setup(hass)
    await async_choose(hass, entry, price="sensor.price", price_fixed=0.11)
    data: EnergyParkData = entry.runtime_data
    assert data.prices.price == pytest.approx(price)
    assert data.prices.price == pytest.approx(price)
    refused = told == "0.2" and price == 0.11
    assert caplog.text.count("sensor.price cannot be used for a price") == refused


async def test_an_intensity_is_read_too(hass: HomeAssistant) -> None:
    unit = {"unit_of_measurement": "gCO2eq/kWh"}
    hass.states.async_set("sensor.co2", "56", unit)
    entry = await async_setup(hass)
    data: EnergyParkData = entry.runtime_data
    assert (data.prices.co2_g_per_kwh, data.prices.price) == (None, None)
    await async_choose(hass, entry, co2="sensor.co2", co2_fixed=32)
    data = entry.runtime_data
    assert data.prices.co2_g_per_kwh == 56
    hass.states.async_remove("sensor.co2")
    assert data.prices.co2_g_per_kwh == 32


async def test_the_only_meters_index_has_a_price_as_well(hass: HomeAssistant) -> None:
    async with EmulatedMeter(mode="standard") as linky:
        entry = await async_setup(hass, meter(linky.url, linky.serial))
        data: EnergyParkData = entry.runtime_data
        coordinator = data.meters["meter"]
        await async_wait(
            hass, lambda: coordinator.data and coordinator.data.reading.indexes_wh
        )
        assert data.prices.price is None
        assert coordinator.data is not None
        for label in coordinator.data.reading.indexes_wh:
            coordinator.async_set_price(label, 0.17)
        await async_wait(hass, lambda: data.prices.price == 0.17)


# Flows


async def test_prices_are_shown_changed_and_survive_the_other_settings(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("sensor.price", "0.2")
    entry = await async_setup(hass)
    await async_choose(hass, entry, price="sensor.price", co2_fixed=50)
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "settings"}
    )
    await hass.config_entries.flow.async_configure(
        result["flow_id"], {"name": "School", "country": "ES", "billing_period": "60"}
    )
    await hass.async_block_till_done()
    assert entry.data["price"] == "sensor.price"
    await async_choose(hass, entry, co2_fixed=40)
    assert "price" not in entry.data
    assert (entry.data["co2_fixed"], entry.data["country"]) == (40, "ES")


async def test_what_tells_the_use_of_a_sector_is_chosen_and_changed(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(CLASS, "off")
    entry = await async_setup(
        hass, replace(sector("A", "room"), data=MappingProxyType({"area": "kitchen"}))
    )
    flow = await entry.start_subentry_reconfigure_flow(hass, "room")
    result = await hass.config_entries.subentries.async_configure(
        flow["flow_id"], {"name": "A", "occupancy": CLASS}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries["room"].data == {"area": "kitchen", "occupancy": CLASS}
    flow = await entry.start_subentry_reconfigure_flow(hass, "room")
    await hass.config_entries.subentries.async_configure(flow["flow_id"], {"name": "A"})
    await hass.async_block_till_done()
    assert entry.subentries["room"].data == {"area": "kitchen"}
