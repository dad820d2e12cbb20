"""Other contracts than a Linky's are kept, and what is used up of them is remembered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park.park.shedding.limits import Cap

from .common import MockConfigEntry
from .houses import PROTECTION, ROOM, House, hasten, shedding
from .parks import async_setup, async_wait, meter, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A house, awake."""
    house = House()
    async with house.strip, house.linky:
        yield house


async def async_setup_house(
    hass: HomeAssistant, house: House, contract: str, limit: float, **more: Any
) -> MockConfigEntry:
    """A park of the house with a contract, and an automation that sheds."""
    part = meter(house.linky.url, house.linky.serial)
    data = {**part.data, "contract": contract, "limit": limit, "sectors": [ROOM]}
    entry = await async_setup(
        hass,
        replace(part, data=MappingProxyType(data | more)),
        sector("Room", ROOM),
        plug(house.strip, ROOM, ("other", "other", "computer", "other")),
    )
    assert await async_setup_component(hass, "automation", {"automation": [PROTECTION]})
    await async_wait(hass, lambda: shedding(entry).sight.headroom is not None)
    return entry


async def test_a_cap_is_kept_and_what_was_cut_for_it_comes_back(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house, "cap", 4000, delay=3)
    hasten(shedding(entry))
    heater = house.outlets["heater"]
    house.overload()
    await async_wait(hass, lambda: not heater.on, 20, settle=False)
    assert shedding(entry).sight.cause == "limit"
    house.cool()
    await async_wait(
        hass,
        lambda: all(outlet.on for outlet in house.outlets.values()),
        30,
        settle=False,
    )
    await async_wait(hass, lambda: not shedding(entry).state.shed, settle=False)


@pytest.mark.parametrize("contract", ["open_meter", "hourly"])
async def test_a_limit_that_is_passed_is_told(
    hass: HomeAssistant, house: House, contract: str
) -> None:
    entry = await async_setup_house(hass, house, contract, 1000)
    rule = shedding(entry)
    await async_wait(hass, lambda: rule.danger.left_s is not None, 20, settle=False)
    assert rule.sight.headroom is not None
    assert rule.sight.headroom < 0


async def test_what_is_used_up_survives_a_reload(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house, "open_meter", 1500)
    await async_wait(hass, lambda: over_s(entry) > 4, settle=False)
    before_s = over_s(entry)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await async_wait(hass, lambda: shedding(entry).sight.view.supplies, settle=False)
    assert over_s(entry) >= before_s


def over_s(entry: MockConfigEntry) -> float:
    """Return for how long the lower zone of an Italian meter was left."""
    [supply] = shedding(entry).sight.view.supplies
    zone = supply.limits[0]
    assert isinstance(zone, Cap)
    return zone.over_s
