"""A database that is away for a day while a park measures at full load."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import time

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.problems import Problems
from custom_components.energy_park.mirror.rows import ReadingRow
from custom_components.energy_park.mirror.spool import Spool

from .access import connected
from .throughput import SERIES, mirror_on

START = datetime(2026, 10, 31, tzinfo=UTC)
CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What had gathered, what of it arrived, and how long that took."""

    offered: int
    lost: int
    duplicates: int
    drain_s: float


async def recover(
    settings: MirrorSettings, directory: Path, *, minutes: int, rate: int
) -> Recovery:
    """Measure ``rate`` rows a second for some minutes of a clock that runs ahead.

    Then let the database come back, and compare what it has with what was measured.
    """
    total = minutes * 60 * rate
    step = timedelta(seconds=1) / rate
    problems = Problems(lambda problem, detail: None, lambda problem: None)
    spool = Spool(directory, problems, lambda: None)
    await spool.open()
    for first in range(0, total, CHUNK):
        for number in range(first, min(first + CHUNK, total)):
            series = SERIES[number % len(SERIES)]
            spool.offer(ReadingRow(series, START + number * step, number % 4_096))
        await spool.flush()
    await spool.close()

    begun = time.perf_counter()
    async with mirror_on(settings, directory) as mirror:
        while not mirror.status().connected or mirror.status().rows_waiting:
            await mirror.progress()
    drain_s = time.perf_counter() - begun
    async with connected(settings) as connection:
        stored, checksum, in_hours = await connection.fetchrow(
            """
            SELECT count(*), sum(value)::int8,
              (SELECT sum(readings)::int8 FROM reading_hour)
            FROM reading
            """
        ) or (0, 0, 0)
    expected = sum(number % 4_096 for number in range(total))
    return Recovery(
        offered=total,
        lost=max(total - stored, 0) or int(checksum != expected),
        duplicates=max(stored - total, 0) + abs(in_hours - stored),
        drain_s=drain_s,
    )
