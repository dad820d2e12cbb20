"""What users complain of in other tools, each as a test."""

from dataclasses import replace
from datetime import timedelta
import json
from random import Random

import pytest

from custom_components.energy_park.park.shedding import linky as linky_feed
from custom_components.energy_park.park.shedding.loads import Blocked
from custom_components.energy_park.park.shedding.may_start import may_start, promised
from custom_components.energy_park.park.shedding.meters import Contract, meter_supply
from custom_components.energy_park.park.shedding.orders import Answer
from custom_components.energy_park.park.shedding.outlook import Waits, next_return
from custom_components.energy_park.park.shedding.policy import Policy, Silence
from custom_components.energy_park.park.shedding.state import State
from scripts.simulation.meter import HISTORIQUE, STANDARD, Feed
from scripts.simulation.ours import OurRule
from scripts.simulation.recording import BASE, Appliance, Recording, Step
from scripts.simulation.run import Outcome, Run
from scripts.simulation.steps import survivable_step

from .house import LIMIT_VA, TRIP_VA, House, after, linky, load, said

HEATER = load("heater", 9, 2000)
OVEN = load("oven", 3, 2500)


def lived(
    *steps: tuple[float, int, float], end_s: float, feed: Feed = STANDARD
) -> Outcome:
    """Return what became of two loads behind a meter of 6 kVA that really opens."""
    appliances = (Appliance(name="heater", priority=9), Appliance(name="oven"))
    recording = Recording(
        name="",
        appliances=appliances,
        steps=[Step(at_s=at_s, load=n, power_va=va) for at_s, n, va in steps],
        end_s=end_s,
    )
    rule = OurRule(appliances, LIMIT_VA, feed)
    return Run(recording, rule, cut_off_va=LIMIT_VA, feed=feed).run()


def test_what_is_shed_is_back_minutes_after_the_power_is() -> None:
    """Versatile Thermostat 1835: shedding stays on for hours."""
    outcome = lived(
        (0, BASE, 4000),
        (10, 0, 2000),
        (20, 1, 4000),
        (600, BASE, 1000),
        end_s=3600,
    )
    assert len(outcome.sheds) == 1
    assert not outcome.trips_s
    assert outcome.left_off == 0
    # Until the others need less, and the filter has cooled.
    assert max(outcome.longest_off_s) < 15 * 60


def test_a_load_that_runs_is_not_counted_twice() -> None:
    """Versatile Thermostat 403, 407: a running heater shed by its own power."""
    house = House(HEATER)
    # What it draws is in the meter's power already, and the meter bears that for long.
    power_va = TRIP_VA + 100
    assert house.hear(linky(power_va, filtered=0.8)) == {}
    before_s = house.decision.left_s
    assert before_s is not None
    assert before_s > 300
    for seconds in range(1, 6):
        house.now = after(seconds)
        house.read(power_w=2000)
        assert house.hear(linky(power_va, filtered=0.8, at=house.now)) == {}
        assert house.decision.left_s == before_s
    # Nor is it, once it is cut: what is left is what the others draw.
    house.now = after(10)
    house.read(power_w=2000)
    orders = house.hear(linky(power_va, filtered=1.3, at=house.now))
    assert orders == {"heater": False}
    house.answer(orders, on=False)
    assert house.wait(after(10.5)) == {}
    assert house.decision.left_s is None


def test_several_that_start_at_once_shed_nothing() -> None:
    """Versatile Thermostat PR 1931: false shedding when several actuators start."""
    loads = [load(f"room {n}", 8, 800) for n in range(4)]
    house = House(*loads)
    house.hear(linky(2500, filtered=0.4))
    for one in loads:
        assert may_start(house.view, house.state, 800).fits
        house.state = promised(house.state, one.id, 800, None, house.now)
        assert house.hear(linky(2500, filtered=0.4, at=house.now)) == {}
    for second in range(1, 60):
        assert house.hear(linky(5700, filtered=0.5, at=after(second))) == {}


