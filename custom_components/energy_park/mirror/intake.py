"""Rows as a store keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from . import encoding
from .batch import Reading, Record, Sum
from .rows import (
    EventKind,
    EventRow,
    FrameRow,
    HourRow,
    ReadingRow,
    RecordRow,
    Row,
    SubjectKind,
)
from .thinning import HOUR_US, Thinned

_BODY_MAX: Final = 4_000

type Refused = tuple[str, str, str]
"""Table, body and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Rows as a store keeps them, and those that no database could hold."""

    readings: list[Reading] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.readings) + len(self.records) + len(self.sums)


def convert(offered: Sequence[Row]) -> Intake:
    """Sort rows by how they are kept."""
    intake = Intake()
    for row in offered:
        try:
            if isinstance(row, ReadingRow):
                encoding.check(row.series)
                at, value = encoding.microseconds(row.at), encoding.number(row.value)
                intake.readings.append((row.series, at, value, int(row.quality)))
            elif isinstance(row, HourRow):
                intake.sums.append(_sum(row))
            else:
                intake.records.append(_record(row))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            table = "reading" if isinstance(row, ReadingRow) else row.table
            intake.refused.append((table, repr(row)[:_BODY_MAX], str(error)))
    return intake


def _record(row: RecordRow) -> Record:
    at = row.at if isinstance(row, EventRow | FrameRow) else row.updated_at
    return row.table, encoding.microseconds(at), _of_many(row), encoding.body(row)


def _of_many(row: RecordRow) -> str:
    """Return what others tell, too, so that the last of an hour may stand for all.

    Empty for what must be kept whole, such as an order.
    """
    match row:
        case FrameRow():
            return row.meter_id
        case EventRow(kind=EventKind.STATE):
            return " ".join([row.subject_kind, row.subject_id, *sorted(row.detail)])
        case _:
            return ""


def _sum(row: HourRow) -> Sum:
    """Return an hour as a sum of one reading.

    Its number follows from what it is about, so that the hour is stored once; it is
    negative, as those of sums of measured readings are not.
    """
    encoding.check(row.series)
    hour_us = encoding.microseconds(row.hour_at)
    if hour_us % HOUR_US:
        raise encoding.BadRowError("not the begin of an hour")
    mean, low, high = map(encoding.number, (row.mean, row.low, row.high))
    series = row.series
    names = (series.kind, series.subject, series.metric, series.unit, str(hour_us))
    digest = blake2b("\0".join(names).encode(), digest_size=8).digest()
    part = -1 - (int.from_bytes(digest) >> 2)
    return part, series, hour_us, 1, mean, low, high


def told(thinned: Thinned) -> Record:
    """Return the event that tells what was thinned."""
    until = encoding.instant(thinned.last_us)
    event = EventRow(
        at=until,
        kind=EventKind.MIRROR,
        subject_kind=SubjectKind.SITE,
        subject_id="",
        reason="thinned",
        detail={
            "readings": thinned.readings,
            "frames": thinned.frames,
            "states": thinned.states,
            "from": encoding.instant(thinned.first_us).isoformat(),
            "until": until.isoformat(),
        },
    )
    return event.table, thinned.last_us, "", encoding.body(event)
