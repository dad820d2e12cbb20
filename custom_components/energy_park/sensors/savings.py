"""Sensors of what the rules of a sector or of the park saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, UnitOfEnergy, UnitOfMass

from ..control.group import SocketGroup
from ..control.savings import SavingsBook
from ..entity import GroupEntity
from ..park.savings import Savings


@dataclass(frozen=True, kw_only=True)
class SavingsSensorDescription(SensorEntityDescription):
    """A figure of the savings; None where it is not known."""

    value_fn: Callable[[Savings], float | None]


@dataclass(frozen=True, kw_only=True)
class ShareSensorDescription(SavingsSensorDescription):
    """A figure of some of the hours; ``share_fn`` tells of which share of them."""

    share_fn: Callable[[Savings], float | None]


# What was avoided may be negative: no sum of savings only grows.
MEASURED = SavingsSensorDescription(
    key="measured",
    translation_key="measured",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    value_fn=lambda savings: savings.measured_wh,
)
BASELINE = SavingsSensorDescription(
    key="baseline",
    translation_key="baseline",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    value_fn=lambda savings: savings.baseline_wh,
)
AVOIDED = SavingsSensorDescription(
    key="avoided",
    translation_key="avoided",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    value_fn=lambda savings: savings.avoided_wh,
)
AVOIDED_COST = ShareSensorDescription(
    key="avoided_cost",
    translation_key="avoided_cost",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    value_fn=lambda savings: savings.avoided_money if savings.hours_priced else None,
    share_fn=lambda savings: savings.priced,
)
AVOIDED_CO2 = ShareSensorDescription(
    key="avoided_co2",
    translation_key="avoided_co2",
    device_class=SensorDeviceClass.WEIGHT,
    native_unit_of_measurement=UnitOfMass.GRAMS,
    suggested_unit_of_measurement=UnitOfMass.KILOGRAMS,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    value_fn=lambda savings: savings.avoided_co2_g if savings.hours_weighed else None,
    share_fn=lambda savings: savings.weighed,
)
COVERAGE = SavingsSensorDescription(
    key="coverage",
    translation_key="coverage",
    native_unit_of_measurement=PERCENTAGE,
    suggested_display_precision=0,
    state_class=SensorStateClass.MEASUREMENT,
    value_fn=lambda savings: _percent(savings.coverage),
)


def savings_sensors(group: SocketGroup, book: SavingsBook) -> list[SensorEntity]:
    """Return the sensors of a group's savings."""
    return [
        SavingsSensor(group, book, MEASURED),
        BaselineSensor(group, book, BASELINE),
        SavingsSensor(group, book, AVOIDED),
        ShareSensor(group, book, AVOIDED_COST),
        ShareSensor(group, book, AVOIDED_CO2),
        CoverageSensor(group, book, COVERAGE),
    ]


class SavingsSensor(GroupEntity, SensorEntity):
    """A figure of the savings, with the hour that runs."""

    entity_description: SavingsSensorDescription

    def __init__(
        self,
        group: SocketGroup,
        book: SavingsBook,
        description: SavingsSensorDescription,
    ) -> None:
        """Open the book of the park."""
        super().__init__(group, description)
        self._book = book

    @override
    async def async_added_to_hass(self) -> None:
        """Count money in the currency of the house."""
        if self.device_class is SensorDeviceClass.MONETARY:
            self._attr_native_unit_of_measurement = self.hass.config.currency
        await super().async_added_to_hass()

    @property
    @override
    def native_value(self) -> float | None:
        """The figure; None before there is a baseline to compare with."""
        savings = self._savings
        if not savings.hours and not self._book.baselines(self.members):
            return None
        return self.entity_description.value_fn(savings)

    @property
    def _savings(self) -> Savings:
        return self._book.savings(self.members)


class BaselineSensor(SavingsSensor):
    """What would have been drawn without the rules."""

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Of when the baseline is, and how far the next one is."""
        baselines = self._book.baselines(self.members)
        return {
            "frozen_at": min((b.frozen_at for b in baselines), default=None),
            "observed_from": min((b.first for b in baselines), default=None),
            "observed_until": max((b.last for b in baselines), default=None),
            "observed_days": round(self._book.observed_days(self.members), 1),
        }


class ShareSensor(SavingsSensor):
    """A figure of those hours for which a price, or an intensity, was known."""

    entity_description: ShareSensorDescription

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The share of the hours that it tells of, in percent."""
        return {"coverage": _percent(self.entity_description.share_fn(self._savings))}


class CoverageSensor(SavingsSensor):
    """The share of the time that the savings tell of; of hours that are over."""

    @property
    @override
    def _savings(self) -> Savings:
        return self._book.savings(self.members, running=False)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)
