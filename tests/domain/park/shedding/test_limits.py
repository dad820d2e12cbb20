"""What contracts allow: the specification's curve, caps, zones, hours."""

from dataclasses import replace
from datetime import timedelta
import json
from math import inf

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.plain import from_plain, to_plain
from custom_components.energy_park.park.shedding.limits import (
    Cap,
    Limit,
    LinkyFilter,
    PeriodCap,
    open_meter,
)
from custom_components.energy_park.park.shedding.linky import Feed
from custom_components.energy_park.park.shedding.meters import (
    Contract,
    Used,
    meter_supply,
    resumed,
    used_up,
)
from custom_components.energy_park.park.shedding.policy import Policy
from custom_components.energy_park.park.shedding.supply import Supply

from .house import House, after, load, said

HOUR_S = 3600
FEED = Feed(every_s=10, told_s=10)


def linky_filter(ratio: float) -> LinkyFilter:
    return LinkyFilter(limit_va=1, filtered_va2=ratio**2, ceiling_va2=ratio**2)


# Seconds to trip from a steady power, by Enedis-NOI-CPT_54E, section 7.
@pytest.mark.parametrize(
    ("before", "power", "seconds"),
    [
        (0, 1.31, 522),
        (0, 1.4, 247),
        (0, 2.0, 69),
        (0, 2.5, 40),
        (1.0, 1.5, 100),
        (1.0, 3.0, 12),
        (1.2, 1.4, 82),
        (0.9, 2.0, 41),
    ],
)
def test_a_linky_opens_when_the_specification_says(
    before: float, power: float, seconds: float
) -> None:
    assert linky_filter(before).held_s(power) == pytest.approx(seconds, abs=1)


def test_a_linky_bears_a_third_more_for_ever() -> None:
    assert linky_filter(1.29).held_s(1.3) == inf
    assert linky_filter(1.3).held_s(1.31) == 0


@given(st.floats(0, 1.29), st.floats(0, 10), st.floats(0.1, 100))
def test_a_linky_followed_in_steps_opens_when_it_does_in_one(
    before: float, power: float, seconds: float
) -> None:
    whole = linky_filter(before).follow(power, seconds)
    halves = linky_filter(before).follow(power, seconds / 2).follow(power, seconds / 2)
    assert halves.filtered_va2 == pytest.approx(whole.filtered_va2)
    held_s = linky_filter(before).held_s(power)
    if seconds < held_s < inf:
        assert whole.held_s(power) == pytest.approx(held_s - seconds, abs=1e-3)


def test_a_linky_fits_when_both_power_and_filter_leave_room() -> None:
    assert linky_filter(0.5).fits(0.5, 0.6, 0.9)
    assert not linky_filter(0.5).fits(0.9, 0.6, 0.9)
    assert not linky_filter(0.9).fits(0.5, 0.6, 0.9)


def test_a_cap_with_a_delay_starts_again_once_below() -> None:
    cap = Cap(limit=100, delay_s=60)
    assert cap.held_s(100) == inf
    assert cap.follow(101, 40).held_s(101) == 20
    assert cap.follow(101, 40).follow(99, 1).held_s(101) == 60
    assert cap.latest_s(101, 100.5) == -inf


def test_an_italian_meter_has_two_zones() -> None:
    def held_s(power: float, *before: tuple[float, float]) -> float:
        limits: tuple[Limit, ...] = open_meter(3000)
        for held, seconds in before:
            limits = tuple(limit.follow(held, seconds) for limit in limits)
        return min(limit.held_s(power) for limit in limits)

    assert held_s(3300) == inf
    assert held_s(3301) == 3 * HOUR_S
    assert held_s(4000) == 2 * 60
    assert held_s(3500, (3500, HOUR_S)) == 2 * HOUR_S
    assert held_s(4000, (4000, 90)) == 30
    assert held_s(4000, (4000, 90), (3400, 1)) == 2 * 60


def hour(used_wh: float, left_s: float) -> PeriodCap:
    return PeriodCap(cap_w=5000, period_s=HOUR_S, used_wh=used_wh, left_s=left_s)


def test_an_hour_bears_what_is_left_of_it() -> None:
    assert hour(2500, 1800).held_s(5000) == inf
    # 2.5 kWh are left: at 10 kW for a quarter of an hour.
    assert hour(2500, 1800).held_s(10000) == 900
    # Cut to 2 kW after 11:15 there is still just enough for the rest.
    assert hour(2500, 1800).latest_s(10000, 2000) == pytest.approx(675)
    assert hour(2500, 1800).latest_s(10000, 10000) == -inf
    assert hour(2500, 1800).fits(3000, 1500, 0.95)
    assert not hour(2500, 1800).fits(3000, 2500, 0.95)


def test_an_hour_that_is_spent_bears_nothing_but_nothing() -> None:
    spent = hour(5001, 1800)
    assert spent.held_s(1) == 0
    assert spent.held_s(0) == inf
    assert spent.latest_s(0, 0) == inf
    house = House(load("heater", 9, 2000))
    # All that is drawn goes, and no more can.
    assert house.hear(said(2000, spent)) == {"heater": False}
    assert house.decision.left_s is None


