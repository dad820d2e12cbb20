"""A range of the mirror is made right: sums, and readings that are missing in part."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from custom_components.energy_park.mirror.backfill import PastRow
from custom_components.energy_park.mirror.connection import Connection, MirrorSettings
from custom_components.energy_park.mirror.migrations import migrate
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.repair import Repaired, repair
from custom_components.energy_park.mirror.rows import (
    HourRow,
    Quality,
    ReadingRow,
    Series,
    SubjectKind,
)

from .conftest import SERIES, StartMirror, arrived, assert_sums, reading

ONE, TWO = SERIES[:2]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = BEGIN + timedelta(hours=30)
STEP = timedelta(seconds=20)
NOTHING = Repaired(rows=0, sums=0)


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


def measured(
    series: Series,
    begin: datetime,
    end: datetime,
    quality: Quality = Quality.GOOD,
    late: timedelta = timedelta(0),
) -> list[ReadingRow]:
    """A reading every twenty seconds; its value tells when it was made."""
    first = -((BEGIN - begin) // STEP)
    last = -((BEGIN - end) // STEP)
    return [
        ReadingRow(series, BEGIN + number * STEP + late, number, quality)
        for number in range(first, last)
    ]


@dataclass
class Recorder:
    """Another memory of the same park, which noted each reading a little later."""

    hours: list[HourRow] = field(default_factory=list)

    async def remember(
        self, series: Series, begin: datetime, end: datetime
    ) -> Iterable[PastRow]:
        late = timedelta(seconds=0.3)
        rows = measured(series, begin - STEP, end + STEP, Quality.BACKFILLED, late)
        return [*self.hours, *(row for row in rows if begin <= row.at < end)]

    async def repair(
        self, mirror: Mirror, *series: Series, begin: datetime = BEGIN
    ) -> Repaired:
        done = await repair(mirror, series or [ONE, TWO], begin, END, self.remember)
        await arrived(mirror)
        return done


async def everything(database: Connection) -> list[list[tuple[object, ...]]]:
    """Return all rows of readings and of their sums."""
    tables = ("reading", "reading_hour", "reading_day", "reading_thinned")
    return [
        sorted(map(tuple, await database.fetch(f"SELECT * FROM {table}")))  # noqa: S608
        for table in tables
    ]


@pytest.fixture
async def mirror(start_mirror: StartMirror) -> Mirror:
    mirror = await start_mirror()
    for series in (ONE, TWO):
        mirror.offer_many(measured(series, BEGIN, END))
    await arrived(mirror)
    return mirror


WHOLE = 2 * int((END - BEGIN) / STEP)


async def test_a_mirror_that_is_right_is_left_alone(
    mirror: Mirror, database: Connection
) -> None:
    before = await everything(database)
    assert await Recorder().repair(mirror) == NOTHING
    assert await everything(database) == before


async def test_a_part_of_an_hour_comes_back(
    mirror: Mirror, database: Connection
) -> None:
    await database.execute(
        "DELETE FROM reading WHERE at >= $1 AND at < $2", at(10.3), at(10.8)
    )
    done = await Recorder().repair(mirror)
    # An hour and a day of each of the two series.
    assert done.sums == 4
    assert 2 * 85 <= done.rows <= 2 * 90
    await assert_sums(database, WHOLE - 2 * 90 + done.rows)
    # No measurement is there twice.
    assert not await database.fetch(
        "SELECT series_id, value FROM reading GROUP BY 1, 2 HAVING count(*) > 1"
    )
    before = await everything(database)
    assert await Recorder().repair(mirror) == NOTHING
    assert await everything(database) == before


async def test_hours_of_which_nothing_is_left_come_back(
    mirror: Mirror, database: Connection
) -> None:
    await database.execute(
        "DELETE FROM reading WHERE at >= $1 AND at < $2", at(9.5), at(26.5)
    )
    done = await Recorder().repair(mirror)
    assert done.rows >= 2 * (17 * 180 - 5)
    await assert_sums(database, WHOLE - 2 * 17 * 180 + done.rows)
    assert await Recorder().repair(mirror) == NOTHING


async def test_sums_that_are_wrong_are_made_right(
    mirror: Mirror, database: Connection
) -> None:
    await database.execute(
        """
        UPDATE reading_hour SET readings = readings + 7, value_sum = value_sum + 3
        WHERE hour_at = $1
        """,
        at(4),
    )
    await database.execute(
        "UPDATE reading_hour SET value_max = 1e9 WHERE hour_at = $1", at(7)
    )
    await database.execute("DELETE FROM reading_hour WHERE hour_at = $1", at(8))
    await database.execute("DELETE FROM reading_day WHERE day = '2026-03-02'")
    done = await Recorder().repair(mirror)
    assert done == Repaired(rows=0, sums=2 * 4)
    await assert_sums(database, WHOLE)
    row = await database.fetchrow(
        "SELECT detail ->> 'sums', reason FROM event WHERE kind = 'mirror'"
    )
    assert row is not None
    assert tuple(row) == ("8", "repaired")


async def test_sums_of_months_that_were_dropped_stay(
    mirror: Mirror, database: Connection
) -> None:
    # The local day of the first of April began in March.
    later = datetime(2026, 3, 31, 20, tzinfo=UTC)
    mirror.offer_many(measured(ONE, later, later + timedelta(hours=6)))
    await arrived(mirror)
    await database.execute("SELECT drop_partitions('2026-04-01Z')")
    assert await database.fetchval("SELECT count(*) FROM reading") == 2 * 180
    before = await everything(database)
    assert await Recorder().repair(mirror) == NOTHING
    last = later + timedelta(hours=6)
    done = await repair(mirror, [ONE], later, last, Recorder().remember)
    assert done == NOTHING
    assert await everything(database) == before


async def test_hours_known_by_their_sum_stay_and_are_counted(
    mirror: Mirror, database: Connection
) -> None:
    summed = HourRow(series=ONE, hour_at=END, mean=5, low=1, high=9)
    mirror.offer(summed)
    await arrived(mirror)
    await database.execute("UPDATE reading_hour SET thinned = 0 WHERE thinned > 0")
    before = await database.fetchval("SELECT sum(readings) FROM reading_day")
    last = END + timedelta(hours=1)
    done = await repair(mirror, [ONE], END, last, Recorder().remember)
    # Nothing is added to an hour of which only the sum is known.
    assert done == Repaired(rows=0, sums=1)
    assert await database.fetchval("SELECT max(thinned) FROM reading_hour") == 1
    assert await database.fetchval("SELECT sum(readings) FROM reading_day") == before


async def test_what_was_never_mirrored_is_filled_in(
    mirror: Mirror, database: Connection
) -> None:
    new = Series(SubjectKind.ENTITY, "sensor.new", "state", "W")
    curve = Series(SubjectKind.METER, "meter", "load_curve_w", "W")
    done = await Recorder().repair(mirror, new, curve, begin=at(28))
    assert done == Repaired(rows=2 * 180, sums=0)
    await assert_sums(database, WHOLE + 2 * 180)


async def test_states_of_other_entities_come_back_one_by_one(
    mirror: Mirror, database: Connection
) -> None:
    other = Series(SubjectKind.ENTITY, "sensor.other", "state", "W")
    told = measured(other, at(5), at(8))
    mirror.offer_many(told)
    await arrived(mirror)
    before = await everything(database)
    await database.execute("DELETE FROM reading WHERE at = $1", told[100].at)
    await database.execute("DELETE FROM reading WHERE at = $1", told[300].at)

    async def remember(_: Series, begin: datetime, end: datetime) -> list[ReadingRow]:
        return [row for row in told if begin <= row.at < end]

    for rows in (2, 0):
        done = await repair(mirror, [other], at(4), at(9), remember)
        await arrived(mirror)
        assert done == Repaired(rows=rows, sums=3 if rows else 0)
    for now, then in zip(await everything(database), before, strict=True):
        assert [row for row in now if row[1] == 3] == [
            row for row in then if row[1] == 3
        ]


async def test_sums_are_mended_while_readings_arrive(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    for burst in range(20):
        mirror.offer_many(
            reading(index) for index in range(1 + 500 * burst, 501 + 500 * burst)
        )
        _, mended = await asyncio.gather(
            mirror.flush(), mirror.missing.mend(SERIES, date(2026, 11, 20))
        )
        assert mended == 0
    await arrived(mirror)
    await assert_sums(database, 10_001)


async def test_days_may_begin_within_an_hour(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate(database, settings.schema)
    await database.execute(
        """
        INSERT INTO site (site_id, uid, name, time_zone, updated_at)
        VALUES (1, 'site', 'Site', 'Asia/Kolkata', now());
        INSERT INTO reading VALUES
          (1, 1, '2026-03-01 18:10Z', 1, 0), (1, 1, '2026-03-01 18:29Z', 2, 0),
          (1, 1, '2026-03-01 18:30Z', 4, 0), (1, 1, '2026-03-02 18:29Z', 8, 0);
        """
    )
    question = "SELECT mend_sums(1, '{1, 2}', $1)"
    assert await database.fetchval(question, date(2026, 3, 2)) == 3
    rows = await database.fetch("SELECT day, value_sum FROM reading_day")
    assert [tuple(row) for row in rows] == [(date(2026, 3, 2), 12)]
    rows = await database.fetch("SELECT value_sum FROM reading_hour ORDER BY hour_at")
    assert [value for (value,) in rows] == [7, 8]
    assert await database.fetchval(question, date(2026, 3, 1)) == 1
    assert await database.fetchval(question, date(2026, 3, 2)) == 0
