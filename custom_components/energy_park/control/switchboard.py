"""The one place that switches: orders come in, the arbiter decides, plugs follow."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..const import LOGGER, NOT_OBEYING_AFTER
from ..coordinator import PlugCoordinator
from ..issues import async_forget_not_obeying, async_report_not_obeying
from ..model import Order, Reason, Role, Socket, Source
from ..park import arbiter
from ..park.arbiter import Decision, Policy
from ..park.station import Station
from ..park.turn import Turn
from ..plug.client import PlugError
from .audit import Audit
from .energy import EnergyBook
from .memory import ParkMemory, SocketMemory


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order to one socket."""

    socket: Socket
    refused: Reason | None = None
    error: PlugError | None = None


def origin(context: Context | None) -> tuple[Source, Reason]:
    """Tell who gives an order from Home Assistant's context.

    A user's own touch carries the user; what an automation does by itself does not.
    """
    if context is not None and context.user_id is not None:
        return Source.PERSON, Reason.PERSON
    return Source.SCHEDULE, Reason.AUTOMATION


class Switchboard:
    """Runs the arbiter on Home Assistant's time for all sockets of a park."""

    def __init__(
        self,
        hass: HomeAssistant,
        plugs: Iterable[PlugCoordinator],
        memory: ParkMemory,
        energy: EnergyBook,
        audit: Audit,
    ) -> None:
        """Connect the sockets of the plugs."""
        self._hass = hass
        self._plugs = tuple(plugs)
        self._memory = memory
        self._energy = energy
        self._audit = audit
        self._coordinators = {
            socket.id: coordinator
            for coordinator in self._plugs
            for socket in coordinator.plug.sockets
        }
        self._sending: dict[asyncio.Task[Outcome], str] = {}
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._cancel_expiry: CALLBACK_TYPE | None = None
        self._expiry_stale = True
        self._turn: Turn | None = None
        self._not_obeying: set[str] = set()
        self._stations: dict[str, Station] = {}
        self._members: dict[str, str] = {}
        self._go_back: Callable[[Mapping[str, Order]], None] | None = None

    @property
    def sockets(self) -> tuple[Socket, ...]:
        """All sockets of the park."""
        return tuple(s for c in self._plugs for s in c.plug.sockets)

    @callback
    def async_start(self) -> None:
        """Follow the plugs' readings and the expiry of orders."""
        for coordinator in self._plugs:
            self._unsubscribe.append(
                coordinator.async_add_listener(partial(self._async_read, coordinator))
            )
        self._async_plan_expiry()

    async def async_stop(self) -> None:
        """Stop following, cancel what is being sent, and write the memory."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        if self._cancel_expiry:
            self._cancel_expiry()
            self._cancel_expiry = None
        tasks = tuple(self._sending)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._memory.async_save()

    def memory(self, socket: Socket) -> SocketMemory:
        """Return what is remembered of a socket."""
        return self._memory.sockets[socket.id]

    @callback
    def async_know(self, stations: Iterable[Station]) -> None:
        """Take note whose computers belong to stations, and where they are off."""
        self._stations = {}
        self._members = {}
        for station in stations:
            self._stations[station.computer] = station
            for socket_id in (station.computer, *station.monitors):
                self._members[socket_id] = station.id

    @callback
    def async_on_return(self, go: Callable[[Mapping[str, Order]], None]) -> None:
        """Have told which stations' overrides have ended, and what the plan wants."""
        self._go_back = go

    def coordinator(self, socket: Socket) -> PlugCoordinator:
        """Return the coordinator that reads a socket."""
        return self._coordinators[socket.id]

    @property
    def override(self) -> timedelta | None:
        """How long a person's order stands; None: until the next one."""
        return self._memory.override

    @callback
    def async_set_override(self, override: timedelta | None) -> None:
        """Change how long a person's order stands from now on."""
        self._memory.override = override
        self._memory.save_orders()

    @property
    def observe(self) -> bool:
        """Whether rules decide, tell it, and switch nothing."""
        return self._memory.observe

    @callback
    def async_set_observe(self, observe: bool) -> None:
        """Let rules switch from now on, or only tell what they would switch.

        What plans asked for last was told and not done: they ask for it again.
        """
        self._memory.observe = observe
        self._memory.scheduled.clear()
        self._memory.save_orders()

    @callback
    def async_set_priority(self, socket: Socket, priority: int) -> None:
        """Change a socket's priority, 1 (kept longest) to 10 (shed first)."""
        self.memory(socket).priority = priority
        self._async_changed(socket)

    @callback
    def async_set_protected(self, socket: Socket, protected: bool) -> None:
        """Protect a socket from all rules, or no longer."""
        self.memory(socket).protected = protected
        self._async_changed(socket)

    @callback
    def async_set_phase(self, socket: Socket, phase: int | None) -> None:
        """Tell which phase of the meter a socket hangs on, 1 to 3."""
        self.memory(socket).phase = phase
        self._async_changed(socket)

    @callback
    def async_set_takes_turns(self, socket: Socket, takes_turns: bool) -> None:
        """Let a socket take turns with equals while they are shed, or no longer."""
        self.memory(socket).takes_turns = takes_turns
        self._async_changed(socket)

    async def async_order(
        self,
        sockets: Iterable[Socket],
        on: bool,
        context: Context | None,
        *,
        lasting: timedelta | None = None,
        group: bool = False,
    ) -> list[Outcome]:
        """Give an order to sockets; return what became of it, one by one.

        ``lasting`` bounds it; a person's order has the park's override otherwise.
        """
        source, reason = origin(context)
        now = dt_util.utcnow()
        order = Order(
            on=on,
            source=source,
            reason=reason,
            given_at=now,
            until=self.until(source, lasting, now),
            group=group,
            by=context.user_id if context else None,
        )
        return await self.async_place(sockets, order)

    def until(
        self, source: Source, lasting: timedelta | None, now: datetime
    ) -> datetime | None:
        """Return when an order ends that was given to last so long."""
        if lasting is None and source is Source.PERSON:
            lasting = self.override
        return None if lasting is None else now + lasting

    async def async_place(
        self, sockets: Iterable[Socket], order: Order
    ) -> list[Outcome]:
        """Give this order to sockets; return what became of it, one by one."""
        on = order.on

        def decide(socket: Socket) -> Decision:
            state, policy = self.memory(socket).state, self._policy(socket)
            reading = self.coordinator(socket).reading(socket)
            return arbiter.place(state, order, policy, reading, order.given_at)

        outcomes = await self._async_decide(sockets, decide)
        for outcome in outcomes:
            if outcome.refused is Reason.OBSERVED:
                state, name = "on" if on else "off", outcome.socket.name
                LOGGER.info("Observed only: %s would be switched %s", name, state)
        return outcomes

    @callback
    def async_note(self, socket: Socket, order: Order, reason: Reason) -> None:
        """Remember why an order to a socket came to nothing; a job has found out."""
        state = replace(self.memory(socket).state, refused=reason, refused_order=order)
        self._async_follow(socket, Decision(state, refused=reason))

    @callback
    def async_safety(
        self, socket: Socket, on: bool, now: datetime
    ) -> asyncio.Task[Outcome] | Reason | None:
        """Shed a socket, or give back what was shed, at once.

        Return what is being sent, or why the arbiter refused; None if nothing is to
        be sent.
        """
        state, policy = self.memory(socket).state, self._policy(socket)
        reading = self.coordinator(socket).reading(socket)
        if on:
            decision = arbiter.restore(state, policy, reading, now)
        else:
            order = Order(
                on=False, source=Source.SAFETY, reason=Reason.SHED, given_at=now
            )
            decision = arbiter.place(state, order, policy, reading, now)
        sending = self._async_follow(socket, decision)
        self._async_plan_expiry()
        return decision.refused or sending

    async def async_release(self, sockets: Iterable[Socket]) -> list[Outcome]:
        """End a person's override; the plan takes over.

        What comes on by that takes turns: the outcomes are those of the first one,
        and of all that needs no turn.
        """
        sockets, now = tuple(sockets), dt_util.utcnow()
        before = self._claims(sockets)
        for socket in sockets:
            memory = self.memory(socket)
            memory.state = arbiter.end(memory.state, Source.PERSON, now)
        self._expiry_stale = True
        self._memory.save_orders()
        outcomes = await self._async_decide(sockets, partial(self._tick, now=now))
        self._async_go_back(before)
        return outcomes

    async def _async_decide(
        self, sockets: Iterable[Socket], decide: Callable[[Socket], Decision]
    ) -> list[Outcome]:
        """Decide for each socket, send what follows, wait for all."""
        sending = []
        outcomes = []
        for socket in sockets:
            decision = decide(socket)
            if decision.refused:
                outcomes.append(Outcome(socket, refused=decision.refused))
            if task := self._async_follow(socket, decision):
                sending.append(task)
        self._async_plan_expiry()
        return outcomes + await asyncio.gather(*sending)

    @callback
    def _async_follow(
        self, socket: Socket, decision: Decision
    ) -> asyncio.Task[Outcome] | None:
        """Remember a decision and send what it asks for."""
        before = self.memory(socket).state
        self._audit.async_decided(socket, before, decision)
        changed = decision.state != before
        if changed:
            self.memory(socket).state = decision.state
            self._expiry_stale |= decision.state.claims != before.claims
        task = None
        if decision.switch is not None:
            task = self._hass.async_create_background_task(
                self._async_send(socket, decision.switch), f"switch {socket.id}"
            )
            self._sending[task] = socket.id
            task.add_done_callback(self._async_sent)
        # What is sent does not wait until all who look on were told.
        if changed:
            self._async_changed(socket)
        return task

    @callback
    def _async_sent(self, task: asyncio.Task[Outcome]) -> None:
        del self._sending[task]

    async def _async_send(self, socket: Socket, on: bool) -> Outcome:
        """Switch one socket."""
        try:
            await self.coordinator(socket).async_switch(socket, on)
        except PlugError as err:
            LOGGER.debug("Switching %s failed: %s", socket.name, err)
            return Outcome(socket, error=err)
        return Outcome(socket)

    @callback
    def _async_read(self, coordinator: PlugCoordinator) -> None:
        """Compare a plug's fresh reading with what is wanted of its sockets."""
        if not coordinator.heard:
            return
        self._energy.follow(coordinator.plug.sockets, coordinator.data)
        now = dt_util.utcnow()
        for socket in coordinator.plug.sockets:
            reading = coordinator.reading(socket)
            if reading is None or socket.id in self._sending.values():
                continue
            decision = arbiter.observe(
                self.memory(socket).state,
                self._policy(socket),
                reading,
                now,
                self.override,
            )
            self._async_follow(socket, decision)
            self._async_compare(socket, now)
        self._async_plan_expiry()

    @callback
    def _async_compare(self, socket: Socket, now: datetime) -> None:
        """Tell once when a socket is not what it should be for long."""
        state = self.memory(socket).state
        lost = (
            state.wanted is not None
            and not state.confirmed
            and state.since is not None
            and now - state.since > NOT_OBEYING_AFTER
        )
        if lost and socket.id not in self._not_obeying:
            self._not_obeying.add(socket.id)
            async_report_not_obeying(self._hass, socket, bool(state.wanted))
        elif state.confirmed and socket.id in self._not_obeying:
            self._not_obeying.discard(socket.id)
            async_forget_not_obeying(self._hass, socket)

    @callback
    def _async_plan_expiry(self) -> None:
        """Wake up when the next claim of any socket ends."""
        if not self._expiry_stale:
            return
        self._expiry_stale = False
        if self._cancel_expiry:
            self._cancel_expiry()
            self._cancel_expiry = None
        expiries = [
            expiry
            for memory in self._memory.sockets.values()
            if (expiry := memory.state.next_expiry)
        ]
        if expiries:
            due = min(expiries)
            if self._turn is not None:
                # Those whose turn has not come are overdue: they wait for it.
                fed_at = min(self._turn.at, dt_util.utcnow())
                due = max(due, fed_at + self._memory.rules.stagger)
            self._cancel_expiry = async_track_point_in_utc_time(
                self._hass, self._async_expire, due
            )

    @callback
    def _async_expire(self, now: datetime) -> None:
        """Let the claims go that ended."""
        self._cancel_expiry = None
        self._expiry_stale = True
        before = self._claims(self.sockets)
        for socket in self.sockets:
            self._async_follow(socket, self._tick(socket, now))
        self._async_plan_expiry()
        self._async_go_back(before)

    def _tick(self, socket: Socket, now: datetime) -> Decision:
        """Let go what has ended, unless the socket would come on before its turn."""
        state = self.memory(socket).state
        reading = self.coordinator(socket).reading(socket)
        decision = arbiter.tick(state, self._policy(socket), reading, now)
        if decision.switch:
            unit = self._members.get(socket.id, socket.id)
            stagger = self._memory.rules.stagger
            if self._turn is not None and self._turn.keeps_waiting(unit, now, stagger):
                return Decision(state)
            self._turn = Turn(unit, now)
        return decision

    def _claims(self, sockets: Iterable[Socket]) -> dict[Socket, tuple[Order, ...]]:
        """Return the standing orders of the sockets that belong to stations."""
        return {
            socket: self.memory(socket).state.claims
            for socket in sockets
            if socket.id in self._members
        }

    @callback
    def _async_go_back(self, before: Mapping[Socket, tuple[Order, ...]]) -> None:
        """Have jobs bring the stations whose override has ended back to the plan."""
        heirs: dict[str, Order] = {}
        for socket, claims in before.items():
            left = self.memory(socket).state.claims
            if left and claims and left[0].on != claims[0].on:
                heirs[self._members[socket.id]] = left[0]
        if heirs and self._go_back is not None:
            self._go_back(heirs)

    @callback
    def _async_changed(self, socket: Socket) -> None:
        """Keep and show what changed of a socket."""
        self._memory.save_orders()
        self.coordinator(socket).async_update_listeners()

    def _policy(self, socket: Socket) -> Policy:
        memory = self.memory(socket)
        station = self._stations.get(socket.id)
        return Policy(
            role=socket.role,
            protected=memory.protected,
            off_band=station.off_band if station else memory.standby.off_band,
            has_station=station is not None,
            by_job=socket.id in self._members,
            observed=self.observe,
            blind=self.coordinator(socket).blind,
        )


def select(sockets: Iterable[Socket], role: Role | None) -> tuple[Socket, ...]:
    """Return the sockets of a role; None selects all."""
    return tuple(s for s in sockets if role is None or s.role is role)
