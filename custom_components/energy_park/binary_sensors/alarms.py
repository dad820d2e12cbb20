"""Binary sensors of alarms: of a socket, a plug, a sector, and of all in the park."""

from collections.abc import Mapping
from dataclasses import dataclass
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

from ..const import DOMAIN
from ..control.alarms import Alarm, AlarmWatch
from ..coordinator import EnergyParkConfigEntry, PlugCoordinator
from ..devices import AnyDeviceInfo, socket_device
from ..meter_coordinator import MeterCoordinator
from ..park.alarm_settings import AlarmKind
from ..park.alarms import Level
from ..presence import follow


@dataclass(frozen=True, kw_only=True)
class AlarmDescription(BinarySensorEntityDescription):
    """An alarm; ``good`` tells that it is on while all is well."""

    kind: AlarmKind
    good: bool = False


SOCKET_OVERLOAD = AlarmDescription(
    key="overload",
    translation_key="socket_overload",
    device_class=BinarySensorDeviceClass.SAFETY,
    kind=AlarmKind.OVERLOAD,
)
# The plugs of a room share its mains: the park's own sensor tells them all at once.
PLUG_VOLTAGE = AlarmDescription(
    key="voltage_alarm",
    translation_key="plug_voltage",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    kind=AlarmKind.VOLTAGE,
)
PLUG_HEARD = AlarmDescription(
    key="plug_heard",
    translation_key="plug_heard",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    kind=AlarmKind.SILENCE,
    good=True,
)
OUT_OF_HOURS = AlarmDescription(
    key="out_of_hours",
    translation_key="out_of_hours",
    device_class=BinarySensorDeviceClass.PROBLEM,
    kind=AlarmKind.OUT_OF_HOURS,
)
PARK_ALARMS = (
    AlarmDescription(
        key="overloaded_sockets",
        translation_key="overloaded_sockets",
        device_class=BinarySensorDeviceClass.SAFETY,
        kind=AlarmKind.OVERLOAD,
    ),
    AlarmDescription(
        key="voltage_alarm",
        translation_key="park_voltage",
        device_class=BinarySensorDeviceClass.PROBLEM,
        kind=AlarmKind.VOLTAGE,
    ),
    AlarmDescription(
        key="silent_plugs",
        translation_key="silent_plugs",
        device_class=BinarySensorDeviceClass.PROBLEM,
        kind=AlarmKind.SILENCE,
    ),
)


@callback
def add_alarms(
    entry: EnergyParkConfigEntry, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add what can be told of the park, its sectors, its plugs and their sockets."""
    data = entry.runtime_data
    add(ParkAlarm(data.alarms, entry.entry_id, kind) for kind in PARK_ALARMS)
    if data.alarms.opening.known:
        for sector in data.sectors:
            device = DeviceInfo(identifiers={(DOMAIN, sector.unique_id)})
            add(
                [SubjectAlarm(data.alarms, sector.unique_id, device, OUT_OF_HOURS)],
                config_subentry_id=sector.sector_id,
            )
    for subentry_id, plug in data.plugs.items():
        device = DeviceInfo(identifiers={(DOMAIN, plug.plug.serial)})
        heard = SubjectAlarm(data.alarms, plug.plug.serial, device, PLUG_HEARD)
        add([heard], config_subentry_id=subentry_id)
        _follow_plug(data.alarms, plug, subentry_id, add)


@callback
def _follow_plug(
    watch: AlarmWatch,
    plug: PlugCoordinator,
    subentry_id: str,
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an alarm when its plug first measures what it is about."""
    added: set[str] = set()

    @callback
    def async_look() -> None:
        new = []
        for socket in plug.plug.sockets:
            reading = plug.reading(socket)
            if reading is None:
                continue
            if reading.voltage_v is not None and PLUG_VOLTAGE.key not in added:
                added.add(PLUG_VOLTAGE.key)
                device = DeviceInfo(identifiers={(DOMAIN, plug.plug.serial)})
                new.append(
                    MeasuredAlarm(watch, plug, plug.plug.serial, device, PLUG_VOLTAGE)
                )
            measured = reading.power_w is not None or reading.current_a is not None
            if measured and socket.id not in added:
                added.add(socket.id)
                own = socket_device(plug, socket)
                new.append(MeasuredAlarm(watch, plug, socket.id, own, SOCKET_OVERLOAD))
        if new:
            add(new, config_subentry_id=subentry_id)

    follow(plug, async_look)


class AlarmBinarySensor(BinarySensorEntity):
    """An alarm; it is written when something about it changes, not at each poll."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: AlarmDescription

    def __init__(
        self,
        watch: AlarmWatch,
        subject: str,
        unique_id: str,
        device: AnyDeviceInfo,
        description: AlarmDescription,
    ) -> None:
        """Show one kind of alarm; ``subject`` is empty for the whole park."""
        self.entity_description = description
        self._watch = watch
        self._subject = subject
        self._attr_unique_id = f"{unique_id}_{description.key}"
        self._attr_device_info = device

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the alarm."""
        self.async_on_remove(
            self._watch.async_show(self._subject, self.async_write_ha_state)
        )


class SubjectAlarm(AlarmBinarySensor):
    """The alarm of one subject; that of the park is named after its entry."""

    def __init__(
        self,
        watch: AlarmWatch,
        subject: str,
        device: AnyDeviceInfo,
        description: AlarmDescription,
        entry_id: str = "",
    ) -> None:
        """Name the entity after its subject."""
        super().__init__(watch, subject, subject or entry_id, device, description)

    @property
    def _alarm(self) -> Alarm | None:
        return self._watch.alarm(self.entity_description.kind, self._subject)

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether there is a warning or an alarm; None until a value says."""
        if (alarm := self._alarm) is None:
            return None
        return (alarm.level is Level.OK) is self.entity_description.good

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How bad it is, and since when."""
        alarm = self._alarm
        return {
            "level": alarm.level if alarm else None,
            "since": alarm.since if alarm else None,
        }


class MeasuredAlarm(SubjectAlarm):
    """An alarm of what a plug or a meter measures."""

    def __init__(
        self,
        watch: AlarmWatch,
        source: PlugCoordinator | MeterCoordinator,
        subject: str,
        device: AnyDeviceInfo,
        description: AlarmDescription,
    ) -> None:
        """Bind the alarm to the device that measures."""
        super().__init__(watch, subject, device, description)
        self._source = source

    @property
    @override
    def available(self) -> bool:
        """Nothing is known of what a silent device carries."""
        return self._source.heard


class ParkAlarm(AlarmBinarySensor):
    """All alarms of one kind."""

    def __init__(
        self, watch: AlarmWatch, entry_id: str, description: AlarmDescription
    ) -> None:
        """Bind the sensor to the park."""
        device = DeviceInfo(identifiers={(DOMAIN, entry_id)})
        super().__init__(watch, "", entry_id, device, description)

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether there is any; None where nothing is measured."""
        alarms = self._watch.alarms(self.entity_description.kind)
        return any(a.level is not Level.OK for a in alarms) if alarms else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Which ones."""
        alarms = self._watch.alarms(self.entity_description.kind)
        return {"names": sorted(a.name for a in alarms if a.level is not Level.OK)}
