"""Alarms begin after their delay, end beyond their hysteresis, and prove nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.park.alarms import (
    CONTRACT,
    FREQUENCY,
    OUT_OF_HOURS,
    OVERLOAD,
    SILENCE,
    TAN_PHI,
    AlarmState,
    Level,
    Limit,
    NightFloor,
    OutOfHoursWatch,
    VoltageWatch,
    frequency_off_hz,
    imbalance_percent,
    is_impossible,
    load_percent,
    tan_phi,
)
from custom_components.energy_park.park.means import WindowMean
from custom_components.energy_park.park.plain import from_plain, to_plain
from custom_components.energy_park.park.power_quality import PowerTriangle

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIMIT = Limit(warning=80, alarm=100, hysteresis=5, delay=timedelta(seconds=10))
OK, WARNING, ALARM = Level.OK, Level.WARNING, Level.ALARM


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def levels(
    limit: Limit, *samples: tuple[float, float | None]
) -> list[tuple[Level, datetime | None]]:
    state, seen = AlarmState(), []
    for seconds, value in samples:
        state = state.follow(limit, value, at(seconds))
        seen.append((state.level, state.since))
    return seen


def test_a_level_begins_after_its_delay_and_ends_with_hysteresis() -> None:
    assert levels(
        LIMIT, (0, 80), (5, 81), (14, 82), (15, 81), (20, 76), (21, 74), (22, 78)
    ) == [
        (OK, None),
        (OK, None),
        (OK, None),
        (WARNING, at(15)),
        (WARNING, at(15)),
        (OK, at(21)),
        (OK, at(21)),
    ]


def test_an_alarm_has_a_delay_of_its_own() -> None:
    # Ten seconds beyond the warning are no ten seconds beyond the alarm.
    seen = levels(LIMIT, (0, 90), (9, 120), (10, 120), (18, 120), (19, 120))
    assert [level for level, _ in seen] == [OK, OK, WARNING, WARNING, ALARM]


def test_an_alarm_falls_back_to_a_warning() -> None:
    seen = levels(LIMIT, (0, 120), (10, 120), (11, 96), (12, 94), (13, 70))
    assert [level for level, _ in seen] == [OK, ALARM, ALARM, WARNING, OK]


def test_a_break_starts_the_delay_again() -> None:
    seen = levels(LIMIT, (0, 90), (8, 79), (9, 90), (18, 90), (19, 90))
    assert [level for level, _ in seen] == [OK, OK, OK, OK, WARNING]


def test_a_missing_value_neither_begins_nor_ends() -> None:
    seen = levels(LIMIT, (0, 90), (5, None), (10, 90), (19, 90), (20, 90), (99, None))
    assert [level for level, _ in seen] == [OK, OK, OK, OK, WARNING, WARNING]


def test_below_is_the_same_the_other_way_round() -> None:
    limit = Limit(warning=207, alarm=195.5, rising=False, hysteresis=2)
    seen = levels(limit, (0, 207), (1, 206.9), (2, 195), (3, 197), (4, 198), (5, 209.1))
    assert [level for level, _ in seen] == [OK, WARNING, ALARM, ALARM, WARNING, OK]


values = st.lists(
    st.tuples(st.floats(0.1, 30), st.none() | st.floats(0, 200)), max_size=30
)


@given(values)
def test_no_level_begins_without_its_delay(
    samples: list[tuple[float, float | None]],
) -> None:
    state, now = AlarmState(), NOON
    history: list[tuple[datetime, float | None]] = []
    for pause_s, value in samples:
        now += timedelta(seconds=pause_s)
        before, state = state, state.follow(LIMIT, value, now)
        history.append((now, value))
        if state.level is ALARM and before.level is not ALARM:
            bound = LIMIT.alarm
        elif state.level is WARNING and before.level is OK:
            bound = LIMIT.warning
        else:
            continue
        assert bound is not None
        recent = []
        for moment, seen in reversed(history):
            if seen is None or seen <= bound:
                break
            recent.append(moment)
        assert recent[0] - recent[-1] >= LIMIT.delay


@given(values)
def test_a_restart_changes_nothing(samples: list[tuple[float, float | None]]) -> None:
    state, kept, now = AlarmState(), AlarmState(), NOON
    for pause_s, value in samples:
        now += timedelta(seconds=pause_s)
        state = state.follow(LIMIT, value, now)
        kept = from_plain(AlarmState, to_plain(kept.follow(LIMIT, value, now)))
    assert kept == state


@pytest.mark.parametrize(
    ("limit", "fine", "warns", "alarms"),
    [
        (SILENCE, 119, None, 121),
        (OVERLOAD, 80, 81, 101),
        (CONTRACT, 90, 91, None),
        (FREQUENCY, 0.5, 0.6, None),
        (TAN_PHI, 0.4, 0.41, None),
        (OUT_OF_HOURS, 0, 1, None),
    ],
)
def test_defaults(
    limit: Limit, fine: float, warns: float | None, alarms: float | None
) -> None:
    for value, level in ((fine, OK), (warns, WARNING), (alarms, ALARM)):
        if value is not None:
            later = NOON + limit.delay
            state = AlarmState().follow(limit, value, NOON)
            assert state.follow(limit, value, later).level is level


@pytest.mark.parametrize(
    ("reading", "rated_w", "rated_a", "percent"),
    [
        (SocketReading(power_w=1250), 2500, None, 50),
        (SocketReading(power_w=1250, current_a=9), 2500, 12, 75),
        (SocketReading(power_w=-1250), 2500, None, 50),
        (SocketReading(current_a=6), None, 12, 50),
        (SocketReading(power_w=1250), None, 12, None),
        (SocketReading(), 2500, 12, None),
    ],
)
def test_a_socket_s_load_is_the_greater_share(
    reading: SocketReading,
    rated_w: float | None,
    rated_a: float | None,
    percent: float | None,
) -> None:
    assert load_percent(reading, rated_w=rated_w, rated_a=rated_a) == percent


def triangle(power_w: float, reactive_var: float) -> PowerTriangle:
    return PowerTriangle(
        power_w=power_w,
        reactive_power_var=reactive_var,
        upper_bound=False,
        measured=1,
        total=1,
    )


def test_a_small_load_has_no_tan_phi_to_judge() -> None:
    assert tan_phi(triangle(2.7, 27.5)) is None
    assert tan_phi(triangle(300, -150)) == 0.5
    assert tan_phi(triangle(90, 45), rated_va=400) == 0.5
    assert tan_phi(triangle(60, 30), rated_va=400) is None
    assert tan_phi(triangle(0, 300)) is None


@pytest.mark.parametrize(
    ("phases", "percent"),
    [
        ((100.0, 100.0, 130.0), pytest.approx(18.18, abs=0.01)),
        ((100.0, 100.0, 100.0), 0),
        ((100.0, None, 100.0), None),
        ((0.0, 0.0, 0.0), None),
        ((100.0,), None),
    ],
)
def test_imbalance_is_the_furthest_from_the_mean(
    phases: tuple[float | None, ...], percent: object
) -> None:
    assert imbalance_percent(phases) == percent


@pytest.mark.parametrize(
    ("frequency_hz", "off_hz"), [(50.0, 0.0), (49.4, 0.6), (60.2, 0.2), (None, None)]
)
def test_a_frequency_is_off_the_nearest_nominal_one(
    frequency_hz: float | None, off_hz: float | None
) -> None:
    assert frequency_off_hz(frequency_hz) == pytest.approx(off_hz)


def test_a_counter_cannot_jump_beyond_what_a_socket_carries() -> None:
    minute = timedelta(minutes=1)
    assert not is_impossible(60, minute, 2500)
    assert is_impossible(63, minute, 2500)
    assert is_impossible(0.1, timedelta(0), 2500)


def watch_voltage(samples: list[tuple[float, float | None]]) -> VoltageWatch:
    watch = VoltageWatch()
    for minutes, voltage_v in samples:
        watch = watch.follow(voltage_v, at(60 * minutes))
    return watch


def steady(
    voltage_v: float | None, begin: int, end: int
) -> list[tuple[float, float | None]]:
    return [(minute, voltage_v) for minute in range(begin, end)]


@pytest.mark.parametrize(
    ("voltage_v", "level"),
    [
        (230, OK),
        (253, OK),
        (253.1, ALARM),
        (207, OK),
        (206.9, WARNING),
        (195.4, ALARM),
    ],
)
def test_voltage_is_judged_by_means_of_ten_minutes(
    voltage_v: float, level: Level
) -> None:
    assert watch_voltage(steady(voltage_v, 0, 10)).level is OK
    watch = watch_voltage(steady(voltage_v, 0, 11))
    assert watch.level is level
    assert watch.mean_v == pytest.approx(voltage_v)


def test_a_short_peak_is_not_the_mean() -> None:
    samples = [*steady(230, 0, 4), (4.5, 300.0), *steady(230, 5, 11)]
    assert watch_voltage(samples).level is OK


def test_a_window_that_is_hardly_known_has_no_mean() -> None:
    samples = [*steady(260, 0, 5), *steady(None, 5, 10), (10.0, 260.0)]
    watch = watch_voltage(samples)
    assert (watch.mean_v, watch.level) == (None, OK)
    # And it ends no alarm.
    samples = [*steady(260, 0, 11), *steady(None, 11, 41)]
    assert watch_voltage(samples).level is ALARM
    # No voltage at all is a plug that does not measure.
    assert watch_voltage(steady(0, 0, 30)).mean_v is None


def test_two_samples_far_apart_are_not_a_mean() -> None:
    assert watch_voltage([(0, 260), (9.9, 260), (10, 260)]).mean_v is None


@given(
    st.lists(
        st.tuples(st.floats(0.5, 1200), st.none() | st.floats(180, 280)), max_size=40
    )
)
def test_a_mean_lies_among_its_samples(
    samples: list[tuple[float, float | None]],
) -> None:
    watch, seconds = VoltageWatch(), 0.0
    known = [v for _, v in samples if v is not None]
    for pause_s, voltage_v in samples:
        seconds += pause_s
        watch = watch.follow(voltage_v, at(seconds))
        watch = from_plain(VoltageWatch, to_plain(watch))
        if watch.mean_v is not None:
            assert min(known) - 1e-6 <= watch.mean_v <= max(known) + 1e-6


def test_a_clock_set_back_closes_nothing() -> None:
    mean, closed = WindowMean().follow(1.0, at(600), timedelta(minutes=10))
    assert mean.follow(1.0, at(-600), timedelta(minutes=10))[1] is None
    assert closed is None


def night(watch: OutOfHoursWatch, power_w: float, day: int) -> OutOfHoursWatch:
    """Let a closed time of two hours pass, then a morning."""
    begin = NOON + timedelta(days=day)
    for minute in range(121):
        watch = watch.follow(power_w, True, begin + timedelta(minutes=minute))
    return watch.follow(power_w * 10, False, begin + timedelta(hours=3))


@pytest.fixture
def learnt() -> OutOfHoursWatch:
    watch = OutOfHoursWatch()
    for day, power_w in enumerate((100.0, 110.0, 2000.0, 90.0)):
        watch = night(watch, power_w, day)
    return watch


def test_the_floor_is_the_median_of_quiet_nights(learnt: OutOfHoursWatch) -> None:
    assert learnt.floor.nights == pytest.approx((100, 110, 2000, 90))
    assert learnt.floor.power_w == pytest.approx(105)
    assert learnt.alarm.level is OK


def test_the_floor_is_unknown_at_first_and_forgets() -> None:
    floor = NightFloor(nights=(1.0, 2.0))
    assert floor.power_w is None
    floor = NightFloor(nights=tuple(map(float, range(7))), lowest_w=100.0).morning()
    assert floor.nights == (1, 2, 3, 4, 5, 6, 100)


def test_a_night_of_which_nothing_is_known_teaches_nothing() -> None:
    floor = NightFloor(nights=(1.0, 2.0))
    assert floor.morning() == floor


def test_a_load_out_of_hours_is_told_after_15_minutes(learnt: OutOfHoursWatch) -> None:
    begin = NOON + timedelta(days=9)
    watch, told = learnt, []
    for minute in range(20):
        watch = watch.follow(160.0, True, begin + timedelta(minutes=minute))
        told.append(watch.alarm.level)
    assert told == [OK] * 15 + [WARNING] * 5
    # Open again: whoever is there may switch on the light.
    assert watch.follow(160.0, False, begin + timedelta(hours=1)).alarm.level is OK


def test_half_as_much_again_is_no_alarm(learnt: OutOfHoursWatch) -> None:
    begin = NOON + timedelta(days=9)
    watch = learnt
    for minute in range(40):
        watch = watch.follow(157.0, True, begin + timedelta(minutes=minute))
    assert watch.alarm.level is OK


@pytest.mark.parametrize(("power_w", "closed"), [(None, True), (500.0, None)])
def test_what_is_unknown_proves_nothing(
    learnt: OutOfHoursWatch, power_w: float | None, closed: bool | None
) -> None:
    begin = NOON + timedelta(days=9)
    watch = learnt
    for minute in range(40):
        watch = watch.follow(power_w, closed, begin + timedelta(minutes=minute))
    assert watch.alarm.level is OK
    assert from_plain(OutOfHoursWatch, to_plain(watch)) == watch
