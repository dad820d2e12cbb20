"""What a Linky tells, and what of its filter stays in doubt."""

from collections.abc import Collection
from dataclasses import dataclass

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.energy_park.park.shedding.limits import LinkyFilter
from custom_components.energy_park.park.shedding.linky import (
    HISTORIQUE,
    STANDARD,
    linky_supply,
)
from custom_components.energy_park.park.shedding.supply import Supply
from scripts.simulation import meter as simulated
from scripts.simulation.ours import OurRule, moment

from .house import LIMIT_VA, after


def told(
    power_va: float, at_s: float, before: Supply | None, *, early: bool = False
) -> Supply:
    """Return what a historique frame of 3 kVA makes of a power."""
    return linky_supply(
        limit_va=3000,
        power_va=power_va,
        power_max_va=power_va + 10,
        filtered_va2=1.28**2 * 9e6,
        ceiling_va2=1.3**2 * 9e6,
        warming_up=False,
        feed=HISTORIQUE,
        read_at=after(at_s),
        before=before,
        early=early,
    )


def test_a_coarse_warning_that_tells_no_more_is_no_news() -> None:
    """17 A are 3910 VA, give or take an ampere."""
    sure = told(3980, 0, None)
    assert told(3910, 0.9, sure, early=True) is sure
    leap = told(9200, 0.9, sure, early=True)
    assert leap.power == leap.power_max == 9200
    # Its own frame tells it better, and is compared with what was sure.
    after_leap = told(9130, 1.3, leap)
    assert after_leap.doubt == told(9130, 1.3, sure).doubt
    assert after_leap.sure is None


def test_a_rounded_power_leaves_the_filter_in_doubt() -> None:
    (limit,) = told(3980, 0, None).limits
    assert isinstance(limit, LinkyFilter)
    assert limit.ceiling_va2 - limit.filtered_va2 == pytest.approx(3990**2 - 3980**2)


def test_while_the_past_is_unknown_the_worst_is_feared() -> None:
    supply = linky_supply(
        limit_va=3000,
        power_va=5000,
        power_max_va=5010,
        filtered_va2=0.0,
        ceiling_va2=1.3**2 * 9e6,
        warming_up=True,
        feed=STANDARD,
        read_at=after(0),
        before=None,
    )
    assert supply.limits[0].held_s(5000) == 0
    assert supply.limits[0].likely_s(5000) > 60


@dataclass(frozen=True, kw_only=True)
class Listened:
    """A meter, how it speaks, and which of its frames are lost."""

    feed: simulated.Feed
    second_s: float
    frame_s: float
    lost: Collection[int]


@st.composite
def listened(draw: st.DrawFn) -> Listened:
    feed = draw(st.sampled_from((simulated.STANDARD, simulated.HISTORIQUE)))
    return Listened(
        feed=feed,
        second_s=draw(st.floats(0, 1, exclude_max=True)),
        frame_s=draw(st.floats(0, feed.frame_s)),
        lost=draw(st.sets(st.integers(0, 60))),
    )


class Listener(OurRule):
    """What the rule makes of the meter."""

    def ceiling_va2(self) -> float:
        assert self._supply is not None
        (limit,) = self._supply.limits
        assert isinstance(limit, LinkyFilter)
        return limit.ceiling_va2

    def measured_after(self, at_s: float) -> bool:
        assert self._supply is not None
        return self._supply.measured_from >= moment(at_s)


# Powers, and for how long each is held: so long that a frame tells each.
POWERS = st.lists(
    st.tuples(
        st.sampled_from((0.0, LIMIT_VA, 3 * LIMIT_VA)) | st.floats(0, 3 * LIMIT_VA),
        st.floats(6, 15),
    ),
    min_size=2,
    max_size=8,
)


@settings(max_examples=80, deadline=None)
@given(POWERS, listened())
@example(
    [(6000.0, 12.3), (0.0, 8.0)],
    Listened(feed=simulated.HISTORIQUE, second_s=4 / 12, frame_s=0.538, lost={9}),
)
def test_y_is_never_above_the_ceiling(
    powers: list[tuple[float, float]], listened: Listened
) -> None:
    """Wherever the meter's seconds and its frames begin, and whatever frame is lost."""
    meter = simulated.Meter(LIMIT_VA, second_s=listened.second_s)
    listener = Listener((), LIMIT_VA, listened.feed)
    meter.draw(powers[0][0], 0)
    meter.advance(5)
    listener.wake(5, meter.exactly())
    changed_s, frame_at_s, frames, heard = 0.0, 5 + listened.frame_s, 0, True
    for power_va, held_s in powers:
        meter.draw(power_va, max(changed_s, 5.0))
        changed_s = max(changed_s, 5.0)
        until_s = changed_s + held_s
        while frame_at_s + listened.feed.told_s <= until_s:
            meter.advance(frame_at_s)
            told = list(meter.frame(listened.feed, frame_at_s))
            heard = not (heard and frames in listened.lost)
            for at_s, one in told if heard else ():
                meter.advance(at_s)
                if meter.trips_s:
                    return
                listener.read_meter(at_s, one)
                if listener.measured_after(changed_s) and not one.early:
                    assert meter.filtered_va2 <= listener.ceiling_va2() * (1 + 1e-6)
            frame_at_s += listened.feed.frame_s
            frames += 1
        changed_s = until_s
