"""A meter behind sensors that Home Assistant already has."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.energy_park import sensor_link

from .common import MockConfigEntry
from .parks import async_setup, async_wait, entity_id

POWER = "sensor.papp"
ENERGY = "sensor.index"
VA = {"unit_of_measurement": "kVA", "friendly_name": "Teleinfo"}


async def async_add(hass: HomeAssistant, entry: MockConfigEntry, **values: Any) -> Any:
    flows = hass.config_entries.subentries
    result = await flows.async_init(
        (entry.entry_id, "meter"), context={"source": SOURCE_USER}
    )
    result = await flows.async_configure(result["flow_id"], {"next_step_id": "sensors"})
    assert result["step_id"] == "sensors"
    return await flows.async_configure(result["flow_id"], values)


@pytest.fixture
async def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A park with such a meter."""
    hass.states.async_set(POWER, "1.5", VA)
    hass.states.async_set(ENERGY, "1234.5", {"unit_of_measurement": "kWh"})
    entry = await async_setup(hass)
    result = await async_add(
        hass, entry, apparent_power_va=POWER, energy_drawn_wh=ENERGY, subscribed_power=6
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Teleinfo"
    await hass.async_block_till_done()
    await async_wait(hass, lambda: all(m.heard for m in meters(entry)))
    return entry


def meters(entry: MockConfigEntry) -> Any:
    return entry.runtime_data.meters.values()


def value(hass: HomeAssistant, key: str) -> str:
    found: str = hass.states.get(entity_id(hass, "sensor", f"{POWER}_{key}")).state
    return found


async def test_sensors_are_a_meter_like_another(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert float(value(hass, "apparent_power")) == 1500
    assert float(value(hass, "headroom")) == 4500
    assert float(value(hass, "energy_drawn")) == 1234.5
    hass.states.async_set(POWER, "6500", VA | {"unit_of_measurement": "VA"})
    await async_wait(hass, lambda: value(hass, "headroom") == "-500")
    overload = entity_id(hass, "binary_sensor", f"{POWER}_overload")
    assert hass.states.get(overload).state == "on"


async def test_a_steady_sensor_is_not_a_silent_one(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensor_link, "SILENCE_S", 0.2)
    hass.states.async_set(POWER, "1.4", VA)
    [meter] = meters(entry)
    before = meter.link.counters.frames
    hass.states.async_set(POWER, "1.4", VA)
    await async_wait(hass, lambda: meter.link.counters.frames > before)
    assert meter.heard
    await async_wait(hass, lambda: not meter.heard)


async def test_a_sensor_without_value_is_no_zero(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.states.async_set(POWER, "unavailable", VA)
    await async_wait(hass, lambda: value(hass, "apparent_power") == "unavailable")


async def test_a_sensor_serves_one_meter(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await async_add(hass, entry, apparent_power_va=POWER, subscribed_power=9)
    assert result["errors"] == {"apparent_power_va": "meter_configured"}


async def test_its_sensors_are_changed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    [part] = entry.get_subentries_of_type("meter")
    result: Any = await entry.start_subentry_reconfigure_flow(hass, part.subentry_id)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"next_step_id": "sensors"}
    )
    assert result["step_id"] == "sensors"
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"apparent_power_va": POWER, "subscribed_power": 9}
    )
    assert result["reason"] == "reconfigure_successful"
    assert entry.subentries[part.subentry_id].data == {
        "sensors": {"apparent_power_va": POWER},
        "subscribed_power": 9000,
    }
    await hass.async_block_till_done()
