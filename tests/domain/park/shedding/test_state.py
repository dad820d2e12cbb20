"""What shedding remembers survives a restart; plugs' delays are learnt."""

import json

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.shedding.delays import (
    KEPT,
    LEAST_S,
    UNKNOWN_S,
    Delay,
)
from custom_components.energy_park.park.shedding.state import (
    Cause,
    Past,
    Pending,
    Shed,
    State,
)

from .house import House, after, linky, load

moments = st.floats(0, 1e6).map(after)
names = st.text(min_size=1, max_size=5)
powers_w = st.floats(0, 1e5)
phases = st.none() | st.integers(1, 3)


def maybe[T](strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


states = st.builds(
    State,
    shed=st.dictionaries(
        names,
        st.builds(
            Shed,
            cause=st.sampled_from(Cause),
            at=moments,
            power_w=powers_w,
            phase=phases,
            until=maybe(moments),
        ),
    ),
    pending=st.dictionaries(
        names,
        st.builds(
            Pending,
            added_w=powers_w,
            phase=phases,
            at=moments,
            acts_by=moments,
            answered=st.booleans(),
        ),
    ),
    past=st.dictionaries(
        names,
        st.builds(
            Past,
            cut_at=moments,
            restored_at=maybe(moments),
            relapses=st.integers(0, 9),
            refused_at=maybe(moments),
        ),
    ),
    over_since=maybe(moments),
    short_since=maybe(moments),
    restore_from=maybe(moments),
    silent_since=maybe(moments),
    stepped_at=maybe(moments),
)


@given(states)
def test_it_survives_a_restart(state: State) -> None:
    assert State.from_dict(json.loads(json.dumps(state.to_dict()))) == state


def test_what_was_shed_before_a_restart_comes_back_after_it() -> None:
    house = House(load("heater", 9, 2000), load("oven", 3, 500))
    house.shed("heater")
    house.state = State.from_dict(json.loads(json.dumps(house.state.to_dict())))
    assert house.state.shed_w == 2000
    # Nobody has heard of anything yet.
    house.loads = {name: one.lost() for name, one in house.loads.items()}
    house.supplies = ()
    assert house.wait(after(400)) == {}
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=after(400))) == {"heater": True}


@given(st.lists(st.floats(0, 100), max_size=3 * KEPT))
def test_the_next_order_hardly_takes_longer_than_the_latest_ones(
    delays_s: list[float],
) -> None:
    delay = Delay()
    assert delay.bound_s == UNKNOWN_S
    for delay_s in delays_s:
        delay = delay.follow(delay_s)
    assert len(delay.latest_s) <= KEPT
    if delays_s:
        assert delay.bound_s >= max(LEAST_S, *delays_s[-KEPT:])


def test_a_slow_plug_is_cut_earlier() -> None:
    waits_s = []
    for delay_s in (0.3, 8.0):
        house = House(load("heater", 9, 3000, delay_s=delay_s))
        house.hear(linky(9000))
        waits_s.append(house.wait_for_orders())
    # Twice its delay: time is left for a second order.
    assert waits_s[0] - waits_s[1] == pytest.approx(2 * 7.7, abs=0.1)
