"""Follows what the sectors of a park draw while nobody uses them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.const import STATE_HOME, STATE_NOT_HOME, STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..measure import resolve
from ..model import Role, Socket
from ..park.waste import Waste, WasteTotal, combine, measure
from .group import SocketGroup
from .memory import ParkMemory
from .opening import OpeningHours
from .prices import ParkPrices

_IN_USE = {STATE_ON: True, STATE_HOME: True, STATE_OFF: False, STATE_NOT_HOME: False}


@dataclass(frozen=True, slots=True)
class GroupWaste:
    """The waste of a group now; ``in_use`` None: nothing tells whether it is in use."""

    waste: Waste
    in_use: bool | None


class WasteBook:
    """Adds up the waste of the sectors and of the park as their plugs are read."""

    def __init__(
        self,
        hass: HomeAssistant,
        memory: ParkMemory,
        prices: ParkPrices,
        opening: OpeningHours,
        occupancy: Mapping[str, str],
    ) -> None:
        """Keep the book in the park's memory.

        ``occupancy`` are the entities that tell whether a sector is in use; for the
        others the opening hours of the park do.
        """
        self._hass = hass
        self._memory = memory
        self._prices = prices
        self._opening = opening
        self._occupancy = occupancy
        self._now: dict[str, GroupWaste] = {}

    @callback
    def async_start(self, groups: Iterable[SocketGroup]) -> CALLBACK_TYPE:
        """Follow the groups; return how to end that."""
        groups = tuple(groups)
        unsubscribe = [
            group.async_add_listener(partial(self._async_follow, group))
            for group in groups
        ]

        @callback
        def async_use_changed(event: Event[Any]) -> None:
            for group in groups:
                group.async_update_listeners()

        watched = {*self._occupancy.values(), *self._opening.entities}
        watched = {resolve(self._hass, entity) for entity in watched}
        unsubscribe.append(
            async_track_state_change_event(self._hass, watched, async_use_changed)
        )
        for group in groups:
            self._async_follow(group)

        @callback
        def async_stop() -> None:
            for end in unsubscribe:
                end()

        return async_stop

    def now(self, group: SocketGroup) -> GroupWaste:
        """Return the waste of a group as last seen."""
        return self._now[group.energy_id]

    def total(self, group: SocketGroup) -> WasteTotal:
        """Return what a group wasted since it is followed."""
        return self._memory.group(group.energy_id).waste

    def measure(self, sockets: Iterable[Socket], *, in_use: bool | None) -> Waste:
        """Return the waste of sockets; what must run is left out."""
        bands = {}
        for socket in sockets:
            memory = self._memory.sockets[socket.id]
            if socket.role is not Role.NETWORK and not memory.protected:
                bands[socket.id] = memory.standby.band, memory.standby.power_w
        return measure(bands, in_use=in_use)

    @callback
    def _async_follow(self, group: SocketGroup) -> None:
        """Look at a group and count what it wasted since the last look."""
        self._now[group.energy_id] = seen = self._look(group)
        memory = self._memory.group(group.energy_id)
        memory.waste = memory.waste.follow(
            dt_util.utcnow(), seen.waste, self._prices.price
        )

    def _look(self, group: SocketGroup) -> GroupWaste:
        sectors: dict[str | None, list[Socket]] = {}
        for socket in group.sockets:
            sectors.setdefault(socket.sector, []).append(socket)
        in_use = {sector: self._in_use(sector) for sector in sectors}
        wastes = (
            self.measure(sockets, in_use=in_use[sector])
            for sector, sockets in sectors.items()
        )
        told = [use for use in in_use.values() if use is not None]
        return GroupWaste(combine(wastes), any(told) if told else None)

    def _in_use(self, sector_id: str | None) -> bool | None:
        """Return whether a sector is in use; None when nothing tells."""
        if (entity := self._occupancy.get(sector_id or "")) is None:
            closed = self._opening.closed
            return None if closed is None else not closed
        state = self._hass.states.get(resolve(self._hass, entity))
        return None if state is None else _IN_USE.get(state.state)
