"""Adopted sockets are shed and restored like those that the park reads itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from types import MappingProxyType

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park.const import SUBENTRY_PLUG
from custom_components.energy_park.park.shedding import loads
from scripts.emulators import Constant, Mains, Outlet
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

from .common import MockConfigEntry
from .houses import HEATER_W, KVA, OVEN_W, PROTECTION, hasten, hasten_meter, shedding
from .parks import async_setup, async_wait, entity_id, meter

pytestmark = pytest.mark.usefixtures("socket_enabled")

# Of another domain than the park's own switches, whose actions are real.
SWITCH = "light.heater"
WATTS = "sensor.heater_power"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests wait less, and polled plugs grow old at once."""
    hasten_meter(monkeypatch)
    monkeypatch.setattr(loads, "STALE_AFTER", timedelta(seconds=0.5))


class AdoptedHouse:
    """A meter that really opens, and a heater that another integration switches."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Wire it."""
        self._hass = hass
        mains = Mains()
        self.heater = Outlet(
            mains,
            0,
            appliance=Constant(mains, "heater", power_w=HEATER_W, power_factor=1),
        )
        self.site = Site(mains, base_load_w=200)
        self.site.add(self.heater, 0)
        self.linky = EmulatedMeter(self.site, mode="standard", subscribed_kva=KVA)
        er.async_get(hass).async_get_or_create(
            "light", "other", "heater", suggested_object_id="heater"
        )
        hass.services.async_register("light", "turn_on", self._async_switch)
        hass.services.async_register("light", "turn_off", self._async_switch)
        self.tell()

    def tell(self) -> None:
        """Report what the heater is and draws."""
        on = self.heater.on
        self._hass.states.async_set(SWITCH, "on" if on else "off")
        self._hass.states.async_set(
            WATTS, str(HEATER_W * on), {"unit_of_measurement": "W"}
        )

    async def _async_switch(self, call: ServiceCall) -> None:
        assert call.data["entity_id"] == [SWITCH]
        self.heater.switch(call.service == "turn_on")
        self.tell()


@pytest.fixture
async def house(hass: HomeAssistant) -> AsyncIterator[AdoptedHouse]:
    """A house, awake."""
    assert await async_setup_component(hass, "homeassistant", {})
    house = AdoptedHouse(hass)
    async with house.linky:
        yield house


async def async_setup_house(
    hass: HomeAssistant, house: AdoptedHouse, *, measured: bool = True
) -> MockConfigEntry:
    """Have the park adopt the heater."""
    power = {"power_w": WATTS} if measured else {}
    socket = {"number": 0, "name": "Heater", "role": "other", "priority": 5}
    entry = await async_setup(
        hass,
        meter(house.linky.url, house.linky.serial),
        ConfigSubentry(
            data=MappingProxyType(
                {
                    "adopted": {"switch": SWITCH, **power},
                    "model": "Adopted",
                    "sockets": [{**socket, "sector": None}],
                }
            ),
            subentry_id="heater",
            subentry_type=SUBENTRY_PLUG,
            title="Heater",
            unique_id=SWITCH,
        ),
    )
    assert await async_setup_component(hass, "automation", {"automation": [PROTECTION]})
    await async_wait(hass, lambda: shedding(entry).sight.headroom is not None)
    return entry


async def test_a_steady_socket_is_shed_and_comes_back(
    hass: HomeAssistant, house: AdoptedHouse
) -> None:
    entry = await async_setup_house(hass, house)
    rule = shedding(entry)
    hasten(rule)
    [load] = rule.loads.loads.values()
    reported = hass.states.get(WATTS)
    assert reported is not None
    # As old as what was reported, whoever asks for it.
    assert load.read_at == reported.last_reported
    await async_wait(
        hass,
        lambda: rule.sight.view.now - reported.last_reported > timedelta(seconds=1),
        settle=False,
    )
    house.site.extra.power_w = OVEN_W
    await async_wait(hass, lambda: not house.heater.on, 60, settle=False)
    off_at = rule.sight.view.now
    house.site.extra.power_w = 0
    await async_wait(hass, lambda: house.heater.on, 60, settle=False)
    assert rule.sight.view.now - off_at > timedelta(seconds=1)
    house.linky.registers.advance()
    assert house.linky.registers.trip_count == 0


async def test_a_report_of_the_same_power_is_a_new_reading(
    hass: HomeAssistant, house: AdoptedHouse
) -> None:
    entry = await async_setup_house(hass, house)
    [socket_id] = shedding(entry).loads.loads
    before = shedding(entry).loads.loads[socket_id].read_at
    house.tell()
    await hass.async_block_till_done()
    told = shedding(entry).loads.loads[socket_id].read_at
    assert before is not None
    assert told is not None
    assert told > before


async def test_a_socket_whose_power_nobody_measures_tells_so(
    hass: HomeAssistant, house: AdoptedHouse
) -> None:
    await async_setup_house(hass, house, measured=False)
    priority = hass.states.get(entity_id(hass, "number", f"{SWITCH}_0_priority"))
    assert priority is not None
    assert priority.attributes["not_shed"] == "unknown"
