"""Readings as PostgreSQL's COPY takes them, without a round through the driver."""

from collections.abc import Sequence
from itertools import batched
import struct
import time
from typing import Final

from .batch import ReadingBatch
from .session import EPOCH_US

_PART: Final = 1_000

# PostgreSQL, COPY, binary format: a header, tuples of counted fields, an end.
_COPY_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"
_COPY_TUPLE: Final = struct.Struct("!hiiiiiqidih")


def copy_data(
    batch: ReadingBatch, numbers: dict[int, int], quality: Sequence[int], site_id: int
) -> bytes:
    """Return the batch as COPY takes it.

    The event loop's thread gets its turn after each part.
    """
    pack = _COPY_TUPLE.pack
    columns = zip(batch.series, batch.at, batch.value, quality, strict=True)
    pieces = [_COPY_HEADER]
    for part in batched(columns, _PART, strict=False):
        pieces += [
            pack(
                5, 4, site_id, 4, numbers[series], 8, at - EPOCH_US, 8, value, 2, flags
            )
            for series, at, value, flags in part
        ]
        time.sleep(0)
    return b"".join([*pieces, _COPY_END])
