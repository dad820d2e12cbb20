"""What the demo opens on: the park's own dashboard, and the Energy dashboard filled."""

from .api import HomeAssistantWebSocket, Json
from .entities import ParkEntities

URL_PATH = "energy-park"


async def install(websocket: HomeAssistantWebSocket, park: ParkEntities) -> None:
    """Add the dashboard as its picker does, open on it, and fill Energy."""
    await websocket.call(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title=park.title,
        icon="mdi:transmission-tower",
        show_in_sidebar=True,
        require_admin=False,
    )
    await websocket.call(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={"strategy": {"type": "custom:energy-park"}},
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