def test_a_reservation_ends_by_itself() -> None:
    """Versatile Thermostat 890: a stale reservation blocks for ever."""
    house = House()
    house.hear(linky(2000, filtered=0.4))
    house.state = promised(house.state, "car", 5000, None, house.now)
    assert not may_start(house.view, house.state, 1000).fits
    house.hear(linky(2000, filtered=0.4, at=after(40)))
    assert may_start(house.view, house.state, 4000).fits


def test_a_load_can_ask_before_it_starts() -> None:
    """Versatile Thermostat 391."""
    house = House()
    house.hear(linky(2000, filtered=0.4))
    assert may_start(house.view, house.state, 2000).fits
    assert not may_start(house.view, house.state, 6000).fits


@pytest.mark.parametrize(
    ("one", "blocked"),
    [
        (HEATER, None),
        (replace(HEATER, protected=True), Blocked.PROTECTED),
        (HEATER.lost(), Blocked.UNREACHABLE),
        (HEATER.read(after(0), False, 0), Blocked.OFF),
        (HEATER.read(after(0), None, None), Blocked.UNKNOWN),
        (HEATER.read(after(0), True, 3), Blocked.IDLE),
    ],
)
def test_every_load_tells_why_it_is_not_shed(one: object, blocked: object) -> None:
    """Versatile Thermostat 514: some devices are silently not managed."""
    assert isinstance(one, type(HEATER))
    assert one.blocked(after(0)) is blocked


def test_a_plug_that_often_fails_comes_back_all_the_same() -> None:
    """HA_PowerControl 22: loads not switched on again "2 times in 10"."""
    rng = Random(1)
    house = House(HEATER, OVEN)
    house.shed("heater", "oven")
    while house.state.shed:
        house.now += timedelta(seconds=10)
        assert house.now < after(3600)
        house.read()
        for name in house.hear(linky(1000, filtered=0.2, at=house.now)):
            failed = rng.random() < 0.7
            house.answer([name], True, Answer.FAILED if failed else Answer.DONE)
    assert all(one.on for one in house.loads.values())


def test_a_restart_forgets_neither_what_is_off_nor_how_often() -> None:
    """Solar energy management 622: run counters are lost, the load runs again."""
    house = House(HEATER)
    house.shed("heater")
    house.now = after(310)
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {"heater": True}
    house.answer(["heater"], on=True)
    house.now = after(400)
    house.read()
    house.shed("heater")
    house.state = State.from_dict(json.loads(json.dumps(house.state.to_dict())))
    house.now = after(400 + 310)
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {}
    house.now = after(400 + 610)
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {"heater": True}


def test_there_is_time_to_turn_down_before_anything_is_cut() -> None:
    """evcc 13750, 18263: a charger is stopped instead of turned down, and loops."""
    car = load("car", 9, 5000)
    house = House(car)
    assert house.hear(linky(1.6 * LIMIT_VA)) == {}
    assert house.decision.ready == ("car",)
    assert house.decision.left_s is not None and house.decision.left_s > 60
    house.now = after(5)
    house.read("car", power_w=2500)
    assert house.hear(linky(1.2 * LIMIT_VA, filtered=1.05, at=house.now)) == {}
    assert not house.decision.left_s
    assert not house.state.shed


@pytest.mark.parametrize("feed", [HISTORIQUE, STANDARD])
def test_three_times_the_subscribed_power_is_borne(feed: Feed) -> None:
    """evcc PR 28966: polling each 30 s is too slow, the meter opens after 12 s."""
    outcome = lived(
        (0, BASE, 6000), (900, 0, 12000), (1200, 0, 0), end_s=1800, feed=feed
    )
    assert outcome.trips_s == []
    assert len(outcome.sheds) == 1


def test_an_overload_of_one_phase_stops_nothing_on_another() -> None:
    """evcc 29532: a car on L1 is stopped for an overload of L3."""
    house = House(load("car", 10, 3000, phase=1), load("oven", 3, 2500, phase=3))
    orders = house.hear(
        linky(1800, limit_va=2000, phase=1),
        linky(500, limit_va=2000, phase=2),
        linky(4000, limit_va=2000, phase=3, filtered=1.3),
    )
    assert orders == {"oven": False}


