"""Numbers of alarms: where each of them begins."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from homeassistant.components.number import NumberDeviceClass
from homeassistant.const import (
    PERCENTAGE,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfTime,
)

from .settings import ParkNumber, SettingDescription, SocketNumber

RATED_CURRENT: SettingDescription[SocketNumber] = SettingDescription(
    key="rated_current",
    translation_key="rated_current",
    device_class=NumberDeviceClass.CURRENT,
    entity_registry_enabled_default=False,
    native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    native_min_value=1,
    native_max_value=63,
    native_step=0.5,
    get_fn=lambda it: it.coordinator.config_entry.runtime_data.alarms.rated_a(
        it.socket
    ),
    set_fn=lambda it, value: (
        it.coordinator.config_entry.runtime_data.alarms.async_set_rated(
            it.socket, value
        )
    ),
)


def _get(name: str) -> Callable[[ParkNumber], float]:
    """Return how one of the settings of all alarms is found."""

    def get(it: ParkNumber) -> float:
        value: float = getattr(it.park.alarms.settings, name)
        return value

    return get


def _set(name: str) -> Callable[[ParkNumber, float], None]:
    """Return how it is changed."""

    def choose(it: ParkNumber, value: float) -> None:
        chosen: dict[str, Any] = {name: value}
        it.park.alarms.async_choose(replace(it.park.alarms.settings, **chosen))

    return choose


ALARM_NUMBERS: tuple[SettingDescription[ParkNumber], ...] = (
    SettingDescription(
        key="alarm_overload",
        translation_key="alarm_overload",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=10,
        native_max_value=120,
        native_step=1,
        get_fn=_get("overload_percent"),
        set_fn=_set("overload_percent"),
    ),
    SettingDescription(
        key="alarm_voltage_min",
        translation_key="alarm_voltage_min",
        device_class=NumberDeviceClass.VOLTAGE,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        native_min_value=90,
        native_max_value=229,
        native_step=0.5,
        get_fn=_get("voltage_min_v"),
        set_fn=_set("voltage_min_v"),
    ),
    SettingDescription(
        key="alarm_voltage_max",
        translation_key="alarm_voltage_max",
        device_class=NumberDeviceClass.VOLTAGE,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        native_min_value=110,
        native_max_value=280,
        native_step=0.5,
        get_fn=_get("voltage_max_v"),
        set_fn=_set("voltage_max_v"),
    ),
    SettingDescription(
        key="alarm_out_of_hours",
        translation_key="alarm_out_of_hours",
        entity_registry_enabled_default=False,
        native_min_value=1,
        native_max_value=10,
        native_step=0.1,
        get_fn=_get("out_of_hours_factor"),
        set_fn=_set("out_of_hours_factor"),
    ),
    SettingDescription(
        key="alarm_silence",
        translation_key="alarm_silence",
        device_class=NumberDeviceClass.DURATION,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_min_value=30,
        native_max_value=86400,
        native_step=10,
        get_fn=_get("silence_s"),
        set_fn=_set("silence_s"),
    ),
)
