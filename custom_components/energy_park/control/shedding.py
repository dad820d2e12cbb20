"""Shedding on Home Assistant's time: the rule decides, the switchboard carries out.

An automation says when: with `protect` it lets the rule keep the meter from opening
until the danger is over. The rule says which and how much. What is shed comes back by
the rule, whoever shed it.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from ..coordinator import PlugCoordinator
from ..meter_coordinator import MeterCoordinator
from ..model import Reason, Socket
from ..park.shedding.may_start import MayStart, may_start, promised
from ..park.shedding.orders import Answer, ShedOrder, answered
from ..park.shedding.outlook import Return, next_return, next_shed
from ..park.shedding.requests import end, request
from ..park.shedding.rule import Decision, decide
from ..park.shedding.state import Cause, State
from ..park.shedding.supply import View
from .loads import Loads
from .memory import ParkMemory, SheddingMemory
from .supplies import Supplies
from .switchboard import Outcome, Switchboard

# A danger is over when for so long nothing was predicted and nothing is shed for it.
OVER_AFTER = timedelta(seconds=60)


class Status(StrEnum):
    """What shedding is at."""

    CLEAR = "clear"
    PREDICTED = "predicted"
    SHEDDING = "shedding"
    SILENT = "silent"


class Happening(StrEnum):
    """What shedding tells, decision by decision."""

    OVERLOAD_PREDICTED = "overload_predicted"
    SHED = "shed"
    WOULD_SHED = "would_shed"
    REFUSED = "refused"
    FAILED = "failed"
    RESTORED = "restored"
    OVER = "over"


type Listener = Callable[[], None]
type Teller = Callable[[Happening, dict[str, Any]], None]


class Shedding:
    """The shedding behind one meter: its sockets, its contract, its owner's choices."""

    def __init__(
        self,
        hass: HomeAssistant,
        meter: MeterCoordinator,
        switchboard: Switchboard,
        loads: Loads,
        memory: ParkMemory,
        sockets: Collection[str],
    ) -> None:
        """Go on from what is remembered; ``sockets`` are those behind the meter."""
        self.meter = meter
        self.loads = loads
        self.sockets = sockets
        self.memory: SheddingMemory = memory.sheddings[meter.serial]
        # An automation lets the rule shed until the danger is over.
        self.protecting = False
        self.decision = Decision(state=self.memory.state)
        # How long the present power may last, None is for ever, and what goes if it does.
        self.left_s: float | None = None
        self.ready: tuple[str, ...] = ()
        self._hass = hass
        self._switchboard = switchboard
        self._park_memory = memory
        self._supplies = Supplies(meter)
        self._danger_until: datetime | None = None
        self._deciding = False
        self._would_shed: set[str] = set()
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._listeners: list[Listener] = []
        self._tellers: list[Teller] = []
        self._polls: set[PlugCoordinator] = set()

    @callback
    def async_start(self) -> None:
        """Follow the meter and the plugs."""
        self._unsubscribe = [
            self.meter.async_add_listener(self._async_meter_read),
            *(
                plug.async_add_listener(self._async_plug_read)
                for plug in self.loads.plugs
            ),
        ]
        self.async_decide()

    @callback
    def async_stop(self) -> None:
        """Follow them no longer."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def async_add_listener(self, listener: Listener) -> CALLBACK_TYPE:
        """Have a listener told of each decision; return how to end that."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def async_add_teller(self, teller: Teller) -> CALLBACK_TYPE:
        """Have each happening told, with its particulars; return how to end that."""
        self._tellers.append(teller)
        return partial(self._tellers.remove, teller)

    # What there is to see

    @property
    def state(self) -> State:
        """What the rule remembers."""
        return self.memory.state

    @property
    def view(self) -> View:
        """All that the rule sees now."""
        return View(
            now=dt_util.utcnow(),
            supplies=tuple(self._supplies.now.values()),
            loads=self.loads.of(self.sockets),
            policy=self.memory.policy,
        )

    @property
    def status(self) -> Status | None:
        """What shedding is at; None while the meter was never heard."""
        if self.state.shed:
            return Status.SHEDDING
        if not self._supplies.now:
            return None
        if self.state.silent_since is not None:
            return Status.SILENT
        return Status.PREDICTED if self.in_danger else Status.CLEAR

    @property
    def cause(self) -> Cause | None:
        """Why something is shed; the latest cause of several."""
        latest = max(self.state.shed.values(), key=lambda shed: shed.at, default=None)
        return None if latest is None else latest.cause

    @property
    def in_danger(self) -> bool:
        """Whether an overload is predicted, or was until lately."""
        return self._danger_until is not None

    @property
    def headroom(self) -> float | None:
        """What is left below the subscribed power, of the fullest phase, in its unit."""
        left = [
            supply.subscribed - supply.power_max
            for supply in self._supplies.now.values()
            if supply.subscribed is not None
        ]
        return None if self.state.silent_since else min(left, default=None)

    def next_shed(self) -> Socket | None:
        """Return the socket that would be cut first."""
        load = next_shed(self.view, self.state)
        return None if load is None else self.loads.sockets[load.id]

    def next_return(self) -> Return | None:
        """Return who would come back first, and what it waits for."""
        return next_return(self.view, self.state)

    # What is asked

    @callback
    def async_protect(self) -> None:
        """Keep the meter from opening until the danger is over."""
        self.protecting = True
        self.async_decide()

    @callback
    def async_request(
        self,
        *,
        power_w: float | None = None,
        sectors: Collection[str] | None = None,
        from_priority: int = 1,
        lasting: timedelta | None = None,
    ) -> tuple[ShedOrder, ...]:
        """Shed because somebody asks; return what was ordered off."""
        state, orders = request(
            dt_util.utcnow(),
            self.loads.of(self.sockets),
            self.state,
            power_w=power_w,
            sectors=sectors,
            from_priority=from_priority,
            lasting=lasting,
        )
        if self.memory.test:
            self._async_withhold(orders)
            return ()
        self._async_carry_out(state, orders)
        self.async_decide()
        return tuple(order for order in orders if order.load in self.state.shed)

    @callback
    def async_end(self, sockets: Collection[str] | None = None) -> None:
        """Let what is shed come back as soon as it fits; None is all of it."""
        self.memory.state = end(dt_util.utcnow(), self.state, sockets)
        self.async_decide()

    @callback
    def async_may_start(
        self, power: float, phase: int | None, promise_to: str | None = None
    ) -> MayStart:
        """Answer whether a load may start; count it as started if it is promised."""
        view = self.view
        answer = may_start(view, self.state, power, phase)
        if promise_to is not None and answer.fits:
            self.memory.state = promised(self.state, promise_to, power, phase, view.now)
        return answer

    @callback
    def async_set_policy(self, **changes: Any) -> None:
        """Change what the owner chooses."""
        self.memory.policy = replace(self.memory.policy, **changes)
        self._park_memory.save_orders()
        self.async_decide()

    @callback
    def async_set_test(self, test: bool) -> None:
        """Decide and tell without cutting anything, or no longer."""
        self.memory.test = test
        self._park_memory.save_orders()
        self.async_decide()

    # The clockwork

    @callback
    def _async_meter_read(self) -> None:
        if self.meter.heard and self._supplies.follow(dt_util.utcnow()):
            self.async_decide()

    @callback
    def _async_plug_read(self) -> None:
        """Look again when a plug tells something, while that can change anything."""
        state = self.state
        if state.shed or state.pending or state.over_since:
            self.async_decide()

    @callback
    def _async_timer(self, _now: datetime) -> None:
        self._cancel_timer = None
        self.async_decide()

    @callback
    def async_decide(self) -> None:
        """Run the rule, and do what follows."""
        # What was sent before the park was unloaded is answered after it.
        if self._deciding or not self._unsubscribe:
            return
        self._deciding = True
        try:
            self._async_decide()
        finally:
            self._deciding = False

    @callback
    def _async_decide(self) -> None:
        view = self.view
        before = self.state
        decision = self.decision = decide(view, before)
        self.left_s, self.ready = decision.left_s, decision.ready
        if cuts := [one for one in decision.orders if one.cause is Cause.LIMIT]:
            # What is ordered counts as done: without it the power would last so long.
            self.left_s = _left_s(view)
            self.ready = tuple(order.load for order in cuts)
        # First of all: an automation that answers at once lets the orders through.
        self._async_watch_danger(decision, view.now)
        if held_back := self._held_back(decision.orders):
            self._async_withhold(held_back)
            self.memory.state = replace(
                before,
                over_since=decision.state.over_since,
                silent_since=decision.state.silent_since,
            )
        else:
            self._async_carry_out(decision.state, decision.orders)
        self._async_ask(decision.ask)
        self._async_wake(decision.decide_at, view.now)
        if self.state != before:
            self._park_memory.save_orders()
        for listener in tuple(self._listeners):
            listener()
        async_dispatcher_send(self._hass, SIGNAL_SHEDDING, self)

    @callback
    def _async_watch_danger(self, decision: Decision, now: datetime) -> None:
        """Say once that an overload is predicted, and when that is over."""
        if self.left_s is not None:
            begins = self._danger_until is None
            self._danger_until = now + OVER_AFTER
            if begins:
                self._async_tell(
                    Happening.OVERLOAD_PREDICTED,
                    seconds_left=round(self.left_s, 1),
                    ready=self._names(self.ready),
                    enough=decision.enough,
                )
            async_dispatcher_send(self._hass, SIGNAL_SHEDDING, self)
        elif any(shed.cause is Cause.LIMIT for shed in self.state.shed.values()):
            self._danger_until = now + OVER_AFTER
        elif self._danger_until is not None and now >= self._danger_until:
            self._danger_until = None
            self.protecting = False
            self._would_shed.clear()
            self._async_tell(Happening.OVER)

    def _held_back(self, orders: Iterable[ShedOrder]) -> list[ShedOrder]:
        """Return the cuts that must not be: in a test, or if nobody asked for them."""
        return [
            order
            for order in orders
            if not order.on
            and (
                self.memory.test or (order.cause is Cause.LIMIT and not self.protecting)
            )
        ]

    @callback
    def _async_withhold(self, orders: Iterable[ShedOrder]) -> None:
        """Tell once in a danger what would have been shed."""
        for order in orders:
            if order.load not in self._would_shed:
                self._would_shed.add(order.load)
                self._async_tell_order(Happening.WOULD_SHED, order)

    @callback
    def _async_carry_out(self, state: State, orders: Iterable[ShedOrder]) -> None:
        """Give orders to the switchboard; all are sent before anybody is told."""
        self.memory.state = state
        now = dt_util.utcnow()
        told: list[tuple[Happening, ShedOrder, Reason | None]] = []
        for order in orders:
            socket = self.loads.sockets[order.load]
            given = self._switchboard.async_safety(socket, order.on, now)
            if isinstance(given, asyncio.Task):
                given.add_done_callback(partial(self._async_answered, order, now))
                told.append((_done(order), order, None))
            elif given is None:
                self._async_take(order, Answer.DONE, now)
                told.append((_done(order), order, None))
            else:
                self._async_take(order, Answer.REFUSED, now)
                told.append((Happening.REFUSED, order, given))
        for happening, order, refused in told:
            self._async_tell_order(happening, order, refused=refused)

    @callback
    def _async_answered(
        self, order: ShedOrder, sent_at: datetime, task: asyncio.Task[Outcome]
    ) -> None:
        """Take what became of an order, and how long it took."""
        if task.cancelled():
            return
        outcome = task.result()
        now = dt_util.utcnow()
        if outcome.error is None:
            self.loads.async_answered(outcome.socket, order.on, now - sent_at)
            self._async_take(order, Answer.DONE, now)
        else:
            self.loads.async_took(outcome.socket, now - sent_at)
            self._async_take(order, Answer.FAILED, now)
            self._async_tell_order(Happening.FAILED, order)
        self._park_memory.save_orders()
        self.async_decide()

    @callback
    def _async_take(self, order: ShedOrder, answer: Answer, now: datetime) -> None:
        self.memory.state = answered(self.state, order.load, order.on, answer, now)

    @callback
    def _async_ask(self, loads: Iterable[str]) -> None:
        """Ask the plugs of which more should be known, each once at a time."""
        plugs = {
            self._switchboard.coordinator(self.loads.sockets[load]) for load in loads
        }
        for plug in plugs - self._polls:
            self._polls.add(plug)
            plug.config_entry.async_create_background_task(
                self._hass, self._async_poll(plug), f"shedding asks {plug.name}"
            )

    async def _async_poll(self, plug: PlugCoordinator) -> None:
        try:
            await plug.async_refresh()
        finally:
            self._polls.discard(plug)

    @callback
    def _async_wake(self, decide_at: datetime | None, now: datetime) -> None:
        """Decide again when time alone changes the decision."""
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None
        state = self.state
        times = [decide_at, self._danger_until, state.restore_from]
        times += [shed.until for shed in state.shed.values()]
        due = [at for at in times if at is not None and at > now]
        if due:
            self._cancel_timer = async_track_point_in_utc_time(
                self._hass, self._async_timer, min(due)
            )

    @callback
    def _async_tell_order(
        self, happening: Happening, order: ShedOrder, *, refused: Reason | None = None
    ) -> None:
        self._async_tell(
            happening,
            socket=self.loads.sockets[order.load].name,
            socket_id=order.load,
            cause=order.cause,
            power=round(order.power_w),
            against_person=order.against_person,
            refused=refused,
        )

    @callback
    def _async_tell(self, happening: Happening, **particulars: Any) -> None:
        for teller in tuple(self._tellers):
            teller(happening, particulars)

    def _names(self, loads: Iterable[str]) -> list[str]:
        return [self.loads.sockets[load].name for load in loads]


SIGNAL_SHEDDING: SignalType[Shedding] = SignalType("energy_park_shedding")


def _left_s(view: View) -> float:
    """Return how long the present power may last."""
    return min(
        (
            limit.held_s(supply.power_max)
            for supply, limits in view.limited
            for limit in limits
        ),
        default=0.0,
    )


def _done(order: ShedOrder) -> Happening:
    return Happening.RESTORED if order.on else Happening.SHED
