"""What is left on and in standby, as an automation or a card asks for it."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..const import DOMAIN
from ..coordinator import EnergyParkConfigEntry
from ..park.waste import lit_for_nobody
from .group import SocketGroup

_HOURS_A_YEAR = 8760


def report(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> list[JsonValueType]:
    """Return what each sector would waste if everybody left now.

    ``in_use`` tells whether somebody is there, null where nothing tells. Powers in W;
    costs are of a year at the present power and price, null without a price.
    """
    return [_sector(hass, entry, sector) for sector in entry.runtime_data.sectors]


def _sector(
    hass: HomeAssistant, entry: EnergyParkConfigEntry, sector: SocketGroup
) -> JsonObjectType:
    book = entry.runtime_data.waste
    waste = book.measure(sector.sockets, in_use=False)
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, sector.unique_id), entry.entry_id
    )
    return {
        "name": (device and (device.name_by_user or device.name)) or "",
        "device_id": None if device is None else device.id,
        "in_use": book.now(sector).in_use,
        "left_on_w": round(waste.left_on_w, 1),
        "left_on_cost_per_year": _cost_per_year(entry, waste.left_on_w),
        "left_on": _sockets(hass, entry, waste.left_on),
        "standby_w": round(waste.standby_w, 1),
        "standby_cost_per_year": _cost_per_year(entry, waste.standby_w),
        "standby": _sockets(hass, entry, waste.standby),
        "unknown": _sockets(hass, entry, waste.unknown),
        "lit_for_nobody": _sockets(hass, entry, _lit(entry, sector)),
    }


def _lit(entry: EnergyParkConfigEntry, sector: SocketGroup) -> tuple[str, ...]:
    """Return the monitors that show a picture of a computer that does not run."""
    sockets = entry.runtime_data.memory.sockets
    return lit_for_nobody(
        entry.runtime_data.stations.described.values(),
        {socket.id: sockets[socket.id].standby.band for socket in sector.sockets},
    )


def _sockets(
    hass: HomeAssistant, entry: EnergyParkConfigEntry, socket_ids: Iterable[str]
) -> list[JsonValueType]:
    registry = er.async_get(hass)
    return [
        {
            "name": socket.name,
            "entity_id": registry.async_get_entity_id(
                "switch", DOMAIN, f"{socket.id}_socket"
            ),
            "role": socket.role,
            "activity": standby.band,
            "power_w": standby.power_w,
            "since": None if standby.since is None else standby.since.isoformat(),
            "cost_per_year": _cost_per_year(entry, standby.power_w),
        }
        for socket in entry.runtime_data.switchboard.sockets
        if socket.id in socket_ids
        for standby in [entry.runtime_data.memory.sockets[socket.id].standby]
    ]


def _cost_per_year(entry: EnergyParkConfigEntry, power_w: float | None) -> float | None:
    price = entry.runtime_data.prices.price
    if price is None or power_w is None:
        return None
    return round(power_w / 1000 * _HOURS_A_YEAR * price, 2)
