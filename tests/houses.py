"""A house whose meter really trips, and helpers to shed in it."""

from datetime import timedelta
from math import log
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.control.shedding.shedding import Shedding
from custom_components.energy_park.park.shedding import limits, linky
from custom_components.energy_park.tic import trip_filter, tripping
from scripts.emulators import Computer, Constant, Mains, Outlet, ShellyGen2, registers
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

from .common import MockConfigEntry
from .parks import async_setup, async_wait, entity_id, meter, plug, sector

MAC = "aa0000000001"
ROOM = "room"
KVA = 3
# Together almost twice the subscribed power; each alone the meter bears for ever.
HEATER_W = 1500
OVEN_W = 3000
# Meter and model are so many times quicker than a Linky: tests wait less.
QUICKER = 8

PROTECTION = {
    "alias": "Shed on prediction",
    "triggers": {"trigger": "energy_park.overload_predicted"},
    "actions": {"action": "energy_park.shed"},
}


class House:
    """A meter of 3 kVA, and behind it a strip with a heater, a lamp, and others."""

    def __init__(self) -> None:
        """Wire it."""
        self.mains = Mains()
        self.site = Site(self.mains, base_load_w=200)
        self.outlets = {
            name: Outlet(self.mains, number, name=name, appliance=appliance)
            for number, (name, appliance) in enumerate(
                {
                    "heater": Constant(
                        self.mains, "heater", power_w=HEATER_W, power_factor=1
                    ),
                    "boiler": Constant(
                        self.mains, "boiler", power_w=200, power_factor=1
                    ),
                    "computer": Computer(self.mains, "computer"),
                    "lamp": Constant(self.mains, "lamp", power_w=60, power_factor=1),
                }.items()
            )
        }
        for outlet in self.outlets.values():
            self.site.add(outlet, 0)
        self.strip = ShellyGen2(
            mac=MAC, sockets=list(self.outlets.values()), mains=self.mains
        )
        self.linky = EmulatedMeter(self.site, mode="standard", subscribed_kva=KVA)

    @property
    def trips(self) -> int:
        """How often the meter opened."""
        self.linky.registers.advance()
        return self.linky.registers.trip_count

    def overload(self) -> None:
        """Heat the oven, too."""
        self.site.extra.power_w = OVEN_W

    def cool(self) -> None:
        """Take the oven out again."""
        self.site.extra.power_w = 0


def hasten_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the meter's filter, and what is known of it, run quicker."""
    step = QUICKER * registers.FILTER
    monkeypatch.setattr(registers, "FILTER", step)
    monkeypatch.setattr(tripping, "WARM_UP_S", tripping.WARM_UP_S / QUICKER / 10)
    for module in (trip_filter, limits, linky):
        name = "RATE" if hasattr(module, "RATE") else "_RATE"
        monkeypatch.setattr(module, name, log(1 - step))


async def async_setup_house(
    hass: HomeAssistant, house: House, *, protected: bool = True
) -> MockConfigEntry:
    """A park of the house, with an automation that sheds on prediction."""
    entry = await async_setup(
        hass,
        meter(house.linky.url, house.linky.serial),
        sector("Room", ROOM),
        plug(house.strip, ROOM, ("other", "other", "computer", "other")),
    )
    automations = [PROTECTION] if protected else []
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await async_wait(hass, lambda: shedding(entry).sight.headroom is not None)
    return entry


def shedding(entry: MockConfigEntry) -> Shedding:
    [found] = entry.runtime_data.sheddings.values()
    assert isinstance(found, Shedding)
    return found


async def async_call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )


def state(hass: HomeAssistant, house: House, platform: str, key: str) -> Any:
    return hass.states.get(entity_id(hass, platform, f"{house.linky.serial}_{key}"))


def reason(hass: HomeAssistant, number: int) -> str:
    found = hass.states.get(entity_id(hass, "sensor", f"{MAC}_{number}_reason"))
    return str(found.state)


def hasten(rule: Shedding) -> None:
    """Let what is shed come back after a second."""
    rule.async_set_policy(settle=timedelta(seconds=1))
    switchboard = rule.meter.config_entry.runtime_data.switchboard
    for socket in switchboard.sockets:
        switchboard.choices.async_choose(socket, min_off=timedelta(seconds=1))
