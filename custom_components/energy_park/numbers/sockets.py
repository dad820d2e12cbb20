"""Numbers of a socket: how long shedding leaves it on or off at least."""

from datetime import timedelta

from homeassistant.components.number import NumberDeviceClass, NumberMode
from homeassistant.const import UnitOfTime

from .settings import SettingDescription, SocketNumber

_MINUTE = timedelta(minutes=1)

MIN_ON: SettingDescription[SocketNumber] = SettingDescription(
    key="min_on",
    translation_key="min_on",
    device_class=NumberDeviceClass.DURATION,
    entity_registry_enabled_default=False,
    native_min_value=0,
    native_max_value=240,
    native_step=1,
    native_unit_of_measurement=UnitOfTime.MINUTES,
    mode=NumberMode.BOX,
    get_fn=lambda it: it.switchboard.memory(it.socket).min_on / _MINUTE,
    set_fn=lambda it, value: it.switchboard.choices.async_choose(
        it.socket, min_on=value * _MINUTE
    ),
)
# What is shed already keeps its own time.
MIN_OFF: SettingDescription[SocketNumber] = SettingDescription(
    key="min_off",
    translation_key="min_off",
    device_class=NumberDeviceClass.DURATION,
    entity_registry_enabled_default=False,
    native_min_value=0,
    native_max_value=240,
    native_step=1,
    native_unit_of_measurement=UnitOfTime.MINUTES,
    mode=NumberMode.BOX,
    get_fn=lambda it: it.switchboard.memory(it.socket).min_off / _MINUTE,
    set_fn=lambda it, value: it.switchboard.choices.async_choose(
        it.socket, min_off=value * _MINUTE
    ),
)