def test_a_silent_meter_restores_nothing_and_can_step_down() -> None:
    """evcc 14248, and the tools that take silence for 0 W."""
    policy = Policy(silence=Silence.STEP_DOWN)
    house = House(HEATER, OVEN, policy=policy)
    house.shed("heater")
    cut: list[str] = []
    for _ in range(60):
        house.now += timedelta(seconds=10)
        house.read()
        orders = house.wait(house.now)
        assert not any(orders.values())
        house.answer(orders, on=False)
        cut += orders
    assert cut == ["oven"]


def test_a_monthly_cap_follows_its_entity() -> None:
    """evcc 23075: the cap is the month's largest hour so far."""
    house = House(HEATER)

    def hear(seconds: float, cap_w: float) -> dict[str, bool]:
        house.now = after(seconds)
        house.read()
        before = house.supplies[0] if house.supplies else None
        return house.hear(
            meter_supply(
                contract=Contract.MONTHLY,
                limit_w=cap_w,
                power_w=6000,
                power_max_w=6000,
                read_at=house.now,
                feed=linky_feed.Feed(every_s=10, told_s=10),
                before=before,
            )
        )

    for tick in range(120):
        assert hear(10 * tick, 7000) == {}
    # The month turned: the cap is 4 kW, a third of the hour at 6 kW is gone.
    orders = [hear(1200 + 10 * tick, 4000) for tick in range(150)]
    assert {"heater": False} in orders


def test_nothing_is_cut_twice_for_one_reading() -> None:
    """zobylamouche: it reads the old power right after the cut, and cuts all."""
    house = House(*[load(f"load {n}", 9, 1000) for n in range(5)])
    orders = house.hear(linky(TRIP_VA + 300, filtered=1.3))
    assert len(orders) == 1
    house.now = after(0.2)
    house.answer(orders, on=False)
    for tenth in range(3, 9):
        assert house.wait(after(tenth / 10)) == {}


def test_cycles_of_a_cooker_do_not_make_a_load_come_and_go() -> None:
    """Everybody: devices that switch on and off for no reason, worn relays."""
    steps: list[tuple[float, int, float]] = [(0, BASE, 4500), (5, 0, 2500)]
    for at_s in range(600, 6 * 3600, 600):
        steps += [(at_s, 1, 4000), (at_s + 300, 1, 0)]
    outcome = lived(*steps, end_s=8 * 3600)
    assert outcome.trips_s == []
    # Each time it comes back too early it stays off twice as long, up to an hour.
    assert len(outcome.sheds) <= 12
    assert outcome.left_off == 0


def test_it_is_told_why_nothing_happens() -> None:
    """Everybody: why is nothing happening?"""
    house = House(HEATER)
    house.shed("heater")
    reasons = []
    for second, power_va in ((10, 1000), (310, 7000), (320, 1000)):
        house.now = after(second)
        house.read()
        house.supplies = (linky(power_va, filtered=0.3, at=house.now),)
        found = next_return(house.view, house.state)
        assert found is not None
        reasons.append(found.waits)
    assert reasons == [Waits.TIME, Waits.ROOM, None]


def test_excursions_that_the_meter_survives_cost_nothing() -> None:
    """Rules with thresholds: 113 false alarms in 19 days, and not one trip."""
    steps: list[tuple[float, int, float]] = [(0, BASE, 2000)]
    for at_s in range(600, 24 * 3600, 1200):
        steps += [(at_s, 1, 10000), (at_s + 15, 1, 0)]
    outcome = lived(*steps, end_s=24 * 3600)
    assert outcome.trips_s == []
    assert outcome.sheds == []


def test_steps_are_survived_as_far_as_physics_allow() -> None:
    assert survivable_step(OurRule, STANDARD) >= 5
    assert survivable_step(OurRule, HISTORIQUE) >= 4


def test_said_by_no_linky() -> None:
    """ScratMan's thermostat 114: the same shedding for any meter."""
    house = House(HEATER)
    supply = meter_supply(
        contract=Contract.CAP,
        limit_w=5000,
        power_w=5600,
        power_max_w=5600,
        read_at=after(0),
        feed=linky_feed.Feed(every_s=10, told_s=10),
        before=None,
    )
    assert house.hear(supply) == {"heater": False}
    assert house.hear(said(5600, *supply.limits, at=after(0.5))) == {}
