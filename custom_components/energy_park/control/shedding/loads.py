"""The park's sockets as shedding sees them, kept up to date by their plugs."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ...coordinator import PlugCoordinator
from ...model import PlugReading, Socket, Source
from ...park.shedding.loads import Load
from ..memory import SocketMemory
from ..switchboard import Switchboard


class Loads:
    """Follows the readings of all sockets, and what people want of them."""

    def __init__(self, switchboard: Switchboard) -> None:
        """Start from what is remembered; nothing is read yet."""
        self._switchboard = switchboard
        self.sockets = {socket.id: socket for socket in switchboard.sockets}
        self.loads: dict[str, Load] = {
            socket.id: _kept_up(
                Load(
                    id=socket.id,
                    priority=socket.priority,
                    role=socket.role,
                    sector=socket.sector,
                    # Nobody polls what another integration tells.
                    tells=switchboard.coordinator(socket).update_interval is None,
                ),
                switchboard.memory(socket),
            )
            for socket in self.sockets.values()
        }
        self._seen: dict[PlugCoordinator, PlugReading | None] = {}
        self._asked: set[PlugCoordinator] = set()
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @property
    def plugs(self) -> Iterable[PlugCoordinator]:
        """The plugs of all sockets, each once."""
        return dict.fromkeys(map(self._switchboard.coordinator, self.sockets.values()))

    @callback
    def async_start(self) -> None:
        """Follow the plugs."""
        for plug in self.plugs:
            self._unsubscribe.append(
                plug.async_add_listener(partial(self._async_follow, plug))
            )

    @callback
    def async_stop(self) -> None:
        """Follow them no longer."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()

    def of(self, sockets: Iterable[str]) -> Mapping[str, Load]:
        """Return the loads of some sockets."""
        return {socket_id: self.loads[socket_id] for socket_id in sockets}

    @callback
    def async_ask(self, loads: Iterable[str]) -> None:
        """Ask the plugs of which more should be known, each once at a time."""
        plugs = {self._switchboard.coordinator(self.sockets[load]) for load in loads}
        for plug in plugs - self._asked:
            self._asked.add(plug)
            plug.config_entry.async_create_background_task(
                plug.hass, self._async_ask(plug), f"shedding asks {plug.name}"
            )

    async def _async_ask(self, plug: PlugCoordinator) -> None:
        try:
            await plug.async_read_now()
        finally:
            self._asked.discard(plug)

    @callback
    def async_answered(self, socket: Socket, on: bool, took: timedelta) -> None:
        """Take what a plug said it did, and how long it took."""
        self.async_took(socket, took)
        now = dt_util.utcnow()
        load = self.loads[socket.id]
        self.loads[socket.id] = _switched(replace(load, on=on), load.on, now)

    @callback
    def async_took(self, socket: Socket, took: timedelta) -> None:
        """Learn how long a plug takes to carry out an order."""
        memory = self._switchboard.memory(socket)
        memory.delay = memory.delay.follow(took.total_seconds())
        self.loads[socket.id] = _kept_up(self.loads[socket.id], memory)

    @callback
    def _async_follow(self, plug: PlugCoordinator) -> None:
        """Take a new reading, a plug's silence, or a changed wish."""
        now = dt_util.utcnow()
        fresh = plug.heard and plug.data is not self._seen.get(plug)
        if fresh:
            self._seen[plug] = plug.data
        for socket in plug.plug.sockets:
            load = self.loads[socket.id]
            if not plug.heard:
                load = load.lost()
            elif fresh and (reading := plug.reading(socket)) is not None:
                before = load.on
                at = plug.data.asked_at or now
                load = _switched(
                    load.read(at, reading.on, reading.power_w), before, now
                )
                if reading.on and reading.power_w is not None:
                    usual_w = max(reading.power_w, load.usual_w or 0.0)
                    load = replace(load, usual_w=usual_w)
            self.loads[socket.id] = _kept_up(load, self._switchboard.memory(socket))


def _kept_up(load: Load, memory: SocketMemory) -> Load:
    """Return a load with what is remembered of its socket."""
    claims = memory.state.claims
    return replace(
        load,
        priority=memory.priority,
        protected=memory.protected,
        phase=memory.phase,
        heater=memory.takes_turns,
        min_on=memory.min_on,
        min_off=memory.min_off,
        delay_s=memory.delay.bound_s,
        held=any(claim.source is Source.PERSON and claim.on for claim in claims),
    )


def _switched(load: Load, before: bool | None, now: datetime) -> Load:
    """Return a load that takes note of when it was switched on."""
    if not load.on:
        return replace(load, on_since=None)
    return replace(load, on_since=now) if before is False else load
