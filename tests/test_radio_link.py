"""A meter over the radio, through a channel in software."""

from itertools import count
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.energy_park.tic import radio
from custom_components.energy_park.tic.packets import PacketWriter, key_text, new_key
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.radio import SoftwareRadio

from .common import (
    ClientSessionGenerator,
    MockConfigEntry,
    get_diagnostics_for_config_entry,
)
from .parks import async_setup, async_wait, entity_id

KEY = new_key()


class Transmitter:
    """Sends the frames of an emulated meter, as the one beside a meter does."""

    def __init__(self) -> None:
        self.meter = EmulatedMeter(mode="standard", contract="hc")
        self.chips: list[SoftwareRadio] = []
        self._writer = PacketWriter(KEY, count(1).__next__)

    def driver(self, *_: Any, **__: Any) -> SoftwareRadio:
        """A receiver's chip on this air."""
        chip = SoftwareRadio()
        self.chips.append(chip)
        return chip

    def send_frames(self, number: int) -> None:
        for _ in range(number):
            for packet in self._writer.write(self.meter.frame()):
                self.chips[-1].send(packet)


@pytest.fixture
def transmitter(monkeypatch: pytest.MonkeyPatch) -> Transmitter:
    transmitter = Transmitter()
    monkeypatch.setattr(radio, "Nrf24", transmitter.driver)
    return transmitter


async def async_start(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    flows = hass.config_entries.subentries
    result = await flows.async_init(
        (entry.entry_id, "meter"), context={"source": SOURCE_USER}
    )
    return await flows.async_configure(result["flow_id"], {"next_step_id": "radio"})


def answers(result: Any, **values: Any) -> dict[str, Any]:
    filled: dict[str, Any] = result["data_schema"]({"key": key_text(KEY), **values})
    return filled


async def async_add(
    hass: HomeAssistant, entry: MockConfigEntry, transmitter: Transmitter
) -> None:
    flows = hass.config_entries.subentries
    result = await async_start(hass, entry)
    result = await flows.async_configure(result["flow_id"], answers(result))
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await async_wait(hass, lambda: transmitter.chips, settle=False)
    transmitter.send_frames(3)
    await hass.async_block_till_done()
    result = await flows.async_configure(result["flow_id"])
    assert result["step_id"] == "confirm"
    result = await flows.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_meter_is_heard_over_the_radio(
    hass: HomeAssistant, transmitter: Transmitter, hass_client: ClientSessionGenerator
) -> None:
    entry = await async_setup(hass)
    await async_add(hass, entry, transmitter)
    await async_wait(hass, lambda: len(transmitter.chips) == 2)
    transmitter.send_frames(4)
    [heard] = entry.runtime_data.meters.values()
    await async_wait(hass, lambda: heard.heard and heard.data.reading.apparent_power_va)
    lost = entity_id(hass, "sensor", f"{transmitter.meter.serial}_packets_lost")
    assert float(hass.states.get(lost).state) == 0
    memory = entry.runtime_data.memory
    position = memory.radio_positions[transmitter.meter.serial]
    assert position > 0
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert KEY.hex("-", 2) not in str(told)
    assert await hass.config_entries.async_reload(entry.entry_id)
    again = entry.runtime_data.memory.radio_positions[transmitter.meter.serial]
    assert again >= position


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"key": "not a key"}, {"key": "invalid_key"}),
        ({"address": "TOOLONG"}, {"base": "invalid_radio"}),
        ({"spi": "spidev"}, {"base": "invalid_radio"}),
    ],
)
async def test_a_radio_that_is_none_is_said_and_corrected(
    hass: HomeAssistant, values: dict[str, Any], errors: dict[str, str]
) -> None:
    entry = await async_setup(hass)
    flows = hass.config_entries.subentries
    result = await async_start(hass, entry)
    wrong = answers(result, **values)
    result = await flows.async_configure(result["flow_id"], wrong)
    assert result["errors"] == errors
    result = await flows.async_configure(result["flow_id"], answers(result))
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await hass.async_block_till_done()
    result = await flows.async_configure(result["flow_id"])
    assert result["step_id"] == "radio"
    assert result["errors"] == {"base": "no_radio"}


async def test_a_radio_is_changed_without_listening(
    hass: HomeAssistant, transmitter: Transmitter
) -> None:
    entry = await async_setup(hass)
    await async_add(hass, entry, transmitter)
    [part] = entry.get_subentries_of_type("meter")
    flows = hass.config_entries.subentries
    result: Any = await entry.start_subentry_reconfigure_flow(hass, part.subentry_id)
    assert result["menu_options"] == ["radio", "contract", "prices"]
    result = await flows.async_configure(result["flow_id"], {"next_step_id": "radio"})
    assert result["step_id"] == "radio"
    result = await flows.async_configure(
        result["flow_id"], answers(result, channel=99.0)
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [changed] = entry.get_subentries_of_type("meter")
    assert changed.data["radio"]["channel"] == 99
