"""Numbers: priorities, prices, the margin of shedding, how long an order stands."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN, PRIORITY_MAX, PRIORITY_MIN
from .coordinator import EnergyParkConfigEntry
from .entity import MeterEntity, SheddingEntity, SocketEntity
from .meter_coordinator import MeterCoordinator
from .numbers.alarms import add_alarm_numbers
from .sensors.follow import follow

PARALLEL_UPDATES = 0

PRIORITY = NumberEntityDescription(
    key="priority",
    translation_key="priority",
    entity_category=EntityCategory.CONFIG,
    native_min_value=PRIORITY_MIN,
    native_max_value=PRIORITY_MAX,
    native_step=1,
    mode=NumberMode.SLIDER,
)
PRICE = NumberEntityDescription(
    key="price",
    translation_key="price",
    entity_category=EntityCategory.CONFIG,
    native_min_value=-10,
    native_max_value=10,
    native_step=0.0001,
    mode=NumberMode.BOX,
)
SHEDDING_MARGIN = NumberEntityDescription(
    key="shedding_margin",
    translation_key="shedding_margin",
    entity_category=EntityCategory.CONFIG,
    native_min_value=0,
    native_max_value=30,
    native_step=1,
    native_unit_of_measurement=PERCENTAGE,
    mode=NumberMode.SLIDER,
)
OVERRIDE = NumberEntityDescription(
    key="override",
    translation_key="override",
    device_class=NumberDeviceClass.DURATION,
    entity_category=EntityCategory.CONFIG,
    native_min_value=0,
    native_max_value=7 * 24 * 60,
    native_step=5,
    native_unit_of_measurement=UnitOfTime.MINUTES,
    mode=NumberMode.BOX,
)


@dataclass(frozen=True, kw_only=True)
class RuleNumberDescription(NumberEntityDescription):
    """A time of the switching jobs, kept under its key."""


RULES = (
    RuleNumberDescription(
        key="warn",
        translation_key="warn",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_min_value=0,
        native_max_value=1800,
        native_step=10,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        mode=NumberMode.BOX,
    ),
    # Four readings, five seconds apart, are the least that proves anything.
    RuleNumberDescription(
        key="hold",
        translation_key="hold",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_min_value=20,
        native_max_value=600,
        native_step=10,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        mode=NumberMode.BOX,
    ),
    RuleNumberDescription(
        key="limit",
        translation_key="limit",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_min_value=0,
        native_max_value=12 * 3600,
        native_step=60,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        mode=NumberMode.BOX,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of the park and of each socket."""
    async_add_entities([OverrideNumber(entry)])
    add_alarm_numbers(entry, async_add_entities)
    if entry.runtime_data.stations.described:
        async_add_entities(RuleNumber(entry, rule) for rule in RULES)
    for subentry_id, meter in entry.runtime_data.meters.items():
        if meter.billing.price_entity is None:
            _follow_meter(meter, subentry_id, async_add_entities)
    for subentry_id, shedding in entry.runtime_data.sheddings.items():
        async_add_entities(
            [SheddingMarginNumber(shedding, SHEDDING_MARGIN)],
            config_subentry_id=subentry_id,
        )
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (PriorityNumber(plug, socket, PRIORITY) for socket in plug.plug.sockets),
            config_subentry_id=subentry_id,
        )


@callback
def _follow_meter(
    meter: MeterCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the price of each index that has one, or that the meter counts in."""
    added: set[str] = set()

    @callback
    def async_look() -> None:
        counting = meter.data.reading.indexes_wh if meter.data else {}
        labels = {**meter.billing.prices, **counting}.keys() - added
        if labels:
            added.update(labels)
            add(
                (PriceNumber(meter, label) for label in labels),
                config_subentry_id=subentry_id,
            )

    async_look()
    follow(meter, async_look)


class PriceNumber(MeterEntity, NumberEntity):
    """The price of the energy of one index; unknown until it is entered."""

    def __init__(self, coordinator: MeterCoordinator, label: str) -> None:
        """Describe the price by the name of its index."""
        super().__init__(coordinator, replace(PRICE, key=f"price_{label.lower()}"))
        self._label = label
        names = coordinator.insight.interpreter.names
        self._attr_translation_placeholders = {"label": names.name(label) or label}
        self._attr_native_unit_of_measurement = (
            f"{coordinator.hass.config.currency}/{UnitOfEnergy.KILO_WATT_HOUR}"
        )

    @property
    @override
    def available(self) -> bool:
        """The price is ours, whether the meter is heard or not."""
        return True

    @property
    @override
    def native_value(self) -> float | None:
        """The price that is remembered."""
        return self.coordinator.billing.prices.get(self._label)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the price."""
        self.coordinator.async_set_price(self._label, value)


class PriorityNumber(SocketEntity, NumberEntity):
    """The priority of a socket: 1 is kept longest, 10 is shed first."""

    @property
    @override
    def available(self) -> bool:
        """The priority is ours, whether the plug is heard or not."""
        return True

    @property
    @override
    def native_value(self) -> int:
        """The priority that is remembered."""
        return self.switchboard.memory(self.socket).priority

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the priority."""
        self.switchboard.async_choose(self.socket, priority=int(value))


class SheddingMarginNumber(SheddingEntity, NumberEntity):
    """How many percent of the limit are left free."""

    @property
    @override
    def native_value(self) -> float:
        """The margin that is remembered."""
        return self.shedding.memory.policy.margin_percent

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the margin."""
        self.shedding.async_set_policy(margin_percent=value)


class OverrideNumber(NumberEntity):
    """How many minutes a person's order stands; 0 is until the next one."""

    _attr_has_entity_name = True
    entity_description = OVERRIDE

    def __init__(self, entry: EnergyParkConfigEntry) -> None:
        """Bind the number to the park."""
        self._switchboard = entry.runtime_data.switchboard
        self._attr_unique_id = f"{entry.entry_id}_{OVERRIDE.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @property
    @override
    def native_value(self) -> float:
        """The duration in minutes."""
        override = self._switchboard.override
        return 0 if override is None else override.total_seconds() / 60

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the duration for the orders to come."""
        self._switchboard.async_set_override(
            timedelta(minutes=value) if value else None
        )
        self.async_write_ha_state()


class RuleNumber(NumberEntity):
    """A time of the switching jobs to come."""

    _attr_has_entity_name = True
    entity_description: RuleNumberDescription

    def __init__(
        self, entry: EnergyParkConfigEntry, description: RuleNumberDescription
    ) -> None:
        """Bind the number to the park."""
        self.entity_description = description
        self._jobs = entry.runtime_data.jobs
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @property
    @override
    def native_value(self) -> float:
        """The time in seconds."""
        time: timedelta = getattr(self._jobs.rules, self.entity_description.key)
        return time.total_seconds()

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the time."""
        changed: dict[str, Any] = {
            self.entity_description.key: timedelta(seconds=value)
        }
        self._jobs.async_set_rules(replace(self._jobs.rules, **changed))
        self.async_write_ha_state()
