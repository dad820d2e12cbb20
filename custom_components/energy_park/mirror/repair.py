"""Makes a range of the mirror right: its sums, and the readings that it lacks.

Filling in (`backfill`) looks for whole hours; this looks reading by reading, and so
mends hours that are there in part: somebody deleted readings, or a server came back
from a backup. What is there already is not touched, and doing it again changes
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final
from zoneinfo import ZoneInfo

from .backfill import STRETCH, Remember, is_inside, stretches
from .mirror import Mirror
from .rows import EventKind, EventRow, Series, SubjectKind

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
    asked = [one for one in series if not one.metric.startswith("load_curve")]
    for some in batched(asked, SERIES_AT_ONCE, strict=False):
        for day in _days(start, end, mirror.time_zone):
            sums += await mirror.missing.mend(some, day)
        for begin, until in stretches([(start, end)], STRETCH):
            rows += await _fill(mirror, some, begin, until, remember)
    if rows or sums:
        mirror.offer(_told(start, end, rows, sums))
    return Repaired(rows=rows, sums=sums)


async def _fill(
    mirror: Mirror,
    series: Sequence[Series],
    begin: datetime,
    until: datetime,
    remember: Remember,
) -> int:
    rows = 0
    gaps = await mirror.missing.gaps(series, begin, until)
    for one, spans in gaps.items():
        found = await remember(one, spans[0][0], spans[-1][1])
        rows += await mirror.fill_in(
            row for row in found if any(is_inside(row, *span) for span in spans)
        )
    return rows


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
