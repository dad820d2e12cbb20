"""Rows as a store keeps them."""

from collections.abc import Sequence
from typing import Final

from . import rows
from .batch import Reading, Record
from .rows import EventKind, EventRow, FrameRow, ReadingRow, Row, SubjectKind
from .thinning import Thinned

_BODY_MAX: Final = 4_000

type Refused = tuple[str, str, str]
"""Table, body and what is wrong with it."""


def convert(
    offered: Sequence[Row],
) -> tuple[list[Reading], list[Record], list[Refused]]:
    """Return rows as a store keeps them, and those that no database could hold."""
    readings: list[Reading] = []
    records: list[Record] = []
    refused: list[Refused] = []
    for row in offered:
        try:
            if isinstance(row, ReadingRow):
                at, value = rows.microseconds(row.at), rows.number(row.value)
                readings.append((row.series, at, value, int(row.quality)))
                continue
            at = rows.microseconds(
                row.at if isinstance(row, EventRow | FrameRow) else row.updated_at
            )
            subject = row.meter_id if isinstance(row, FrameRow) else ""
            records.append((row.table, at, subject, rows.body(row)))
        except (ValueError, TypeError, OverflowError) as error:
            table = "reading" if isinstance(row, ReadingRow) else row.table
            refused.append((table, repr(row)[:_BODY_MAX], str(error)))
    return readings, records, refused


def told(thinned: Thinned) -> Record:
    """Return the event that tells what was thinned."""
    at = thinned.last_us or 0
    detail: dict[str, object] = {
        "readings": thinned.readings,
        "frames": thinned.frames,
    }
    if thinned.first_us is not None and thinned.last_us is not None:
        detail["from"] = rows.instant(thinned.first_us).isoformat()
        detail["until"] = rows.instant(thinned.last_us).isoformat()
    event = EventRow(
        at=rows.instant(at),
        kind=EventKind.MIRROR,
        subject_kind=SubjectKind.SITE,
        subject_id="",
        reason="thinned",
        detail=detail,
    )
    return event.table, at, "", rows.body(event)
