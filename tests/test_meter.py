"""A meter in Home Assistant, against an emulated Linky over TCP and a pty."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park import meter_coordinator, repairs
from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.tic import link
from scripts.emulators import Mains, ShellyGen2
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

from .common import (
    ClientSessionGenerator,
    MockConfigEntry,
    get_diagnostics_for_config_entry,
    get_system_health_info,
)
from .parks import async_act, async_setup, async_wait, entity_id, meter, plug, station

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(autouse=True)
def quick_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait as long for a silent meter as a household would."""
    monkeypatch.setattr(link, "SILENCE_S", 2.0)
    monkeypatch.setattr(meter_coordinator, "METER_RETRY_MIN", timedelta(seconds=0.1))


@pytest.fixture
async def linky() -> AsyncIterator[EmulatedMeter]:
    """A single-phase meter in standard mode: a frame a second."""
    async with EmulatedMeter(mode="standard", contract="hc") as emulated:
        yield emulated


def state(hass: HomeAssistant, linky: EmulatedMeter, key: str) -> Any:
    return hass.states.get(entity_id(hass, "sensor", f"{linky.serial}_{key}"))


def value(hass: HomeAssistant, linky: EmulatedMeter, key: str) -> float:
    return float(state(hass, linky, key).state)


def believed(heard: Any) -> bool:
    """Whether two frames have agreed on who speaks and what it draws."""
    return bool(
        heard.heard
        and heard.data.reading.complete
        and heard.data.reading.apparent_power_va is not None
        and heard.data.reading.subscribed_power_va is not None
    )


async def async_setup_meter(
    hass: HomeAssistant, linky: EmulatedMeter, port: str | None = None
) -> MockConfigEntry:
    """A park with a meter that is heard."""
    entry = await async_setup(hass, meter(port or linky.url, linky.serial))
    [heard] = entry.runtime_data.meters.values()
    await async_wait(hass, lambda: believed(heard))
    return entry


@pytest.mark.parametrize("mode", ["standard", "historique"])
@pytest.mark.parametrize("port", ["url", "pty"])
async def test_what_the_meter_says(hass: HomeAssistant, mode: str, port: str) -> None:
    mains = Mains()
    async with EmulatedMeter(
        Site(mains, base_load_w=1500), mode=mode, contract="hc", subscribed_kva=6
    ) as linky:
        await async_setup_meter(hass, linky, getattr(linky, port))
        assert value(hass, linky, "apparent_power") == pytest.approx(1550, rel=0.2)
        assert value(hass, linky, "subscribed_power") == 6000
        drawn_va = value(hass, linky, "apparent_power")
        assert value(hass, linky, "headroom") == 6000 - drawn_va
        assert value(hass, linky, "headroom_percent") == pytest.approx(
            100 - drawn_va / 60
        )
        assert value(hass, linky, "current") == pytest.approx(drawn_va / 230, abs=1.5)
        assert state(hass, linky, "tariff").state in ("peak", "off_peak")
        assert value(hass, linky, "energy_drawn") > 0
        overload = entity_id(hass, "binary_sensor", f"{linky.serial}_overload")
        assert hass.states.get(overload).state == "off"


