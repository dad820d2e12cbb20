"""Orders of shedding on their way through the switchboard, and what becomes of them."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...park.shedding.orders import Answer, ShedOrder, answered
from ..memory import ParkMemory, SheddingMemory
from ..outcome import Outcome
from ..switchboard import Switchboard
from .loads import Loads
from .news import Happening, News


class CarryingOut:
    """Gives orders, and takes what became of each back into the rule's state."""

    def __init__(
        self,
        switchboard: Switchboard,
        loads: Loads,
        park_memory: ParkMemory,
        memory: SheddingMemory,
        news: News,
        decide: Callable[[], None],
    ) -> None:
        """Name who carries out, who remembers, and who decides what follows."""
        self._switchboard = switchboard
        self._loads = loads
        self._park_memory = park_memory
        self._memory = memory
        self._news = news
        self._decide = decide

    @callback
    def async_give(self, orders: Iterable[ShedOrder]) -> None:
        """Give orders to the switchboard; all are sent before anybody is told."""
        now = dt_util.utcnow()
        for order in orders:
            socket = self._loads.sockets[order.load]
            given = self._switchboard.async_safety(
                socket, order.on, now, yields=order.cause.yields
            )
            happening, refused = _done(order), None
            if isinstance(given, asyncio.Task):
                given.add_done_callback(partial(self._async_answered, order, now))
            elif given is None:
                self._async_take(order, Answer.DONE, now)
            else:
                self._async_take(order, Answer.REFUSED, now)
                happening, refused = Happening.REFUSED, given
            self._news.async_tell_order(happening, order, socket, refused)

    @callback
    def async_let_yield(self, loads: Iterable[str]) -> None:
        """Let what is shed end when a person wants it on."""
        self._switchboard.async_let_yield(self._loads.sockets[load] for load in loads)

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
            self._loads.async_answered(outcome.socket, order.on, now - sent_at)
            self._async_take(order, Answer.DONE, now)
        else:
            self._loads.async_took(outcome.socket, now - sent_at)
            self._async_take(order, Answer.FAILED, now)
            self._news.async_tell_order(Happening.FAILED, order, outcome.socket)
        self._park_memory.save_orders()
        self._decide()

    @callback
    def _async_take(self, order: ShedOrder, answer: Answer, now: datetime) -> None:
        self._memory.state = answered(
            self._memory.state, order.load, order.on, answer, now
        )


def _done(order: ShedOrder) -> Happening:
    return Happening.RESTORED if order.on else Happening.SHED
