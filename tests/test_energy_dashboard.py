"""Our sensors in Home Assistant's Energy dashboard, by its own validation."""

from typing import Any

from homeassistant.components.energy import async_get_manager, validate
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from scripts.emulators import ShellyGen2
from scripts.emulators.meter import EmulatedMeter

from .common import async_wait_recording_done
from .parks import async_setup, async_wait, entity_id, meter, plug, sector

pytestmark = pytest.mark.usefixtures("recorder_mock", "socket_enabled")

MAC = "aa0000000001"


async def test_tariffs_return_power_and_plugs_need_no_template(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, "energy", {})
    async with (
        EmulatedMeter(mode="standard", contract="hc", producer=True) as linky,
        ShellyGen2(mac=MAC, sockets=1) as emulated,
    ):
        entry = await async_setup(
            hass,
            meter(linky.url, linky.serial),
            sector("Room A", "room"),
            plug(emulated, "room"),
        )
        [heard] = entry.runtime_data.meters.values()
        await async_wait(
            hass,
            lambda: heard.heard and heard.data.reading.power_w is not None,
            within_s=40,
        )

        def ours(key: str) -> str:
            return entity_id(hass, "sensor", f"{linky.serial}_{key}")

        indexes = [ours(f"index_{x.lower()}") for x in heard.data.reading.indexes_wh]
        sources: list[Any] = [
            {
                "type": "grid",
                "stat_energy_from": index,
                "stat_energy_to": ours("energy_injected") if first else None,
                "stat_cost": None,
                "stat_compensation": None,
                "entity_energy_price": None,
                "number_energy_price": 0.2,
                "entity_energy_price_export": None,
                "number_energy_price_export": None,
                "cost_adjustment_day": 0,
                **({"power_config": {"stat_rate": ours("power")}} if first else {}),
            }
            for first, index in zip((True, False), indexes, strict=True)
        ]
        room = entity_id(hass, "sensor", "room_energy")
        manager = await async_get_manager(hass)
        await manager.async_update(
            {
                "energy_sources": sources,
                "device_consumption": [
                    {
                        "stat_consumption": room,
                        "stat_rate": entity_id(hass, "sensor", "room_power"),
                    },
                    {
                        "stat_consumption": entity_id(
                            hass, "sensor", f"{MAC}_0_energy"
                        ),
                        "included_in_stat": room,
                    },
                ],
            }
        )
        await async_wait_recording_done(hass)
        issues = (await validate.async_validate(hass)).as_dict()
    # What has not run for an hour has no statistics yet; all else must be in order.
    found = {
        issue["type"]
        for part in ("energy_sources", "device_consumption")
        for source in issues[part]
        for issue in source
    }
    assert found <= {"statistics_not_defined"}
