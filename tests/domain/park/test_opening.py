"""A park is closed when somebody says so, and never by a silence."""

import pytest

from custom_components.energy_park.park.opening import is_closed


@pytest.mark.parametrize(
    ("hours", "holidays", "closed"),
    [
        (True, [], False),
        (False, [], True),
        (None, [], None),
        (True, [True], True),
        (True, [False, True], True),
        (True, [None, True], True),
        (None, [True], True),
        (False, [None], True),
        (True, [None], None),
        (True, [False], False),
    ],
)
def test_a_holiday_closes_what_the_hours_open(
    hours: bool | None, holidays: list[bool | None], closed: bool | None
) -> None:
    assert is_closed(hours=hours, has_hours=True, holidays=holidays) is closed


@pytest.mark.parametrize(
    ("holidays", "closed"),
    [
        ([], None),
        ([True], True),
        ([False], False),
        ([None], None),
        ([None, True], True),
    ],
)
def test_without_hours_only_holidays_close(
    holidays: list[bool | None], closed: bool | None
) -> None:
    assert is_closed(hours=None, has_hours=False, holidays=holidays) is closed
