"""Shedding with plugs that are slow or fail, a silent meter, and a restart."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.model import Reason
from custom_components.energy_park.park.shedding.outlook import Waits
from custom_components.energy_park.park.shedding.policy import Silence
from custom_components.energy_park.park.shedding.state import Cause
from scripts.emulators import Constant

from .common import MockConfigEntry
from .houses import (
    MAC,
    House,
    async_call,
    async_setup_house,
    hasten,
    hasten_meter,
    reason,
    shedding,
    state,
)
from .parks import async_act, async_wait, entity_id

pytestmark = pytest.mark.usefixtures("socket_enabled")

HEATER = f"{MAC}_0"
SWITCH = "/rpc/Switch.Set"


@pytest.fixture(autouse=True)
def quick_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests wait less."""
    hasten_meter(monkeypatch)


@pytest.fixture
async def house(hass: HomeAssistant) -> AsyncIterator[House]:
    """A house, awake; nobody reads its plugs any more when they go."""
    house = House()
    async with house.strip, house.linky:
        yield house
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            assert await hass.config_entries.async_unload(entry.entry_id)


def listen(entry: MockConfigEntry) -> list[tuple[str, dict[str, Any]]]:
    """Take note of what shedding tells."""
    told: list[tuple[str, dict[str, Any]]] = []
    shedding(entry).news.async_add_teller(lambda what, data: told.append((what, data)))
    return told


async def async_read(entry: MockConfigEntry) -> None:
    """Read the strip now, however rarely it is read after its failures."""
    [plug] = entry.runtime_data.plugs.values()
    await plug.async_refresh()


async def async_shed_heater(hass: HomeAssistant) -> None:
    await async_call(hass, "shed", mode="request", power=1200)


