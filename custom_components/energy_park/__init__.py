"""Energy Park: a Linky meter, plugs by sector, and the rules between them."""

import asyncio

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .adopted import AdoptedPlugCoordinator
from .configuration import occupancy, read_stations, sectors
from .const import (
    CONF_ADOPTED,
    DOMAIN,
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
from .control.mirroring import Mirroring, async_remove_spool
from .control.opening import OpeningHours
from .control.power_quality import PowerQuality
from .control.prices import ParkPrices
from .control.requests import Requests
from .control.savings import SavingsBook, async_remove_savings
from .control.shedding.loads import Loads
from .control.shedding.meters import async_start_sheddings, make_sheddings
from .control.standby import StandbyBook
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
from .devices import async_register_devices
from .display import DisplayView
from .heap import async_spare_collector
from .lovelace import async_register_cards, async_serve_cards, async_unregister_cards
from .meter_coordinator import MeterCoordinator
from .plan import async_remove_plans, async_setup_plans
from .protection import async_watch_protection
from .readback import async_setup_history
from .registration import RegistrationView
from .services import async_setup_services
from .voice import SectorSentences
from .websocket import async_setup_websocket

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and serve the cards."""
    async_setup_services(hass)
    async_setup_history(hass)
    async_setup_websocket(hass)
    hass.http.register_view(RegistrationView())
    hass.http.register_view(DisplayView())
    await async_serve_cards(hass)
    await async_setup_plans(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> bool:
    """Set up a park.

    Neither a silent meter nor a dead plug holds it up: each is its own subentry,
    tried again on its own, while the others work.
    """
    # First of all: what is added while this waits needs its reload too.
    _async_reload_once(hass, entry)
    polls = asyncio.Semaphore(PLUG_POLLS_AT_ONCE)
    plug_parts = list(entry.get_subentries_of_type(SUBENTRY_PLUG))
    large = len(plug_parts) > LARGE_PARK_PLUGS
    interval = PLUG_INTERVAL_LARGE_PARK if large else PLUG_INTERVAL
    plugs: dict[str, PlugCoordinator] = {
        subentry.subentry_id: AdoptedPlugCoordinator(hass, entry, subentry)
        if CONF_ADOPTED in subentry.data
        else PolledPlugCoordinator(hass, entry, subentry, polls, interval)
        for subentry in plug_parts
    }
    memory = ParkMemory(hass, entry.entry_id)
    energy = EnergyBook(memory)
    audit = Audit(hass)
    switchboard = Switchboard(hass, plugs.values(), memory, energy, audit)
    meter_parts = entry.get_subentries_of_type(SUBENTRY_METER)
    await memory.async_load(
        switchboard.sockets, (part.unique_id for part in meter_parts if part.unique_id)
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
    entry.runtime_data = EnergyParkData(
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
        sheddings=make_sheddings(hass, meters, switchboard, loads, memory),
    )
    async_register_devices(hass, entry, plugs)
    # Before the entities: they show the totals and reasons that these work out.
    entry.async_on_unload(StandbyBook(plugs.values(), memory).async_start())
    switchboard.async_start()
    entry.async_on_unload(
        entry.runtime_data.waste.async_start(entry.runtime_data.groups)
    )
    entry.async_on_unload(entry.runtime_data.alarms.async_start())
    quality = PowerQuality(
        entry,
        entry.runtime_data.alarms,
        meters.values(),
        plugs.values(),
        entry.runtime_data.park,
    )
    entry.async_on_unload(quality.async_start())
    async_start_sheddings(entry, loads)
    entry.async_on_unload(savings.async_start())
    if (mirroring := entry.runtime_data.mirroring) is not None:
        mirroring.async_start(entry.runtime_data)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_watch_protection(hass, entry)
    async_spare_collector(hass, entry)
    await SectorSentences(hass, entry).async_start()
    await async_register_cards(hass)
    for meter in meters.values():
        meter.async_start()
    for plug in plugs.values():
        plug.async_start()
        entry.async_on_unload(plug.async_stop)
    entry.runtime_data.trials.async_start()
    entry.runtime_data.jobs.async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> bool:
    """Unload a park; the entry itself cancels its background tasks."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    if (mirroring := entry.runtime_data.mirroring) is not None:
        await mirroring.async_stop()
    entry.runtime_data.jobs.async_stop()
    entry.runtime_data.trials.async_stop()
    await entry.runtime_data.switchboard.async_stop()
    await entry.runtime_data.savings.async_stop()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Forget what a removed park remembered."""
    await ParkMemory(hass, entry.entry_id).async_remove()
    await async_remove_spool(hass, entry.entry_id)
    await async_remove_savings(hass, entry.entry_id)
    await async_remove_plans(hass, entry.entry_id)
    if not hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        await async_unregister_cards(hass)


@callback
def _async_reload_once(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Reload when subentries were added, changed or removed, once for all of them.

    On the next turn of the loop: a flow that writes several subentries would lose
    those that follow an eager reload.
    """
    scheduled = False

    async def reload_soon(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
        nonlocal scheduled
        if not scheduled:
            scheduled = True
            hass.loop.call_soon(
                hass.config_entries.async_schedule_reload, entry.entry_id
            )

    entry.async_on_unload(entry.add_update_listener(reload_soon))
