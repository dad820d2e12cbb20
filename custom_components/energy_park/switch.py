"""Switches of sockets and sectors; all of them give orders to the switchboard."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

from homeassistant.components.switch import (
    SwitchDeviceClass,
    SwitchEntity,
    SwitchEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .control.group import SocketGroup
from .control.memory import JobMemory
from .control.switchboard import Outcome, origin
from .coordinator import EnergyParkConfigEntry
from .entity import GroupEntity, SheddingEntity, SocketEntity, StationEntity
from .model import Reason, Role, Socket, Source
from .park.observation import AtLimit

# Requests to one plug queue in its client; plugs do not wait for each other.
PARALLEL_UPDATES = 0

SOCKET = SwitchEntityDescription(
    key="socket", name=None, device_class=SwitchDeviceClass.OUTLET
)
STATION = SwitchEntityDescription(
    key="station", name=None, device_class=SwitchDeviceClass.SWITCH
)
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


@dataclass(frozen=True, kw_only=True)
class GroupSwitchDescription(SwitchEntityDescription):
    """A switch of the sockets of a group that have a role; None is all of them."""

    role: Role | None


GROUP_SWITCHES = (
    GroupSwitchDescription(key="all", name=None, role=None),
    GroupSwitchDescription(
        key="computers", translation_key="computers", role=Role.COMPUTER
    ),
    GroupSwitchDescription(
        key="monitors", translation_key="monitors", role=Role.MONITOR
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of the park, of each meter, each socket and each sector."""
    async_add_entities([ObserveSwitch(entry.runtime_data.park, OBSERVE)])
    for subentry_id, shedding in entry.runtime_data.sheddings.items():
        async_add_entities(
            [SheddingTestSwitch(shedding, SHEDDING_TEST)],
            config_subentry_id=subentry_id,
        )
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (
                entity
                for socket in plug.plug.sockets
                for entity in (
                    SocketSwitch(plug, socket, SOCKET),
                    ProtectedSwitch(plug, socket, PROTECTED),
                    TakesTurnsSwitch(plug, socket, TAKES_TURNS),
                )
            ),
            config_subentry_id=subentry_id,
        )
    for station in entry.runtime_data.stations.described.values():
        async_add_entities(
            [StationSwitch(entry, station, STATION)], config_subentry_id=station.id
        )
    for group in entry.runtime_data.groups:
        if group.sector_id is None:
            continue
        roles = {socket.role for socket in group.sockets}
        async_add_entities(
            (
                GroupSwitch(entry, group, description)
                for description in GROUP_SWITCHES
                if description.role is None or description.role in roles
            ),
            config_subentry_id=group.sector_id,
        )


class OrderedSwitch(SwitchEntity):
    """A switch that gives orders and may be overridden for a while."""

    @abstractmethod
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Give an order; raise what became of it when that is not what was asked."""

    @abstractmethod
    async def async_release(self) -> None:
        """End a person's override: the plan takes over."""

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Order on."""
        await self.async_order(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Order off."""
        await self.async_order(on=False)


