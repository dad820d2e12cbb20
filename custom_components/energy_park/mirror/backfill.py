"""Fills the holes of a mirror from somebody's memory of the past.

A hole is a stretch of at least a whole hour of a series in which the mirror has no
reading: before its first connection, or while it was switched off. Nothing is
filled in where it has some, so that no hour counts twice what was measured once.
What was interrupted goes on where it ended when it is asked for again.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .mirror import Mirror
from .missing import Span
from .rows import HOUR, EventKind, EventRow, HourRow, ReadingRow, Series, SubjectKind

STRETCH: Final = timedelta(days=1)

type PastRow = ReadingRow | HourRow
type Remember = Callable[[Series, datetime, datetime], Awaitable[Iterable[PastRow]]]
"""Return what is known of a series from an instant to before another.

Readings carry `Quality.BACKFILLED`; an hour of which only the mean and the bounds
are known, such as one of Home Assistant's statistics, is an `HourRow`. Oldest first.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far filling in is: the share of the holes from 0 to 1, and rows found."""

    share: float
    rows: int


async def backfill(
    mirror: Mirror,
    series: Sequence[Series],
    start: datetime,
    end: datetime,
    remember: Remember,
    on_progress: Callable[[Progress], None],
    stretch: timedelta = STRETCH,
) -> int:
    """Fill in the holes of some series; return the number of rows found.

    ``remember`` is asked for one ``stretch`` of one series after the other. All of
    it goes no faster than the database takes it, and fresh rows keep flowing; it
    waits for a database that is away, and may be cancelled at any time. Rows that are not wholly in a hole are left out.

    Raises:
        MirrorError: the database cannot be asked where the holes are.
    """
    # What still waits would look like a hole.
    await mirror.arrived()
    holes = await mirror.missing.holes(series, start, end)
    total = sum((_length(spans) for spans in holes.values()), timedelta())
    done, rows = timedelta(), 0
    for one, spans in holes.items():
        for begin, until in stretches(spans, stretch):
            found = await remember(one, begin, until)
            inside = [row for row in found if is_inside(row, begin, until)]
            rows += await mirror.fill_in(inside)
            done += until - begin
            on_progress(Progress(share=done / total, rows=rows))
    if rows:
        mirror.offer(_told(start, end, rows))
    return rows


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((until - begin for begin, until in spans), timedelta())


def stretches(spans: Iterable[Span], stretch: timedelta) -> Iterator[Span]:
    """Cut spans into stretches that meet at whole hours."""
    for begin, until in spans:
        cut = begin
        while cut < until:
            after = cut.replace(minute=0, second=0, microsecond=0) + stretch
            yield cut, min(after, until)
            cut = after


def is_inside(row: PastRow, begin: datetime, until: datetime) -> bool:
    """Whether a row lies wholly between an instant and another."""
    if isinstance(row, HourRow):
        return begin <= row.hour_at and row.hour_at + HOUR <= until
    return begin <= row.at < until


def _told(start: datetime, end: datetime, rows: int) -> EventRow:
    """Return the event that tells what was filled in."""
    return EventRow(
        at=end,
        kind=EventKind.MIRROR,
        subject_kind=SubjectKind.SITE,
        subject_id="",
        reason="backfilled",
        detail={"from": start.isoformat(), "until": end.isoformat(), "rows": rows},
    )
