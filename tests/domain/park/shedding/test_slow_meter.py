"""A reader behind another integration that tells a power each minute."""

from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import MeterReading, TicMode
from custom_components.energy_park.park.shedding.limits import RATE, LinkyFilter
from custom_components.energy_park.park.shedding.linky import Feed, linky_supply
from custom_components.energy_park.park.shedding.may_start import may_start
from custom_components.energy_park.park.shedding.supply import Supply
from custom_components.energy_park.tic.tripping import TripModel

from .house import LIMIT_VA, TRIP_VA, House, after, load

EVERY_S = 60
FEED = Feed(every_s=EVERY_S, told_s=10)
HEATER = load("heater", 9, 2000)


class Reader:
    """What is known by a reader that tells each minute."""

    def __init__(self) -> None:
        self._trip = TripModel(unknown_after_s=180)
        self.next_s = 0.0
        self.supply: Supply | None = None

    def hear(self, house: House, power_va: float) -> dict[str, bool]:
        """Tell a power a minute after the one before."""
        now = after(self.next_s)
        reading = MeterReading(
            mode=TicMode.HISTORIQUE,
            apparent_power_va=round(power_va),
            subscribed_power_va=int(LIMIT_VA),
        )
        self._trip.update(reading, now)
        state = self._trip.state(now)
        [phase] = state.phases
        self.supply = linky_supply(
            limit_va=phase.limit_va,
            power_va=phase.power_va,
            power_max_va=phase.power_max_va,
            filtered_va2=(phase.filtered_ratio * phase.limit_va) ** 2,
            ceiling_va2=(phase.filtered_ratio_max * phase.limit_va) ** 2,
            warming_up=state.warming_up,
            feed=FEED,
            read_at=now,
            before=self.supply,
        )
        self.next_s += EVERY_S
        house.now = now
        house.read()
        return house.hear(self.supply)


def calm(minutes: int, *, house: House) -> Reader:
    reader = Reader()
    for _ in range(minutes):
        assert reader.hear(house, 500) == {}
    return reader


def test_what_was_shed_comes_back_within_minutes() -> None:
    house = House(HEATER)
    reader = calm(60, house=house)
    house.shed("heater")
    minutes = 0
    while not reader.hear(house, 500):
        minutes += 1
        assert minutes < 10
    assert minutes >= 4


def test_the_first_reading_of_an_overload_cuts_nothing_yet() -> None:
    house = House(HEATER)
    reader = calm(60, house=house)
    assert reader.hear(house, 1.37 * LIMIT_VA) == {}
    assert house.decision.left_s is not None
    assert house.decision.left_s > 120
    # It ends before the next one is told.
    assert reader.hear(house, 500) == {}


@pytest.mark.parametrize("ratio", [1.37, 1.6, 2.0])
def test_an_overload_that_lasts_is_cut_before_the_meter_opens(ratio: float) -> None:
    house = House(load("heater", 9, 8000))
    reader = calm(60, house=house)
    power_va = ratio * LIMIT_VA
    # At worst it began just after the reading before.
    trips_at = after(59 * EVERY_S) + timedelta(
        seconds=LinkyFilter(
            limit_va=LIMIT_VA, filtered_va2=500**2, ceiling_va2=0
        ).held_s(power_va)
    )
    orders = reader.hear(house, power_va)
    while not orders:
        assert house.decision.decide_at is not None
        house.now = min(house.decision.decide_at, after(reader.next_s))
        house.read()
        if house.now == after(reader.next_s):
            orders = reader.hear(house, power_va)
        else:
            orders = house.wait(house.now)
    assert orders == {"heater": False}
    assert house.now < trips_at


def test_it_is_not_silent_between_two_readings_but_soon_after() -> None:
    house = House(HEATER)
    calm(20, house=house)
    heard_at = house.now
    house.now = heard_at + timedelta(seconds=55)
    assert not house.view.is_silent
    assert may_start(house.view, house.state, 1000).fits
    house.wait(house.now)
    assert house.decision.decide_at is not None
    assert house.decision.decide_at > heard_at + timedelta(seconds=120)
    house.now = heard_at + timedelta(seconds=95)
    assert not may_start(house.view, house.state, 1000).fits
    house.now = heard_at + timedelta(seconds=121)
    assert house.view.is_silent


@given(
    st.lists(st.tuples(st.floats(0, 1.2), st.floats(0, 60)), min_size=15, max_size=40)
)
def test_no_more_is_in_the_filter_than_is_feared(
    changes: list[tuple[float, float]],
) -> None:
    """The power changes once between two readings, whenever that is.

    A meter that has opened tells nothing more.
    """
    house = House()
    reader = Reader()
    true = LinkyFilter(limit_va=LIMIT_VA, filtered_va2=0, ceiling_va2=0)
    power_va = 0.0
    reader.hear(house, power_va)
    for ratio, at_s in changes:
        before = true.follow(power_va, at_s)
        power_va = ratio * TRIP_VA
        true = before.follow(power_va, EVERY_S - at_s)
        if max(before.filtered_va2, true.filtered_va2) >= TRIP_VA**2:
            return
        reader.hear(house, power_va)
        assert reader.supply is not None
        [limit] = reader.supply.limits
        assert isinstance(limit, LinkyFilter)
        assert true.filtered_va2 <= limit.ceiling_va2 * (1 - 0.1 * RATE)
