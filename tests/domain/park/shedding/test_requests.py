"""What people ask: to shed, to restore, and whether something may start."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from custom_components.energy_park.park.shedding.may_start import (
    Verdict,
    may_start,
    promised,
)
from custom_components.energy_park.park.shedding.requests import end, request
from custom_components.energy_park.park.shedding.state import Cause, State

from .house import LIMIT_VA, NOW, TRIP_VA, House, after, linky, load

HEATER = load("heater", 9, 2000, sector="room")
LAMP = load("lamp", 9, 60, sector="room")
OVEN = load("oven", 3, 2500, sector="kitchen")
FRIDGE = load("fridge", 1, 150, sector="kitchen", protected=True)
HOUSE = (HEATER, LAMP, OVEN, FRIDGE)


def asked(house: House, **what: Any) -> set[str]:
    requested = request(house.now, house.loads, house.state, **what)
    house.state, orders = requested.state, requested.orders
    assert all(not one.on and one.cause is Cause.REQUEST for one in orders)
    names = {one.load for one in orders}
    house.answer(names, on=False)
    return names


def test_a_power_is_shed_by_the_fewest_and_least_important() -> None:
    assert asked(House(*HOUSE), power_w=50) == {"lamp"}
    assert asked(House(*HOUSE), power_w=1500) == {"heater"}
    assert asked(House(*HOUSE), power_w=3000) == {"heater", "oven"}


def test_more_than_there_is_sheds_all_that_may_go() -> None:
    assert asked(House(*HOUSE), power_w=9000) == {"heater", "lamp", "oven"}


def test_sectors_and_priorities_bound_it() -> None:
    assert asked(House(*HOUSE), sectors=["kitchen"]) == {"oven"}
    assert asked(House(*HOUSE), from_priority=5) == {"heater", "lamp"}


def test_what_a_person_keeps_on_stays_on() -> None:
    assert asked(House(replace(HEATER, held=True), LAMP)) == {"lamp"}


def test_it_stays_off_until_the_request_ends() -> None:
    house = House(HEATER)
    asked(house)
    for _ in range(100):
        house.now += timedelta(seconds=30)
        house.read()
        assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {}
    house.state = end(house.now, house.state)
    assert house.wait(house.now) == {"heater": True}


def test_a_request_can_last_for_a_time() -> None:
    house = House(HEATER)
    asked(house, lasting=timedelta(minutes=1))
    house.now = after(59)
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {}
    house.now = after(61)
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {"heater": True}


def test_what_is_shed_already_stays_off_for_the_request_too() -> None:
    house = House(HEATER, OVEN)
    house.shed("heater")
    # That is enough, and lasts longer than the shed by itself would.
    assert asked(house, power_w=1500, lasting=timedelta(hours=2)) == set()
    record = house.state.shed["heater"]
    assert (record.cause, record.until) == (Cause.REQUEST, after(7200))
    house.now = after(7100)
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {}
    house.now = after(7201)
    house.read()
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {"heater": True}


def test_what_is_shed_already_counts_for_a_request() -> None:
    house = House(HEATER, OVEN)
    # Its plug has not answered yet.
    house.hear(linky(TRIP_VA + 500, filtered=1.3))
    requested = request(house.now, house.loads, house.state, power_w=4000)
    assert [order.load for order in requested.orders] == ["oven"]
    assert requested.kept_off == ("heater",)
    assert requested.power_w == 4500


def test_a_shorter_request_ends_no_longer_one() -> None:
    house = House(HEATER)
    asked(house, lasting=timedelta(hours=2))
    ends = []
    for hours in (1, 3, None, 1):
        asked(house, lasting=hours and timedelta(hours=hours))
        ends.append(house.state.shed["heater"].until)
    assert ends == [after(7200), after(10800), None, None]


def test_a_person_takes_back_what_was_asked_but_not_what_would_trip() -> None:
    house = House(HEATER, OVEN)
    house.shed("oven")
    assert asked(house, power_w=None, from_priority=9) == {"heater"}
    for name in ("heater", "oven"):
        house.change(name, held=True)
    house.hear(linky(1000, filtered=0.2, at=after(10)))
    assert house.state.shed.keys() == {"oven"}


def test_a_person_shortens_the_wait_but_not_the_curve() -> None:
    house = House(HEATER, OVEN)
    house.shed("heater", "oven")
    house.now = after(10)
    house.read()
    house.state = end(house.now, house.state, ["heater"])
    assert house.hear(linky(TRIP_VA - 1000, filtered=1.0, at=house.now)) == {}
    assert house.hear(linky(1000, filtered=0.3, at=after(11))) == {"heater": True}


# May it start? -------------------------------------------------------------------


def test_a_load_may_start_that_fits_for_ever() -> None:
    house = House()
    house.hear(linky(2000, filtered=0.4))
    answer = may_start(house.view, house.state, 2000)
    assert answer.fits and answer.held_s is None


def test_a_load_that_does_not_is_told_how_long_it_would_be_borne() -> None:
    house = House()
    house.hear(linky(LIMIT_VA))
    answer = may_start(house.view, house.state, 0.5 * LIMIT_VA)
    assert answer.verdict is Verdict.TOO_LARGE
    assert answer.held_s is not None and 95 < answer.held_s < 105


def test_a_silent_meter_lets_nothing_start() -> None:
    house = House()
    assert may_start(house.view, State(), 10).verdict is Verdict.SILENT
    house.hear(linky(1000))
    house.now = after(60)
    assert may_start(house.view, house.state, 10).verdict is Verdict.SILENT


def test_nothing_starts_while_an_overload_is_under_way() -> None:
    house = House(HEATER)
    house.hear(linky(1.5 * LIMIT_VA))
    assert may_start(house.view, house.state, 10).verdict is Verdict.SHEDDING


def test_two_that_fit_alone_do_not_both_start() -> None:
    house = House()
    house.hear(linky(2000, filtered=0.4))
    assert may_start(house.view, house.state, 4000).fits
    house.state = promised(house.state, "car", 4000, None, house.now)
    assert not may_start(house.view, house.state, 4000).fits
    # Who did not start in time lost its promise.
    house.hear(linky(2000, filtered=0.4, at=after(40)))
    assert may_start(house.view, house.state, 4000).fits


def test_all_that_was_promised_counts() -> None:
    house = House()
    house.hear(linky(1000, filtered=0.1))
    promises_va = []
    for number, power_va in enumerate((2000, 2000, 1900, 1500, 1000, 500)):
        if may_start(house.view, house.state, power_va).fits:
            house.state = promised(house.state, str(number), power_va, None, house.now)
            promises_va.append(power_va)
    # 1.3 times 6 kVA, less a tenth; 1 kVA is drawn already.
    assert promises_va == [2000, 2000, 1900]


def test_nothing_starts_upon_an_old_reading() -> None:
    house = House()
    house.hear(linky(1000, filtered=0.2))
    house.now = after(10)
    assert may_start(house.view, house.state, 10).verdict is Verdict.SILENT


def three_phases(*powers_va: float) -> House:
    house = House()
    house.hear(
        *(
            linky(power_va, filtered=0.2, limit_va=3000, phase=phase)
            for phase, power_va in enumerate(powers_va, start=1)
        )
    )
    return house


def test_what_is_promised_on_one_phase_leaves_the_others_room() -> None:
    house = three_phases(1000, 1000, 1000)
    house.state = promised(house.state, "car", 1500, 1, house.now)
    assert not may_start(house.view, house.state, 1500, 1).fits
    assert may_start(house.view, house.state, 1500, 2).fits
    # On whichever it hangs, it must fit.
    assert not may_start(house.view, house.state, 1500).fits


def test_a_load_of_three_phases_draws_a_third_from_each() -> None:
    house = three_phases(500, 500, 1000)
    assert not may_start(house.view, house.state, 7000, 1).fits
    assert may_start(house.view, house.state, 7000, "all").fits
    house.state = promised(house.state, "car", 7000, "all", house.now)
    assert may_start(house.view, house.state, 500, 1).fits
    assert not may_start(house.view, house.state, 500, 3).fits
    one = House()
    one.hear(linky(1000, filtered=0.2))
    assert may_start(one.view, one.state, 5500, "all").fits
    assert not may_start(one.view, one.state, 6500, "all").fits
    one.state = promised(one.state, "car", 5500, "all", one.now)
    assert not may_start(one.view, one.state, 1000).fits


def test_only_the_phase_in_question_counts() -> None:
    house = House()
    house.hear(
        *(
            linky(700 * phase, filtered=0.3, limit_va=2000, phase=phase)
            for phase in (1, 2, 3)
        )
    )
    assert may_start(house.view, house.state, 800, phase=1).fits
    assert not may_start(house.view, house.state, 800, phase=3).fits
    assert not may_start(house.view, house.state, 800).fits


def test_who_has_to_wait_is_told_until_when() -> None:
    house = House()
    # √Y is at the cut-off power still, while little is drawn: it cools.
    house.hear(linky(1000, filtered=1.2))
    answer = may_start(house.view, house.state, 3000)
    assert answer.verdict is Verdict.TOO_LARGE
    assert answer.fits_from is not None
    later = replace(house.view, now=answer.fits_from)
    assert later.fits(3000, None)
    assert not replace(later, now=later.now - timedelta(seconds=10)).fits(3000, None)
    # What is too large for the contract will not fit by waiting.
    assert may_start(house.view, house.state, 7000).fits_from is None
    house.hear(linky(1000, filtered=0.2))
    assert may_start(house.view, house.state, 100).fits_from == NOW
