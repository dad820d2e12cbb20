"""Binary sensors of power quality: of plugs' mains, of the park's load, of meters."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import EnergyParkConfigEntry, PlugCoordinator
from ..entity import SocketEntity
from ..meter_coordinator import MeterCoordinator
from ..park.alarm_settings import AlarmKind
from ..park.power_quality import FrozenWatch, Suspicion, suspicion
from ..presence import follow
from .alarms import AlarmDescription, MeasuredAlarm, ParkAlarm, SubjectAlarm

# The plugs of a room share its mains: the park's own sensor tells them all at once.
PLUG_FREQUENCY = AlarmDescription(
    key="frequency_alarm",
    translation_key="plug_frequency",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    kind=AlarmKind.FREQUENCY,
)
PARK_FREQUENCY = AlarmDescription(
    key="frequency_alarm",
    translation_key="park_frequency",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_registry_enabled_default=False,
    kind=AlarmKind.FREQUENCY,
)
# Billed to large sites only.
PARK_TAN_PHI = AlarmDescription(
    key="tan_phi_alarm",
    translation_key="tan_phi_alarm",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_registry_enabled_default=False,
    kind=AlarmKind.TAN_PHI,
)
IMBALANCE = AlarmDescription(
    key="imbalance_alarm",
    translation_key="imbalance_alarm",
    device_class=BinarySensorDeviceClass.PROBLEM,
    kind=AlarmKind.IMBALANCE,
)
# A Linky bears more than what is subscribed: others than it may mind.
CONTRACT = AlarmDescription(
    key="contract_alarm",
    translation_key="contract_alarm",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_registry_enabled_default=False,
    kind=AlarmKind.CONTRACT,
)

IN_DOUBT = BinarySensorEntityDescription(
    key="in_doubt",
    translation_key="in_doubt",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


@callback
def add_power_quality(
    entry: EnergyParkConfigEntry, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add what can be told of the park, and of plugs and meters as they measure it."""
    data = entry.runtime_data
    device = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})
    add(
        [
            ParkAlarm(data.alarms, entry.entry_id, PARK_FREQUENCY),
            SubjectAlarm(data.alarms, "", device, PARK_TAN_PHI, entry.entry_id),
        ]
    )
    for subentry_id, plug in data.plugs.items():
        _add_first(plug, subentry_id, plug.plug.serial, PLUG_FREQUENCY, add)
        add(
            (
                InDoubtBinarySensor(plug, socket, IN_DOUBT)
                for socket in plug.plug.sockets
            ),
            config_subentry_id=subentry_id,
        )
    for subentry_id, meter in data.meters.items():
        for description in (IMBALANCE, CONTRACT):
            _add_first(meter, subentry_id, meter.serial, description, add)


@callback
def _add_first(
    source: PlugCoordinator | MeterCoordinator,
    subentry_id: str,
    serial: str,
    description: AlarmDescription,
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an alarm when its device first measures what it is about."""
    watch = source.config_entry.runtime_data.alarms
    added = False

    @callback
    def async_look() -> None:
        nonlocal added
        if not added and watch.alarm(description.kind, serial) is not None:
            added = True
            device = DeviceInfo(identifiers={(DOMAIN, serial)})
            alarm = MeasuredAlarm(watch, source, serial, device, description)
            add([alarm], config_subentry_id=subentry_id)

    follow(source, async_look)


class InDoubtBinarySensor(SocketEntity, BinarySensorEntity):
    """Whether what a plug measures at a socket contradicts itself."""

    _watch = FrozenWatch()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Look whether the power stands still while its current moves."""
        self._watch = self._watch.follow(self.reading, dt_util.utcnow())
        super()._handle_coordinator_update()

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether there is a reason to doubt it; None while nothing is measured."""
        return None if self.reading is None else self._suspicion is not None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The reason."""
        return {"cause": self._suspicion}

    @property
    def _suspicion(self) -> Suspicion | None:
        if self.reading is None:
            return None
        return suspicion(self.reading) or (
            Suspicion.FROZEN if self._watch.frozen else None
        )
