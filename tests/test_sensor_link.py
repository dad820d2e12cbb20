"""A meter behind sensors that Home Assistant already has."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest

from custom_components.energy_park import sensor_link
from custom_components.energy_park.control.shedding.shedding import Shedding
from custom_components.energy_park.park.shedding.limits import PeriodCap

from .common import MockConfigEntry
from .parks import async_setup, async_wait, entity_id

POWER = "sensor.papp"
ENERGY = "sensor.index"
VA = {"unit_of_measurement": "kVA", "friendly_name": "Teleinfo"}


ACTIVE = "sensor.power"
CURRENTS = tuple(f"sensor.current_{phase}" for phase in (1, 2, 3))
W, KW, A = (
    {"unit_of_measurement": unit, "friendly_name": "Clamp"} for unit in ("W", "kW", "A")
)


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


async def test_a_reader_that_tells_each_minute_is_followed_at_its_pace(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    [rule] = entry.runtime_data.sheddings.values()
    [meter] = meters(entry)
    now = dt_util.utcnow()
    monkeypatch.setattr(dt_util, "utcnow", lambda: now)
    for _ in range(12):
        now += timedelta(seconds=60)
        frames = meter.link.counters.frames
        hass.states.async_set(POWER, "0.5", VA, timestamp=now.timestamp())
        await async_wait(hass, partial(has_read, meter, frames))
    assert not meter.data.trip.warming_up
    [supply] = rule.sight.view.supplies
    assert supply.every_s == 60
    # There is room in the filter, and that is known between two readings, too.
    now += timedelta(seconds=45)
    assert rule.async_may_start(5000, None).fits
    assert not rule.sight.view.is_silent


def has_read(meter: Any, frames: int) -> bool:
    return bool(meter.link.counters.frames > frames)


async def test_a_sensor_without_value_is_no_zero(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.states.async_set(POWER, "unavailable", VA)
    await async_wait(hass, lambda: value(hass, "apparent_power") == "unavailable")


async def test_a_sensor_serves_one_meter(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await async_add(hass, entry, apparent_power_va=POWER, subscribed_power=9)
    assert result["errors"] == {"base": "meter_configured"}


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


async def async_setup_with(
    hass: HomeAssistant, contract: dict[str, Any] | None = None, **sensors: Any
) -> MockConfigEntry:
    """A park whose meter has only these sensors, 6 kVA, and maybe a contract."""
    entry = await async_setup(hass)
    result = await async_add(hass, entry, subscribed_power=6, **sensors)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    if contract is not None:
        [part] = entry.get_subentries_of_type("meter")
        data = {**part.data, **contract}
        hass.config_entries.async_update_subentry(entry, part, data=data)
        await hass.async_block_till_done()
    await async_wait(hass, lambda: all(m.heard for m in meters(entry)))
    return entry


def supplies(entry: MockConfigEntry) -> dict[int | None, tuple[int, int]]:
    """The power that shedding sees on each phase, and the most that it may be."""
    [rule] = entry.runtime_data.sheddings.values()
    assert isinstance(rule, Shedding)
    return {
        one.phase: (round(one.power), round(one.power_max))
        for one in rule.sight.view.supplies
    }


async def async_see(
    hass: HomeAssistant, entry: MockConfigEntry, *seen: tuple[int, int]
) -> None:
    """Wait until shedding sees these powers, phase by phase."""
    await async_wait(hass, lambda: tuple(supplies(entry).values()) == seen)


async def test_watts_are_feared_as_more_volt_amperes_by_a_linky(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(ACTIVE, "4000", W)
    entry = await async_setup_with(hass, power_w=ACTIVE)
    await async_see(hass, entry, (4000, 5001))
    [meter] = meters(entry)
    reading = meter.data.reading
    # Watts are not shown as volt-amperes, and tell no headroom in them.
    assert reading.apparent_power_va is None
    assert reading.headroom_va is None
    assert (reading.power_w, reading.overload) == (4000, None)
    hass.states.async_set(ACTIVE, "-500", W)
    await async_see(hass, entry, (0, 1))
    hass.states.async_set(ACTIVE, "7000", W)
    await async_wait(hass, lambda: meter.data.reading.overload)


@pytest.mark.parametrize("contract", ["cap", "open_meter", "hourly", "monthly"])
async def test_watts_are_what_other_contracts_count(
    hass: HomeAssistant, contract: str
) -> None:
    hass.states.async_set(ACTIVE, "4", KW)
    entry = await async_setup_with(
        hass, {"contract": contract, "limit": 5000}, power_w=ACTIVE
    )
    # The last digit of a power in kW leaves much open, until finer ones were seen.
    await async_see(hass, entry, (4000, 5000))
    hass.states.async_set(ACTIVE, "4.25", KW)
    await async_see(hass, entry, (4250, 4260))
    hass.states.async_set(ACTIVE, "4.3", KW)
    await async_see(hass, entry, (4300, 4310))
    hass.states.async_set(ACTIVE, "-1200", W)
    await async_see(hass, entry, (0, 1))


async def test_a_current_alone_leaves_an_ampere_and_the_voltage_open(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(CURRENTS[0], "10.4", A)
    entry = await async_setup_with(hass, current_a=CURRENTS[0])
    await async_see(hass, entry, (2300, 11 * 253))
    [meter] = meters(entry)
    assert meter.data.reading.apparent_power_va is None
    # In the other unit of currents it is the same.
    hass.states.async_set(CURRENTS[0], "20000", A | {"unit_of_measurement": "mA"})
    await async_see(hass, entry, (4600, 21 * 253))


async def test_each_phase_is_limited_by_its_own_current(hass: HomeAssistant) -> None:
    for entity, value in zip(CURRENTS, ("1", "5", "9"), strict=True):
        hass.states.async_set(entity, value, A)
    fields = ("current_l1_a", "current_l2_a", "current_l3_a")
    sensors: dict[str, Any] = dict(zip(fields, CURRENTS, strict=True))
    entry = await async_setup_with(hass, **sensors)
    await async_wait(hass, lambda: list(supplies(entry)) == [1, 2, 3])
    assert supplies(entry)[3] == (9 * 230, 10 * 253)
    # The same currents under a cap of the whole site.
    [part] = entry.get_subentries_of_type("meter")
    data = {**part.data, "contract": "cap", "limit": 5000}
    hass.config_entries.async_update_subentry(entry, part, data=data)
    await hass.async_block_till_done()
    await async_wait(hass, lambda: supplies(entry) == {None: (15 * 230, 18 * 253)})
    # One of them without a value: the others do not tell what the meter bears.
    hass.states.async_set(CURRENTS[1], "unknown", A)
    await async_wait(hass, lambda: not any(m.heard for m in meters(entry)))


@pytest.mark.parametrize(
    ("state", "unit"), [("unknown", "W"), ("unavailable", "W"), ("4000", "VA")]
)
async def test_a_power_that_is_none_any_more_is_a_silent_meter(
    hass: HomeAssistant, state: str, unit: str
) -> None:
    hass.states.async_set(ACTIVE, "4000", W)
    entry = await async_setup_with(hass, power_w=ACTIVE)
    hass.states.async_set(ACTIVE, state, W | {"unit_of_measurement": unit})
    await async_wait(hass, lambda: not any(m.heard for m in meters(entry)))
    assert tuple(supplies(entry).values()) == ((4000, 5001),)


async def test_a_power_is_stale_whatever_else_reports(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.states.async_set(ACTIVE, "4000", W)
    hass.states.async_set(ENERGY, "1234.5", {"unit_of_measurement": "kWh"})
    entry = await async_setup_with(hass, power_w=ACTIVE, energy_drawn_wh=ENERGY)
    monkeypatch.setattr(sensor_link, "SILENCE_S", 0.3)
    [meter] = meters(entry)
    hass.states.async_set(ACTIVE, "4001", W)
    await async_wait(hass, lambda: meter.data.reading.power_w == 4001)
    count = iter(range(1235, 9999))

    def silent() -> bool:
        hass.states.async_set(ENERGY, str(next(count)), {"unit_of_measurement": "kWh"})
        return not meter.heard

    await async_wait(hass, silent)


async def test_a_second_sensor_that_is_stale_is_left_out(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.states.async_set(ACTIVE, "1000", W)
    [part] = entry.get_subentries_of_type("meter")
    sensors = {"apparent_power_va": POWER, "power_w": ACTIVE}
    hass.config_entries.async_update_subentry(
        entry, part, data={**part.data, "sensors": sensors}
    )
    await hass.async_block_till_done()
    await async_wait(hass, lambda: all(m.data for m in meters(entry)))
    [meter] = meters(entry)
    assert meter.data.reading.power_w == 1000
    later = dt_util.utcnow() + timedelta(seconds=sensor_link.SILENCE_S + 1)
    monkeypatch.setattr(dt_util, "utcnow", lambda: later)
    hass.states.async_set(
        POWER, "1.6", VA, timestamp=later.timestamp() - 1, force_update=True
    )
    await async_wait(hass, lambda: meter.data.reading.apparent_power_va == 1600)
    assert meter.link._value("power_w") is None


@pytest.mark.parametrize(
    ("sensors", "error"),
    [
        ({}, "no_power"),
        ({"energy_drawn_wh": ENERGY}, "no_power"),
        ({"current_l1_a": CURRENTS[0]}, "phases_missing"),
        ({"power_w": ACTIVE, "current_l2_a": CURRENTS[1]}, "phases_missing"),
    ],
    ids=["nothing", "no power", "one phase", "one phase and a power"],
)
async def test_the_form_asks_for_what_tells_the_power(
    hass: HomeAssistant, sensors: dict[str, str], error: str
) -> None:
    entry = await async_setup(hass)
    result = await async_add(hass, entry, subscribed_power=6, **sensors)
    assert result["errors"] == {"base": error}


async def test_an_hourly_cap_counts_what_the_meter_has_counted(
    hass: HomeAssistant,
) -> None:
    kwh = {"unit_of_measurement": "kWh"}
    hass.states.async_set(ACTIVE, "1000", W)
    hass.states.async_set(ENERGY, "100", kwh)
    entry = await async_setup_with(
        hass,
        {"contract": "hourly", "limit": 5000},
        power_w=ACTIVE,
        energy_drawn_wh=ENERGY,
    )
    [rule] = entry.runtime_data.sheddings.values()
    await async_see(hass, entry, (1000, 1001))
    # The hour began with 99 kWh, and the counter counts on.
    rule.memory.hour = replace(rule.memory.hour, start_wh=99_000.0)
    hass.states.async_set(ENERGY, "100.5", kwh)
    hass.states.async_set(ACTIVE, "1002", W)
    await async_see(hass, entry, (1002, 1003))
    [supply] = rule.sight.view.supplies
    [limit] = supply.limits
    assert isinstance(limit, PeriodCap)
    assert limit.used_wh == pytest.approx(1500, abs=1)