async def test_the_energy_of_each_index_adds_up(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    await async_setup_meter(hass, linky)
    indexes = [
        found
        for found in hass.states.async_all("sensor")
        if "_index_" in found.entity_id
    ]
    assert len(indexes) == 2
    assert sum(float(i.state) for i in indexes) == pytest.approx(
        value(hass, linky, "energy_drawn"), abs=0.002
    )
    for found in (*indexes, state(hass, linky, "energy_drawn")):
        assert found.attributes["state_class"] == "total_increasing"
        assert found.attributes["device_class"] == "energy"
        assert found.attributes["unit_of_measurement"] == "kWh"


async def test_a_silent_meter_is_unavailable_and_comes_back_by_itself(
    hass: HomeAssistant, linky: EmulatedMeter, caplog: pytest.LogCaptureFixture
) -> None:
    await async_setup_meter(hass, linky)
    linky.fault("silence")
    await async_wait(
        hass, lambda: state(hass, linky, "apparent_power").state == "unavailable"
    )
    heard = entity_id(hass, "binary_sensor", f"{linky.serial}_heard")
    assert hass.states.get(heard).state == "off"
    linky.clear()
    await async_wait(
        hass, lambda: state(hass, linky, "apparent_power").state != "unavailable"
    )
    assert hass.states.get(heard).state == "on"
    told = [r for r in caplog.records if r.name.startswith("custom_components")]
    assert [r.levelname for r in told if r.levelno >= 20].count("ERROR") == 1
    assert sum("heard again" in r.message for r in told) == 1


async def test_a_mode_that_changes_keeps_the_entities(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup_meter(hass, linky)
    [heard] = entry.runtime_data.meters.values()
    before = {s.entity_id for s in hass.states.async_all("sensor")}
    linky.fault("mode")
    await async_wait(hass, lambda: heard.data.reading.mode == "historique")
    await async_wait(hass, lambda: believed(heard))
    assert value(hass, linky, "apparent_power") > 0
    assert before <= {s.entity_id for s in hass.states.async_all("sensor")}


async def test_another_meter_on_the_port_is_not_taken_for_ours(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup(hass, meter(linky.url, "999999999999"))
    [heard] = entry.runtime_data.meters.values()
    await async_wait(hass, lambda: heard.last_exception)
    assert heard.data is None
    with pytest.raises(AssertionError, match="no sensor"):
        entity_id(hass, "sensor", "999999999999_apparent_power")


async def test_unloading_leaves_the_port(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup_meter(hass, linky)
    await async_wait(hass, lambda: len(linky.line._clients) == 1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await async_wait(hass, lambda: not linky.line._clients)


async def test_diagnostics_name_nobody(
    hass: HomeAssistant, linky: EmulatedMeter, hass_client: ClientSessionGenerator
) -> None:
    async with ShellyGen2(mac="aa0000000001", sockets=1, password="secret") as emulated:
        entry = await async_setup(
            hass,
            meter(linky.url, linky.serial),
            plug(emulated, roles=["computer"], title="PC of Zoé"),
            station("PC", "aa0000000001_0", presence=["person.alice"]),
            opening_hours="schedule.alice",
        )
        [heard] = entry.runtime_data.meters.values()
        await async_wait(hass, lambda: believed(heard))
        told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = str(told)
    assert told["meters"][0]["trip"]["phases"]
    for secret in ("secret", linky.serial, "aa0000000001", "127.0.0.1", "Zoé", "alice"):
        assert secret not in text
    assert told["meters"][0]["groups"]["SINSTS"]
    assert told["plugs"][0]["sockets"][0]["reading"]["on"] is True


async def async_change(hass: HomeAssistant, entry: MockConfigEntry, what: str) -> Any:
    """Start to change a meter."""
    result = await entry.start_subentry_reconfigure_flow(hass, "meter")
    assert result["type"] is FlowResultType.MENU
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"next_step_id": what}
    )


async def async_start_flow(
    hass: HomeAssistant, entry: MockConfigEntry, port: str
) -> Any:
    """Enter a port and wait until the listening has ended."""
    flows = hass.config_entries.subentries
    result = await flows.async_init(
        (entry.entry_id, "meter"), context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.MENU
    result = await flows.async_configure(result["flow_id"], {"next_step_id": "port"})
    return await async_listen(hass, result, port)


async def async_listen(hass: HomeAssistant, result: Any, port: str) -> Any:
    flows = hass.config_entries.subentries
    result = await flows.async_configure(result["flow_id"], {"port": port})
    if result["type"] is not FlowResultType.SHOW_PROGRESS:
        return result
    assert result["progress_action"] == "listening"
    await hass.async_block_till_done()
    return await flows.async_configure(result["flow_id"])


async def test_the_flow_shows_what_it_hears(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup(hass)
    result = await async_start_flow(hass, entry, f" {linky.url} ")
    assert result["step_id"] == "confirm"
    shown = result["description_placeholders"]
    assert shown["serial"] == linky.serial
    assert shown["mode"] == "standard"
    assert shown["subscribed_power"] == "9000"
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [added] = entry.get_subentries_of_type("meter")
    assert added.unique_id == linky.serial
    assert added.data == {"port": linky.url}
    await async_wait(hass, lambda: hass.states.async_all("binary_sensor"))


async def test_a_port_without_meter_is_said_and_corrected(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup(hass)
    result = await async_start_flow(hass, entry, "/dev/does-not-exist")
    assert result["step_id"] == "port"
    assert result["errors"] == {"base": "cannot_open_port"}
    linky.fault("silence")
    result = await async_listen(hass, result, linky.url)
    assert result["errors"] == {"base": "meter_silent"}
    linky.clear()
    result = await async_listen(hass, result, linky.url)
    assert result["step_id"] == "confirm"


async def test_a_port_whose_other_names_cannot_be_read_keeps_its_own(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: str) -> str:
        raise PermissionError

    monkeypatch.setattr(usb, "get_serial_by_id", fail)
    entry = await async_setup(hass)
    result = await async_start_flow(hass, entry, "/dev/does-not-exist")
    assert result["errors"] == {"base": "cannot_open_port"}


async def test_a_meter_is_added_once(hass: HomeAssistant, linky: EmulatedMeter) -> None:
    entry = await async_setup(hass, meter(linky.url, linky.serial))
    result = await async_start_flow(hass, entry, linky.url)
    assert result["errors"] == {"port": "port_configured"}
    result = await async_listen(hass, result, linky.pty)
    assert result["errors"] == {"base": "meter_configured"}


async def test_a_meter_moves_to_another_port(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup(hass, meter("/dev/gone", linky.serial))
    result: Any = await async_change(hass, entry, "port")
    async with EmulatedMeter(mode="standard", serial="041861999999") as other:
        result = await async_listen(hass, result, other.url)
        assert result["step_id"] == "port"
        assert result["errors"] == {"base": "other_meter"}
    result = await async_listen(hass, result, linky.url)
    assert result["step_id"] == "confirm"
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], {})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [heard] = entry.runtime_data.meters.values()
    await async_wait(hass, lambda: heard.data)
    result = await async_change(hass, entry, "port")
    result = await async_listen(hass, result, linky.url)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()


async def test_a_coming_trip_is_foretold(hass: HomeAssistant) -> None:
    site = Site(Mains(), base_load_w=500)
    async with EmulatedMeter(site, mode="standard", subscribed_kva=3) as linky:
        entry = await async_setup_meter(hass, linky)
        will_trip = entity_id(hass, "binary_sensor", f"{linky.serial}_will_trip")
        assert hass.states.get(will_trip).state == "off"
        assert state(hass, linky, "time_to_trip").state == "unknown"
        events = entity_id(hass, "event", f"{linky.serial}_event")
        site.extra.power_w = 6000
        await async_wait(hass, lambda: hass.states.get(will_trip).state == "on")
        assert 0 <= value(hass, linky, "time_to_trip") < 60
        assert value(hass, linky, "trip_margin") < 100
        told = hass.states.get(events)
        assert told.attributes["event_type"] == "overload_started"
        site.extra.power_w = 0
        await async_wait(hass, lambda: hass.states.get(will_trip).state == "off")
        assert hass.states.get(events).attributes["event_type"] == "overload_ended"
        margin = value(hass, linky, "trip_margin")
        assert margin < 90
        assert await hass.config_entries.async_reload(entry.entry_id)
        [again] = entry.runtime_data.meters.values()
        await async_wait(hass, lambda: again.heard)
        assert value(hass, linky, "trip_margin") == pytest.approx(margin, abs=5)


async def test_three_phases_are_told_apart(hass: HomeAssistant) -> None:
    async with EmulatedMeter(mode="standard", phases=3, subscribed_kva=12) as linky:
        await async_setup_meter(hass, linky)
        for phase in (1, 2, 3):
            assert value(hass, linky, f"phase_voltage_{phase}") > 220
            left_va = value(hass, linky, f"phase_headroom_{phase}")
            assert left_va < 4000
            left_a = value(hass, linky, f"phase_headroom_current_{phase}")
            assert left_a == pytest.approx(left_va / 233, rel=0.05)
            assert value(hass, linky, f"phase_current_{phase}") >= 0


async def test_relays_and_mobile_peaks_are_told_where_the_contract_has_them(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    enabled = property(lambda _: True)
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", enabled)
    async with EmulatedMeter(mode="standard", contract="tempo") as linky:
        entry = await async_setup_meter(hass, linky)
        [heard] = entry.runtime_data.meters.values()
        await async_wait(hass, lambda: heard.data.reading.relays_closed is not None)
        reading = heard.data.reading
        for number, closed in enumerate(reading.relays_closed, 1):
            relay = f"{linky.serial}_relay_{number}"
            found = hass.states.get(entity_id(hass, "binary_sensor", relay))
            assert found.state == ("on" if closed else "off")
        for key, peak in (
            ("peak_running", reading.peak_running),
            ("peak_notice", reading.peak_notice),
        ):
            unique_id = f"{linky.serial}_{key}"
            found = hass.states.get(entity_id(hass, "binary_sensor", unique_id))
            assert found.state == ("on" if peak else "off")
            assert found.attributes["number"] == peak


async def test_a_change_of_mode_is_told_once(
    hass: HomeAssistant, linky: EmulatedMeter, issue_registry: ir.IssueRegistry
) -> None:
    entry = await async_setup_meter(hass, linky)
    assert not issue_registry.issues
    linky.fault("mode")
    await async_wait(hass, lambda: issue_registry.issues)
    [issue] = issue_registry.issues.values()
    assert issue.translation_key == "mode_changed_historique"
    assert issue.is_fixable
    assert entry.runtime_data.memory.insights[linky.serial].mode == "historique"


async def test_a_replaced_meter_is_asked_about_and_keeps_its_history(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    async with EmulatedMeter(mode="standard") as linky:
        entry = await async_setup_meter(hass, linky)
        drawn = entity_id(hass, "sensor", f"{linky.serial}_energy_drawn")
        old, port = linky.serial, linky.line.port
        memory = entry.runtime_data.memory
        memory.sheddings[old].test = True
        memory.billings[old].prices["EASF01"] = 0.2
    async with EmulatedMeter(mode="standard", serial="041861999999", port=port) as new:
        await async_wait(hass, lambda: issue_registry.issues)
        [issue] = issue_registry.issues.values()
        assert issue.translation_key == "other_meter"
        assert hass.states.get(drawn).state == "unavailable"
        flow = await repairs.async_create_fix_flow(hass, issue.issue_id, issue.data)
        assert isinstance(flow, repairs.OtherMeterRepairFlow)
        flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "fix"
        asked = await flow.async_step_init()
        assert asked["type"] is FlowResultType.FORM
        done = await flow.async_step_confirm({})
        assert done["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        assert entity_id(hass, "sensor", f"{new.serial}_energy_drawn") == drawn
        await async_wait(hass, lambda: hass.states.get(drawn).state != "unavailable")
        assert old not in str(entry.as_dict())
        # What was only to be tried is not done now.
        memory = entry.runtime_data.memory
        assert memory.sheddings[new.serial].test
        assert memory.billings[new.serial].prices == {"EASF01": 0.2}


async def test_swapped_cables_replace_no_meter(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, linky: EmulatedMeter
) -> None:
    async with EmulatedMeter(mode="standard", serial="041861999999") as other:
        entry = await async_setup(
            hass,
            meter(other.url, linky.serial),
            meter(linky.url, other.serial, "other"),
        )
        await async_wait(hass, lambda: issue_registry.issues)
        issue = next(iter(issue_registry.issues.values()))
        flow = await repairs.async_create_fix_flow(hass, issue.issue_id, issue.data)
        assert isinstance(flow, repairs.OtherMeterRepairFlow)
        flow.hass, flow.handler, flow.flow_id = hass, DOMAIN, "fix"
        done = await flow.async_step_confirm({})
        assert done["type"] is FlowResultType.ABORT
        assert done["reason"] == "known_meter"
        assert {part.unique_id for part in entry.subentries.values()} == {
            linky.serial,
            other.serial,
        }


async def test_system_health_counts_what_is_heard(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    async with ShellyGen2(mac="aa0000000001", sockets=1) as emulated:
        entry = await async_setup(hass, meter(linky.url, linky.serial), plug(emulated))
        [heard] = entry.runtime_data.meters.values()
        await async_wait(hass, lambda: heard.heard)
        info = await get_system_health_info(hass, DOMAIN)
    # The link is opened in the middle of a group.
    assert info.pop("rejects_per_hour") <= 1
    assert info == {
        "parks": 1,
        "meters_heard": "1 / 1",
        "plugs_heard": "1 / 1",
        "mirrors_connected": "0 / 0",
        "mirror_rows_waiting": 0,
    }


async def test_energy_costs_what_was_entered(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    entry = await async_setup_meter(hass, linky)
    [heard] = entry.runtime_data.meters.values()
    with pytest.raises(AssertionError, match="no sensor"):
        entity_id(hass, "sensor", f"{linky.serial}_cost")
    for label in heard.data.reading.indexes_wh:
        price = entity_id(hass, "number", f"{linky.serial}_price_{label.lower()}")
        assert hass.states.get(price).state == "unknown"
        assert hass.states.get(price).attributes["unit_of_measurement"] == "EUR/kWh"
        await async_act(hass, "number.set_value", price, value=0.25)
    reading = heard.data.reading
    later = {label: wh + 4000 for label, wh in reading.indexes_wh.items()}
    heard.billing.update(hass, replace(reading, indexes_wh=later))
    heard.async_update_listeners()
    await async_wait(hass, lambda: value(hass, linky, "cost") == 2)
    assert value(hass, linky, "cost_today") == 2
    assert state(hass, linky, "cost_month").attributes["unpriced_kwh"] == 0
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert float(hass.states.get(price).state) == 0.25


async def test_a_price_may_come_from_an_entity(
    hass: HomeAssistant, linky: EmulatedMeter
) -> None:
    hass.states.async_set("sensor.price", "0.5")
    entry = await async_setup_meter(hass, linky)
    result = await async_change(hass, entry, "prices")
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"price": "sensor.price", "subscription": 0.4}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [heard] = entry.runtime_data.meters.values()
    await async_wait(hass, lambda: believed(heard))
    assert heard.subentry.data["port"] == linky.url
    again = await async_change(hass, entry, "prices")
    assert {str(key): key.description for key in again["data_schema"].schema} == {
        "price": {"suggested_value": "sensor.price"},
        "subscription": {"suggested_value": 0.4},
    }
    later = {label: wh + 1000 for label, wh in heard.data.reading.indexes_wh.items()}
    heard.billing.update(hass, replace(heard.data.reading, indexes_wh=later))
    heard.async_update_listeners()
    count = len(later)
    await async_wait(
        hass, lambda: value(hass, linky, "cost") == pytest.approx(count / 2, abs=0.01)
    )
    result = await hass.config_entries.subentries.async_configure(
        again["flow_id"], {"subscription": 0.5}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [heard] = entry.runtime_data.meters.values()
    assert heard.billing.price_entity is None
