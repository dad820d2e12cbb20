"""A meter that says nothing: nothing returns, and what that costs is chosen."""

from datetime import timedelta

from custom_components.energy_park.park.shedding.policy import Policy, Silence
from custom_components.energy_park.park.shedding.state import Cause

from .house import LIMIT_VA, House, after, linky, load

LOADS = (load("heater", 9, 2000), load("oven", 3, 2500), load("lamp", 9, 5))
STEP_DOWN = Policy(
    silence=Silence.STEP_DOWN,
    silent_after=timedelta(seconds=30),
    step_every=timedelta(seconds=60),
)


def listen(house: House, seconds: int) -> list[tuple[float, str, bool]]:
    """Let only the plugs speak for so long; return what is ordered when."""
    orders = []
    for _ in range(seconds // 5):
        house.now += timedelta(seconds=5)
        house.read()
        for name, on in house.wait(house.now).items():
            orders.append(((house.now - after(0)).total_seconds(), name, on))
            house.answer([name], on=on)
    return orders


def test_nothing_comes_back_however_long_the_meter_is_silent() -> None:
    house = House(*LOADS)
    house.shed("heater")
    assert listen(house, 4 * 3600) == []
    assert house.state.silent_since is not None


def test_held_is_what_was() -> None:
    house = House(*LOADS)
    house.hear(linky(0.9 * LIMIT_VA))
    assert listen(house, 3600) == []


def test_one_after_the_other_goes_if_that_is_wished() -> None:
    house = House(*LOADS, policy=STEP_DOWN)
    house.hear(linky(0.9 * LIMIT_VA))
    orders = listen(house, 600)
    assert [(name, on) for _, name, on in orders] == [
        ("heater", False),
        ("oven", False),
    ]
    first_s, second_s = (at_s for at_s, *_ in orders)
    assert 90 <= first_s <= 100
    assert 60 <= second_s - first_s <= 65
    assert {shed.cause for shed in house.state.shed.values()} == {Cause.SILENCE}


def test_it_is_asked_in_time_what_silence_costs() -> None:
    house = House(*LOADS, policy=STEP_DOWN)
    house.hear(linky(0.9 * LIMIT_VA))
    assert house.decision.decide_at is not None
    silent_s = (house.decision.decide_at - after(0)).total_seconds()
    assert 30 <= silent_s < 30.01
    house.wait(house.decision.decide_at)
    assert house.decision.decide_at is not None
    step_s = (house.decision.decide_at - after(0)).total_seconds()
    assert 90 <= step_s < 90.1


def test_a_meter_that_never_spoke_is_silent() -> None:
    house = House(*LOADS, policy=STEP_DOWN)
    assert house.wait(after(0)) == {}
    assert house.decision.left_s is None
    assert [name for _, name, _ in listen(house, 65)] == ["heater"]


def test_what_silence_cost_comes_back_when_the_meter_speaks() -> None:
    house = House(*LOADS, policy=STEP_DOWN)
    house.hear(linky(0.3 * LIMIT_VA))
    listen(house, 600)
    back = []
    for _ in range(60):
        house.now += timedelta(seconds=10)
        house.read()
        orders = house.hear(linky(0.3 * LIMIT_VA, filtered=0.3, at=house.now))
        for name, on in orders.items():
            assert on
            back.append(name)
            house.answer([name], on=True)
    assert back == ["oven", "heater"]
    assert house.state.silent_since is None


def test_an_overload_that_was_told_is_cut_though_the_meter_fell_silent() -> None:
    house = House(*LOADS)
    house.hear(linky(1.5 * LIMIT_VA))
    (cut,) = listen(house, 120)
    assert cut[1:] == ("heater", False)
    assert 85 <= cut[0] <= 100
