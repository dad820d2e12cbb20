"""The park's dashboards, made of what Home Assistant has."""

from collections.abc import Mapping, Sequence

from .api import HomeAssistantWebSocket, Json
from .entities import ParkEntities, Part, SocketsBySector

URL_PATH = "energy-park"
HISTORY_H = 24
TREND_H = 1
DEFAULT_SUBSCRIBED_VA = 9000

ENTITY_NAME = {"type": "entity"}
DEVICE_NAME = {"type": "device"}


async def install(
    websocket: HomeAssistantWebSocket, park: ParkEntities, sockets: SocketsBySector
) -> None:
    """Make the park's dashboard, which Home Assistant opens on, and fill Energy."""
    await websocket.call(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title=park.title,
        icon="mdi:transmission-tower",
        show_in_sidebar=True,
        require_admin=False,
    )
    states = {
        state["entity_id"]: state["state"]
        for state in await websocket.call("get_states")
    }
    await websocket.call(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={
            "views": [_park_view(park, states), _sockets_view(park, sockets)],
        },
    )
    await websocket.call("energy/save_prefs", **_energy_preferences(park))
    await websocket.call(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


def _energy_preferences(park: ParkEntities) -> Json:
    """Return what Home Assistant's Energy dashboard is to show: meters and sectors."""
    return {
        "energy_sources": [
            {
                "type": "grid",
                "stat_energy_from": park.find(meter, "energy_drawn"),
                "stat_energy_to": park.get(meter, "energy_injected"),
                "cost_adjustment_day": 0,
            }
            for meter in park.meters
        ],
        "device_consumption": [
            {
                "stat_consumption": park.find(sector, "energy"),
                "stat_rate": park.find(sector, "power"),
                "name": sector.title,
            }
            for sector in park.sectors
        ],
    }


def _park_view(park: ParkEntities, states: Mapping[str, str]) -> Json:
    return {
        "type": "sections",
        "title": "Park",
        "path": "park",
        "max_columns": 3,
        "sections": [
            *(_meter_section(park, meter, states) for meter in park.meters),
            *(_sector_section(park, sector) for sector in park.sectors),
            *(_history_section(park, meter) for meter in park.meters),
        ],
    }


def _meter_section(park: ParkEntities, meter: Part, states: Mapping[str, str]) -> Json:
    subscribed = park.get(meter, "subscribed_power")
    subscribed_va = _number(states.get(subscribed or ""), DEFAULT_SUBSCRIBED_VA)
    return _section(
        {
            "type": "heading",
            "heading": meter.title,
            "icon": "mdi:meter-electric",
            "badges": _badges(park.get(meter, "overload")),
        },
        {
            "type": "gauge",
            "entity": park.find(meter, "apparent_power"),
            "name": "Apparent power",
            "min": 0,
            "max": subscribed_va,
            "needle": True,
            "severity": {
                "green": 0,
                "yellow": subscribed_va * 0.7,
                "red": subscribed_va * 0.9,
            },
            "grid_options": {"columns": "full", "rows": 4},
        },
        _tile(park.get(meter, "headroom"), ENTITY_NAME),
        _tile(park.get(meter, "headroom_percent"), ENTITY_NAME),
        _tile(park.get(meter, "tariff"), ENTITY_NAME),
        _tile(park.get(meter, "energy_drawn"), ENTITY_NAME),
    )


def _sector_section(park: ParkEntities, sector: Part) -> Json:
    power = park.find(sector, "power")
    return _section(
        {
            "type": "heading",
            "heading": sector.title,
            "icon": "mdi:desktop-classic",
            "badges": _badges(power, park.get(sector, "sockets_on")),
        },
        {
            "type": "tile",
            "entity": park.find(sector, "all"),
            "name": DEVICE_NAME,
            "icon": "mdi:power",
            "color": "green",
            "features": [{"type": "toggle"}],
            "features_position": "inline",
            "grid_options": {"columns": "full"},
        },
        _tile(park.get(sector, "computers"), ENTITY_NAME, icon="mdi:desktop-tower"),
        _tile(park.get(sector, "monitors"), ENTITY_NAME, icon="mdi:monitor"),
        {
            "type": "tile",
            "entity": power,
            "name": ENTITY_NAME,
            "color": "amber",
            "features": [{"type": "trend-graph", "hours_to_show": TREND_H}],
            "grid_options": {"columns": "full"},
        },
        _tile(park.get(sector, "state"), ENTITY_NAME),
        _tile(park.get(sector, "energy"), ENTITY_NAME),
    )


def _history_section(park: ParkEntities, meter: Part) -> Json:
    sectors = [
        {"entity": park.find(sector, "power"), "name": sector.title}
        for sector in park.sectors
    ]
    return {
        **_section(
            {
                "type": "heading",
                "heading": f"Last {HISTORY_H} hours",
                "icon": "mdi:chart-line",
            },
            _history("Meter", [{"entity": park.find(meter, "apparent_power")}]),
            _history("Sectors", sectors),
        ),
        "column_span": 3,
    }


def _history(title: str, entities: Sequence[Json]) -> Json:
    return {
        "type": "history-graph",
        "title": title,
        "hours_to_show": HISTORY_H,
        "entities": entities,
        "grid_options": {"columns": "full"},
    }


def _sockets_view(park: ParkEntities, sockets: SocketsBySector) -> Json:
    return {
        "type": "sections",
        "title": "Sockets",
        "path": "sockets",
        "max_columns": 4,
        "sections": [
            _section(
                {"type": "heading", "heading": sector.title},
                *(
                    tile
                    for socket in sockets[sector.id]
                    for tile in (
                        _tile(park.get(socket, "socket"), socket.title),
                        _tile(park.get(socket, "power"), ENTITY_NAME),
                    )
                ),
            )
            for sector in park.sectors
        ],
    }


def _section(*cards: Json) -> Json:
    return {"type": "grid", "cards": [card for card in cards if card]}


def _tile(entity_id: str | None, name: Json, icon: str | None = None) -> Json:
    """Return a tile; nothing for an entity that is not there."""
    if entity_id is None:
        return None
    tile = {"type": "tile", "entity": entity_id, "name": name}
    return {**tile, "icon": icon} if icon else tile


def _badges(*entity_ids: str | None) -> list[Json]:
    return [
        {"type": "entity", "entity": entity_id} for entity_id in entity_ids if entity_id
    ]


def _number(text: str | None, default: float) -> float:
    try:
        return float(text or "")
    except ValueError:
        return default
