"""Power quality: of plugs' mains, of the park's load, of a three-phase meter."""

from collections.abc import Iterator
from datetime import timedelta
from typing import override

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.energy_park.const import PLUG_INTERVAL
from custom_components.energy_park.control import alarms
from scripts.emulators import Constant, Mains, Netio, Outlet, ShellyGen2
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

from .common import MockConfigEntry
from .parks import async_later, async_setup, async_wait, entity_id, meter, plug
from .test_alarms import Clock

pytestmark = pytest.mark.usefixtures("socket_enabled", "all_enabled")

MAC = "aa0000000001"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(alarms, "dt_util", clock)
    return clock


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the entities that are disabled by default, too."""
    with monkeypatch.context() as patched:
        enabled = property(lambda _: True)
        patched.setattr(Entity, "entity_registry_enabled_default", enabled)
        yield


class Grid(Mains):
    """Mains whose frequency a test sets."""

    hertz = 50.0

    @property
    @override
    def frequency_hz(self) -> float:
        return self.hertz


def state(hass: HomeAssistant, platform: str, unique_id: str) -> State:
    found = hass.states.get(entity_id(hass, platform, unique_id))
    assert found is not None
    return found


async def async_poll(entry: MockConfigEntry, clock: Clock, **delta: float) -> None:
    """Let time pass, and read the plug."""
    clock.later(**delta)
    [coordinator] = entry.runtime_data.plugs.values()
    await coordinator.async_refresh()


@pytest.mark.parametrize(("hertz", "off"), [(50.4, False), (49.4, True), (60.1, False)])
async def test_the_frequency_of_the_mains_is_judged(
    hass: HomeAssistant, clock: Clock, hertz: float, off: bool
) -> None:
    mains = Grid()
    mains.hertz = hertz
    async with ShellyGen2(mac=MAC, sockets=2, mains=mains) as strip:
        entry = await async_setup(hass, plug(strip, title="Strip"))
        assert state(hass, "binary_sensor", f"{MAC}_frequency_alarm").state == "off"
        for _ in range(4):
            await async_poll(entry, clock, seconds=10)
        expected = "on" if off else "off"
        told = state(hass, "binary_sensor", f"{MAC}_frequency_alarm")
        assert told.state == expected
        park = state(hass, "binary_sensor", "park_frequency_alarm")
        assert park.state == expected
        assert park.attributes["names"] == (["Strip"] if off else [])
        # What was told is kept over a restart.
        assert await hass.config_entries.async_reload(entry.entry_id)
        await async_wait(
            hass,
            lambda: (
                state(hass, "binary_sensor", f"{MAC}_frequency_alarm").state == expected
            ),
        )
        again = state(hass, "binary_sensor", f"{MAC}_frequency_alarm")
        assert again.attributes["since"] == told.attributes["since"]
        await strip.fault("vanish")
        await async_poll(entry, clock, seconds=10)
        silent = state(hass, "binary_sensor", f"{MAC}_frequency_alarm")
        assert silent.state == "unavailable"


@pytest.mark.parametrize(
    ("power_w", "power_factor", "alarm"),
    [(1000, 0.8, "on"), (1000, 0.98, "off"), (50, 0.5, "unknown")],
)
async def test_much_reactive_energy_is_told_of_loads_large_enough(
    hass: HomeAssistant, clock: Clock, power_w: float, power_factor: float, alarm: str
) -> None:
    mains = Mains()
    load = Constant(mains, "motor", power_w=power_w, power_factor=power_factor)
    outlet = Outlet(mains, 1, appliance=load)
    async with Netio(mac=MAC, sockets=[outlet], mains=mains) as pdu:
        entry = await async_setup(hass, plug(pdu))
        group = entry.runtime_data.park
        for _ in range(13):
            await async_poll(entry, clock, minutes=1)
            group.async_update_listeners()
        await hass.async_block_till_done()
        assert state(hass, "binary_sensor", "park_tan_phi_alarm").state == alarm
        told = state(hass, "sensor", "park_tan_phi").state
        assert (told == "unknown") is (alarm == "unknown")


async def test_a_sum_whose_signs_are_unknown_proves_nothing(
    hass: HomeAssistant, clock: Clock
) -> None:
    mains = Mains()
    load = Constant(mains, "motor", power_w=1000, power_factor=0.7)
    outlet = Outlet(mains, 0, appliance=load)
    async with ShellyGen2(mac=MAC, sockets=[outlet], mains=mains) as strip:
        entry = await async_setup(hass, plug(strip))
        for _ in range(13):
            await async_poll(entry, clock, minutes=1)
            entry.runtime_data.park.async_update_listeners()
        assert state(hass, "binary_sensor", "park_tan_phi_alarm").state == "unknown"
        told = state(hass, "sensor", "park_tan_phi")
        assert float(told.state) == pytest.approx(1.02, abs=0.05)
        assert told.attributes["upper_bound"] is True


async def test_phases_that_are_unbalanced_are_told_while_the_load_is_large(
    hass: HomeAssistant, clock: Clock
) -> None:
    site = Site(Mains(), base_load_w=300)
    async with EmulatedMeter(
        site, mode="standard", phases=3, subscribed_kva=12
    ) as linky:
        entry = await async_setup(hass, meter(linky.url, linky.serial))
        [heard] = entry.runtime_data.meters.values()

        def known() -> bool:
            return bool(
                heard.heard
                and heard.data.reading.complete
                and heard.data.reading.subscribed_power_va
                and all(p.apparent_power_va for p in heard.data.reading.phases)
            )

        await async_wait(hass, known)
        alarm = f"{linky.serial}_imbalance_alarm"
        # A lamp alone unbalances the phases: nothing is made of that.
        imbalance = state(hass, "sensor", f"{linky.serial}_phase_imbalance")
        assert float(imbalance.state) > 20
        assert entry.runtime_data.memory.alarm_states == {}
        site.extra.power_w = 6000
        watch = entry.runtime_data.alarms
        await async_wait(hass, lambda: watch.alarm("imbalance", linky.serial))
        assert state(hass, "binary_sensor", alarm).state == "off"
        clock.later(minutes=11)
        await async_wait(
            hass, lambda: state(hass, "binary_sensor", alarm).state == "on"
        )
        contract = f"{linky.serial}_contract_alarm"
        assert state(hass, "binary_sensor", contract).state == "off"
        site.extra.power_w = 11500
        await async_wait(hass, lambda: heard.data.reading.headroom_percent < 9)
        clock.later(seconds=11)
        await async_wait(
            hass, lambda: state(hass, "binary_sensor", contract).state == "on"
        )


async def test_a_meter_tells_how_many_values_were_refused(hass: HomeAssistant) -> None:
    async with EmulatedMeter(mode="standard") as linky:
        entry = await async_setup(hass, meter(linky.url, linky.serial))
        [heard] = entry.runtime_data.meters.values()
        await async_wait(hass, lambda: heard.heard)
        refused = state(hass, "sensor", f"{linky.serial}_refuted_values")
        assert refused.state == "0"
        assert refused.attributes["causes"] == {}
        assert float(state(hass, "sensor", f"{linky.serial}_frames_per_hour").state) > 0


async def test_a_counter_that_falls_or_jumps_is_counted(hass: HomeAssistant) -> None:
    mains = Mains()
    still = Outlet(mains, 0, appliance=Constant(mains, "nothing", power_w=0))
    async with ShellyGen2(mac=MAC, sockets=[still], mains=mains) as strip:
        strip.sockets[0].energy_wh = 5000.0
        entry = await async_setup(hass, plug(strip))
        memory = entry.runtime_data.memory.sockets[f"{MAC}_0"]

        def faults() -> State:
            return state(hass, "sensor", f"{MAC}_0_counter_faults")

        async_later(hass, PLUG_INTERVAL + timedelta(seconds=1))
        await async_wait(hass, lambda: memory.energy.raw_wh == 5000)
        assert faults().state == "0"
        for added, count in ((1.0, "0"), (90_000.0, "1"), (-95_000.0, "2")):
            strip.sockets[0].energy_wh += added
            before = strip.sockets[0].energy_wh
            async_later(hass, PLUG_INTERVAL + timedelta(seconds=1))
            await async_wait(
                hass,
                lambda: abs(memory.energy.raw_wh - before) < 1,  # noqa: B023
            )
            await async_wait(hass, lambda: faults().state == count)  # noqa: B023
        assert (faults().attributes["resets"], faults().attributes["jumps"]) == (1, 1)
        assert faults().attributes["at"] is not None


async def test_a_measurement_that_contradicts_itself_is_in_doubt(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC, sockets=1, mains=Mains()) as strip:
        entry = await async_setup(hass, plug(strip))
        doubt = f"{MAC}_0_in_doubt"
        assert state(hass, "binary_sensor", doubt).state == "off"
        assert state(hass, "binary_sensor", doubt).attributes["cause"] is None
        strip.mains.nominal_voltage_v = 290.0
        [coordinator] = entry.runtime_data.plugs.values()
        await coordinator.async_refresh()
        assert state(hass, "binary_sensor", doubt).state == "on"
        assert state(hass, "binary_sensor", doubt).attributes["cause"] == "voltage"
        await strip.fault("vanish")
        await coordinator.async_refresh()
        assert state(hass, "binary_sensor", doubt).state == "unavailable"
