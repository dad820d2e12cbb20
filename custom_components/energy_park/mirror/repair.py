"""Makes a range of the mirror right: its sums, and the readings that it lacks.

Filling in (`backfill`) looks for whole hours; this looks reading by reading, and so
mends hours that are there in part: somebody deleted readings, or a server came back
from a backup. What is there already is not touched, and doing it again changes
nothing.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final
from zoneinfo import ZoneInfo

from .backfill import STRETCH, PastRow, Remember, is_inside, stretches
from .mirror import Mirror
from .missing import Span
from .rows import EventKind, EventRow, HourRow, Series, SubjectKind

# A day of so many series is read at once.
SERIES_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """How many rows were found for the gaps, and how many sums were wrong."""

    rows: int
    sums: int


async def repair(
    mirror: Mirror,
    series: Sequence[Series],
    start: datetime,
    end: datetime,
    remember: Remember,
) -> Repaired:
    """Mend the sums of some series, then fill their gaps from somebody's memory.

    It goes no faster than the database takes it, and fresh rows keep flowing.

    Raises:
        MirrorError: the database cannot be asked, or takes no writes.
    """
    # What still waits would look like a gap.
    await mirror.arrived()
    rows = sums = 0
    # A meter dates the points of its load curve itself, others note their arrival.
    own = [
        one
        for one in series
        if one.kind is not SubjectKind.ENTITY
        and not one.metric.startswith("load_curve")
    ]
    # A state of Home Assistant has the same instant for everybody.
    others = [one for one in series if one.kind is SubjectKind.ENTITY]
    for kind in (own, others):
        for some in batched(kind, SERIES_AT_ONCE, strict=False):
            for day in _days(start, end, mirror.time_zone):
                sums += await mirror.missing.mend(some, day)
            for begin, until in stretches([(start, end)], STRETCH):
                gaps = await mirror.missing.gaps(
                    some, begin, until, exact=kind is others
                )
                rows += await _fill(mirror, gaps, remember)
    if rows or sums:
        mirror.offer(_told(start, end, rows, sums))
    return Repaired(rows=rows, sums=sums)


async def _fill(
    mirror: Mirror, gaps: Mapping[Series, Sequence[Span]], remember: Remember
) -> int:
    rows = 0
    for one, spans in gaps.items():
        found = await remember(one, spans[0][0], spans[-1][1])
        rows += await mirror.fill_in(_within(found, spans))
    return rows


def _within(rows: Iterable[PastRow], spans: Sequence[Span]) -> Iterator[PastRow]:
    """Yield the rows that lie wholly in one of some spans, which are in order."""
    begins = [begin for begin, _ in spans]
    for row in rows:
        at = row.hour_at if isinstance(row, HourRow) else row.at
        index = bisect_right(begins, at) - 1
        if index >= 0 and is_inside(row, *spans[index]):
            yield row


def _days(start: datetime, end: datetime, time_zone: str) -> Iterator[date]:
    """Yield the local days of a range."""
    zone = ZoneInfo(time_zone)
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        yield day
        day += timedelta(days=1)


def _told(start: datetime, end: datetime, rows: int, sums: int) -> EventRow:
    """Return the event that tells what was mended."""
    return EventRow(
        at=end,
        kind=EventKind.MIRROR,
        subject_kind=SubjectKind.SITE,
        subject_id="",
        reason="repaired",
        detail={
            "from": start.isoformat(),
            "until": end.isoformat(),
            "rows": rows,
            "sums": sums,
        },
    )
