"""The park on Home Assistant's system health page."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import EnergyParkConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Count what is heard in all parks."""
    entries: list[EnergyParkConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    meters = [m for entry in entries for m in entry.runtime_data.meters.values()]
    plugs = [p for entry in entries for p in entry.runtime_data.plugs.values()]
    mirrors = [
        mirroring.mirror.status()
        for entry in entries
        if (mirroring := entry.runtime_data.mirroring) is not None
    ]
    now = dt_util.utcnow()
    return {
        "parks": len(entries),
        "meters_heard": f"{sum(m.heard for m in meters)} / {len(meters)}",
        "rejects_per_hour": sum(m.quality.rejects_per_hour(now) for m in meters),
        "plugs_heard": f"{sum(p.heard for p in plugs)} / {len(plugs)}",
        "mirrors_connected": f"{sum(m.connected for m in mirrors)} / {len(mirrors)}",
        "mirror_rows_waiting": sum(m.rows_waiting for m in mirrors),
    }
