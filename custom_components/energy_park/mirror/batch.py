"""What a store hands out at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .rows import Series

if TYPE_CHECKING:
    from .store import Store

type Reading = tuple[Series, int, float, int]
"""Series, instant in microseconds since 1970, value, quality."""

type Record = tuple[str, int, str, str]
"""Table, instant in microseconds since 1970, subject, body as JSON."""

type Sum = tuple[int, Series, int, int, float, float, float]
"""Number of the part, series, begin in microseconds, readings, sum, min, max."""

type Group = tuple[int, int, int, float, float, float]
"""Series number of the store, begin in microseconds, readings, sum, min, max."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingBatch:
    """Some readings as columns; ``series`` are the store's own numbers.

    ``groups`` are their sums by quarter of an hour: no local day or hour of the
    world begins within one. Empty when they were not asked for.
    """

    store: Store
    seq: Sequence[int]
    series: Sequence[int]
    at: Sequence[int]
    value: Sequence[float]
    quality: Sequence[int]
    groups: Sequence[Group] = ()

    def __len__(self) -> int:
        return len(self.seq)

    def part(self, begin: int, end: int) -> ReadingBatch:
        """Return some of the rows, without groups."""
        rows = slice(begin, end)
        return ReadingBatch(
            store=self.store,
            seq=self.seq[rows],
            series=self.series[rows],
            at=self.at[rows],
            value=self.value[rows],
            quality=self.quality[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBatch:
    """Some records of any tables, oldest first."""

    store: Store
    seq: Sequence[int]
    target: Sequence[str]
    body: Sequence[str]

    def __len__(self) -> int:
        return len(self.seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinnedBatch:
    """Some sums of hours: ``groups``, with the own number of each in ``numbers``."""

    store: Store
    numbers: Sequence[int]
    groups: Sequence[Group]

    def __len__(self) -> int:
        return len(self.numbers)

    def part(self, begin: int, end: int) -> ThinnedBatch:
        """Return some of the sums."""
        rows = slice(begin, end)
        return ThinnedBatch(
            store=self.store, numbers=self.numbers[rows], groups=self.groups[rows]
        )


type Batch = ReadingBatch | RecordBatch | ThinnedBatch
