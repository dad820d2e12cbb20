"""Numbers that are settings of the park, of a socket or of shedding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..coordinator import EnergyParkConfigEntry
from ..entity import SheddingEntity, SocketEntity


@dataclass(frozen=True, kw_only=True)
class SettingDescription[E: Entity](NumberEntityDescription):
    """A setting that is a number: where an entity finds it, and how it is changed."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    mode: NumberMode | None = NumberMode.BOX
    get_fn: Callable[[E], float]
    set_fn: Callable[[E, float], None]


class SettingNumber(NumberEntity):
    """A setting that is a number."""

    entity_description: SettingDescription[Any]

    @property
    @override
    def available(self) -> bool:
        """The choice is ours, whether a device is heard or not."""
        return True

    @property
    @override
    def native_value(self) -> float:
        """What is chosen."""
        return self.entity_description.get_fn(self)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Choose otherwise."""
        self.entity_description.set_fn(self, value)
        self.async_write_ha_state()


class ParkNumber(SettingNumber):
    """A setting of the whole park."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: EnergyParkConfigEntry,
        description: SettingDescription[ParkNumber],
    ) -> None:
        """Bind the number to the park."""
        self.entity_description = description
        self.park = entry.runtime_data
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})


class SocketNumber(SettingNumber, SocketEntity):
    """A setting of a socket."""


class PriorityNumber(SocketNumber):
    """The priority of a socket, and why it would not be shed if so."""

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Nothing speaks against it, or what does."""
        loads = self.coordinator.config_entry.runtime_data.loads.loads
        return {"not_shed": loads[self.socket.id].blocked(dt_util.utcnow())}


class SheddingNumber(SettingNumber, SheddingEntity):
    """A setting of the shedding behind a meter."""
