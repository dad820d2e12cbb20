"""Switches that change what the rules may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.entity import Entity

from ..entity import GroupEntity, SheddingEntity, SocketEntity


@dataclass(frozen=True, kw_only=True)
class SettingDescription[E: Entity](SwitchEntityDescription):
    """A setting that is on or off: where an entity finds it, and how it is changed."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    get_fn: Callable[[E], bool]
    set_fn: Callable[[E, bool], None]


class SettingSwitch(SwitchEntity):
    """A setting that is on or off."""

    entity_description: SettingDescription[Any]

    @property
    @override
    def available(self) -> bool:
        """The choice is ours, whether a device is heard or not."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """What is chosen."""
        return self.entity_description.get_fn(self)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Choose so."""
        self.entity_description.set_fn(self, True)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Choose otherwise."""
        self.entity_description.set_fn(self, False)
        self.async_write_ha_state()


class ParkSetting(SettingSwitch, GroupEntity):
    """A setting of the whole park."""


class SocketSetting(SettingSwitch, SocketEntity):
    """A setting of a socket."""


class SheddingSetting(SettingSwitch, SheddingEntity):
    """A setting of the shedding behind a meter."""


# The rules decide, tell it, and switch nothing but for safety.
OBSERVE: SettingDescription[ParkSetting] = SettingDescription(
    key="observe",
    translation_key="observe",
    get_fn=lambda park: park.switchboard.choices.observe,
    set_fn=lambda park, on: park.switchboard.choices.async_set_observe(on),
)
SOCKET_SETTINGS: tuple[SettingDescription[SocketSetting], ...] = (
    # Rules leave the socket on.
    SettingDescription(
        key="protected",
        translation_key="protected",
        get_fn=lambda it: it.switchboard.memory(it.socket).protected,
        set_fn=lambda it, on: it.switchboard.choices.async_choose(
            it.socket, protected=on
        ),
    ),
    # While equals are shed, it takes turns with them.
    SettingDescription(
        key="takes_turns",
        translation_key="takes_turns",
        entity_registry_enabled_default=False,
        get_fn=lambda it: it.switchboard.memory(it.socket).takes_turns,
        set_fn=lambda it, on: it.switchboard.choices.async_choose(
            it.socket, takes_turns=on
        ),
    ),
)
# Shedding decides and tells, and cuts nothing.
SHEDDING_TEST: SettingDescription[SheddingSetting] = SettingDescription(
    key="shedding_test",
    translation_key="shedding_test",
    get_fn=lambda it: it.shedding.memory.test,
    set_fn=lambda it, on: it.shedding.async_set_test(on),
)
