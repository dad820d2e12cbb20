"""Values of other integrations' sensors, in the units of this one."""

from dataclasses import dataclass

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactivePower,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import (
    ApparentPowerConverter,
    BaseUnitConverter,
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    FrequencyConverter,
    PowerConverter,
    ReactivePowerConverter,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity: the sensors that give it, and the unit it is read in.

    Without a converter it is a share, given as such or in percent.
    """

    device_class: SensorDeviceClass
    unit: str | None = None
    converter: type[BaseUnitConverter] | None = None


POWER = Measure(SensorDeviceClass.POWER, UnitOfPower.WATT, PowerConverter)
ENERGY = Measure(SensorDeviceClass.ENERGY, UnitOfEnergy.WATT_HOUR, EnergyConverter)
CURRENT = Measure(
    SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE, ElectricCurrentConverter
)
VOLTAGE = Measure(
    SensorDeviceClass.VOLTAGE, UnitOfElectricPotential.VOLT, ElectricPotentialConverter
)
POWER_FACTOR = Measure(SensorDeviceClass.POWER_FACTOR)
APPARENT_POWER = Measure(
    SensorDeviceClass.APPARENT_POWER,
    UnitOfApparentPower.VOLT_AMPERE,
    ApparentPowerConverter,
)
REACTIVE_POWER = Measure(
    SensorDeviceClass.REACTIVE_POWER,
    UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
    ReactivePowerConverter,
)
FREQUENCY = Measure(
    SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ, FrequencyConverter
)


@callback
def resolve(hass: HomeAssistant, entity: str) -> str:
    """Return the entity of an id in the registry, which survives a new name."""
    return er.async_resolve_entity_id(er.async_get(hass), entity) or entity


@callback
def register_id(hass: HomeAssistant, entity_id: str) -> str:
    """Return the id of an entity in the registry, or its name if it has none."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id


@callback
def number_of(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return an entity's state as a number, whatever its unit."""
    state = hass.states.get(entity_id)
    try:
        return None if state is None else float(state.state)
    except ValueError:
        return None


@callback
def value_of(hass: HomeAssistant, entity_id: str, measure: Measure) -> float | None:
    """Return what a sensor measures; None when it has no value, or another unit."""
    state = hass.states.get(entity_id)
    value = number_of(hass, entity_id)
    if state is None or value is None:
        return None
    given = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if measure.converter is None:
        return value / 100 if given == PERCENTAGE else value
    if given not in measure.converter.VALID_UNITS:
        return None
    return measure.converter.convert(value, given, measure.unit)
