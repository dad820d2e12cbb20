"""The past is filled in where the mirror has holes, once, and nothing waits for it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.energy_park.mirror.backfill import PastRow, Progress, backfill
from custom_components.energy_park.mirror.connection import Connection
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.missing import Span
from custom_components.energy_park.mirror.rows import (
    HOUR,
    HourRow,
    Quality,
    ReadingRow,
    Series,
    SubjectKind,
)

from .conftest import SERIES, Clock, StartMirror, Told, arrived, assert_sums, until

ONE, TWO = SERIES[:2]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(hours=48)
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


def readings(
    series: Series, begin: datetime, end: datetime, quality: Quality = Quality.GOOD
) -> list[ReadingRow]:
    """One a minute."""
    minutes = int((end - begin) / MINUTE)
    return [
        ReadingRow(series, begin + number * MINUTE, number, quality)
        for number in range(minutes)
    ]


@dataclass
class Recorder:
    """Another memory of the same park: a reading every minute, half a second later."""

    asked: list[tuple[Series, Span]] = field(default_factory=list)
    told: list[Progress] = field(default_factory=list)

    async def remember(
        self, series: Series, begin: datetime, end: datetime
    ) -> Iterable[PastRow]:
        self.asked.append((series, (begin, end)))
        first = begin.replace(second=0, microsecond=0)
        late = timedelta(seconds=0.5)
        rows = readings(series, first + late, end + MINUTE, Quality.BACKFILLED)
        return [row for row in rows if row.at >= begin]

    async def fill(self, mirror: Mirror, *series: Series, end: datetime = END) -> int:
        return await backfill(
            mirror, series, BEGIN, end, self.remember, self.told.append
        )


async def test_an_empty_mirror_is_filled_whole(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror, recorder = await start_mirror(), Recorder()
    assert await recorder.fill(mirror, ONE, TWO) == 2 * 48 * 60
    await arrived(mirror)
    await assert_sums(database, 2 * 48 * 60)
    assert await database.fetchval("SELECT bool_and(quality = 2) FROM reading")
    assert [progress.share for progress in recorder.told] == [0.25, 0.5, 0.75, 1]
    assert recorder.told[-1].rows == 2 * 48 * 60
    detail = await database.fetchval(
        "SELECT detail ->> 'rows' FROM event WHERE reason = 'backfilled'"
    )
    assert detail == str(2 * 48 * 60)


async def test_only_holes_are_filled_up_to_the_readings_beside_them(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror, recorder = await start_mirror(), Recorder()
    mirror.offer_many(readings(ONE, at(2.25), at(10.5)))
    mirror.offer_many(readings(ONE, at(20.75), at(47)))
    assert await recorder.fill(mirror, ONE) > 0
    assert recorder.asked == [
        (ONE, (BEGIN, at(2.25))),
        (ONE, (at(10.5) - MINUTE + INSTANT, at(20.75))),
        (ONE, (at(47) - MINUTE + INSTANT, END)),
    ]
    await arrived(mirror)
    gaps = """
    SELECT max(later - at), min(later - at)
    FROM (SELECT at, lead(at) OVER (ORDER BY at) AS later FROM reading) AS rows
    """
    row = await database.fetchrow(gaps)
    assert row is not None
    longest, shortest = row
    assert longest <= timedelta(minutes=1.01)
    assert shortest >= timedelta(seconds=0.4)
    assert await database.fetchval("SELECT count(*) FROM reading_conflict") == 0
    assert await recorder.fill(mirror, ONE) == 0


async def test_what_was_interrupted_goes_on_where_it_ended(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror, recorder = await start_mirror(), Recorder()
    await recorder.fill(mirror, ONE, end=at(30.4))
    await mirror.stop()
    mirror = await start_mirror()
    assert await recorder.fill(mirror, ONE) == 48 * 60 - int(30.4 * 60)
    await arrived(mirror)
    await assert_sums(database, 48 * 60)


async def test_hours_without_their_readings_are_no_holes(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror, recorder = await start_mirror(), Recorder()
    mirror.offer_many(readings(ONE, BEGIN, END))
    await arrived(mirror)
    await database.execute("SELECT drop_partitions('2026-06-01Z')")
    assert await recorder.fill(mirror, ONE) == 0
    assert await database.fetchval("SELECT sum(readings) FROM reading_hour") == 48 * 60


async def test_hours_of_which_only_bounds_are_known(
    start_mirror: StartMirror, database: Connection
) -> None:
    asked = []

    async def statistics(
        series: Series, begin: datetime, end: datetime
    ) -> list[HourRow]:
        asked.append((begin, end))
        return [
            HourRow(series=series, hour_at=at(n), mean=n, low=n - 1, high=n + 2)
            for n in range(48)
        ]

    mirror = await start_mirror()
    mirror.offer_many(readings(ONE, at(46.5), at(47)))
    fill = (mirror, [ONE], BEGIN, END, statistics, lambda progress: None)
    assert await backfill(*fill, stretch=timedelta(days=400)) == 47
    assert asked[0] == (BEGIN, at(46.5))
    await arrived(mirror)
    hour = await database.fetchrow(
        """
        SELECT readings, thinned, value_sum, value_min, value_max FROM reading_hour
        WHERE hour_at = $1
        """,
        at(7),
    )
    assert hour is not None
    assert tuple(hour) == (1, 1, 7, 6, 9)
    assert await database.fetchval("SELECT bool_and(part_id < 0) FROM reading_thinned")
    assert await database.fetchval("SELECT sum(readings) FROM reading_day") == 47 + 30
    # What an older backup of the spool sends again is known by its own number.
    for _ in range(2):
        mirror.offer_many(await statistics(ONE, BEGIN, at(46)))
        await arrived(mirror)
    assert await database.fetchval("SELECT sum(readings) FROM reading_day") == 48 + 30


async def test_a_bad_hour_is_set_aside_and_the_others_go_through(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    nul = Series(SubjectKind.ENTITY, "nul\0", "state")
    for series, hour_at in (
        *((ONE, at(n)) for n in range(10)),
        (nul, at(0)),
        (ONE, at(0.5)),
    ):
        mirror.offer(HourRow(series=series, hour_at=hour_at, mean=1, low=1, high=1))
    await arrived(mirror)
    assert await database.fetchval("SELECT count(*) FROM reading_hour") == 10
    assert [table for table, *_ in await mirror.quarantined()] == 2 * [
        "reading_thinned"
    ]
    assert told.problems == [Problem.ROWS_QUARANTINED]


async def test_fresh_readings_flow_while_the_past_is_filled_in(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    recorder = Recorder()
    filling = asyncio.create_task(recorder.fill(mirror, *SERIES, end=at(24 * 10)))
    await until(lambda: recorder.told)
    waits = []
    while not filling.done():
        row = ReadingRow(ONE, datetime.now(UTC), 1.0)
        mirror.offer(row)
        begun = asyncio.get_running_loop().time()
        while not await database.fetchval(
            "SELECT count(*) FROM reading WHERE at = $1", row.at
        ):
            await asyncio.sleep(0.01)
        waits.append(asyncio.get_running_loop().time() - begun)
        assert mirror.status().rows_waiting <= 6_000
    assert len(waits) >= 2
    await arrived(mirror)
    await assert_sums(database, await filling + len(waits))


async def test_filling_in_waits_for_a_database_that_is_away(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror, recorder = await start_mirror(), Recorder()
    mirror.offer(ReadingRow(ONE, at(-10), 1.0))
    await arrived(mirror)
    filling = asyncio.create_task(recorder.fill(mirror, *SERIES))
    await until(lambda: recorder.told)
    await database.execute("ALTER TABLE reading RENAME TO elsewhere")
    await until(lambda: Problem.SCHEMA_MISSING in told.problems)
    await database.execute("DROP TABLE IF EXISTS reading")
    await database.execute("ALTER TABLE elsewhere RENAME TO reading")
    assert await filling == len(SERIES) * 48 * 60


async def test_a_clock_that_is_set_back_stops_nothing(
    start_mirror: StartMirror, database: Connection, clock: Clock
) -> None:
    mirror = await start_mirror()
    recorder = Recorder()
    clock.ahead = timedelta(hours=1)
    mirror.offer_many(readings(TWO, BEGIN, END))
    filling = asyncio.create_task(recorder.fill(mirror, ONE))
    await asyncio.sleep(0)
    clock.ahead = timedelta(0)
    number = 0
    # There is always something that waits.
    while not filling.done():
        mirror.offer(ReadingRow(SERIES[2], END + number * INSTANT, 1.0))
        number += 1
        await asyncio.sleep(0.001)
    assert await filling == 48 * 60


async def test_what_was_filled_in_is_not_marked_by_todays_clock(
    start_mirror: StartMirror, database: Connection, clock: Clock, told: Told
) -> None:
    clock.ahead = timedelta(hours=3)
    mirror, recorder = await start_mirror(), Recorder()
    await until(lambda: Problem.CLOCK_WRONG in told.problems)
    await recorder.fill(mirror, ONE, end=at(1))
    await arrived(mirror)
    assert await database.fetchval("SELECT bool_and(quality = 2) FROM reading")


@pytest.mark.parametrize(
    ("hours", "whole"), [(0.5, False), (1.5, False), (1.75, True), (25, True)]
)
async def test_a_hole_holds_a_whole_hour(
    start_mirror: StartMirror, hours: float, whole: bool
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(readings(ONE, BEGIN, at(5.25)))
    mirror.offer_many(readings(ONE, at(5.25 + hours), END))
    await arrived(mirror)
    found = await mirror.missing.holes([ONE], BEGIN, END)
    last = at(5.25) - MINUTE + INSTANT
    assert found == ({ONE: [(last, at(5.25 + hours))]} if whole else {})
    assert await mirror.missing.holes([ONE], at(5), at(5) + HOUR) == {}
