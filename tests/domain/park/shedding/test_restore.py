"""What comes back, when, and in which order."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.energy_park.park.shedding.orders import OFF_AT_MOST, Answer
from custom_components.energy_park.park.shedding.outlook import (
    Waits,
    next_return,
    next_shed,
)
from custom_components.energy_park.park.shedding.policy import Policy
from custom_components.energy_park.park.shedding.state import Cause

from .house import LIMIT_VA, TRIP_VA, House, after, linky, load

MIN_OFF_S = 300
HEATER = load("heater", 9, 2000)
OVEN = load("oven", 3, 2500)


def calm(house: House, seconds: float, power_va: float = 0.3 * LIMIT_VA) -> None:
    """Let the house be calm for so long, with nothing due to come back."""
    end = house.now + timedelta(seconds=seconds)
    while house.now + timedelta(seconds=10) < end:
        assert tell(house, 10, power_va) == {}


def tell(
    house: House, seconds: float = 1.0, power_va: float = 0.3 * LIMIT_VA
) -> dict[str, bool]:
    """Let the plugs and the meter speak, so many seconds later."""
    house.now += timedelta(seconds=seconds)
    house.read()
    return house.hear(linky(power_va, filtered=0.3, at=house.now))


def test_what_was_shed_comes_back_after_its_least_time() -> None:
    house = House(HEATER)
    house.shed("heater")
    calm(house, MIN_OFF_S - 1)
    assert tell(house, 20) == {"heater": True}
    house.answer(["heater"], on=True)
    assert house.state.shed == {}
    assert house.state.past["heater"].restored_at == house.now


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 90), min_size=1, max_size=4))
def test_each_stays_off_for_its_own_least_time(minutes: list[int]) -> None:
    loads = [
        load(f"load {n}", n + 1, 500, min_off=timedelta(minutes=least))
        for n, least in enumerate(minutes)
    ]
    house = House(*loads)
    house.shed(*(one.id for one in loads))
    back: dict[str, timedelta] = {}
    while house.state.shed:
        for name in tell(house, 20):
            back[name] = house.now - after(0)
            house.answer([name], on=True)
    # One at a time, each as soon as it may and the one before has settled.
    slack = timedelta(seconds=60 * len(loads))
    for one in loads:
        assert one.min_off <= back[one.id] <= one.min_off + slack


def test_only_what_was_on_comes_back() -> None:
    house = House(HEATER, load("lamp", 10, 60, on=False))
    house.shed("heater")
    calm(house, MIN_OFF_S)
    assert tell(house, 20) == {"heater": True}
    house.answer(["heater"], on=True)
    calm(house, 900)


def test_the_most_important_that_fits_comes_first_and_one_at_a_time() -> None:
    fridge, boiler = load("fridge", 1, 150), load("boiler", 2, 4000)
    house = House(HEATER, boiler, fridge)
    house.shed("heater", "boiler", "fridge")
    power_va = 0.85 * TRIP_VA - 3000
    calm(house, MIN_OFF_S, power_va)
    assert tell(house, 20, power_va) == {"fridge": True}
    house.answer(["fridge"], on=True)
    # Until the meter has settled nothing follows; the boiler does not fit then.
    assert tell(house, 15, power_va) == {}
    assert tell(house, 20, power_va) == {"heater": True}
    house.answer(["heater"], on=True)
    assert tell(house, 40, power_va) == {}
    assert tell(house, 40, 1000) == {"boiler": True}


def test_a_warm_filter_leaves_no_room() -> None:
    house = House(HEATER)
    house.shed("heater")
    calm(house, MIN_OFF_S)
    house.now += timedelta(seconds=20)
    house.read()
    assert house.hear(linky(1000, filtered=1.1, at=house.now)) == {}
    assert (one := next_return(house.view, house.state))
    assert one.waits is Waits.ROOM


def test_nothing_comes_back_upon_an_old_reading() -> None:
    house = House(HEATER)
    house.shed("heater")
    calm(house, MIN_OFF_S)
    house.now += timedelta(seconds=20)
    house.read()
    assert house.wait(house.now) == {}
    assert tell(house) == {"heater": True}


def test_what_cannot_be_reached_waits_and_another_one_comes_back() -> None:
    house = House(HEATER, OVEN)
    house.shed("heater", "oven")
    calm(house, MIN_OFF_S)
    house.now += timedelta(seconds=20)
    house.read("heater")
    house.lose("oven")
    assert house.hear(linky(1000, filtered=0.3, at=house.now)) == {"heater": True}
    assert "oven" in house.state.shed


def test_what_did_not_come_back_is_tried_again() -> None:
    house = House(HEATER)
    house.shed("heater")
    calm(house, MIN_OFF_S)
    assert tell(house, 20) == {"heater": True}
    house.answer(["heater"], on=True, answer=Answer.FAILED)
    calm(house, 50)
    assert tell(house, 30) == {"heater": True}


def test_a_relapse_doubles_the_time_off_up_to_an_hour() -> None:
    house = House(HEATER)
    waits = []
    for _ in range(6):
        house.shed("heater")
        shed_at = house.now
        while not tell(house, 10):
            assert house.now - shed_at < timedelta(hours=2)
        waits.append(house.now - shed_at)
        house.answer(["heater"], on=True)
        tell(house, 40)
    minutes = [round(wait / timedelta(minutes=1)) for wait in waits]
    assert minutes == [5, 10, 20, 40, 60, 60]
    assert waits[-1] <= OFF_AT_MOST + timedelta(seconds=20)


def test_a_relapse_long_after_begins_anew() -> None:
    house = House(HEATER)
    for _ in range(2):
        house.shed("heater")
        calm(house, MIN_OFF_S)
        assert tell(house, 20) == {"heater": True}
        house.answer(["heater"], on=True)
        calm(house, 3600)


def test_the_peak_of_a_load_does_not_keep_it_off_for_ever() -> None:
    oven = load("oven", 3, 9000)
    house = House(oven)
    house.shed("oven")
    hours = 0.0
    while not tell(house, 20, 2000):
        hours += 20 / 3600
        assert hours < 6
    assert hours > 0.5


def test_heaters_take_turns() -> None:
    heaters = [load(f"room {n}", 8, 1500, heater=True) for n in (1, 2)]
    house = House(*heaters, policy=Policy(rotate_after=timedelta(minutes=15)))
    house.shed("room 1")
    off: list[str] = []
    off_at = {"room 1": house.now}
    off_minutes: list[int] = []
    # There is room for one of them only.
    for _ in range(4 * 60 * 60 // 10):
        drawing = sum(one.power_w or 0 for one in house.loads.values())
        power_va = 0.9 * TRIP_VA - 1600 + drawing
        orders = tell(house, 10, power_va)
        for name, on in orders.items():
            house.answer([name], on=on)
            if on:
                off_minutes.append(round((house.now - off_at[name]).seconds / 60))
                continue
            off.append(name)
            off_at[name] = house.now
            assert house.decision.orders[0].cause is Cause.ROTATION
    # All day long, and none is colder than the other.
    assert off[:4] == ["room 2", "room 1", "room 2", "room 1"]
    assert len(off) >= 14
    assert set(off_minutes) <= {15, 16}


def test_a_heater_takes_its_turn_once_its_least_time_on_is_over() -> None:
    cold = load("cold", 8, 1500, heater=True)
    warm = load("warm", 8, 1500, heater=True, on_since=after(0))
    house = House(cold, replace(warm, min_on=timedelta(minutes=40)))
    house.shed("cold")
    turned_s = None
    while turned_s is None:
        drawing = sum(one.power_w or 0 for one in house.loads.values())
        if "warm" in tell(house, 10, 0.9 * TRIP_VA - 1600 + drawing):
            turned_s = (house.now - after(0)).total_seconds()
    assert turned_s == pytest.approx(40 * 60, abs=10)


def test_a_heater_that_was_cut_last_is_not_the_next_one() -> None:
    heaters = [load(f"room {n}", 8, 1500, heater=True) for n in (1, 2, 3)]
    house = House(*heaters)
    cut = []
    for _ in range(3):
        house.read()
        (name,) = house.hear(linky(TRIP_VA + 500, filtered=1.3, at=house.now))
        house.answer([name], on=False)
        cut.append(name)
        calm(house, MIN_OFF_S)
        assert tell(house, 20) == {name: True}
        house.answer([name], on=True)
        calm(house, 3600)
    assert sorted(cut) == ["room 1", "room 2", "room 3"]


def test_it_is_told_who_comes_back_next_and_why_not_yet() -> None:
    house = House(HEATER, OVEN)
    assert next_return(house.view, house.state) is None
    house.hear(linky(1000))
    first = next_shed(house.view, house.state)
    assert first is not None and first.id == "heater"
    house.shed("heater")
    assert (one := next_return(house.view, house.state))
    assert (one.load, one.waits) == ("heater", Waits.TIME)
    assert one.not_before == after(MIN_OFF_S)
    house.lose("heater")
    assert (one := next_return(house.view, house.state))
    assert one.waits is Waits.UNREACHABLE
    house.read()
    house.now = after(120)
    house.read()
    assert (one := next_return(house.view, house.state))
    assert one.waits is Waits.SILENT
    second = next_shed(house.view, house.state)
    assert second is not None and second.id == "oven"
    assert next_shed(replace(house.view, loads={}), house.state) is None


@pytest.mark.parametrize("gone", ["heater", "oven"])
def test_what_the_park_no_longer_has_is_forgotten(gone: str) -> None:
    house = House(HEATER, OVEN)
    house.shed("heater", "oven")
    del house.loads[gone]
    tell(house)
    assert gone not in house.state.shed
    assert len(house.state.shed) == 1
