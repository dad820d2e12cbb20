"""Whether a park is closed, by the hours that it keeps and the days that it does not."""

from collections.abc import Iterable


def is_closed(
    *, hours: bool | None, has_hours: bool, holidays: Iterable[bool | None]
) -> bool | None:
    """Tell whether nobody is expected; None while nobody says.

    ``hours`` is True within the opening hours, ``holidays`` are True while a calendar
    has an entry. A holiday closes whatever the hours say; without hours a park is
    open on every other day.
    """
    seen = set(holidays)
    if True in seen:
        return True
    if not has_hours:
        return None if not seen or None in seen else False
    if hours is False:
        return True
    return None if hours is None or None in seen else False
