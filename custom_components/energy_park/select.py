"""Selects: sockets when the mains come back, their phases, how shedding and jobs act."""

from dataclasses import replace
from typing import override

from homeassistant.components.select import (
    DOMAIN as SELECT_DOMAIN,
    SelectEntity,
    SelectEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .control.shedding.shedding import Shedding
from .coordinator import EnergyParkConfigEntry, PolledPlugCoordinator
from .entity import SheddingEntity, SocketEntity
from .model import PowerOnDefault, Socket
from .park.observation import AtLimit
from .park.shedding.policy import Margin, Silence
from .plug.client import PlugError
from .presence import follow

PARALLEL_UPDATES = 0

POWER_ON_DEFAULT = SelectEntityDescription(
    key="power_on_default",
    translation_key="power_on_default",
    entity_category=EntityCategory.CONFIG,
    options=[default.value for default in PowerOnDefault],
)
SHEDDING_POLICY = SelectEntityDescription(
    key="shedding_policy",
    translation_key="shedding_policy",
    entity_category=EntityCategory.CONFIG,
    options=[margin.value for margin in Margin],
)
SILENT_METER = SelectEntityDescription(
    key="silent_meter",
    translation_key="silent_meter",
    entity_category=EntityCategory.CONFIG,
    options=[silence.value for silence in Silence],
)
UNKNOWN_PHASE = "unknown"
PHASE = SelectEntityDescription(
    key="phase",
    translation_key="phase",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
    options=[UNKNOWN_PHASE, "1", "2", "3"],
)


AT_LIMIT = SelectEntityDescription(
    key="at_limit",
    translation_key="at_limit",
    entity_category=EntityCategory.CONFIG,
    options=[policy.value for policy in AtLimit],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of meters and sockets, of plugs that tell, of jobs."""
    for subentry_id, shedding in entry.runtime_data.sheddings.items():
        async_add_entities(
            [SheddingPolicySelect(shedding), SilentMeterSelect(shedding)],
            config_subentry_id=subentry_id,
        )
    if entry.runtime_data.stations.described:
        async_add_entities([AtLimitSelect(entry)])
    meters = entry.runtime_data.meters.values()
    needed = any(meter.insight.three_phases for meter in meters)
    phase = replace(PHASE, entity_registry_enabled_default=needed)
    if needed:
        _async_enable_phases(hass, entry)
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (PhaseSelect(plug, socket, phase) for socket in plug.plug.sockets),
            config_subentry_id=subentry_id,
        )
        if isinstance(plug, PolledPlugCoordinator):
            _follow_plug(plug, subentry_id, async_add_entities)


@callback
def _async_enable_phases(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Enable what was made before the meter was known to have three phases."""
    entities = er.async_get(hass)
    for plug in entry.runtime_data.plugs.values():
        for socket in plug.plug.sockets:
            known = entities.async_get_entity_id(
                SELECT_DOMAIN, DOMAIN, f"{socket.id}_{PHASE.key}"
            )
            entity = entities.async_get(known) if known else None
            if entity and entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION:
                entities.async_update_entity(entity.entity_id, disabled_by=None)


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


class SheddingPolicySelect(SheddingEntity, SelectEntity):
    """How near to the contract's limit the park goes."""

    def __init__(self, shedding: Shedding) -> None:
        """Bind the select to a meter."""
        super().__init__(shedding, SHEDDING_POLICY)

    @property
    @override
    def current_option(self) -> str:
        """What is remembered."""
        return self.shedding.memory.policy.margin

    @override
    async def async_select_option(self, option: str) -> None:
        """Change it."""
        self.shedding.async_set_policy(margin=Margin(option))


class SilentMeterSelect(SheddingEntity, SelectEntity):
    """What a silent meter costs."""

    def __init__(self, shedding: Shedding) -> None:
        """Bind the select to a meter."""
        super().__init__(shedding, SILENT_METER)

    @property
    @override
    def current_option(self) -> str:
        """What is remembered."""
        return self.shedding.memory.policy.silence

    @override
    async def async_select_option(self, option: str) -> None:
        """Change it."""
        self.shedding.async_set_policy(silence=Silence(option))


class PhaseSelect(SocketEntity, SelectEntity):
    """The phase of a three-phase meter that a socket hangs on."""

    @property
    @override
    def available(self) -> bool:
        """The phase is ours, whether the plug is heard or not."""
        return True

    @property
    @override
    def current_option(self) -> str:
        """What is remembered."""
        phase = self.switchboard.memory(self.socket).phase
        return UNKNOWN_PHASE if phase is None else str(phase)

    @override
    async def async_select_option(self, option: str) -> None:
        """Change it."""
        phase = None if option == UNKNOWN_PHASE else int(option)
        self.switchboard.choices.async_choose(self.socket, phase=phase)


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


class AtLimitSelect(SelectEntity):
    """What a job does at its time limit with a computer somebody works at."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description = AT_LIMIT

    def __init__(self, entry: EnergyParkConfigEntry) -> None:
        """Bind the select to the park."""
        self._jobs = entry.runtime_data.jobs
        self._attr_unique_id = f"{entry.entry_id}_{AT_LIMIT.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @property
    @override
    def current_option(self) -> str:
        """The policy of the jobs to come."""
        return self._jobs.rules.at_limit

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the policy."""
        rules = replace(self._jobs.rules, at_limit=AtLimit(option))
        self._jobs.async_set_rules(rules)
        self.async_write_ha_state()
