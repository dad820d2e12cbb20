"""Numbers of alarms: where each of them begins."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfTime,
)
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..const import DOMAIN
from ..control.alarms import AlarmWatch
from ..coordinator import EnergyParkConfigEntry, PlugCoordinator
from ..devices import socket_device
from ..model import Socket
from ..park.alarm_settings import AlarmSettings

RATED_CURRENT = NumberEntityDescription(
    key="rated_current",
    translation_key="rated_current",
    device_class=NumberDeviceClass.CURRENT,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
    native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    native_min_value=1,
    native_max_value=63,
    native_step=0.5,
    mode=NumberMode.BOX,
)


@dataclass(frozen=True, kw_only=True)
class AlarmNumberDescription(NumberEntityDescription):
    """One of the settings of all alarms of the park."""

    get_fn: Callable[[AlarmSettings], float]
    set_fn: Callable[[AlarmSettings, float], AlarmSettings]


ALARM_NUMBERS = (
    AlarmNumberDescription(
        key="alarm_overload",
        translation_key="alarm_overload",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=10,
        native_max_value=120,
        native_step=1,
        mode=NumberMode.BOX,
        get_fn=lambda settings: settings.overload_percent,
        set_fn=lambda settings, value: replace(settings, overload_percent=value),
    ),
    AlarmNumberDescription(
        key="alarm_voltage_min",
        translation_key="alarm_voltage_min",
        device_class=NumberDeviceClass.VOLTAGE,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        native_min_value=90,
        native_max_value=229,
        native_step=0.5,
        mode=NumberMode.BOX,
        get_fn=lambda settings: settings.voltage_min_v,
        set_fn=lambda settings, value: replace(settings, voltage_min_v=value),
    ),
    AlarmNumberDescription(
        key="alarm_voltage_max",
        translation_key="alarm_voltage_max",
        device_class=NumberDeviceClass.VOLTAGE,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        native_min_value=110,
        native_max_value=280,
        native_step=0.5,
        mode=NumberMode.BOX,
        get_fn=lambda settings: settings.voltage_max_v,
        set_fn=lambda settings, value: replace(settings, voltage_max_v=value),
    ),
    AlarmNumberDescription(
        key="alarm_out_of_hours",
        translation_key="alarm_out_of_hours",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_min_value=1,
        native_max_value=10,
        native_step=0.1,
        mode=NumberMode.BOX,
        get_fn=lambda settings: settings.out_of_hours_factor,
        set_fn=lambda settings, value: replace(settings, out_of_hours_factor=value),
    ),
    AlarmNumberDescription(
        key="alarm_silence",
        translation_key="alarm_silence",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        native_min_value=30,
        native_max_value=86400,
        native_step=10,
        mode=NumberMode.BOX,
        get_fn=lambda settings: settings.silence_s,
        set_fn=lambda settings, value: replace(settings, silence_s=value),
    ),
)


@callback
def add_alarm_numbers(
    entry: EnergyParkConfigEntry, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the settings of the park, and what each socket may carry."""
    watch = entry.runtime_data.alarms
    add(AlarmNumber(watch, entry.entry_id, number) for number in ALARM_NUMBERS)
    for subentry_id, plug in entry.runtime_data.plugs.items():
        add(
            (RatedCurrentNumber(watch, plug, socket) for socket in plug.plug.sockets),
            config_subentry_id=subentry_id,
        )


class AlarmNumber(NumberEntity):
    """Where a kind of alarm begins, for the whole park."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: AlarmNumberDescription

    def __init__(
        self, watch: AlarmWatch, entry_id: str, description: AlarmNumberDescription
    ) -> None:
        """Bind the number to the park."""
        self.entity_description = description
        self._watch = watch
        self._attr_unique_id = f"{entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @property
    @override
    def native_value(self) -> float:
        """What is chosen."""
        return self.entity_description.get_fn(self._watch.settings)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Choose otherwise."""
        settings = self.entity_description.set_fn(self._watch.settings, value)
        self._watch.async_choose(settings)
        self.async_write_ha_state()


class RatedCurrentNumber(NumberEntity):
    """What a socket may carry."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description = RATED_CURRENT

    def __init__(
        self, watch: AlarmWatch, plug: PlugCoordinator, socket: Socket
    ) -> None:
        """Bind the number to a socket."""
        self._watch = watch
        self._socket = socket
        self._attr_unique_id = f"{socket.id}_{RATED_CURRENT.key}"
        self._attr_device_info = socket_device(plug, socket)

    @property
    @override
    def native_value(self) -> float:
        """What is remembered."""
        return self._watch.rated_a(self._socket)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change it."""
        self._watch.async_set_rated(self._socket, value)
        self.async_write_ha_state()
