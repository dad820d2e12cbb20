"""Numbers: priorities, prices, the margin of shedding, how long an order stands."""

from collections.abc import Callable
from dataclasses import replace
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
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import PRIORITY_MAX, PRIORITY_MIN
from .coordinator import EnergyParkConfigEntry
from .entity import MeterEntity
from .meter_coordinator import MeterCoordinator
from .numbers.alarms import ALARM_NUMBERS, RATED_CURRENT
from .numbers.settings import (
    ParkNumber,
    PriorityNumber,
    SettingDescription,
    SheddingNumber,
    SocketNumber,
)
from .numbers.sockets import MIN_OFF, MIN_ON
from .presence import follow

PARALLEL_UPDATES = 0

PRIORITY: SettingDescription[SocketNumber] = SettingDescription(
    key="priority",
    translation_key="priority",
    native_min_value=PRIORITY_MIN,
    native_max_value=PRIORITY_MAX,
    native_step=1,
    mode=NumberMode.SLIDER,
    get_fn=lambda it: it.switchboard.memory(it.socket).priority,
    set_fn=lambda it, value: it.switchboard.choices.async_choose(
        it.socket, priority=int(value)
    ),
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
SHEDDING_MARGIN: SettingDescription[SheddingNumber] = SettingDescription(
    key="shedding_margin",
    translation_key="shedding_margin",
    native_min_value=0,
    native_max_value=30,
    native_step=1,
    native_unit_of_measurement=PERCENTAGE,
    mode=NumberMode.SLIDER,
    get_fn=lambda it: it.shedding.memory.policy.margin_percent,
    set_fn=lambda it, value: it.shedding.async_set_policy(margin_percent=value),
)


SILENT_AFTER: SettingDescription[SheddingNumber] = SettingDescription(
    key="silent_after",
    translation_key="silent_after",
    device_class=NumberDeviceClass.DURATION,
    native_min_value=10,
    native_max_value=900,
    native_step=1,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    get_fn=lambda it: it.shedding.memory.policy.silent_after.total_seconds(),
    set_fn=lambda it, value: it.shedding.async_set_policy(
        silent_after=timedelta(seconds=value)
    ),
)


def _override_min(it: ParkNumber) -> float:
    """Return how many minutes a person's order stands; 0 is until the next one."""
    lasting = it.park.switchboard.choices.override
    return 0 if lasting is None else lasting.total_seconds() / 60


def _set_override(it: ParkNumber, value: float) -> None:
    """Change it for the orders to come."""
    lasting = timedelta(minutes=value) if value else None
    it.park.switchboard.choices.async_set_override(lasting)


OVERRIDE: SettingDescription[ParkNumber] = SettingDescription(
    key="override",
    translation_key="override",
    device_class=NumberDeviceClass.DURATION,
    native_min_value=0,
    native_max_value=7 * 24 * 60,
    native_step=5,
    native_unit_of_measurement=UnitOfTime.MINUTES,
    get_fn=_override_min,
    set_fn=_set_override,
)


def _rule_s(name: str) -> Callable[[ParkNumber], float]:
    """Return how a time of the switching jobs to come is found."""

    def get(it: ParkNumber) -> float:
        time: timedelta = getattr(it.park.jobs.rules, name)
        return time.total_seconds()

    return get


def _set_rule(name: str) -> Callable[[ParkNumber, float], None]:
    """Return how it is changed."""

    def choose(it: ParkNumber, value: float) -> None:
        chosen: dict[str, Any] = {name: timedelta(seconds=value)}
        it.park.jobs.async_set_rules(replace(it.park.jobs.rules, **chosen))

    return choose


RULES: tuple[SettingDescription[ParkNumber], ...] = (
    SettingDescription(
        key="warn",
        translation_key="warn",
        device_class=NumberDeviceClass.DURATION,
        native_min_value=0,
        native_max_value=1800,
        native_step=10,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        get_fn=_rule_s("warn"),
        set_fn=_set_rule("warn"),
    ),
    # Four readings, five seconds apart, are the least that proves anything.
    SettingDescription(
        key="hold",
        translation_key="hold",
        device_class=NumberDeviceClass.DURATION,
        native_min_value=20,
        native_max_value=600,
        native_step=10,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        get_fn=_rule_s("hold"),
        set_fn=_set_rule("hold"),
    ),
    SettingDescription(
        key="limit",
        translation_key="limit",
        device_class=NumberDeviceClass.DURATION,
        native_min_value=0,
        native_max_value=12 * 3600,
        native_step=60,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        get_fn=_rule_s("limit"),
        set_fn=_set_rule("limit"),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the numbers of the park and of each socket."""
    async_add_entities(
        ParkNumber(entry, number) for number in (OVERRIDE, *ALARM_NUMBERS)
    )
    if entry.runtime_data.stations.described:
        async_add_entities(ParkNumber(entry, rule) for rule in RULES)
    for subentry_id, meter in entry.runtime_data.meters.items():
        if meter.billing.price_entity is None:
            _follow_meter(meter, subentry_id, async_add_entities)
    for subentry_id, shedding in entry.runtime_data.sheddings.items():
        async_add_entities(
            [
                SheddingNumber(shedding, SHEDDING_MARGIN),
                SheddingNumber(shedding, SILENT_AFTER),
            ],
            config_subentry_id=subentry_id,
        )
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (
                kind(plug, socket, description)
                for socket in plug.plug.sockets
                for kind, description in (
                    (PriorityNumber, PRIORITY),
                    (SocketNumber, RATED_CURRENT),
                    (SocketNumber, MIN_ON),
                    (SocketNumber, MIN_OFF),
                )
            ),
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
