"""A house whose meter and plugs say what a test wants them to say."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.energy_park.park.shedding.limits import Cap, Limit, LinkyFilter
from custom_components.energy_park.park.shedding.loads import Load
from custom_components.energy_park.park.shedding.orders import Answer, answered
from custom_components.energy_park.park.shedding.policy import Policy
from custom_components.energy_park.park.shedding.rule import Decision, decide
from custom_components.energy_park.park.shedding.state import State
from custom_components.energy_park.park.shedding.supply import Supply, View

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
LIMIT_VA = 6000.0
# What a Linky of 6 kVA bears for ever.
TRIP_VA = 1.3 * LIMIT_VA


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def load(name: str, priority: int, power_w: float, **more: Any) -> Load:
    """Return a load that draws a power, read just now."""
    known: dict[str, Any] = {"delay_s": 0.3, **more}
    at = known.pop("at", NOW)
    on = known.pop("on", True)
    return Load(id=name, priority=priority, usual_w=power_w, **known).read(
        at, on, power_w if on else 0.0
    )


def linky(
    power_va: float,
    *,
    filtered: float = 1.0,
    limit_va: float = LIMIT_VA,
    at: datetime = NOW,
    phase: int | None = None,
) -> Supply:
    """Return what a Linky said; ``filtered`` is √Y over the cut-off power."""
    trip = LinkyFilter(
        limit_va=limit_va,
        filtered_va2=(filtered * limit_va) ** 2,
        ceiling_va2=(filtered * limit_va) ** 2,
    )
    return said(power_va, trip, at=at, phase=phase, subscribed=limit_va)


def capped(power_w: float, *, limit_w: float = LIMIT_VA, at: datetime = NOW) -> Supply:
    """Return what a meter said whose cap must not be passed at all."""
    return said(power_w, Cap(limit=limit_w), at=at)


def said(power: float, *limits: Limit, at: datetime = NOW, **more: Any) -> Supply:
    return Supply(
        limits=limits,
        power=power,
        power_max=power,
        # It was the same before: a leap is a matter of its own.
        recent=((at - timedelta(seconds=1), power), (at, power)),
        read_at=at,
        measured_from=at - timedelta(seconds=1),
        measured_to=at,
        **more,
    )


class House:
    """A rule that remembers, and what it is told."""

    def __init__(self, *loads: Load, policy: Policy | None = None) -> None:
        self.loads = {one.id: one for one in loads}
        self.policy = policy or Policy()
        self.state = State()
        self.now = NOW
        self.supplies: tuple[Supply, ...] = ()
        self.decision = Decision(state=self.state)

    @property
    def view(self) -> View:
        return View(
            now=self.now,
            supplies=self.supplies,
            loads=self.loads,
            policy=self.policy,
        )

    def hear(self, *supplies: Supply) -> dict[str, bool]:
        """Take what the meter says, at its time; return what is ordered."""
        self.supplies = supplies
        return self.wait(max(one.read_at for one in supplies))

    def wait(self, until: datetime) -> dict[str, bool]:
        """Decide at a time at which nothing was heard."""
        self.now = until
        self.decision = decide(self.view, self.state)
        self.state = self.decision.state
        return {order.load: order.on for order in self.decision.orders}

    def wait_for_orders(self) -> float:
        """Wait until something is ordered though nothing changes; return when, in s.

        The plugs are read whenever it is asked, the meter tells nothing new.
        """
        while not self.decision.orders:
            assert self.decision.decide_at is not None
            self.now = self.decision.decide_at
            self.read()
            self.wait(self.now)
        return (self.now - NOW).total_seconds()

    def read(self, *names: str, **more: Any) -> None:
        """Let plugs tell the same again now, or what is given."""
        for name in names or tuple(self.loads):
            one = self.loads[name]
            on = more.get("on", one.on)
            power_w = more.get("power_w", one.power_w)
            self.loads[name] = one.read(self.now, on, power_w)

    def lose(self, name: str) -> None:
        self.loads[name] = self.loads[name].lost()

    def change(self, name: str, **more: Any) -> None:
        self.loads[name] = replace(self.loads[name], **more)

    def answer(
        self, orders: Iterable[str], on: bool, answer: Answer = Answer.DONE
    ) -> None:
        """Let plugs answer now; who did it is on or off as ordered."""
        for name in orders:
            self.state = answered(self.state, name, on, answer, self.now)
            if answer is Answer.DONE:
                usual_w = self.loads[name].usual_w if on else 0.0
                self.loads[name] = self.loads[name].read(self.now, on, usual_w)

    def shed(self, *names: str) -> None:
        """Bring about that these are shed, by a leap far above the limit."""
        others = [name for name in self.loads if name not in names]
        kept = {name: self.loads.pop(name) for name in others}
        drawn = sum(self.loads[name].power_w or 0 for name in names)
        orders = self.hear(linky(TRIP_VA + drawn, filtered=1.3, at=self.now))
        assert set(orders) == set(names)
        self.loads |= kept
        self.answer(names, on=False)