class SocketSwitch(SocketEntity, OrderedSwitch):
    """One socket: its state is the actual one, the wanted one stands beside it."""

    @property
    @override
    def is_on(self) -> bool | None:
        """The actual state."""
        return None if self.reading is None else self.reading.on

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The wanted state."""
        return {"wanted": self.switchboard.memory(self.socket).state.wanted}

    @override
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Order this very socket."""
        outcomes = await self.switchboard.async_order(
            [self.socket], on, self._context, lasting=lasting
        )
        _report(outcomes)
        # It stands by, but whoever stands before the socket should know.
        source, _ = origin(self._context)
        state = self.switchboard.memory(self.socket).state
        if on and source is Source.PERSON and state.reason is Reason.SHED:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="refused_shed",
                translation_placeholders={"socket": self.socket.name},
            )

    @override
    async def async_release(self) -> None:
        """End the override of this socket."""
        _report(await self.switchboard.async_release([self.socket]))


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
        self.switchboard.async_set_protected(self.socket, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let the rules switch the socket."""
        self.switchboard.async_set_protected(self.socket, False)


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
        self.switchboard.async_set_takes_turns(self.socket, True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let it be off until it fits."""
        self.switchboard.async_set_takes_turns(self.socket, False)


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


class StationSwitch(StationEntity, OrderedSwitch):
    """A station: it is on while its computer runs, and switched by a job."""

    @property
    def place(self) -> str:
        """What its jobs are known by."""
        return self.station_id

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether its computer runs; None while its power is not known."""
        reading = self.coordinator.reading(self.computer)
        if reading is None or reading.on is None:
            return None
        if not reading.on or reading.power_w is None:
            return None if reading.on else False
        return reading.power_w >= self.station.learnt.running_from_w

    @override
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Have a job switch the station."""
        self.start_job(on, lasting)

    @callback
    def start_job(
        self,
        on: bool,
        lasting: timedelta | None = None,
        at_limit: AtLimit | None = None,
    ) -> JobMemory:
        """Start the job, or raise why that is not done."""
        station, sockets = self.station, self.park.stations.sockets
        job = self.park.jobs.async_order(
            station.id,
            [sockets[s] for s in (station.computer, *station.monitors) if s in sockets],
            on,
            self._context,
            lasting=lasting,
            at_limit=at_limit,
        )
        if job is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="refused_protected",
                translation_placeholders={"socket": self.computer.name},
            )
        return job

    @override
    async def async_release(self) -> None:
        """End the override of its sockets."""
        sockets = self.park.stations.sockets
        station = self.station
        _report_failures(
            await self.park.switchboard.async_release(
                sockets[s]
                for s in (station.computer, *station.monitors)
                if s in sockets
            )
        )


class GroupSwitch(GroupEntity, OrderedSwitch):
    """A sector, or its computers, or its monitors.

    Where there are stations a job does it: the action has ended by then.
    """

    entity_description: GroupSwitchDescription

    def __init__(
        self,
        entry: EnergyParkConfigEntry,
        group: SocketGroup,
        description: GroupSwitchDescription,
    ) -> None:
        """Bind a description to a group."""
        super().__init__(group, description)
        self.park = entry.runtime_data
        self.place = group.unique_id

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether any socket is on; None when none is heard."""
        states = [
            reading.on
            for socket, reading in self.members.readings.items()
            if reading is not None and reading.on is not None and self._has(socket)
        ]
        return any(states) if states else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How many are on, and who refused the last order and why."""
        readings = {s: r for s, r in self.members.readings.items() if self._has(s)}
        return {
            "sockets": len(readings),
            "sockets_on": sum(1 for r in readings.values() if r and r.on),
            "refused": {
                socket.name: refused
                for socket in readings
                if (refused := self.switchboard.memory(socket).state.refused)
            },
        }

    @override
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Order all sockets of the role; those that must stay on are left."""
        if self.start_job(on, lasting) is not None:
            return
        _report_failures(
            await self.switchboard.async_order(
                filter(self._has, self.members.sockets),
                on,
                self._context,
                lasting=lasting,
                group=True,
            )
        )

    @override
    async def async_release(self) -> None:
        """End the override of all sockets of the role."""
        _report_failures(
            await self.switchboard.async_release(
                filter(self._has, self.members.sockets)
            )
        )

    @callback
    def start_job(
        self,
        on: bool,
        lasting: timedelta | None = None,
        at_limit: AtLimit | None = None,
    ) -> JobMemory | None:
        """Start a job; None where there is no station."""
        return self.park.jobs.async_order(
            self.place,
            self.members.sockets,
            on,
            self._context,
            role=self.entity_description.role,
            lasting=lasting,
            at_limit=at_limit,
        )

    def _has(self, socket: Socket) -> bool:
        role = self.entity_description.role
        return role is None or socket.role is role


def _report(outcomes: list[Outcome]) -> None:
    """Raise what became of an order to one socket, if it was not carried out.

    An order that is outranked stands by: it is no error.
    """
    for outcome in outcomes:
        if outcome.refused in (
            Reason.PROTECTED,
            Reason.RUNNING,
            Reason.STATE_UNKNOWN,
        ):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key=f"refused_{outcome.refused}",
                translation_placeholders={"socket": outcome.socket.name},
            )
    _report_failures(outcomes)


def _report_failures(outcomes: list[Outcome]) -> None:
    """Raise one error that names all sockets whose plug did not confirm."""
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="switch_failed",
            translation_placeholders={
                "sockets": ", ".join(outcome.socket.name for outcome in failed),
                "error": str(failed[0].error),
            },
        )
