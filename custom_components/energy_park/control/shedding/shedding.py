"""Shedding on Home Assistant's time: the rule decides, the switchboard carries out.

An automation says when: with `protect` it lets the rule keep the meter from opening
until the danger is over. The rule says which and how much. What is shed comes back by
the rule, whoever shed it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType
from homeassistant.util.ulid import ulid_now

from ...meter_coordinator import MeterCoordinator
from ...park.shedding.may_start import MayStart, Phase, may_start, promised
from ...park.shedding.orders import ShedOrder, withheld
from ...park.shedding.requests import Requested, end, request
from ...park.shedding.rule import Decision, decide
from ...park.shedding.state import Cause, State
from ...park.shedding.supply import View
from ..memory import ParkMemory, SheddingMemory
from ..switchboard import Switchboard
from .carrying_out import CarryingOut
from .danger import Danger, is_cut
from .loads import Loads
from .news import Happening, News
from .sight import Sight

type Listener = Callable[[], None]


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
        self.decision = Decision(state=self.memory.state)
        # The automation that let it shed does not fire again in the same danger.
        self.danger = Danger(protecting=self._is_shed_for_the_limit)
        self.sight = Sight(meter, loads, sockets, self.memory, self.danger)
        self.news = News(switchboard.telling)
        self._hass = hass
        self._telling = switchboard.telling
        self._choices = switchboard.choices
        self._park_memory = memory
        self._carrying_out = CarryingOut(
            switchboard, loads, memory, self.memory, self.news, self.async_decide
        )
        self._deciding = False
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._listeners: list[Listener] = []

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

    @property
    def state(self) -> State:
        """What the rule remembers."""
        return self.memory.state

    @property
    def _is_shed_for_the_limit(self) -> bool:
        """Whether anything is off because the contract's limit would be passed."""
        return any(shed.cause is Cause.LIMIT for shed in self.state.shed.values())

    # What is asked

    @callback
    def async_protect(self) -> None:
        """Keep the meter from opening until the danger is over."""
        self.danger.protecting = True
        self.async_decide()

    @callback
    def async_request(
        self,
        *,
        power_w: float | None = None,
        sectors: Collection[str] | None = None,
        from_priority: int = 1,
        lasting: timedelta | None = None,
    ) -> Requested:
        """Shed because somebody asks; return what is off for it, or would be."""
        asked = request(
            dt_util.utcnow(),
            self.loads.of(self.sockets),
            self.state,
            power_w=power_w,
            sectors=sectors,
            from_priority=from_priority,
            lasting=lasting,
        )
        if self.memory.test:
            self._async_tell_withheld(asked.orders)
            return asked
        self.memory.state = asked.state
        self._carrying_out.async_give(asked.orders)
        self._carrying_out.async_let_yield(asked.kept_off)
        self.async_decide()
        done = tuple(order for order in asked.orders if order.load in self.state.shed)
        return replace(asked, orders=done)

    @callback
    def async_end(self, sockets: Collection[str] | None = None) -> None:
        """Let what is shed come back as soon as it fits; None is all of it."""
        self.memory.state = end(dt_util.utcnow(), self.state, sockets)
        self.async_decide()

    @callback
    def async_may_start(
        self, power: float, phase: Phase, *, promise: bool = False
    ) -> MayStart:
        """Answer whether a load may start; count it as started if it is promised."""
        view = self.sight.view
        answer = may_start(view, self.state, power, phase)
        if promise and answer.fits:
            self.memory.state = promised(self.state, ulid_now(), power, phase, view.now)
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
        if self.meter.heard and self.sight.follow(dt_util.utcnow()):
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
        view, before = self.sight.view, self.state
        decision = self.decision = decide(view, before)
        self._async_watch_danger(view)
        held_back = self._held_back(decision.orders)
        self._async_tell_withheld(self.danger.withhold(held_back))
        self.memory.state = withheld(
            decision.state, before, [order.load for order in held_back]
        )
        self._carrying_out.async_give(
            order for order in decision.orders if order not in held_back
        )
        for load, phase in decision.learnt.items():
            self._choices.async_choose(self.loads.sockets[load], phase=phase)
        self.memory.longest_off = self.memory.longest_off.follow(
            {load: shed.at for load, shed in self.state.shed.items()},
            dt_util.as_local(view.now),
        )
        self.loads.async_ask(decision.ask)
        self._async_wake(decision.decide_at, view.now)
        if self.state != before:
            self._park_memory.save_orders()
        self._telling.async_tell(self._async_show)

    @callback
    def _async_watch_danger(self, view: View) -> None:
        """Say once that an overload is predicted, and when that is over."""
        news = self.danger.follow(
            self.decision, view, shed_for_it=self._is_shed_for_the_limit
        )
        if news is Happening.OVERLOAD_PREDICTED:
            self._telling.async_hold()
        left_s = self.danger.left_s
        if left_s is not None or news is not None:
            # First of all: an automation that answers at once lets the orders through.
            async_dispatcher_send(self._hass, SIGNAL_SHEDDING, self)
        if left_s is not None and news is not None:
            names = self.loads.sockets
            self.news.async_tell(
                news,
                seconds_left=round(left_s, 1),
                ready=[names[load].name for load in self.danger.ready],
                enough=self.decision.enough,
            )
        elif news is not None:
            self.news.async_tell(news)

    @callback
    def _async_show(self) -> None:
        """Tell who looks on that something was decided."""
        for listener in tuple(self._listeners):
            listener()
        async_dispatcher_send(self._hass, SIGNAL_SHEDDING, self)

    def _held_back(self, orders: Iterable[ShedOrder]) -> list[ShedOrder]:
        """Return the cuts that must not be: in a test, or if nobody asked for them."""
        return [
            order
            for order in orders
            if not order.on
            and (self.memory.test or (is_cut(order) and not self.danger.protecting))
        ]

    @callback
    def _async_tell_withheld(self, orders: Iterable[ShedOrder]) -> None:
        """Tell what would have been shed."""
        for order in orders:
            socket = self.loads.sockets[order.load]
            self.news.async_tell_order(Happening.WOULD_SHED, order, socket)

    @callback
    def _async_wake(self, decide_at: datetime | None, now: datetime) -> None:
        """Decide again when time alone changes the decision."""
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None
        state = self.state
        times = [decide_at, self.danger.until, state.restore_from]
        times += [shed.until for shed in state.shed.values()]
        due = [at for at in times if at is not None and at > now]
        if due:
            self._cancel_timer = async_track_point_in_utc_time(
                self._hass, self._async_timer, min(due)
            )


SIGNAL_SHEDDING: SignalType[Shedding] = SignalType("energy_park_shedding")
