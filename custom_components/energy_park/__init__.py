"""Energy Park: a Linky meter, plugs by sector, and the rules between them."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .assembly import async_assemble
from .const import DOMAIN
from .control.memory import ParkMemory
from .control.mirroring import async_remove_spool
from .control.power_quality import PowerQuality
from .control.savings import async_remove_savings
from .control.shedding.meters import async_give_back_removed, async_start_sheddings
from .control.shedding.phases import async_watch_phases
from .control.standby import StandbyBook
from .coordinator import EnergyParkConfigEntry
from .devices import async_register_devices, async_remove_gone
from .display import DisplayView
from .heap import async_spare_collector
from .issues import async_forget_gone
from .lovelace import async_register_cards, async_serve_cards, async_unregister_cards
from .plan import async_remove_plans, async_setup_plans
from .protection import async_watch_protection
from .readback import async_setup_history
from .registration import RegistrationView
from .removal import async_end_shedding
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
    data = entry.runtime_data = await async_assemble(hass, entry)
    async_register_devices(hass, entry, data.plugs)
    async_forget_gone(hass)
    # Before the entities: they show the totals and reasons that these work out.
    _async_start_books(entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    async_remove_gone(hass, data.plugs.values())
    async_watch_protection(hass, entry)
    async_watch_phases(entry)
    async_spare_collector(hass, entry)
    await SectorSentences(hass, entry).async_start()
    await async_register_cards(hass)
    for meter in data.meters.values():
        meter.async_start()
    for plug in data.plugs.values():
        plug.async_start()
        entry.async_on_unload(plug.async_stop)
    data.trials.async_start()
    data.jobs.async_start()
    return True


@callback
def _async_start_books(entry: EnergyParkConfigEntry) -> None:
    """Have all that watches and sums up follow the devices, until the park unloads."""
    data = entry.runtime_data
    entry.async_on_unload(StandbyBook(data.plugs.values(), data.memory).async_start())
    data.switchboard.async_start()
    entry.async_on_unload(data.waste.async_start(data.groups))
    entry.async_on_unload(data.alarms.async_start())
    entry.async_on_unload(PowerQuality(entry).async_start())
    async_start_sheddings(entry)
    entry.async_on_unload(data.savings.async_start())
    if data.mirroring is not None:
        data.mirroring.async_start(data)


async def async_unload_entry(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> bool:
    """Unload a park; the entry itself cancels its background tasks."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    data = entry.runtime_data
    if data.mirroring is not None:
        await data.mirroring.async_stop()
    data.jobs.async_stop()
    data.trials.async_stop()
    await data.switchboard.async_stop()
    await data.savings.async_stop()
    await data.memory.async_close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Give back what a removed park has shed, and forget what it remembered."""
    await async_end_shedding(hass, entry)
    await ParkMemory(hass, entry.entry_id).async_remove()
    await async_remove_spool(hass, entry.entry_id)
    await async_remove_savings(hass, entry.entry_id)
    await async_remove_plans(hass, entry.entry_id)
    async_forget_gone(hass)
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
            if entry.state is ConfigEntryState.LOADED:
                await async_give_back_removed(entry)
            hass.loop.call_soon(
                hass.config_entries.async_schedule_reload, entry.entry_id
            )

    entry.async_on_unload(entry.add_update_listener(reload_soon))
