"""Sensors of sockets, sectors and the park."""

from datetime import timedelta
from math import isnan, nan

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
import pytest

from custom_components.energy_park.const import PLUG_INTERVAL
from scripts.emulators import ShellyGen2, Tasmota
from scripts.emulators.meter import EmulatedMeter

from .parks import async_later, async_setup, async_wait, entity_id, meter, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

ROOM = "room"
MAC = "aa0000000001"


def value(hass: HomeAssistant, unique_id: str) -> float:
    """The value of a sensor; not a number while it has none."""
    state = hass.states.get(entity_id(hass, "sensor", unique_id)).state
    return nan if state in ("unknown", "unavailable") else float(state)


async def test_what_a_plug_measures_and_nothing_else(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        await async_setup(hass, plug(emulated))
        assert value(hass, f"{MAC}_0_power") == pytest.approx(60, rel=0.1)
        assert value(hass, f"{MAC}_0_voltage") == pytest.approx(230, rel=0.05)
        assert value(hass, f"{MAC}_0_current") == pytest.approx(0.27, rel=0.2)
        assert value(hass, f"{MAC}_0_energy") >= 0
        with pytest.raises(AssertionError, match="no sensor"):
            entity_id(hass, "sensor", f"{MAC}_0_reactive_power")


async def test_a_sector_sums_what_is_measured_and_says_how_much(
    hass: HomeAssistant,
) -> None:
    async with (
        ShellyGen2(mac=MAC, sockets=2) as strip,
        Tasmota(mac="bb0000000002", sockets=1) as other,
    ):
        await async_setup(
            hass, sector("Room A", ROOM), plug(strip, ROOM), plug(other, ROOM)
        )
        await async_wait(hass, lambda: value(hass, f"{ROOM}_power") > 150)
        await async_wait(hass, lambda: value(hass, f"{ROOM}_sockets_on") == 3)
        await async_wait(hass, lambda: value(hass, "park_power") > 150)
        assert value(hass, f"{ROOM}_power") == pytest.approx(180, rel=0.1)
        assert value(hass, f"{ROOM}_sockets_on") == 3
        assert value(hass, "park_power") == pytest.approx(180, rel=0.1)
        await other.fault("vanish")
        async_later(hass, PLUG_INTERVAL + timedelta(seconds=1))
        power = entity_id(hass, "sensor", f"{ROOM}_power")
        await async_wait(
            hass, lambda: hass.states.get(power).attributes["sockets_measured"] == 2
        )
        assert hass.states.get(power).attributes["sockets"] == 3
        assert value(hass, f"{ROOM}_power") == pytest.approx(120, rel=0.1)
        state = hass.states.get(entity_id(hass, "sensor", "bb0000000002_1_power"))
        assert state.state == "unavailable"


async def test_energy_goes_on_when_a_device_forgets_its_counter(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1) as emulated:
        emulated.sockets[0].energy_wh = 5000.0
        await async_setup(hass, sector("Room A", ROOM), plug(emulated, ROOM))
        assert value(hass, f"{MAC}_0_energy") == pytest.approx(5.0, abs=0.01)
        assert value(hass, f"{ROOM}_energy") == pytest.approx(0, abs=0.01)
        await emulated.fault("reset_counter")
        emulated.sockets[0].energy_wh = 200.0
        async_later(hass, PLUG_INTERVAL + timedelta(seconds=1))
        await async_wait(hass, lambda: value(hass, f"{MAC}_0_energy") > 5.1)
        assert value(hass, f"{MAC}_0_energy") == pytest.approx(5.2, abs=0.01)
        await async_wait(hass, lambda: value(hass, f"{ROOM}_energy") > 0.1)
        assert value(hass, f"{ROOM}_energy") == pytest.approx(0.2, abs=0.01)


async def test_a_sector_tells_its_day_and_its_power_factor(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        await async_setup(hass, sector("Room A", ROOM), plug(strip, ROOM))
        for outlet in strip.sockets.values():
            outlet.energy_wh += 100
        async_later(hass, PLUG_INTERVAL * 1.5)
        await async_wait(hass, lambda: value(hass, f"{ROOM}_energy_today") > 0.1)
        assert value(hass, f"{ROOM}_energy_today") == pytest.approx(0.2, abs=0.01)
        assert value(hass, f"{ROOM}_energy_month") == pytest.approx(0.2, abs=0.01)
        assert value(hass, f"{ROOM}_power_factor") == pytest.approx(0.95, abs=0.03)
        apparent = value(hass, f"{ROOM}_apparent_power")
        assert apparent == pytest.approx(2 * 60 / 0.95, rel=0.1)
        assert isnan(value(hass, "park_unmeasured_today"))


async def test_what_no_socket_measured_is_the_rest_of_the_meter(
    hass: HomeAssistant,
) -> None:
    async with (
        ShellyGen2(mac=MAC, sockets=1) as strip,
        EmulatedMeter(mode="standard") as linky,
    ):
        entry = await async_setup(hass, plug(strip), meter(linky.url, linky.serial))
        energy = entry.runtime_data.energy
        await async_wait(hass, lambda: energy.group_wh(linky.serial) > 0)
        energy.follow_meter(linky.serial, energy.group_wh(linky.serial) + 500)
        strip.sockets[0].energy_wh += 200
        async_later(hass, PLUG_INTERVAL * 1.5)
        await async_wait(
            hass,
            lambda: (
                value(hass, "park_unmeasured_today") == pytest.approx(0.3, abs=0.02)
            ),
        )


async def test_all_states_of_a_poll_are_told_in_one_turn_of_the_loop(
    hass: HomeAssistant,
) -> None:
    turn = 0
    turning = hass.loop.call_soon(lambda: None)
    told: dict[int, set[str]] = {}

    def count() -> None:
        nonlocal turn, turning
        turn += 1
        turning = hass.loop.call_soon(count)

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        told.setdefault(turn, set()).add(event.data["entity_id"])

    async with ShellyGen2(mac=MAC, sockets=6) as strip:
        await async_setup(hass, sector("Room A", ROOM), plug(strip, ROOM))
        await async_wait(hass, lambda: value(hass, f"{ROOM}_sockets_on") == 6)
        switches = {entity_id(hass, "switch", f"{MAC}_{n}_socket") for n in range(6)}
        hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
        turning = hass.loop.call_soon(count)
        await strip.fault("vanish")
        async_later(hass, PLUG_INTERVAL + timedelta(seconds=1))
        await async_wait(hass, lambda: any(switches & ids for ids in told.values()))
        turning.cancel()

    # A browser gets them as one message.
    assert [ids >= switches for ids in told.values() if ids & switches] == [True]
