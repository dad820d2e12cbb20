"""One socket over time: what it learns, in which band it is, since when."""

from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Role, SocketReading
from custom_components.energy_park.park.plain import from_plain, to_plain
from custom_components.energy_park.park.socket_band import SocketBand
from custom_components.energy_park.park.standby import Band, narrow_off_band
from custom_components.energy_park.park.station import UNLEARNT

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def reading(power_w: float | None, *, on: bool = True) -> SocketReading:
    return SocketReading(on=on, power_w=power_w)


def after(*powers: tuple[float, int], role: Role = Role.COMPUTER) -> SocketBand:
    """Return a socket after so many minutes at each power."""
    socket, now = SocketBand(), START
    for power_w, minutes in powers:
        for number in range(minutes):
            share = 0.98 + 0.04 * number / max(minutes - 1, 1)
            socket.follow(now, role, reading(power_w * share))
            now += MINUTE
    return socket


def test_samples_have_the_pace_of_minutes_however_often_a_plug_is_read() -> None:
    socket = SocketBand()
    for number in range(120):
        socket.follow(START + number * MINUTE / 6, Role.COMPUTER, reading(50))
    assert socket.histogram.samples == 20


def test_nothing_is_learnt_of_an_open_relay_or_of_silence() -> None:
    socket = SocketBand()
    for number, seen in enumerate([reading(0, on=False), None, reading(None)] * 20):
        socket.follow(START + number * MINUTE, Role.COMPUTER, seen)
    assert socket.histogram.samples == 0


@pytest.mark.parametrize(
    ("seen", "band"),
    [
        (None, Band.UNKNOWN),
        (reading(None), Band.UNKNOWN),
        (reading(None, on=False), Band.OFF),
        (reading(40, on=False), Band.OFF),
        (SocketReading(), Band.UNKNOWN),
        (reading(2), Band.STANDBY),
    ],
)
def test_what_is_not_measured_is_unknown(
    seen: SocketReading | None, band: Band
) -> None:
    assert SocketBand().follow(START, Role.COMPUTER, seen) is band


def test_it_tells_since_when_it_runs_whatever_it_does_meanwhile() -> None:
    socket = after((2, 40), (50, 40), (110, 40))
    assert socket.band is Band.ACTIVE
    assert socket.since == START + 40 * MINUTE
    now = START + 130 * MINUTE
    socket.follow(now, Role.COMPUTER, None)
    socket.follow(now + MINUTE, Role.COMPUTER, reading(50))
    assert socket.since == START + 40 * MINUTE
    socket.follow(now + 2 * MINUTE, Role.COMPUTER, reading(2))
    assert (socket.band, socket.since) == (Band.STANDBY, now + 2 * MINUTE)


def test_a_restart_forgets_nothing_that_was_learnt() -> None:
    socket = after((1, 60), (4, 60), (50, 120))
    back = from_plain(SocketBand, json.loads(json.dumps(to_plain(socket))))
    assert back.bands(Role.COMPUTER) == socket.bands(Role.COMPUTER)
    assert back.off_band == socket.off_band
    assert back.since == socket.since
    back.follow(START + timedelta(hours=9), Role.COMPUTER, reading(50))
    assert back.since == socket.since


def test_a_clock_that_was_set_back_does_not_stop_the_learning() -> None:
    socket = after((50, 10))
    socket.follow(START - timedelta(days=1), Role.COMPUTER, reading(50))
    assert socket.histogram.samples == 11


def test_asleep_is_not_off_once_it_was_seen() -> None:
    assert after((1, 10)).off_band == UNLEARNT
    assert after((1, 60), (50, 120)).off_band == UNLEARNT
    sleeps = after((1, 60), (4, 60), (50, 120)).off_band
    assert sleeps.holds(1.2)
    assert not sleeps.holds(3)
    small = after((0.8, 60), (6, 120)).off_band
    assert small.holds(1)
    assert not small.holds(4)


@given(
    st.lists(
        st.tuples(st.floats(0, 200, allow_nan=False), st.integers(1, 60)), max_size=5
    )
)
def test_what_is_seen_never_widens_where_a_computer_is_off(
    powers: list[tuple[float, int]],
) -> None:
    band = narrow_off_band(after(*powers).histogram)
    assert band.from_w == UNLEARNT.from_w
    assert band.below_w <= UNLEARNT.below_w
