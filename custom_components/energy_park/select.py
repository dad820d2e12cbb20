"""Selects: what a socket does when the mains come back."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import EnergyParkConfigEntry, PolledPlugCoordinator
from .entity import SocketEntity
from .model import PowerOnDefault, Socket
from .plug.client import PlugError
from .sensors.follow import follow

PARALLEL_UPDATES = 0

POWER_ON_DEFAULT = SelectEntityDescription(
    key="power_on_default",
    translation_key="power_on_default",
    entity_category=EntityCategory.CONFIG,
    options=[default.value for default in PowerOnDefault],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of plugs that tell."""
    for subentry_id, plug in entry.runtime_data.plugs.items():
        if isinstance(plug, PolledPlugCoordinator):
            _follow_plug(plug, subentry_id, async_add_entities)


@callback
def _follow_plug(
    plug: PolledPlugCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the select of each socket once the plug has told its default."""
    added: set[str] = set()

    @callback
    def async_look() -> None:
        known = plug.power_on_defaults or {}
        new = [
            socket
            for socket in plug.plug.sockets
            if socket.number in known and socket.id not in added
        ]
        if new:
            added.update(socket.id for socket in new)
            add(
                [PowerOnDefaultSelect(plug, socket) for socket in new],
                config_subentry_id=subentry_id,
            )

    follow(plug, async_look)


class PowerOnDefaultSelect(SocketEntity, SelectEntity):
    """What a socket does when the mains come back."""

    coordinator: PolledPlugCoordinator

    def __init__(self, coordinator: PolledPlugCoordinator, socket: Socket) -> None:
        """Bind the select to a socket."""
        super().__init__(coordinator, socket, POWER_ON_DEFAULT)

    @property
    @override
    def current_option(self) -> str | None:
        """What the device told last."""
        return (self.coordinator.power_on_defaults or {}).get(self.socket.number)

    @override
    async def async_select_option(self, option: str) -> None:
        """Have the device keep another choice."""
        try:
            await self.coordinator.async_set_power_on_default(
                self.socket, PowerOnDefault(option)
            )
        except PlugError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="power_on_default_failed",
                translation_placeholders={
                    "socket": self.socket.name,
                    "error": str(err),
                },
            ) from err
