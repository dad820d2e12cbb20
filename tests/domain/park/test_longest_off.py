"""The longest time that a socket was off today because of shedding."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.energy_park.park.longest_off import LongestOff

NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/Paris"))


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_nobody_was_off() -> None:
    longest = LongestOff().follow({}, NOON)
    assert (longest.socket, longest.lasted) == (None, timedelta())


def test_the_longest_stays_until_another_one_is_longer() -> None:
    longest = LongestOff().follow({"heater": NOON, "lamp": after(3)}, after(8))
    assert (longest.socket, longest.lasted) == ("heater", timedelta(minutes=8))
    # The heater is back; the lamp is not off as long, yet.
    longest = longest.follow({"lamp": after(3)}, after(10))
    assert longest.socket == "heater"
    longest = longest.follow({"lamp": after(3)}, after(20))
    assert (longest.socket, longest.lasted) == ("lamp", timedelta(minutes=17))
    assert longest.follow({}, after(30)) == longest


def test_a_new_day_forgets_what_has_come_back() -> None:
    longest = LongestOff().follow({"heater": NOON}, after(60))
    tomorrow = after(24 * 60)
    assert longest.follow({}, tomorrow).socket is None
    overnight = longest.follow({"lamp": after(23 * 60)}, tomorrow)
    assert (overnight.socket, overnight.lasted) == ("lamp", timedelta(hours=1))


def test_a_clock_that_was_set_back_counts_nothing() -> None:
    assert LongestOff().follow({"heater": after(5)}, NOON).socket is None
