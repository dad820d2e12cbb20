"""When a sector should be on: a function of now and the plan, of nothing else.

After a restart the state that should be is applied; events that were missed are
not. Spans are resolved to UTC day by day, so that a day with 23 or 25 hours has
each of them once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

# How far ahead a next change is looked for.
_HORIZON_DAYS = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Local times of a day; ``end`` at midnight is the end of the day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Span:
    """A time from ``start`` until ``end``, both aware."""

    start: datetime
    end: datetime

    def holds(self, now: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of a calendar: times of a day, or whole days (``end`` exclusive)."""

    start: datetime | date
    end: datetime | date


@dataclass(frozen=True, slots=True)
class Override:
    """A wish of a person, for a while; None stands until it is taken back."""

    on: bool
    until: datetime | None = None


class Ground(StrEnum):
    """What decides, from the weakest to the strongest."""

    PLAN = "plan"
    CLOSED = "closed"
    OPEN = "open"
    EXCEPTION = "exception"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A sector's week, and what departs from it.

    ``week`` has the hours of each weekday, 0 for Monday. ``closed`` and ``opened``
    are entries of calendars: holidays, and opening in spite of them. ``exceptions``
    are single spans, on or off. ``lead`` is how long the sector takes to be ready:
    it is on so much earlier.
    """

    zone: tzinfo
    week: Mapping[int, tuple[Hours, ...]] = field(default_factory=dict)
    closed: tuple[Event, ...] = ()
    opened: tuple[Event, ...] = ()
    exceptions: tuple[tuple[Span, bool], ...] = ()
    lead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Desired:
    """What a sector should be, on what ground, and until when.

    ``until`` is None when nothing changes within a week.
    """

    on: bool
    ground: Ground
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Ruling:
    """A span in which a ground decides."""

    span: Span
    on: bool
    ground: Ground


def desired(now: datetime, plan: Plan, override: Override | None = None) -> Desired:
    """Return what should be now. An override that has expired counts for nothing."""
    if override and (override.until is None or now < override.until):
        return Desired(override.on, Ground.OVERRIDE, override.until)
    rulings = tuple(_rulings(now, plan))
    on, ground = _state(now, rulings, plan.lead)
    edges = {edge for r in rulings for edge in (r.span.start, r.span.end)}
    edges |= {r.span.start - plan.lead for r in rulings if r.on}
    until = next(
        (
            edge
            for edge in sorted(edges)
            if edge > now and _state(edge, rulings, plan.lead)[0] is not on
        ),
        None,
    )
    return Desired(on, ground, until)


def _state(
    now: datetime, rulings: tuple[_Ruling, ...], lead: timedelta
) -> tuple[bool, Ground]:
    """Return whether it is on, or has to start because it will be on soon."""
    on, ground = _ruling(now, rulings)
    if on:
        return on, ground
    for start in sorted(r.span.start for r in rulings if r.on):
        if now < start <= now + lead:
            coming, ground_then = _ruling(start, rulings)
            if coming:
                return True, ground_then
    return False, ground


def _ruling(now: datetime, rulings: tuple[_Ruling, ...]) -> tuple[bool, Ground]:
    """Return what the strongest ground says; without any, the plan says off."""
    order = list(Ground)
    holding = [r for r in rulings if r.span.holds(now)]
    if not holding:
        return False, Ground.PLAN
    strongest = max(holding, key=lambda r: order.index(r.ground))
    return strongest.on, strongest.ground


def _rulings(now: datetime, plan: Plan) -> Iterator[_Ruling]:
    today = now.astimezone(plan.zone).date()
    days = [today + index * _DAY for index in range(-1, _HORIZON_DAYS)]
    for day in days:
        for hours in plan.week.get(day.weekday(), ()):
            yield _Ruling(_on_day(day, hours, plan.zone), True, Ground.PLAN)
    for event in plan.closed:
        yield _Ruling(_whole(event, plan.zone), False, Ground.CLOSED)
    for event in plan.opened:
        if isinstance(event.start, datetime):
            yield _Ruling(_whole(event, plan.zone), True, Ground.OPEN)
            continue
        for day in days:
            if event.start <= day < _as_date(event.end):
                for hours in _hours_of_open_day(day, plan):
                    yield _Ruling(_on_day(day, hours, plan.zone), True, Ground.OPEN)
    for span, on in plan.exceptions:
        yield _Ruling(span, on, Ground.EXCEPTION)


def _hours_of_open_day(day: date, plan: Plan) -> tuple[Hours, ...]:
    """Return the hours of a day that is open as a whole.

    Its own in the week, or those of the first weekday that has some, or all day.
    """
    own = plan.week.get(day.weekday())
    usual = next((plan.week[d] for d in sorted(plan.week) if plan.week[d]), None)
    return own or usual or (Hours(time.min, time.min),)


def _on_day(day: date, hours: Hours, zone: tzinfo) -> Span:
    """Return the span of a day's hours, once whatever the clocks do.

    A time that comes twice is its first; one that is left out is as much later as
    the clock was set forward. A span that would vanish so keeps its length.
    """
    to_midnight = hours.end in {time.min, time.max}
    ends_on, end_time = (day + _DAY, time.min) if to_midnight else (day, hours.end)
    start = datetime.combine(day, hours.start, zone).astimezone(UTC)
    end = datetime.combine(ends_on, end_time, zone).astimezone(UTC)
    if end <= start:
        length = datetime.combine(ends_on, end_time) - datetime.combine(
            day, hours.start
        )
        end = start + length
    return Span(start, end)


def _whole(event: Event, zone: tzinfo) -> Span:
    return Span(_moment(event.start, zone), _moment(event.end, zone))


def _moment(at: datetime | date, zone: tzinfo) -> datetime:
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    return datetime.combine(at, time.min, zone).astimezone(UTC)


def _as_date(at: datetime | date) -> date:
    return at.date() if isinstance(at, datetime) else at
