"""What a person chooses of the alarms keeps them in order; silence outlives a start."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.energy_park.park.alarm_settings import (
    AlarmSettings,
    follow_silence,
)
from custom_components.energy_park.park.alarms import (
    OVERLOAD,
    OVERVOLTAGE,
    SILENCE,
    UNDERVOLTAGE,
    AlarmState,
    Level,
)
from custom_components.energy_park.park.plain import from_plain, to_plain

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_defaults_are_those_of_the_limits() -> None:
    limits = AlarmSettings().limits
    assert limits.silence == SILENCE
    assert limits.overload == OVERLOAD
    assert (limits.overvoltage, limits.undervoltage) == (OVERVOLTAGE, UNDERVOLTAGE)


@given(st.floats(1, 300), st.floats(90, 280))
def test_a_warning_never_lies_beyond_its_alarm(percent: float, volts: float) -> None:
    settings = AlarmSettings(overload_percent=percent, voltage_min_v=volts)
    limits = settings.limits
    for limit, warning in ((limits.overload, percent), (limits.undervoltage, volts)):
        assert limit.warning == warning
        assert limit.alarm is not None
        assert (limit.alarm >= warning) if limit.rising else (limit.alarm <= warning)
    assert from_plain(AlarmSettings, to_plain(settings)) == settings


def test_a_plug_is_silent_after_its_time_and_heard_at_once() -> None:
    state = AlarmState()
    state = follow_silence(state, SILENCE, at(0), at(0), at(120))
    assert state.level is Level.OK
    state = follow_silence(state, SILENCE, at(0), at(0), at(121))
    assert (state.level, state.since) == (Level.ALARM, at(121))
    state = follow_silence(state, SILENCE, at(130), at(0), at(130))
    assert state.level is Level.OK


def test_one_that_was_silent_before_a_start_is_silent_until_it_is_heard() -> None:
    silent = AlarmState(level=Level.ALARM, since=at(-60), alarm_from=at(-60))
    state = follow_silence(silent, SILENCE, None, at(0), at(10))
    assert state == silent
    assert follow_silence(silent, SILENCE, None, at(0), at(500)).since == at(-60)
    heard = follow_silence(state, SILENCE, at(20), at(0), at(20))
    assert heard.level is Level.OK


def test_one_that_is_never_heard_after_a_start_is_silent_in_time() -> None:
    state = follow_silence(AlarmState(), SILENCE, None, at(0), at(119))
    assert state.level is Level.OK
    assert follow_silence(state, SILENCE, None, at(0), at(121)).level is Level.ALARM
