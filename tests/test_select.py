"""What a socket does when the mains come back."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from scripts.emulators import EmulatedPlug, ShellyGen1, ShellyGen2, Tasmota

from .parks import async_act, async_setup, async_wait, entity_id, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"


@pytest.mark.parametrize(
    ("maker", "number"), [(ShellyGen1, 0), (ShellyGen2, 0), (Tasmota, 1)]
)
async def test_the_choice_of_the_device_is_shown_and_changed(
    hass: HomeAssistant, maker: type[EmulatedPlug], number: int
) -> None:
    async with maker(mac=MAC, sockets=1) as emulated:
        entry = await async_setup(hass, plug(emulated))
        select = entity_id(hass, "select", f"{MAC}_{number}_power_on_default")
        before = hass.states.get(select).state
        assert before in ("off", "on", "last")
        wanted = "off" if before != "off" else "last"
        await async_act(hass, "select.select_option", select, option=wanted)
        assert hass.states.get(select).state == wanted
        assert await hass.config_entries.async_reload(entry.entry_id)
        await async_wait(hass, lambda: hass.states.get(select).state == wanted)
        await emulated.fault("vanish")
        with pytest.raises(HomeAssistantError) as failed:
            await async_act(hass, "select.select_option", select, option="on")
        assert failed.value.translation_key == "power_on_default_failed"
