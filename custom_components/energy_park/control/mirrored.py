"""Which series of the mirror holds the values of an entity."""

from collections.abc import Mapping
import re
from typing import Final

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import EnergyParkData, PlugCoordinator
from ..mirror.measures import series_of
from ..mirror.rows import Series, SubjectKind

# The metric in the database by the key in the entity's unique id.
GROUP_METRICS: Final = {
    "apparent_power": "apparent_power_va",
    "energy": "energy_wh",
    "power": "power_w",
    "power_factor": "power_factor",
    "reactive_power": "reactive_power_var",
}
SOCKET_METRICS: Final = {
    **GROUP_METRICS,
    "current": "current_a",
    "frequency": "frequency_hz",
    "voltage": "voltage_v",
}
METER_METRICS: Final = {
    "apparent_power": "apparent_power_va",
    "current": "current_a",
    "cut_off_power": "cut_off_power_va",
    "energy_drawn": "energy_drawn_wh",
    "energy_injected": "energy_injected_wh",
    "injected_power": "injected_power_va",
    "load_curve": "load_curve_w",
    "max_power": "max_power_va",
    "mean_voltage": "mean_voltage_v",
    "power": "power_w",
    "power_factor": "power_factor",
    "subscribed_power": "subscribed_power_va",
    "voltage": "voltage_v",
}
# The same of each phase, whose number the key ends with.
PHASE_METRICS: Final = {
    "phase_current": "current_{}_a",
    "phase_power": "apparent_power_{}_va",
    "phase_voltage": "voltage_{}_v",
}
_REACTIVE_ENERGY: Final = re.compile("erq[1-4]")
_INDEX: Final = "index_"


def channel_id(plug: PlugCoordinator, number: int) -> str:
    """Return what names a channel of a plug: its entities begin with it, too."""
    return f"{plug.plug.serial}_{number}"


def own_series(data: EnergyParkData, entity: er.RegistryEntry) -> Series | None:
    """Return the series of an entity of the park; None when it has none."""
    return _series(_subjects(data), entity)


def own_entities(
    hass: HomeAssistant, entry_id: str, data: EnergyParkData
) -> dict[str, Series]:
    """Return the series of all entities of a park that have one, by entity id."""
    subjects = _subjects(data)
    return {
        entity.entity_id: series
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id)
        if (series := _series(subjects, entity)) is not None
    }


def foreign_series(state: State) -> Series:
    """Return the series of the numbers of any other entity, with its present unit."""
    unit = state.attributes.get("unit_of_measurement") or ""
    return Series(SubjectKind.ENTITY, state.entity_id, "state", str(unit))


def _subjects(data: EnergyParkData) -> dict[str, SubjectKind]:
    """Return what the unique ids of entities begin with."""
    return {
        data.park.unique_id: SubjectKind.SITE,
        **{group.unique_id: SubjectKind.SECTOR for group in data.sectors},
        **{meter.serial: SubjectKind.METER for meter in data.meters.values()},
        **{socket.id: SubjectKind.SOCKET for socket in data.switchboard.sockets},
        **{
            channel_id(plug, number): SubjectKind.CHANNEL
            for plug in data.plugs.values()
            for number in plug.channels
        },
    }


def _series(
    subjects: Mapping[str, SubjectKind], entity: er.RegistryEntry
) -> Series | None:
    if entity.platform != DOMAIN or entity.domain != "sensor":
        return None
    unique_id = entity.unique_id
    for end, letter in enumerate(unique_id):
        if letter == "_" and (kind := subjects.get(unique_id[:end])) is not None:
            metric = _metric(kind, unique_id[end + 1 :])
            subject = "" if kind is SubjectKind.SITE else unique_id[:end]
            return None if metric is None else series_of(kind, subject, metric)
    return None


def _metric(kind: SubjectKind, key: str) -> str | None:
    if kind is SubjectKind.METER:
        return _metric_of_meter(key)
    one = kind in {SubjectKind.SOCKET, SubjectKind.CHANNEL}
    return (SOCKET_METRICS if one else GROUP_METRICS).get(key)


def _metric_of_meter(key: str) -> str | None:
    if key.startswith(_INDEX):
        return f"energy_{key.removeprefix(_INDEX)}_wh"
    if _REACTIVE_ENERGY.fullmatch(key):
        return f"reactive_energy_{key}_varh"
    value, _, phase = key.rpartition("_")
    if value in PHASE_METRICS:
        return PHASE_METRICS[value].format(phase)
    return METER_METRICS.get(key)
