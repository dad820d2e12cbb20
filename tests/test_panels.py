"""Panel meters: each circuit is measured, and none can be switched."""

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.energy_park.const import DOMAIN
from scripts.emulators import Constant, Mains, Outlet
from scripts.emulators.shelly_panel import ShellyPanel

from .parks import async_setup, async_wait, entity_id

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"


@pytest.mark.parametrize(
    ("circuits", "channels"),
    [(2, {100: "1", 101: "2"}), (3, {200: "A", 201: "B", 202: "C"})],
)
async def test_the_circuits_of_a_panel_are_sensors_only(
    hass: HomeAssistant, circuits: int, channels: dict[int, str]
) -> None:
    mains = Mains()
    outlets = [
        Outlet(
            mains,
            number,
            appliance=Constant(mains, f"{number}", power_w=500 + 100 * number),
        )
        for number in range(circuits)
    ]
    entry = await async_setup(hass)
    async with ShellyPanel(mac=MAC, circuits=outlets, mains=mains) as panel:
        flows = hass.config_entries.subentries
        result = await flows.async_init(
            (entry.entry_id, "plug"), context={"source": SOURCE_USER}
        )
        result = await flows.async_configure(
            result["flow_id"], {"next_step_id": "address"}
        )
        result = await flows.async_configure(result["flow_id"], {"host": panel.host})
        if result["type"] is FlowResultType.FORM:
            # A Pro EM has a contact beside its circuits.
            assert result["step_id"] == "socket"
            result = await flows.async_configure(
                result["flow_id"], {"name": "Boiler", "role": "other", "priority": 5}
            )
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        await async_wait(
            hass, lambda: all(c.heard for c in entry.runtime_data.plugs.values())
        )
        [coordinator] = entry.runtime_data.plugs.values()
        for index, (channel, name) in enumerate(channels.items()):
            power = entity_id(hass, "sensor", f"{MAC}_{channel}_power")
            state = hass.states.get(power)
            assert state is not None
            assert float(state.state) == pytest.approx(500 + 100 * index, abs=20)
            assert entity_id(hass, "sensor", f"{MAC}_{channel}_energy")
            device = dr.async_get(hass).async_get_child_device_by_identifier(
                (DOMAIN, f"{MAC}_{channel}"), entry.entry_id
            )
            assert device is not None
            assert (device.name or "").endswith(f" {name}")
        switches = [
            entity.unique_id
            for entity in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
            if entity.domain == "switch" and entity.unique_id.endswith("_socket")
        ]
        assert switches == ([f"{MAC}_0_socket"] if circuits == 2 else [])
        await panel.fault("vanish")
        await coordinator.async_refresh()
        state = hass.states.get(power)
        assert state is not None
        assert state.state == "unavailable"
