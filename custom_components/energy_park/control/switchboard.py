"""The one place that switches: orders come in, the arbiter decides, plugs follow."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..coordinator import PlugCoordinator
from ..model import Order, Reason, Socket, Source
from ..park import arbiter
from ..park.arbiter import Decision
from ..park.caution import Policy, needs_look
from .audit import Audit
from .choices import Choices
from .energy import EnergyBook
from .expiry import Expiry
from .members import Members
from .memory import ParkMemory, SocketMemory
from .obedience import async_watch_obedience
from .outcome import Outcome, origin, unloaded
from .sending import Sending
from .telling import Telling
from .turns import Turns


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
        self._sending = Sending(hass)
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._turns = Turns(memory)
        self._expiry = Expiry(
            hass, memory.sockets.values, self._turns, self._async_expire
        )
        self.choices = Choices(memory, self._async_show)
        self.members = Members(self.memory)
        self.telling = Telling(hass)

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
        self._expiry.async_plan()

    async def async_stop(self) -> None:
        """Stop following, and cancel what is being sent."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._expiry.async_stop()
        self.telling.async_tell_all()
        await self._sending.async_stop()

    def memory(self, socket: Socket) -> SocketMemory:
        """Return what is remembered of a socket."""
        return self._memory.sockets[socket.id]

    def coordinator(self, socket: Socket) -> PlugCoordinator:
        """Return the coordinator that reads a socket."""
        return self._coordinators[socket.id]

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
            lasting = self.choices.override
        return None if lasting is None else now + lasting

    async def async_place(
        self, sockets: Iterable[Socket], order: Order
    ) -> list[Outcome]:
        """Give this order to sockets; return what became of it, one by one.

        Computers that it may cut are read anew first.
        """
        on = order.on
        sockets = tuple(sockets)
        unsure = [s for s in sockets if needs_look(order, self._policy(s))]

        def decide(socket: Socket) -> Decision:
            state, policy = self.memory(socket).state, self._policy(socket)
            reading = self.coordinator(socket).reading(socket)
            return arbiter.place(state, order, policy, reading, order.given_at)

        looking = self._hass.async_create_background_task(
            self._async_look(unsure, decide), "look at computers before they are cut"
        )
        sure = (socket for socket in sockets if socket not in unsure)
        outcomes = await self._async_decide(sure, decide)
        # It goes on, too, if who ordered it starts anew.
        await asyncio.wait({looking})
        outcomes += looking.result()
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
        self, socket: Socket, on: bool, now: datetime, *, yields: bool = False
    ) -> asyncio.Task[Outcome] | Reason | None:
        """Shed a socket, or give back what was shed, at once.

        What ``yields`` ends when a person wants it on. Return what is being sent, or
        why the arbiter refused; None if nothing is to be sent.
        """
        state, policy = self.memory(socket).state, self._policy(socket)
        reading = self.coordinator(socket).reading(socket)
        if on:
            decision = arbiter.restore(state, policy, reading, now)
        else:
            order = Order(
                on=False,
                source=Source.SAFETY,
                reason=Reason.SHED,
                given_at=now,
                yields=yields,
            )
            decision = arbiter.place(state, order, policy, reading, now)
        sending = self._async_follow(socket, decision)
        self._expiry.async_plan()
        return decision.refused or sending

    @callback
    def async_let_yield(self, sockets: Iterable[Socket]) -> None:
        """Let what is shed end when a person wants it on."""
        for socket in sockets:
            memory = self.memory(socket)
            memory.state = arbiter.let_yield(memory.state)
        self._memory.save_orders()

    async def async_release(self, sockets: Iterable[Socket]) -> list[Outcome]:
        """End a person's override; the plan takes over.

        What comes on by that takes turns: the outcomes are those of the first one,
        and of all that needs no turn.
        """
        sockets, now = tuple(sockets), dt_util.utcnow()
        before = self.members.claims(sockets)
        for socket in sockets:
            memory = self.memory(socket)
            memory.state = arbiter.end(memory.state, Source.PERSON, now)
        self._expiry.async_changed()
        self._memory.save_orders()
        outcomes = await self._async_decide(sockets, partial(self._tick, now=now))
        self.members.async_go_back(before)
        return outcomes

    async def _async_look(
        self, sockets: Iterable[Socket], decide: Callable[[Socket], Decision]
    ) -> list[Outcome]:
        """Decide for sockets by what their plugs tell now."""
        plugs = {self.coordinator(socket) for socket in sockets}
        await asyncio.gather(*(plug.async_read_now() for plug in plugs))
        if not self._unsubscribe:
            return [unloaded(socket) for socket in sockets]
        return await self._async_decide(sockets, decide)

    async def _async_decide(
        self, sockets: Iterable[Socket], decide: Callable[[Socket], Decision]
    ) -> list[Outcome]:
        """Decide for each socket, send what follows, wait for all."""
        sending = {}
        outcomes = []
        for socket in sockets:
            decision = decide(socket)
            if decision.refused:
                outcomes.append(Outcome(socket, refused=decision.refused))
            if task := self._async_follow(socket, decision):
                sending[task] = socket
        self._expiry.async_plan()
        # What was ordered goes on if an automation that ordered it starts anew.
        if sending:
            await asyncio.wait(sending)
        outcomes += [
            unloaded(socket) if task.cancelled() else task.result()
            for task, socket in sending.items()
        ]
        self.telling.async_tell_all()
        return outcomes

    @callback
    def _async_follow(
        self, socket: Socket, decision: Decision
    ) -> asyncio.Task[Outcome] | None:
        """Remember a decision, send what it asks for, and tell of it after that."""
        before = self.memory(socket).state
        changed = decision.state != before
        if changed:
            self.memory(socket).state = decision.state
            if decision.state.claims != before.claims:
                self._expiry.async_changed()
        task = None
        if decision.switch is not None:
            self.telling.async_hold()
            plug = self.coordinator(socket)
            task = self._sending.async_send(plug, socket, decision.switch)
        tell = self.telling.async_tell
        tell(partial(self._audit.async_decided, socket, before, decision))
        if changed:
            self._memory.save_orders()
            tell(self.coordinator(socket).async_update_listeners)
        return task

    @callback
    def _async_read(self, coordinator: PlugCoordinator) -> None:
        """Compare a plug's fresh reading with what is wanted of its sockets."""
        if not coordinator.heard:
            return
        self._energy.follow(coordinator.plug.sockets, coordinator.data)
        now = dt_util.utcnow()
        for socket in coordinator.plug.sockets:
            reading = coordinator.reading(socket)
            if reading is None or socket in self._sending:
                continue
            decision = arbiter.observe(
                self.memory(socket).state,
                self._policy(socket),
                reading,
                now,
                self.choices.override,
            )
            self._async_follow(socket, decision)
            async_watch_obedience(self._hass, socket, self.memory(socket).state, now)
        self._expiry.async_plan()

    @callback
    def _async_expire(self, now: datetime) -> None:
        """Let the claims go that ended."""
        before = self.members.claims(self.sockets)
        for socket in self.sockets:
            self._async_follow(socket, self._tick(socket, now))
        self.members.async_go_back(before)

    def _tick(self, socket: Socket, now: datetime) -> Decision:
        """Let go what has ended, unless the socket would come on before its turn.

        A computer that the plan would cut is ordered off anew, once it has been read.
        """
        state, policy = self.memory(socket).state, self._policy(socket)
        reading = self.coordinator(socket).reading(socket)
        decision = arbiter.tick(state, policy, reading, now)
        if decision.switch and not self._turns.take(self.members.unit(socket), now):
            return Decision(state)
        if decision.switch is False:
            heir = replace(decision.state.claims[0], given_at=now)
            if needs_look(heir, policy):
                self._hass.async_create_background_task(
                    self.async_place([socket], heir),
                    f"look at {socket.id} before its plan takes over",
                    eager_start=False,
                )
                return Decision(replace(state, claims=decision.state.claims))
        return decision

    @callback
    def _async_show(self, socket: Socket) -> None:
        """Show what has changed of a socket."""
        self.coordinator(socket).async_update_listeners()

    def _policy(self, socket: Socket) -> Policy:
        memory = self.memory(socket)
        station = self.members.station_of(socket)
        return Policy(
            role=socket.role,
            protected=memory.protected,
            off_band=station.off_band if station else memory.standby.off_band,
            has_station=station is not None,
            by_job=socket in self.members,
            observed=self.choices.observe,
            blind=self.coordinator(socket).blind,
            ends_itself=self.coordinator(socket).ends_itself,
        )
