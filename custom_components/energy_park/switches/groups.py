"""Switches of a sector, of its computers and of its monitors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

from homeassistant.components.switch import SwitchEntityDescription
from homeassistant.core import callback

from ..control.group import SocketGroup
from ..control.memory import JobMemory
from ..coordinator import EnergyParkConfigEntry
from ..entity import GroupEntity
from ..model import Role, Socket
from ..park.observation import AtLimit
from .ordered import OrderedSwitch, report_failures


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


class GroupSwitch(GroupEntity, OrderedSwitch):
    """A sector, or its computers, or its monitors.

    Where there are stations, or several computers to feed, a job does it: the action
    has ended by then.
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
        report_failures(
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
        report_failures(
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
        """Start a job; None where all can be switched at once."""
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
