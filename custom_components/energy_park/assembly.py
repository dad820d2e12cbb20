"""Puts a park together from its subentries; nothing of it runs yet."""

import asyncio

from homeassistant.core import HomeAssistant

from .adopted import AdoptedPlugCoordinator
from .configuration import occupancy, read_stations, sectors
from .const import (
    CONF_ADOPTED,
    LARGE_PARK_PLUGS,
    PLUG_INTERVAL,
    PLUG_INTERVAL_LARGE_PARK,
    PLUG_POLLS_AT_ONCE,
    SUBENTRY_METER,
    SUBENTRY_MIRROR,
    SUBENTRY_PLUG,
)
from .control.alarms import AlarmWatch
from .control.audit import Audit
from .control.energy import EnergyBook
from .control.group import SocketGroup
from .control.jobs import Jobs
from .control.memory import ParkMemory
from .control.mirroring import Mirroring
from .control.opening import OpeningHours
from .control.prices import ParkPrices
from .control.requests import Requests
from .control.savings import SavingsBook
from .control.shedding.loads import Loads
from .control.shedding.meters import make_sheddings
from .control.station_issues import StationIssues
from .control.stations import Stations
from .control.switchboard import Switchboard
from .control.trials import Trials
from .control.waste import WasteBook
from .coordinator import (
    EnergyParkConfigEntry,
    EnergyParkData,
    PlugCoordinator,
    PolledPlugCoordinator,
)
from .links import unknown_after_s
from .meter_coordinator import MeterCoordinator


async def async_assemble(
    hass: HomeAssistant, entry: EnergyParkConfigEntry
) -> EnergyParkData:
    """Return the park, with what it remembers."""
    plugs = make_plugs(hass, entry)
    memory = ParkMemory(hass, entry.entry_id)
    energy = EnergyBook(memory)
    audit = Audit(hass)
    switchboard = Switchboard(hass, plugs.values(), memory, energy, audit)
    meter_parts = entry.get_subentries_of_type(SUBENTRY_METER)
    await memory.async_load(
        switchboard.sockets,
        {
            part.unique_id: unknown_after_s(part)
            for part in meter_parts
            if part.unique_id
        },
    )
    stations = Stations(hass, entry, switchboard, memory)
    requests, issues = Requests(hass, entry), StationIssues(hass)
    issues.async_compare(read_stations(entry).values(), stations.sockets)
    meters = {
        part.subentry_id: MeterCoordinator(hass, entry, part, memory)
        for part in meter_parts
    }
    prices = ParkPrices(hass, entry.data, meters.values())
    opening = OpeningHours(hass, entry)
    groups = [
        SocketGroup(hass, switchboard, entry.entry_id, sector_id)
        for sector_id in sectors(entry)
    ]
    loads = Loads(switchboard)
    savings = SavingsBook(hass, entry.entry_id, groups, memory, prices, opening)
    await savings.async_load()
    return EnergyParkData(
        meters=meters,
        plugs=plugs,
        memory=memory,
        energy=energy,
        switchboard=switchboard,
        audit=audit,
        stations=stations,
        jobs=Jobs(
            hass,
            {part.subentry_id: part.title for part in entry.subentries.values()},
            stations,
            switchboard,
            memory,
            requests,
            issues,
            audit,
        ),
        trials=Trials(hass, stations, switchboard, requests, issues),
        park=SocketGroup(hass, switchboard, entry.entry_id, None),
        sectors=groups,
        prices=prices,
        alarms=AlarmWatch(hass, entry, memory, plugs.values(), groups),
        waste=WasteBook(hass, memory, prices, opening, occupancy(entry)),
        savings=savings,
        mirroring=next(
            (
                Mirroring(hass, entry, part)
                for part in entry.get_subentries_of_type(SUBENTRY_MIRROR)
            ),
            None,
        ),
        loads=loads,
        sheddings=make_sheddings(hass, meters, switchboard, loads, memory),
    )


def make_plugs(
    hass: HomeAssistant, entry: EnergyParkConfigEntry
) -> dict[str, PlugCoordinator]:
    """Return what reads each plug, by its subentry id."""
    polls = asyncio.Semaphore(PLUG_POLLS_AT_ONCE)
    plug_parts = list(entry.get_subentries_of_type(SUBENTRY_PLUG))
    large = len(plug_parts) > LARGE_PARK_PLUGS
    interval = PLUG_INTERVAL_LARGE_PARK if large else PLUG_INTERVAL
    return {
        subentry.subentry_id: AdoptedPlugCoordinator(hass, entry, subentry)
        if CONF_ADOPTED in subentry.data
        else PolledPlugCoordinator(hass, entry, subentry, polls, interval)
        for subentry in plug_parts
    }
