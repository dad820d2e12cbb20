"""Binary sensors of power quality: of plugs' mains, of the park's load, of meters."""

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..const import DOMAIN
from ..coordinator import EnergyParkConfigEntry, PlugCoordinator
from ..meter_coordinator import MeterCoordinator
from ..park.alarm_settings import AlarmKind
from ..sensors.follow import follow
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
