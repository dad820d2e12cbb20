"""What may be done to a station's sockets follows from what is known of it."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Reason, Role
from custom_components.energy_park.park.station import (
    COMPUTER_OFF_BELOW_W,
    UNLEARNT,
    Learnt,
    OffBand,
    Station,
    Wake,
    mark_shared,
    unfit,
)

from .room import KNOWN, socket

STATION = Station(id="a", name="A", computer="pc", monitors=("screen",), learnt=KNOWN)


def test_a_commissioned_station_may_be_cut() -> None:
    assert STATION.cut_refused is None
    assert STATION.off_band.holds(2.5)
    assert not STATION.off_band.holds(3.9)


@pytest.mark.parametrize(
    ("learnt", "reason"),
    [
        (Learnt(), Reason.WAKE_UNKNOWN),
        (replace(KNOWN, wake=Wake.UNKNOWN), Reason.WAKE_UNKNOWN),
        (replace(KNOWN, wake=Wake.WOL_ONLY, returns=False), Reason.WAKE_UNKNOWN),
        (replace(KNOWN, off_w=()), Reason.OFF_POWER_UNKNOWN),
        (replace(KNOWN, sleep_w=None), Reason.OFF_POWER_UNKNOWN),
        (replace(KNOWN, sleep_w=2.9), Reason.OFF_POWER_UNKNOWN),
        (replace(KNOWN, running_w=5.0), Reason.OFF_POWER_UNKNOWN),
    ],
)
def test_what_is_not_known_for_sure_is_never_cut(
    learnt: Learnt, reason: Reason
) -> None:
    station = replace(STATION, learnt=learnt)
    assert station.cut_refused is reason
    if reason is Reason.OFF_POWER_UNKNOWN:
        assert station.off_band == UNLEARNT


def test_who_declares_that_it_never_sleeps_needs_no_sleep_power() -> None:
    station = replace(STATION, learnt=replace(KNOWN, sleep_w=None), never_sleeps=True)
    assert station.cut_refused is None


@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=9),
    st.floats(1, 200),
    st.one_of(st.none(), st.floats(0, 30)),
)
def test_the_band_of_off_holds_what_was_measured_and_nothing_that_lives(
    off_w: list[float], running_w: float, sleep_w: float | None
) -> None:
    band = OffBand.learn(off_w, running_w, sleep_w)
    if band is None:
        return
    assert all(band.holds(power_w) for power_w in off_w)
    assert not band.holds(running_w)
    assert not band.holds(None)
    assert not band.holds(float("nan"))
    assert sleep_w is None or not band.holds(sleep_w)


def test_a_computer_that_draws_at_off_is_not_off_at_nothing() -> None:
    assert not STATION.off_band.holds(0.0)
    assert OffBand.learn([0.0, 0.3], 20) == OffBand(0.0, 0.7)


def test_more_than_the_seed_threshold_may_be_off() -> None:
    band = OffBand.learn([6.0, 6.2], 60, 9.0)
    assert band is not None
    assert band.holds(6.2)
    assert band.below_w > COMPUTER_OFF_BELOW_W


def test_running_is_proven_well_above_asleep_and_below_idle() -> None:
    assert 3.9 < KNOWN.running_from_w < 49
    assert Learnt().running_from_w == COMPUTER_OFF_BELOW_W


def test_what_was_learnt_is_kept() -> None:
    assert Learnt.from_dict(KNOWN.to_dict()) == KNOWN
    assert Learnt.from_dict(Learnt().to_dict()) == Learnt()


def test_sockets_of_two_stations_are_shared() -> None:
    other = Station(id="b", name="B", computer="pc b", monitors=("screen",))
    first, second = mark_shared([STATION, other])
    assert first.shared == second.shared == {"screen"}
    strip = replace(other, computer="pc")
    first, _ = mark_shared([STATION, strip])
    assert first.cut_refused is Reason.SHARED


def test_a_station_takes_only_sockets_of_its_kind() -> None:
    sockets = {
        "pc": socket("pc", Role.COMPUTER),
        "screen": socket("screen", Role.MONITOR),
        "switch": socket("switch", Role.NETWORK),
        "other pc": socket("other pc", Role.COMPUTER),
    }
    assert unfit(STATION, sockets) == {}
    assert unfit(replace(STATION, monitors=("switch",)), sockets) == {
        "switch": Reason.PROTECTED
    }
    assert unfit(replace(STATION, monitors=("other pc",)), sockets) == {
        "other pc": Reason.PROTECTED
    }
    assert unfit(replace(STATION, computer="gone"), sockets) == {
        "gone": Reason.UNREACHABLE
    }
    shared = replace(STATION, shared=frozenset({"screen"}))
    assert unfit(shared, sockets) == {"screen": Reason.SHARED}
