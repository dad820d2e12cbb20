"""Triggers and conditions of shedding, as automations use them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control.shedding.shedding import Shedding
from custom_components.energy_park.model import MeterReading, TicMode
from custom_components.energy_park.tic.insight import MeterData
from custom_components.energy_park.tic.trip_state import PhaseTrip, TripState
from scripts.emulators import Constant, Mains, Outlet, ShellyGen2

from . import automations
from .common import MockConfigEntry, async_capture_events
from .parks import async_later, async_setup, async_wait, meter, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

PORT = "socket://127.0.0.1:1"
SERIAL = "021761123456"
LIMIT_VA = 3000.0


@pytest.fixture
async def entry(hass: HomeAssistant) -> AsyncIterator[MockConfigEntry]:
    """A park with a heater, and a meter whose readings the test gives."""
    mains = Mains()
    heater = Outlet(mains, 0, appliance=Constant(mains, "heater", power_w=2000))
    async with ShellyGen2(mac="aa0000000001", sockets=[heater], mains=mains) as strip:
        yield await async_setup(hass, meter(PORT, SERIAL), plug(strip))


def shedding(entry: MockConfigEntry) -> Shedding:
    [found] = entry.runtime_data.sheddings.values()
    assert isinstance(found, Shedding)
    return found


def tell(entry: MockConfigEntry, power_va: float, ratio: float = 0.5) -> None:
    """Give a reading of the meter; ``ratio`` is how full its filter is."""
    [coordinator] = entry.runtime_data.meters.values()
    trip = PhaseTrip(
        power_va=power_va,
        power_max_va=power_va,
        filtered_ratio=ratio,
        filtered_ratio_max=ratio,
        time_to_trip_s=None,
        time_to_trip_min_s=None,
        headroom_va=LIMIT_VA - power_va,
        headroom_a=(LIMIT_VA - power_va) / 230,
    )
    coordinator.async_set_updated_data(
        MeterData(
            reading=MeterReading(
                mode=TicMode.STANDARD,
                serial=SERIAL,
                apparent_power_va=round(power_va),
                subscribed_power_va=round(LIMIT_VA),
            ),
            trip=TripState(age_s=0.0, warming_up=False, phases=(trip,)),
        )
    )


async def async_automate(
    hass: HomeAssistant,
    trigger: dict[str, Any] | list[dict[str, Any]],
    *conditions: dict[str, Any],
) -> list[Any]:
    """Load an automation that fires an event; return what it fires."""
    data = {key: f"{{{{ trigger.{key} }}}}" for key in ("meter", "shed", "headroom")}
    fired: list[Any] = async_capture_events(hass, "fired")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": "Told",
                "triggers": trigger,
                "conditions": list(conditions),
                "actions": {"event": "fired", "event_data_template": data},
            }
        },
    )
    await hass.async_block_till_done()
    return fired


async def test_an_overload_fires_once_until_it_is_over(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    fired = await async_automate(hass, {"trigger": "energy_park.overload_predicted"})
    tell(entry, 2000)
    assert not fired
    for power_va in (4200, 4300, 2000, 4300):
        tell(entry, power_va)
        await hass.async_block_till_done()
    assert len(fired) == 1
    assert fired[0].data["meter"] == "Linky 123456"
    # A minute later, with nothing predicted, it is over; the next one is news.
    shedding(entry).danger.until = dt_util.utcnow() - timedelta(seconds=1)
    tell(entry, 2000)
    tell(entry, 4200)
    await async_wait(hass, lambda: len(fired) == 2)


async def test_an_overload_fires_only_when_it_is_so_near(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    near = {"trigger": "energy_park.overload_predicted", "options": {"seconds_left": 9}}
    fired = await async_automate(hass, near)
    tell(entry, 4200)
    await hass.async_block_till_done()
    assert not fired
    tell(entry, 4200, ratio=1.295)
    await async_wait(hass, lambda: fired)


async def test_headroom_fires_where_it_is_crossed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    crossed = {
        "trigger": "energy_park.headroom_crossed",
        "options": {"headroom": 500, "direction": "below"},
    }
    fired = await async_automate(hass, crossed)
    # What was below when nobody knew it is no news.
    for power_va in (2800, 2900, 1000, 2700, 2800):
        tell(entry, power_va)
        await hass.async_block_till_done()
    assert [event.data["headroom"] for event in fired] == [300]


async def test_shedding_fires_when_it_starts_and_when_it_ends(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    both = [
        {"trigger": "energy_park.shedding_started"},
        {"trigger": "energy_park.shedding_ended"},
    ]
    tell(entry, 2000)
    fired = await async_automate(hass, both)
    tell(entry, 2000)
    shedding(entry).async_request()
    await async_wait(hass, lambda: fired, settle=False)
    assert fired[0].data["shed"] == ["Socket 0"]
    rule = shedding(entry)
    rule.async_end()

    def restored() -> bool:
        tell(entry, 200)
        return not rule.state.shed

    await async_wait(hass, restored, 60, settle=False)
    await async_wait(hass, lambda: len(fired) == 2, settle=False)


@pytest.mark.parametrize(
    ("condition", "options", "power_va", "holds"),
    [
        ("is_shedding", {}, 1000, False),
        ("has_headroom", {"headroom": 1500}, 1000, True),
        ("has_headroom", {"headroom": 1500}, 2000, False),
        ("fits", {"power": 1000}, 1000, True),
        ("fits", {"power": 3000}, 1000, False),
    ],
)
async def test_conditions_hold(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    condition: str,
    options: dict[str, Any],
    power_va: float,
    holds: bool,
) -> None:
    fired = await async_automate(
        hass,
        {"trigger": "event", "event_type": "look"},
        {"condition": f"energy_park.{condition}", "options": options},
    )
    hass.bus.async_fire("look")
    await hass.async_block_till_done()
    # What is not known is not fulfilled.
    assert not fired
    tell(entry, power_va)
    hass.bus.async_fire("look")
    await hass.async_block_till_done()
    assert bool(fired) is holds


@pytest.mark.parametrize("named", [True, False])
async def test_a_trigger_is_for_the_meters_that_are_named(
    hass: HomeAssistant, entry: MockConfigEntry, named: bool
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, SERIAL), entry.entry_id
    )
    assert device is not None
    options = {"meter": device.id if named else "another"}
    fired = await async_automate(
        hass, {"trigger": "energy_park.overload_predicted", "options": options}
    )
    tell(entry, 4200)
    await hass.async_block_till_done()
    assert bool(fired) is named


CHARGER = "input_number.charger"


async def async_set_up_charger(
    hass: HomeAssistant, tmp_path: Path, current_a: float
) -> None:
    """Have a charger turned down before anything is shed."""
    hass.config.config_dir = str(tmp_path)
    limits = {"min": 0, "max": 32, "initial": current_a}
    assert await async_setup_component(
        hass, "input_number", {"input_number": {"charger": limits}}
    )
    await automations.async_automate(hass, "turn_down_first", {"setting": CHARGER})


async def async_look(
    hass: HomeAssistant, entry: MockConfigEntry, power_va: float = 300
) -> None:
    """Let it look for room once more; each look is half a minute after the last."""
    tell(entry, power_va)
    async_later(hass, timedelta(seconds=31))
    await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("before", "restarted"), [(16, True), (16, False), (10, False)]
)
async def test_what_was_turned_down_is_turned_back_when_there_is_room(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    tmp_path: Path,
    before: float,
    restarted: bool,
) -> None:
    await async_set_up_charger(hass, tmp_path, 6 if restarted else before)
    if restarted:
        hass.bus.async_fire("homeassistant_start")
        hass.bus.async_fire("homeassistant_started")
    else:
        tell(entry, 4200)
    await async_wait(hass, lambda: value(hass, CHARGER) == 6, settle=False)
    # It is looked for room now and then.
    for power_va, turned in ((4200, 6), (300, before)):
        for _ in range(50):
            await async_look(hass, entry, power_va)
            if turned == value(hass, CHARGER) == before:
                break
        assert value(hass, CHARGER) == turned


async def test_what_is_as_low_already_is_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path
) -> None:
    await async_set_up_charger(hass, tmp_path, 0)
    tell(entry, 4200)
    await hass.async_block_till_done()
    for _ in range(20):
        await async_look(hass, entry)
        assert value(hass, CHARGER) == 0
    [made] = hass.states.async_all("automation")
    assert made.attributes["last_triggered"] is None


async def test_what_a_person_sets_meanwhile_stands(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path
) -> None:
    await async_set_up_charger(hass, tmp_path, 16)
    tell(entry, 4200)
    await async_wait(hass, lambda: value(hass, CHARGER) == 6, settle=False)
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": CHARGER, "value": 8}, blocking=True
    )
    for _ in range(100):
        await async_look(hass, entry)
        [made] = hass.states.async_all("automation")
        if made.attributes["current"] == 0:
            break
    assert made.attributes["current"] == 0
    assert value(hass, CHARGER) == 8


async def test_a_thermostat_is_turned_down_too(
    hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path
) -> None:
    hass.config.config_dir = str(tmp_path)
    room = "climate.room"
    hass.states.async_set(room, "heat", {"temperature": 20.5})

    async def set_temperature(call: ServiceCall) -> None:
        assert call.data["entity_id"] == [room]
        hass.states.async_set(room, "heat", {"temperature": call.data["temperature"]})

    hass.services.async_register("climate", "set_temperature", set_temperature)
    await automations.async_automate(
        hass, "turn_down_first", {"setting": room, "lower": 16, "usual": 19}
    )

    def temperature() -> float:
        found = hass.states.get(room)
        assert found is not None
        return float(found.attributes["temperature"])

    tell(entry, 4200)
    await async_wait(hass, lambda: temperature() == 16, settle=False)
    for _ in range(100):
        await async_look(hass, entry)
        if temperature() != 16:
            break
    assert temperature() == 20.5


def value(hass: HomeAssistant, entity: str) -> float:
    state = hass.states.get(entity)
    assert state is not None
    return float(state.state)
