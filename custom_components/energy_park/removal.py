"""The end of a park: what it has shed is not left off."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnsupportedStorageVersionError

from .assembly import make_plugs
from .control.audit import Audit
from .control.energy import EnergyBook
from .control.memory import ParkMemory
from .control.shedding.meters import async_give_back
from .control.switchboard import Switchboard
from .coordinator import EnergyParkConfigEntry


async def async_end_shedding(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Restore what is shed, once nothing of the park runs; tell what stays off."""
    plugs = make_plugs(hass, entry).values()
    memory = ParkMemory(hass, entry.entry_id)
    board = Switchboard(hass, plugs, memory, EnergyBook(memory), Audit(hass))
    try:
        await memory.async_load(board.sockets, {})
    except UnsupportedStorageVersionError:
        # A later version's: it never ran in this one.
        return
    await async_give_back(board, board.sockets)
    await board.async_stop()
    await memory.async_close()
    for plug in plugs:
        await plug.async_shutdown()
