"""Switches that change what the rules may do."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory

from ..entity import GroupEntity, SheddingEntity, SocketEntity

PROTECTED = SwitchEntityDescription(
    key="protected",
    translation_key="protected",
    entity_category=EntityCategory.CONFIG,
)
OBSERVE = SwitchEntityDescription(
    key="observe",
    translation_key="observe",
    entity_category=EntityCategory.CONFIG,
)
TAKES_TURNS = SwitchEntityDescription(
    key="takes_turns",
    translation_key="takes_turns",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)
SHEDDING_TEST = SwitchEntityDescription(
    key="shedding_test",
    translation_key="shedding_test",
    entity_category=EntityCategory.CONFIG,
)


class ProtectedSwitch(SocketEntity, SwitchEntity):
    """Whether rules must leave a socket on."""

    @property
    @override
    def available(self) -> bool:
        """The protection is ours, whether the plug is heard or not."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether the socket is protected."""
        return self.switchboard.memory(self.socket).protected

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Protect the socket."""
        self.switchboard.async_choose(self.socket, protected=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let the rules switch the socket."""
        self.switchboard.async_choose(self.socket, protected=False)


class ObserveSwitch(GroupEntity, SwitchEntity):
    """Whether the rules of a park only tell what they would switch."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether nothing is switched but by persons, and for safety."""
        return self.switchboard.observe

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Have the rules decide and switch nothing."""
        self.switchboard.async_set_observe(True)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let the rules switch."""
        self.switchboard.async_set_observe(False)
        self.async_write_ha_state()


class TakesTurnsSwitch(SocketEntity, SwitchEntity):
    """Whether a socket takes turns with its equals while they are shed."""

    @property
    @override
    def available(self) -> bool:
        """The choice is ours, whether the plug is heard or not."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether it takes turns."""
        return self.switchboard.memory(self.socket).takes_turns

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let it take turns."""
        self.switchboard.async_choose(self.socket, takes_turns=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it be off until it fits."""
        self.switchboard.async_choose(self.socket, takes_turns=False)


class SheddingTestSwitch(SheddingEntity, SwitchEntity):
    """Whether shedding only tells what it would do."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether nothing is cut."""
        return self.shedding.memory.test

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Cut nothing."""
        self.shedding.async_set_test(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Cut again."""
        self.shedding.async_set_test(False)
