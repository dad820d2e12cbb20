"""What the park remembers is on disk soon, however often its plugs are polled."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control import memory
from scripts.emulators import ShellyGen2

from .parks import async_act, async_later, async_setup, async_wait, entity_id, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"


@pytest.mark.parametrize("ordered", [True, False])
async def test_polls_do_not_put_a_write_off(
    hass: HomeAssistant, hass_storage: dict[str, Any], ordered: bool
) -> None:
    key = f"{DOMAIN}.park"
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        [coordinator] = entry.runtime_data.plugs.values()
        delay_s = memory.SAVE_TOTALS_AFTER_S
        if ordered:
            switch = entity_id(hass, "switch", f"{MAC}_0_socket")
            await async_act(hass, "switch.turn_off", switch)
            delay_s = memory.SAVE_ORDERS_AFTER_S
        for _ in range(3):
            await coordinator.async_refresh()
        async_later(hass, timedelta(seconds=delay_s + 1))
        await async_wait(hass, lambda: key in hass_storage)
    socket = hass_storage[key]["data"]["sockets"][f"{MAC}_0"]
    assert socket["state"]["wanted"] is (not ordered)
    assert socket["energy"]["raw_wh"] is not None


async def test_an_unloaded_park_writes_no_more(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """A reading that comes in while it unloads must not undo what is stored next."""
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        before = entry.runtime_data.memory
        assert await hass.config_entries.async_unload(entry.entry_id)
        before.observe = True
        before.save_orders()
        before.save_totals()
        async_later(hass, timedelta(seconds=memory.SAVE_TOTALS_AFTER_S + 1))
        await hass.async_block_till_done(wait_background_tasks=True)
    assert hass_storage[f"{DOMAIN}.park"]["data"]["observe"] is False