@given(st.floats(0, 10000), st.floats(1, 10 * HOUR_S))
def test_hours_follow_one_another(power: float, elapsed_s: float) -> None:
    followed = hour(1000, 1800).follow(power, elapsed_s)
    assert 0 < followed.left_s <= HOUR_S
    gone_s = HOUR_S - followed.left_s
    if elapsed_s >= 1800:
        assert gone_s == pytest.approx((elapsed_s - 1800) % HOUR_S, abs=1e-3)
        assert followed.used_wh == pytest.approx(power * gone_s / HOUR_S, abs=0.01)
    else:
        assert followed.used_wh == pytest.approx(1000 + power * elapsed_s / HOUR_S)


# Other meters --------------------------------------------------------------------


def heard(
    contract: Contract, *powers_w: float, every_s: float = 10, **more: float
) -> Supply:
    """Return what a meter said after it told these powers."""
    supply: Supply | None = None
    for number, power_w in enumerate(powers_w):
        supply = meter_supply(
            contract=contract,
            limit_w=more.get("limit_w", 3000),
            delay_s=more.get("delay_s", 0),
            used_wh=more.get("used_wh"),
            power_w=power_w,
            power_max_w=power_w,
            read_at=after(number * every_s),
            feed=Feed(every_s=every_s, told_s=10),
            before=supply,
        )
    assert supply is not None
    return supply


def test_a_plain_cap_counts_since_it_may_have_been_passed() -> None:
    supply = heard(Contract.CAP, 2000, 3500, 3500, delay_s=60)
    assert supply.limits[0].held_s(3500) == 40
    assert heard(Contract.CAP, 3500, 2000, 2000).limits[0] == Cap(limit=3000)


def test_an_italian_meter_is_one_of_the_table() -> None:
    yellow, red = heard(Contract.OPEN_METER, 3500, 3500).limits
    assert yellow.held_s(3500) == 180 * 60 - 10
    assert red.held_s(3500) == inf


@pytest.mark.parametrize("contract", Contract)
def test_what_is_used_up_survives_a_restart(contract: Contract) -> None:
    powers_w = [3500] * 60
    before = heard(contract, *powers_w, delay_s=3600)
    used = from_plain(Used, json.loads(json.dumps(to_plain(used_up(contract, before)))))
    known = resumed(used, contract, 3000)
    assert known is not None

    def told(before: Supply) -> tuple[Limit, ...]:
        return meter_supply(
            contract=contract,
            limit_w=3000,
            delay_s=3600,
            power_w=3500,
            power_max_w=3500,
            read_at=after(700),
            feed=FEED,
            before=before,
        ).limits

    assert told(known) == told(before)
    other = Contract.CAP if contract is not Contract.CAP else Contract.HOURLY
    assert resumed(used, other, 3000) is None


def test_of_the_first_hour_nothing_is_known_and_it_counts_as_used() -> None:
    # The clock says 18:00 sharp; a minute later a minute's worth is gone.
    (limit,) = heard(Contract.HOURLY, *[1000] * 7).limits
    assert isinstance(limit, PeriodCap)
    assert limit.used_wh == pytest.approx(1000 / 60)
    assert limit.left_s == 3540
    late = meter_supply(
        contract=Contract.HOURLY,
        limit_w=3000,
        power_w=0,
        power_max_w=0,
        read_at=after(1800),
        feed=FEED,
        before=None,
    )
    assert late.limits == (replace(limit, used_wh=1500, left_s=1800),)


def test_a_counted_hour_is_believed_and_a_monthly_cap_moves() -> None:
    (limit,) = heard(Contract.MONTHLY, 1000, 1000, limit_w=4000, used_wh=42).limits
    assert limit == PeriodCap(cap_w=4000, period_s=3600, used_wh=42, left_s=3590)
    before = heard(Contract.MONTHLY, 1000, limit_w=4000)
    (moved,) = meter_supply(
        contract=Contract.MONTHLY,
        limit_w=6000,
        power_w=1000,
        power_max_w=1000,
        read_at=after(36),
        feed=FEED,
        before=before,
    ).limits
    assert moved == PeriodCap(cap_w=6000, period_s=3600, used_wh=10, left_s=3564)


def test_an_hour_that_would_be_too_much_is_cut_as_late_as_is_enough() -> None:
    house = House(load("heater", 9, 4000), load("oven", 3, 2500))
    assert house.hear(said(8000, hour(0, 3600))) == {}
    assert house.decision.ready == ("heater",)
    late_s = house.wait_for_orders()
    # At 8 kW, then at 4 kW and a reserve of 5 %: 5 kWh in all.
    assert 5000 / 1.06 < (8 * late_s + 4.21 * (3600 - late_s)) / 3.6 <= 5001


def test_a_coarse_meter_costs_reserve_not_trips() -> None:
    """Told 28 A of 30: what may stand behind it is what must be borne."""
    power, power_max = 28 * 230, 29 * 253
    house = House(load("heater", 9, 2000), policy=Policy())
    limit = Cap(limit=6900)
    fine = said(power, limit)
    assert house.hear(fine) == {}
    assert house.hear(replace(fine, power_max=power_max)) == {"heater": False}


def test_time_passes_between_two_readings() -> None:
    supply = heard(Contract.HOURLY, 1000, 1000)
    (now,) = supply.limits_at(after(10) + timedelta(seconds=5), Policy())
    assert isinstance(now, PeriodCap)
    assert now.left_s == 3585
