"""Three phases, and sockets of which nobody knows on which one they are."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import exp

from hypothesis import given, settings, strategies as st

from custom_components.energy_park.park.shedding.limits import RATE, LinkyFilter
from custom_components.energy_park.park.shedding.loads import Load
from custom_components.energy_park.park.shedding.supply import Supply

from .house import House, linky, load

LIMIT_VA = 2000.0
TRIP_VA = 1.3 * LIMIT_VA
# The loads of a test, and the phase that each is really on.
EIGHT = {f"socket {number}": number % 3 + 1 for number in range(8)}


class ThreePhases(House):
    """A house on three phases: the meter tells each second what is drawn of each."""

    def __init__(self, *loads: Load, on: dict[str, int], base_va: list[float]) -> None:
        super().__init__(*loads)
        self._on = on
        self.base_va = base_va
        self.filtered_va2 = [va**2 for va in self.powers_va]
        self.cut: list[str] = []
        self.trips = 0

    @property
    def powers_va(self) -> list[float]:
        """What is drawn of each phase."""
        return [
            base
            + sum(self.loads[n].power_w or 0 for n, p in self._on.items() if p == ph)
            for ph, base in enumerate(self.base_va, start=1)
        ]

    def live(self, seconds: int) -> None:
        """Let time pass; plugs obey at once, and what is learnt of them is kept."""
        for _ in range(seconds):
            end = self.now + timedelta(seconds=1)
            while (at := self.decision.decide_at) is not None and at < end:
                self._pass(at)
                self.read()
                self._obey(self.wait(at))
            self._pass(end)
            self.read()
            self._obey(self.hear(*map(self._supply, (1, 2, 3))))
            for name, phase in self.decision.learnt.items():
                self.change(name, phase=phase)

    def _pass(self, until: datetime) -> None:
        left = exp(RATE * (until - self.now).total_seconds())
        self.filtered_va2 = [
            va**2 + (y - va**2) * left
            for y, va in zip(self.filtered_va2, self.powers_va, strict=True)
        ]
        self.trips += any(y >= TRIP_VA**2 for y in self.filtered_va2)
        self.now = until

    def _obey(self, orders: dict[str, bool]) -> None:
        for name, on in orders.items():
            self.answer([name], on=on)
            self.cut += [name] * (not on)

    def _supply(self, phase: int) -> Supply:
        before = self.supplies[phase - 1].recent[-5:] if self.supplies else ()
        power_va = self.powers_va[phase - 1]
        y = self.filtered_va2[phase - 1]
        return replace(
            linky(power_va, limit_va=LIMIT_VA, phase=phase, at=self.now),
            limits=(LinkyFilter(limit_va=LIMIT_VA, filtered_va2=y, ceiling_va2=y),),
            recent=(*before, (self.now, power_va)),
        )


def eight(**more: object) -> list[Load]:
    return [load(name, 9, 700, **more) for name in EIGHT]


def overloaded(*loads: Load) -> ThreePhases:
    """Return a house whose third phase is 400 VA over what it bears for ever."""
    house = ThreePhases(*loads, on=EIGHT, base_va=[200, 200, 200])
    house.live(10)
    house.base_va[2] += TRIP_VA + 400 - house.powers_va[2]
    return house


def test_sockets_of_no_known_phase_are_tried_one_at_a_time() -> None:
    house = overloaded(*eight())
    house.live(200)
    assert house.trips == 0
    # Those on other phases came first by chance, and the first on the third did it.
    *others, last = house.cut
    assert EIGHT[last] == 3
    assert not [name for name in others if EIGHT[name] == 3]
    assert len(house.cut) < len(EIGHT)


def test_the_phase_of_what_was_tried_is_learnt() -> None:
    house = overloaded(*eight())
    house.live(200)
    learnt = {one.id: one.phase for one in house.loads.values() if one.phase}
    assert learnt == {name: EIGHT[name] for name in house.cut}
    # Next time nothing goes in vain.
    house.base_va[2] = 200
    house.live(1800)
    assert not house.state.shed
    house.cut.clear()
    house.base_va[2] += TRIP_VA + 400 - house.powers_va[2]
    house.live(300)
    assert [EIGHT[name] for name in house.cut] == [3]
    assert house.trips == 0


def test_what_is_known_to_be_there_comes_first() -> None:
    loads = [
        replace(one, priority=1, phase=3) if one.id == "socket 2" else one
        for one in eight()
    ]
    house = overloaded(*loads)
    house.live(200)
    assert house.cut == ["socket 2"]
    assert house.trips == 0


def test_where_time_is_short_several_are_tried_at_once() -> None:
    house = overloaded(*eight())
    house.filtered_va2[2] = (0.985 * TRIP_VA) ** 2
    house.live(30)
    assert {name for name in EIGHT if EIGHT[name] == 3} & set(house.cut)
    assert house.trips == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(200, 1500), st.booleans()),
        min_size=4,
        max_size=8,
    ),
    st.integers(1, 3),
    st.floats(1.32, 1.8),
)
def test_no_phase_trips_that_its_loads_can_save(
    sockets: list[tuple[int, int, bool]], phase: int, ratio: float
) -> None:
    on = {str(number): socket[0] for number, socket in enumerate(sockets)}
    loads = [
        load(str(number), 9, power_w, phase=where if known else None)
        for number, (where, power_w, known) in enumerate(sockets)
    ]
    house = ThreePhases(*loads, on=on, base_va=[0, 0, 0])
    drawn = [
        sum(power for where, power, _ in sockets if where == one) for one in (1, 2, 3)
    ]
    # None is over by its sockets alone, and without them none is: from just below its
    # limit on, no rule would have the time.
    for number in (0, 1, 2):
        house.base_va[number] = max(0.0, 0.7 * LIMIT_VA - drawn[number])
    for name, one in house.loads.items():
        if drawn[on[name] - 1] > LIMIT_VA:
            house.loads[name] = replace(one, power_w=0.0, usual_w=0.0)
    house.filtered_va2 = [va**2 for va in house.powers_va]
    house.live(5)
    house.base_va[phase - 1] += ratio * LIMIT_VA - house.powers_va[phase - 1]
    saved = house.base_va[phase - 1] <= 0.9 * TRIP_VA
    house.live(400)
    assert not (saved and house.trips)


def test_what_falls_elsewhere_at_the_same_time_teaches_nothing() -> None:
    house = overloaded(*eight())
    while not house.cut:
        house.live(1)
    house.base_va[0] = house.base_va[1] = 0
    house.live(2)
    assert not [one for one in house.loads.values() if one.phase]
