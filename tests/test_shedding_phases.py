"""Shedding behind a meter of three phases, each of which is limited by itself."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park import repairs
from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.flows.socket import socket_data, socket_schema
from scripts.emulators import Constant, Mains, Outlet, ShellyGen2
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

from .common import MockConfigEntry
from .houses import MAC, PROTECTION, hasten_meter, shedding
from .parks import async_setup, async_wait, entity_id, meter, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

# The phase that each socket is really on.
PHASES = {f"{MAC}_0": 2, f"{MAC}_1": 3, f"{MAC}_2": 1}


class House:
    """A meter of 9 kVA on three phases, and a heater on each."""

    def __init__(self) -> None:
        """Wire it."""
        mains = Mains()
        self.site = Site(mains, base_load_w=200)
        self.outlets = [
            Outlet(
                mains,
                number,
                appliance=Constant(mains, "heater", power_w=900, power_factor=1),
                phase=phase - 1,
            )
            for number, phase in enumerate(PHASES.values())
        ]
        for outlet in self.outlets:
            self.site.add(outlet, outlet.phase)
        self.strip = ShellyGen2(mac=MAC, sockets=self.outlets, mains=mains)
        self.linky = EmulatedMeter(
            self.site, mode="standard", subscribed_kva=9, phases=3
        )


@pytest.fixture(autouse=True)
def quick_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests wait less."""
    hasten_meter(monkeypatch)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A house, awake."""
    house = House()
    async with house.strip, house.linky:
        yield house


async def async_setup_house(hass: HomeAssistant, house: House) -> MockConfigEntry:
    """A park of the house, with an automation that sheds on prediction."""
    entry = await async_setup(
        hass, meter(house.linky.url, house.linky.serial), plug(house.strip)
    )
    assert await async_setup_component(hass, "automation", {"automation": [PROTECTION]})
    await async_wait(hass, lambda: shedding(entry).sight.headroom is not None)
    return entry


def known(entry: MockConfigEntry) -> dict[str, int]:
    """Return the phases that are known."""
    loads = shedding(entry).loads.loads.values()
    return {load.id: load.phase for load in loads if load.phase is not None}


async def test_sockets_of_unknown_phase_are_tried_before_the_meter_opens(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    # Long enough for the filter to be known.
    await async_wait(
        hass, lambda: shedding(entry).async_may_start(800, None).fits, 60, settle=False
    )
    house.site.extra.power_w = 3100
    await async_wait(hass, lambda: not house.outlets[2].on, 60, settle=False)
    house.linky.registers.advance()
    assert house.linky.registers.trip_count == 0
    # On a slow machine time is short, and of what goes together nothing is learnt.
    assert known(entry).items() <= PHASES.items()


async def test_a_repair_asks_for_the_phases(hass: HomeAssistant, house: House) -> None:
    entry = await async_setup_house(hass, house)
    issue_id = (DOMAIN, "phases_unknown_meter")
    issues = ir.async_get(hass)
    await async_wait(hass, lambda: issues.async_get_issue(*issue_id))
    issue = issues.async_get_issue(*issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["names"] == "Socket 0, Socket 1, Socket 2"
    flow: Any = await repairs.async_create_fix_flow(hass, issue.issue_id, issue.data)
    flow.hass, flow.issue_id, flow.handler = hass, issue.issue_id, DOMAIN
    asked = await flow.async_step_init()
    names = [str(name) for name in asked["data_schema"].schema]
    assert names == [f"Socket {number} ({MAC}_{number})" for number in range(3)]
    await flow.async_step_init({names[0]: "2"})
    assert known(entry) == {f"{MAC}_0": 2}
    await flow.async_step_init({names[1]: "3", names[2]: "1"})
    assert known(entry) == PHASES
    await async_wait(hass, lambda: issues.async_get_issue(*issue_id) is None)


async def test_the_phase_is_asked_for_where_the_meter_has_three(
    hass: HomeAssistant, house: House
) -> None:
    entry = await async_setup_house(hass, house)
    assert "phase" in socket_schema(entry, new=True).schema
    assert "phase" not in socket_schema(entry, new=False).schema
    answer = {"name": "Heater", "role": "other", "priority": 5, "phase": "2"}
    assert socket_data(0, answer, {})["phase"] == 2
    # What was written down is where the socket starts; later it is an entity.
    [part] = entry.get_subentries_of_type("plug")
    sockets = [dict(one) for one in part.data["sockets"]]
    new = {**sockets[0], "number": 3, "phase": 2}
    hass.config_entries.async_update_subentry(
        entry, part, data={**part.data, "sockets": [*sockets, new]}
    )
    await hass.async_block_till_done()
    # Enabled as soon as the meter is known to need it.
    for number, phase in ((0, "unknown"), (3, "2")):
        select = entity_id(hass, "select", f"{MAC}_{number}_phase")
        found = hass.states.get(select)
        assert found is not None
        assert found.state == phase
