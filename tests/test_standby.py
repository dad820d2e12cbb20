"""Bands of sockets, as Home Assistant shows them and keeps them."""

from collections.abc import AsyncIterator

from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park.const import PLUG_INTERVAL
from custom_components.energy_park.coordinator import EnergyParkData
from scripts.emulators import Computer, Constant, Mains, Monitor, Outlet, ShellyGen2

from .common import MockConfigEntry
from .parks import async_later, async_setup, async_wait, entity_id, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
ROLES = ("computer", "computer", "monitor", "other")


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A computer that is off, one that runs, its monitor, and a lamp."""
    mains = Mains()
    busy = Computer(mains, "busy")
    outlets = [
        Outlet(mains, 0, appliance=Computer(mains, "off", running=False)),
        Outlet(mains, 1, appliance=busy),
        Outlet(mains, 2, appliance=Monitor(mains, "monitor", computer=busy)),
        Outlet(mains, 3, appliance=Constant(mains, "lamp", power_w=9)),
    ]
    async with ShellyGen2(mac=MAC, sockets=outlets, mains=mains) as emulated:
        yield emulated


async def async_setup_room(hass: HomeAssistant, strip: ShellyGen2) -> MockConfigEntry:
    return await async_setup(
        hass, sector("Room A", "room"), plug(strip, "room", ROLES, title="Strip")
    )


def band(hass: HomeAssistant, number: int) -> str:
    state = hass.states.get(entity_id(hass, "sensor", f"{MAC}_{number}_band"))
    assert state is not None
    return state.state


async def test_computers_and_monitors_tell_what_they_do(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip)
    assert [band(hass, number) for number in range(3)] == ["standby", "idle", "active"]
    with pytest.raises(AssertionError, match="no sensor"):
        band(hass, 3)


async def test_a_socket_that_is_off_is_off_and_one_not_heard_is_unavailable(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip)
    strip.sockets[2].switch(False)
    async_later(hass, PLUG_INTERVAL * 1.5)
    await async_wait(hass, lambda: band(hass, 2) == "off")
    await strip.fault("vanish")
    async_later(hass, PLUG_INTERVAL * 3)
    await async_wait(hass, lambda: band(hass, 2) == "unavailable")


async def test_what_was_learnt_outlives_a_reload(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup_room(hass, strip)
    data: EnergyParkData = entry.runtime_data
    learnt = data.memory.sockets[f"{MAC}_1"].standby
    for _ in range(60):
        learnt.histogram.add(3.0)
        learnt.histogram.add(60.0)
        learnt.histogram.add(160.0)
    since = learnt.since
    assert since is not None
    assert await hass.config_entries.async_reload(entry.entry_id)
    await async_wait(hass, lambda: band(hass, 1) == "idle")
    state = hass.states.get(entity_id(hass, "sensor", f"{MAC}_1_band"))
    assert state is not None
    assert 6 < state.attributes["idle_from_w"] < 30
    assert 70 < state.attributes["active_from_w"] < 150
    assert state.attributes["since"] == since
