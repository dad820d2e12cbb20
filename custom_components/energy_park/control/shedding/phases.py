"""Sockets behind three phases, and nobody knows which one: a repair asks for them."""

from functools import partial

from homeassistant.core import callback

from ...coordinator import EnergyParkConfigEntry
from ...issues import async_report_phases
from ...model import Role, Socket
from .shedding import Shedding


@callback
def async_watch_phases(entry: EnergyParkConfigEntry) -> None:
    """Tell of the sockets whose phase is not known, for as long as the park is loaded."""
    told: dict[str, tuple[Socket, ...]] = {}

    @callback
    def async_look(shedding: Shedding) -> None:
        meter, unknown = shedding.meter, unplaced(shedding)
        if told.get(meter.serial) != unknown:
            told[meter.serial] = unknown
            names = [socket.name for socket in unknown]
            async_report_phases(meter.hass, meter, names)

    for shedding in entry.runtime_data.sheddings.values():
        look = partial(async_look, shedding)
        entry.async_on_unload(shedding.async_add_listener(look))


def unplaced(shedding: Shedding) -> tuple[Socket, ...]:
    """Return the sockets that may be shed, where it matters on which phase they are."""
    if not shedding.meter.insight.three_phases:
        return ()
    loads = shedding.loads.of(shedding.sockets)
    return tuple(
        shedding.loads.sockets[load.id]
        for load in loads.values()
        if load.phase is None
        and not load.protected
        and load.role not in {Role.COMPUTER, Role.NETWORK}
    )