async def test_a_slow_plug_is_waited_for_and_its_delay_is_learnt(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    await house.strip.fault("late", delay_s=3, times=1)
    await async_shed_heater(hass)
    assert HEATER in rule.state.pending
    assert rule.loads.loads[HEATER].delay_s < 3
    await async_wait(hass, lambda: rule.loads.loads[HEATER].delay_s > 3, settle=False)
    assert not house.outlets["heater"].on
    # It was ordered once: what is on its way counts as done.
    assert house.outlets["heater"].switch_count == 1
    assert rule.state.shed.keys() == {HEATER}


async def test_a_connection_that_breaks_once_costs_no_shed(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    told = listen(entry)
    await house.strip.fault("lose", times=1)
    await async_shed_heater(hass)
    await async_wait(hass, lambda: not house.outlets["heater"].on, settle=False)
    await async_wait(hass, lambda: told, settle=False)
    assert house.outlets["heater"].switch_count == 1
    assert {what for what, _ in told} == {"shed"}


@pytest.mark.parametrize("fault", ["vanish", "refuse"])
async def test_a_plug_that_does_not_obey_is_told_and_tried_again(
    hass: HomeAssistant, house: House, fault: str
) -> None:
    entry = await async_setup_house(hass, house)
    rule, told = shedding(entry), listen(entry)
    heater = house.outlets["heater"]
    await house.strip.fault(fault)
    await async_shed_heater(hass)
    await async_wait(
        hass, lambda: "failed" in [what for what, _ in told], 20, settle=False
    )
    assert heater.on
    # Nobody takes it for off: it is on the list, and no longer counted as done.
    assert HEATER in rule.state.shed
    assert HEATER not in rule.state.pending
    await house.strip.clear()
    await async_read(entry)
    await async_wait(hass, lambda: not heater.on, 20, settle=False)
    await async_call(hass, "restore")
    await async_wait(hass, lambda: heater.on, 60, settle=False)


async def test_a_restart_while_the_overload_lasts_forgets_nothing(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    hasten(shedding(entry))
    heater = house.outlets["heater"]
    house.overload()
    await async_wait(hass, lambda: not heater.on, 60, settle=False)
    assert await hass.config_entries.async_reload(entry.entry_id)
    rule = shedding(entry)
    await async_wait(hass, lambda: rule.sight.headroom is not None, settle=False)
    assert rule.sight.cause == "limit"
    assert not heater.on
    house.cool()
    await async_wait(hass, lambda: heater.on, 60, settle=False)
    await async_wait(hass, lambda: reason(hass, 0) == Reason.RESTORED, settle=False)
    assert house.trips == 0


async def test_nothing_comes_back_while_the_meter_is_silent(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    hasten(rule)
    rule.async_set_policy(silent_after=timedelta(seconds=2))
    heater = house.outlets["heater"]
    house.overload()
    await async_wait(hass, lambda: not heater.on, 60, settle=False)
    house.linky.fault("silence")
    house.cool()
    await async_wait(hass, lambda: rule.state.silent_since, 20, settle=False)
    until = rule.state.shed[HEATER].until
    assert until is not None

    def waits_for_the_meter() -> bool:
        found = rule.sight.next_return()
        return found is not None and found.waits is Waits.SILENT

    # Its time off is over, and there is room for all that anybody knows.
    await async_wait(
        hass, lambda: rule.sight.view.now > until + timedelta(seconds=2), settle=False
    )
    assert waits_for_the_meter()
    assert not heater.on
    house.linky.clear()
    await async_wait(hass, lambda: heater.on, 60, settle=False)


async def test_a_socket_stays_off_as_long_as_was_chosen(
    hass: HomeAssistant, house: House
) -> None:
    er.async_get(hass).async_get_or_create("number", DOMAIN, f"{HEATER}_min_off")
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    number = entity_id(hass, "number", f"{HEATER}_min_off")
    assert float(hass.states.get(number).state) == 5
    await async_act(hass, "number.set_value", number, value=20)
    assert rule.loads.loads[HEATER].min_off == timedelta(minutes=20)
    house.overload()
    await async_wait(hass, lambda: rule.state.shed, 60, settle=False)
    shed = rule.state.shed[HEATER]
    assert shed.until == shed.at + timedelta(minutes=20)


async def test_the_longest_time_off_is_shown_and_kept(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    assert state(hass, house, "sensor", "longest_off").state == "0"
    await async_shed_heater(hass)
    longest = rule.memory.longest_off
    ago = timedelta(minutes=7)
    rule.memory.state = type(rule.state).from_dict(
        rule.state.to_dict()
        | {
            "shed": {
                HEATER: rule.state.to_dict()["shed"][HEATER]
                | {"at": (rule.state.shed[HEATER].at - ago).isoformat()}
            }
        }
    )
    rule.async_decide()
    await async_wait(hass, lambda: rule.memory.longest_off != longest, settle=False)
    await async_wait(
        hass,
        lambda: state(hass, house, "sensor", "longest_off").state in {"7", "8"},
        settle=False,
    )
    shown = state(hass, house, "sensor", "longest_off")
    assert shown.attributes["socket"] == "Socket 0"
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert shedding(entry).memory.longest_off.lasted >= ago


async def test_all_orders_of_a_decision_are_on_their_way_before_anybody_is_told(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    rule, told = shedding(entry), listen(entry)
    [plug] = entry.runtime_data.plugs.values()
    shown: list[int] = []
    plug.async_add_listener(lambda: shown.append(len(rule.state.shed)))
    orders = rule.async_request().orders
    assert {order.load for order in orders} == {HEATER, f"{MAC}_1", f"{MAC}_3"}
    assert not told
    assert not shown
    await async_wait(hass, lambda: len(told) == 3, settle=False)
    await async_wait(hass, lambda: shown, settle=False)
    assert shown[0] == 3
    await async_wait(hass, lambda: not house.outlets["heater"].on, settle=False)


async def test_an_overload_that_grows_after_a_restart_is_shed_too(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    house.overload()
    await async_wait(hass, lambda: not house.outlets["heater"].on, 60, settle=False)
    assert await hass.config_entries.async_reload(entry.entry_id)
    rule = shedding(entry)
    await async_wait(hass, lambda: rule.sight.headroom is not None, settle=False)
    assert rule.sight.cause == "limit"
    boiler = house.outlets["boiler"]
    assert boiler.on
    boiler.appliance = Constant(house.mains, "boiler", power_w=2000, power_factor=1)
    await async_wait(hass, lambda: not boiler.on, 60, settle=False)
    assert house.trips == 0


async def test_what_silence_costs_goes_though_a_cut_for_the_limit_may_not(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house, protected=False)
    rule, told = shedding(entry), listen(entry)
    rule.async_set_policy(
        silence=Silence.STEP_DOWN,
        silent_after=timedelta(seconds=2),
        step_every=timedelta(seconds=1),
    )
    house.overload()
    await async_wait(
        hass, lambda: "would_shed" in [what for what, _ in told], 60, settle=False
    )
    house.linky.fault("silence")
    await async_wait(hass, lambda: rule.state.shed, 20, settle=False)
    assert {shed.cause for shed in rule.state.shed.values()} == {Cause.SILENCE}
    assert {data["cause"] for what, data in told if what == "would_shed"} == {"limit"}
