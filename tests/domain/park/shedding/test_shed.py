"""What is shed when the contract would be passed: who, when, and how few."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.energy_park.model import Role
from custom_components.energy_park.park.shedding.limits import Cap
from custom_components.energy_park.park.shedding.loads import Load
from custom_components.energy_park.park.shedding.orders import (
    RETRY_AFTER,
    Answer,
    withheld,
)
from custom_components.energy_park.park.shedding.policy import Margin, Policy
from custom_components.energy_park.park.shedding.state import Cause

from .house import LIMIT_VA, TRIP_VA, House, after, capped, linky, load, said

HEATER = load("heater", 9, 2000)
OVEN = load("oven", 3, 2500)
LAMP = load("lamp", 9, 60)


def test_what_the_meter_bears_for_ever_sheds_nothing() -> None:
    house = House(HEATER, OVEN)
    assert house.hear(linky(TRIP_VA - 1, filtered=1.2)) == {}
    assert house.decision.left_s is None
    assert house.decision.ready == ()


def test_an_excursion_is_borne_until_the_last_moment() -> None:
    house = House(HEATER, OVEN)
    assert house.hear(linky(1.5 * LIMIT_VA)) == {}
    # By the specification's filter: from 1.0 to 1.5 times the cut-off power.
    assert house.decision.left_s == pytest.approx(100, abs=1)
    assert house.decision.ready == ("heater",)
    late_s = house.wait_for_orders()
    assert [order.load for order in house.decision.orders] == ["heater"]
    assert house.decision.orders[0].cause is Cause.LIMIT
    # Late, but in time for a second order should the first one fail.
    assert 0.6 <= 100 - late_s <= 3


def test_who_returns_below_in_time_is_not_cut() -> None:
    house = House(HEATER)
    assert house.hear(linky(2 * LIMIT_VA)) == {}
    assert house.hear(linky(0.9 * LIMIT_VA, filtered=1.25, at=after(20))) == {}
    assert house.decision.ready == ()
    assert house.state.over_since is None


def test_a_fall_beside_a_cut_is_no_new_overload() -> None:
    house = House(load("large", 9, 9000), OVEN)
    assert house.hear(linky(TRIP_VA + 4000, filtered=1.3)) == {"large": False}
    # The rest has ended by itself before the plug obeys: less is left than is cut.
    assert house.hear(linky(200, filtered=1.3, at=after(0.2))) == {}
    assert house.decision.left_s is None
    assert house.decision.ask == ()


def test_the_least_important_goes_first() -> None:
    house = House(OVEN, HEATER)
    assert house.hear(linky(TRIP_VA + 500, filtered=1.3)) == {"heater": False}


def test_the_fewest_are_cut_and_the_smallest_that_does() -> None:
    loads = [load(f"radiator {watt}", 8, watt) for watt in (400, 900, 1500, 2500)]
    house = House(*loads, load("oven", 2, 3000))
    # 95 % of what is borne for ever is kept: 600 above it needs 990 at least.
    assert house.hear(linky(TRIP_VA + 600, filtered=1.3)) == {"radiator 1500": False}


def test_a_more_important_one_goes_only_if_the_others_are_not_enough() -> None:
    house = House(HEATER, OVEN, load("fridge", 1, 150))
    assert house.hear(linky(TRIP_VA + 3000, filtered=1.3)) == {
        "heater": False,
        "oven": False,
    }


def test_what_a_more_important_one_makes_superfluous_stays_on() -> None:
    house = House(LAMP, OVEN)
    assert house.hear(linky(TRIP_VA + 1000, filtered=1.3)) == {"oven": False}


@pytest.mark.parametrize(
    "kept",
    [
        replace(HEATER, protected=True),
        replace(HEATER, role=Role.NETWORK),
        replace(HEATER, role=Role.COMPUTER),
        load("heater", 9, 2000, role=Role.COMPUTER).read(after(-8), True, 0),
        load("heater", 9, 4),
        load("heater", 9, 2000, on=False),
        HEATER.lost(),
        HEATER.read(after(-60), True, 2000),
        Load(id="heater", priority=9).read(after(0), None, None),
    ],
    ids=[
        "protected",
        "network",
        "computer that runs",
        "computer that may have started",
        "idle",
        "off",
        "unreachable",
        "not heard for long",
        "unknown",
    ],
)
def test_what_must_not_or_need_not_be_cut_is_not(kept: Load) -> None:
    house = House(kept, OVEN)
    assert house.hear(linky(TRIP_VA + 1000, filtered=1.3)) == {"oven": False}
    assert House(kept).hear(linky(2 * TRIP_VA, filtered=1.3)) == {}


def test_only_the_phase_that_is_too_much_is_relieved() -> None:
    house = House(
        load("first", 9, 1500, phase=1),
        load("second", 5, 1500, phase=2),
        load("anywhere", 10, 1500),
    )
    orders = house.hear(
        linky(1000, limit_va=2000, phase=1),
        linky(3500, limit_va=2000, phase=2, filtered=1.3),
        linky(1000, limit_va=2000, phase=3),
    )
    assert orders == {"second": False}


def test_an_order_counts_until_the_meter_can_show_it() -> None:
    house = House(HEATER, OVEN)
    assert house.hear(linky(TRIP_VA + 500, filtered=1.3)) == {"heater": False}
    # The plug did it, but the meter tells an older second: nothing more goes.
    house.now = after(0.2)
    house.answer(["heater"], on=False)
    assert house.wait(after(0.4)) == {}
    assert house.hear(linky(TRIP_VA + 500, filtered=1.3, at=after(0.9))) == {}
    # A reading that knows of the cut, and still is too much, costs the next one.
    assert house.hear(linky(TRIP_VA + 500, filtered=1.3, at=after(1.9))) == {
        "oven": False
    }


@pytest.mark.parametrize("answer", [Answer.FAILED, Answer.REFUSED])
def test_what_was_not_cut_counts_as_drawing(answer: Answer) -> None:
    house = House(HEATER, OVEN)
    house.hear(linky(TRIP_VA + 500, filtered=1.3))
    house.now = after(0.3)
    house.answer(["heater"], on=False, answer=answer)
    assert house.wait(after(0.4)) == {"oven": False}
    # The arbiter goes on trying what failed; what it refused it left alone.
    assert ("heater" in house.state.shed) is (answer is Answer.FAILED)


def test_a_plug_that_does_not_answer_in_its_time_counts_as_drawing() -> None:
    house = House(HEATER, OVEN)
    assert house.hear(linky(TRIP_VA + 500, filtered=1.3)) == {"heater": False}
    assert house.decision.decide_at is not None
    assert house.wait(house.decision.decide_at) == {"oven": False}


@pytest.mark.parametrize("answer", [Answer.FAILED, Answer.REFUSED, Answer.DONE])
def test_what_stays_on_though_shed_is_ordered_again_later(answer: Answer) -> None:
    house = House(HEATER)
    house.hear(linky(TRIP_VA + 500, filtered=1.3))
    house.answer(["heater"], on=False, answer=answer)
    again = RETRY_AFTER + timedelta(seconds=1)
    for second in range(2, int(again.total_seconds())):
        house.now = after(second)
        house.read(on=True, power_w=2000)
        orders = house.hear(linky(TRIP_VA + 500, filtered=1.29, at=house.now))
        assert orders == {}
    house.now = after(again.total_seconds())
    house.read(on=True, power_w=2000)
    assert house.hear(linky(TRIP_VA + 500, filtered=1.3, at=house.now)) == {
        "heater": False
    }


def test_what_a_person_keeps_on_goes_last_and_it_is_said() -> None:
    held = replace(HEATER, held=True)
    house = House(held, OVEN)
    assert house.hear(linky(TRIP_VA + 1000, filtered=1.3)) == {"oven": False}
    assert not house.decision.orders[0].against_person
    house = House(held, OVEN)
    assert set(house.hear(linky(TRIP_VA + 3000, filtered=1.3))) == {"oven", "heater"}
    assert {o.load: o.against_person for o in house.decision.orders} == {
        "oven": False,
        "heater": True,
    }


def test_what_was_just_switched_on_runs_its_least_time_if_it_can() -> None:
    started = replace(HEATER, on_since=after(-60), min_on=timedelta(minutes=5))
    assert House(started, OVEN).hear(linky(TRIP_VA + 1000, filtered=1.3)) == {
        "oven": False
    }
    assert House(started).hear(linky(TRIP_VA + 1000, filtered=1.3)) == {"heater": False}


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 10), st.integers(50, 3000), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    st.integers(50, 8000),
)
def test_what_was_just_switched_on_goes_only_if_the_others_are_not_enough(
    loads: list[tuple[int, int, bool]], over_va: int
) -> None:
    started = {"on_since": after(-60), "min_on": timedelta(minutes=5)}
    house = House(
        *(
            load(f"{n}", priority, power_w, **(started if is_new else {}))
            for n, (priority, power_w, is_new) in enumerate(loads)
        )
    )
    cut = house.hear(linky(TRIP_VA + over_va, filtered=1.3))
    others_w = sum(power_w for _, power_w, is_new in loads if not is_new)
    needed_w = TRIP_VA + over_va - house.policy.shed_share * TRIP_VA
    if others_w >= needed_w:
        assert not any(loads[int(name)][2] for name in cut)
    # Of two that are equal the one that runs for longer goes first.
    kept = [one for n, one in enumerate(loads) if str(n) not in cut]
    for name in cut:
        priority, power_w, is_new = loads[int(name)]
        assert not is_new or (priority, power_w, False) not in kept


def test_plugs_that_matter_are_asked_as_the_time_runs_out() -> None:
    large = load("heater", 9, 12000, at=after(-8))
    house = House(large, LAMP.read(after(-8), True, 60))
    house.hear(linky(1.5 * LIMIT_VA))
    assert not house.decision.ask
    house.hear(linky(2.5 * LIMIT_VA, at=after(1)))
    assert house.decision.ask == ("heater",)


def test_a_load_that_began_after_it_was_read_can_still_be_cut() -> None:
    oven = load("oven", 3, 0).read(after(-8), True, 0)
    house = House(replace(oven, usual_w=3000))
    assert house.hear(linky(TRIP_VA + 1000, filtered=1.3)) == {"oven": False}


def test_a_leap_that_the_next_reading_may_double_is_cut_now() -> None:
    house = House(load("oven", 3, 20000))
    house.hear(linky(LIMIT_VA))
    leap = linky(4 * LIMIT_VA, at=after(1))
    leap = replace(leap, recent=((after(0), LIMIT_VA), (after(1), 4 * LIMIT_VA)))
    assert house.hear(leap) == {"oven": False}


def test_it_says_when_all_that_may_go_is_not_enough() -> None:
    house = House(LAMP)
    house.hear(linky(1.5 * LIMIT_VA))
    assert not house.decision.enough
    assert house.decision.ready == ("lamp",)


# Margins and contracts ----------------------------------------------------------


def test_below_the_subscribed_power_what_lasts_is_cut_at_once() -> None:
    policy = Policy(margin=Margin.SUBSCRIBED)
    house = House(HEATER, OVEN, policy=policy)
    brief = linky(1.1 * LIMIT_VA)
    brief = replace(brief, recent=((after(-1), 0.9 * LIMIT_VA), *brief.recent))
    assert house.hear(brief) == {}
    assert house.hear(linky(1.1 * LIMIT_VA, at=after(9))) == {"heater": False}


@pytest.mark.parametrize(
    ("margin", "shed"), [(Margin.TRIP_CURVE, "large"), (Margin.COMFORT, "small")]
)
def test_comfort_keeps_less_in_reserve(margin: Margin, shed: str) -> None:
    small, large = load("small", 8, 300), load("large", 8, 900)
    house = House(small, large, policy=Policy(margin=margin))
    assert house.hear(linky(TRIP_VA + 200, filtered=1.3)) == {shed: False}


def test_a_plain_cap_is_kept() -> None:
    house = House(HEATER, OVEN)
    assert house.hear(capped(LIMIT_VA)) == {}
    assert house.hear(capped(LIMIT_VA + 1, at=after(5))) == {"heater": False}


def test_a_cap_with_a_delay_is_passed_until_the_delay_is_nearly_over() -> None:
    house = House(HEATER, OVEN)
    over = Cap(limit=LIMIT_VA, delay_s=60)
    assert house.hear(said(LIMIT_VA + 500, over)) == {}
    assert house.decision.left_s == 60
    over = replace(over, over_s=59.5)
    house.now = after(60)
    house.read()
    assert house.hear(said(LIMIT_VA + 500, over, at=after(60))) == {"heater": False}


# All is not enough ------------------------------------------------------------


def test_what_cannot_be_enough_goes_early_as_that_gains_time() -> None:
    house = House(load("heater", 9, 500))
    house.hear(linky(2.0 * LIMIT_VA))
    left_s = house.decision.left_s
    assert left_s is not None
    assert not house.decision.enough
    # It may yet end by itself: a quarter of the time is left to that.
    assert house.wait_for_orders() == pytest.approx(left_s / 4, abs=0.1)


def test_a_moment_in_which_meter_and_plugs_disagree_costs_nothing() -> None:
    """The oven has just ended, and the meter does not show it yet."""
    house = House(load("oven", 3, 6000), load("heater", 9, 500))
    house.hear(linky(2.0 * LIMIT_VA))
    house.now = after(20)
    house.read("oven", power_w=0)
    house.read("heater")
    assert house.wait(house.now) == {}
    assert house.hear(linky(0.9 * LIMIT_VA, filtered=1.25, at=after(21))) == {}
    assert house.state.short_since is None


def test_a_load_that_never_drew_is_asked_when_the_power_rises_again() -> None:
    """Read as idle during an excess, and begun since: nothing else would be enough."""
    house = House(load("heater", 9, 1000), load("new", 1, 0))
    house.hear(linky(1.4 * LIMIT_VA))
    house.now = after(5)
    house.read()
    rise = linky(1.9 * LIMIT_VA, at=after(6))
    rise = replace(
        rise, recent=((after(5), 1.4 * LIMIT_VA), (after(6), 1.9 * LIMIT_VA))
    )
    house.hear(rise)
    assert not house.decision.enough
    house.wait(after(8))
    assert "new" in house.decision.ask
    house.read("new", power_w=6000)
    house.wait(after(8.2))
    decision = house.decision
    assert (decision.enough, decision.ready) == (True, ("new",))


def test_a_cut_that_the_meter_shows_counts_no_more() -> None:
    """The heater is off and the meter shows it: what is left is still too much."""
    house = House(load("heater", 9, 2000), load("oven", 3, 3000))
    over = linky(TRIP_VA + 1900, filtered=1.3)
    assert house.hear(over) == {"oven": False}
    house.now = after(0.3)
    house.answer(["oven"], on=False)
    house.read("heater")
    # The next reading was measured while the oven went off, and something else rose.
    mixed = linky(TRIP_VA + 1000, filtered=1.3, at=after(1.2))
    recent = ((after(0), over.power_max), (after(1.2), mixed.power_max))
    assert house.hear(replace(mixed, recent=recent)) == {}
    shown = linky(TRIP_VA + 1000, filtered=1.3, at=after(2.4))
    recent = (recent[1], (after(2.4), shown.power_max))
    assert house.hear(replace(shown, recent=recent)) == {"heater": False}


# Nobody knows who draws ------------------------------------------------------------


def test_a_guess_that_a_plug_refutes_is_made_good_at_once() -> None:
    """Idle ones were cut, as they may have begun; it was the oven."""
    oven = replace(load("oven", 3, 0, at=after(-8)), usual_w=3000)
    heater = replace(load("heater", 9, 0, at=after(-8)), usual_w=3000)
    house = House(oven, heater)
    assert house.hear(linky(TRIP_VA + 2000, filtered=1.3)) == {"heater": False}
    assert house.decision.ask == ("oven",)
    house.now = after(0.1)
    house.read("oven", power_w=3000)
    assert house.wait(house.now) == {"oven": False}


def test_a_guess_that_a_plug_confirms_costs_no_more() -> None:
    oven = load("oven", 3, 1500, at=after(-8))
    heater = replace(load("heater", 9, 0, at=after(-8)), usual_w=3500)
    house = House(oven, heater)
    assert house.hear(linky(TRIP_VA + 2500, filtered=1.3)) == {"heater": False}
    house.now = after(0.1)
    house.read(power_w=3500)
    assert house.wait(house.now) == {}
    # It is off by now, and what it drew before still counts.
    house.now = after(0.3)
    house.answer(["heater"], on=False)
    assert house.wait(house.now) == {}


def test_a_guess_that_the_meter_begins_to_confirm_costs_no_more() -> None:
    oven = load("oven", 3, 1500, at=after(-8))
    heater = replace(load("heater", 9, 0, at=after(-8)), usual_w=3500)
    house = House(oven, heater)
    over = linky(TRIP_VA + 2500, filtered=1.3)
    assert house.hear(over) == {"heater": False}
    house.now = after(0.3)
    house.answer(["heater"], on=False)
    house.read("oven", power_w=3200)
    # Measured while the heater went off: what is left the oven alone would cure.
    mixed = linky(TRIP_VA + 1500, filtered=1.3, at=after(1.2))
    recent = ((after(0), over.power_max), (after(1.2), mixed.power_max))
    mixed = replace(mixed, recent=recent, measured_to=after(0.2))
    assert house.hear(mixed) == {}


def test_what_tells_its_changes_by_itself_is_there_while_nothing_changes() -> None:
    house = House(load("polled", 10, 2000), load("telling", 9, 2000, tells=True))
    house.now = after(3600)
    over = linky(TRIP_VA + 500, filtered=1.3, at=house.now)
    assert house.hear(over) == {"telling": False}
    house.answer(["telling"], on=False)
    house.now = after(3600 + 400)
    assert house.hear(linky(1000, filtered=0.2, at=house.now)) == {"telling": True}


def test_what_tells_and_did_not_obey_is_ordered_again() -> None:
    house = House(load("telling", 9, 2000, tells=True))
    over = linky(TRIP_VA + 500, filtered=1.3)
    assert house.hear(over) == {"telling": False}
    house.answer(["telling"], on=False, answer=Answer.FAILED)
    assert house.hear(replace(over, read_at=after(59))) == {}
    assert house.hear(replace(over, read_at=after(61))) == {"telling": False}


def test_an_order_that_is_withheld_leaves_the_others() -> None:
    house = House(HEATER, OVEN)
    house.hear(linky(1000))
    before = house.state
    house.hear(linky(2 * TRIP_VA, filtered=1.3))
    assert house.state.shed.keys() == {"heater", "oven"}
    left = withheld(house.state, before, ["heater"])
    assert left.shed.keys() == left.pending.keys() == left.past.keys() == {"oven"}
    assert left.over_since == house.state.over_since
