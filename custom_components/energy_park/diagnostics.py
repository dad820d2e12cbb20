"""Diagnostics of a park, without what names a person, a place or a secret."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import (
    CONF_HOST,
    CONF_MAC,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant

from .const import (
    CONF_ADOPTED,
    CONF_ANSWERS,
    CONF_CA,
    CONF_CITY,
    CONF_COMPUTER,
    CONF_DATABASE,
    CONF_DISTRICT,
    CONF_EXCLUDE,
    CONF_HOLIDAYS,
    CONF_INCLUDE,
    CONF_MONITORS,
    CONF_OCCUPANCY,
    CONF_OPENING_HOURS,
    CONF_PRESENCE,
    CONF_REGION,
    CONF_SHUTDOWN,
    CONF_WAKE,
    CONF_WARN,
)
from .control.mirroring import Mirroring
from .coordinator import EnergyParkConfigEntry, PlugCoordinator
from .links import CONF_KEY
from .meter_coordinator import MeterCoordinator
from .plugs import CONF_REST

# ADCO and ADSC name the meter, PRM the delivery point: with them a person is found.
TO_REDACT = {
    CONF_CA,
    CONF_CITY,
    CONF_DATABASE,
    CONF_DISTRICT,
    CONF_HOST,
    CONF_MAC,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_REGION,
    CONF_USERNAME,
    # What an action is given may hold a password or a person's address.
    CONF_SHUTDOWN,
    CONF_WAKE,
    CONF_WARN,
    # The plugs' own numbers, and entities that may be named after a person.
    CONF_ADOPTED,
    CONF_ANSWERS,
    CONF_COMPUTER,
    CONF_EXCLUDE,
    CONF_HOLIDAYS,
    CONF_INCLUDE,
    CONF_MONITORS,
    CONF_OCCUPANCY,
    CONF_OPENING_HOURS,
    CONF_PRESENCE,
    # Who gave an order.
    "by",
    "ADCO",
    "ADSC",
    "MSG1",
    "MSG2",
    "PRM",
    CONF_KEY,
    # A path may hold a key of the device.
    CONF_REST,
    "serial",
    "title",
    "unique_id",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: EnergyParkConfigEntry
) -> dict[str, Any]:
    """Return what helps to understand a park from afar."""
    data = entry.runtime_data
    return async_redact_data(
        {
            "entry": entry.as_dict(),
            "meters": [_meter(meter) for meter in data.meters.values()],
            "plugs": [_plug(plug) for plug in data.plugs.values()],
            "mirror": data.mirroring and await _async_mirror(data.mirroring),
        },
        TO_REDACT,
    )


def _meter(meter: MeterCoordinator) -> dict[str, Any]:
    data = meter.data
    reading = data and data.reading
    return {
        "heard": meter.heard,
        "error": type(meter.last_exception).__name__ if meter.last_exception else None,
        "counters": asdict(meter.link.counters) if meter.link else None,
        "refuted": dict(meter.insight.interpreter.counters),
        "mode": reading and reading.mode,
        "trip": data and asdict(data.trip),
        "groups": {
            label: {"horodate": group.horodate, "value": group.value}
            if label not in TO_REDACT
            else "**REDACTED**"
            for label, group in (reading.groups.items() if reading else ())
        },
    }


async def _async_mirror(mirroring: Mirroring) -> dict[str, Any]:
    status = mirroring.mirror.status()
    refusals = await mirroring.mirror.refusals()
    return {
        **{name: getattr(status, name) for name in status.__slots__},
        "problems": {name: dict(known) for name, known in status.problems.items()},
        # What these rows hold may name a person or a place.
        "set_aside": [
            {"table": table, "cause": cause, "rows": rows}
            for (table, cause), rows in refusals.items()
        ],
        "filled": mirroring.coordinator.filled and asdict(mirroring.coordinator.filled),
    }


def _plug(plug: PlugCoordinator) -> dict[str, Any]:
    switchboard = plug.config_entry.runtime_data.switchboard
    return {
        "model": plug.plug.model,
        "heard": plug.heard,
        "error": type(plug.last_exception).__name__ if plug.last_exception else None,
        "sockets": [
            {
                "number": socket.number,
                "role": socket.role,
                "reading": (reading := plug.reading(socket)) and asdict(reading),
                "protected": switchboard.memory(socket).protected,
                "priority": switchboard.memory(socket).priority,
                "state": asdict(switchboard.memory(socket).state),
            }
            for socket in plug.plug.sockets
        ],
    }
