"""What is offered is stored once, with its sums, whatever the rows are like."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
import json
from pathlib import Path
import shutil
from typing import Any

import pytest

from custom_components.energy_park.mirror import room, writer
from custom_components.energy_park.mirror.connection import Connection, MirrorSettings
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.history import Resolution
from custom_components.energy_park.mirror.migrations import quote
from custom_components.energy_park.mirror.room import SpoolLimits
from custom_components.energy_park.mirror.rows import (
    ChannelRow,
    EventKind,
    EventRow,
    FrameRow,
    MeterRow,
    PlugRow,
    Quality,
    ReadingRow,
    SectorRow,
    Series,
    SocketRow,
    SubjectKind,
)
from custom_components.energy_park.model import Role

from .conftest import (
    SERIES,
    START,
    Clock,
    StartMirror,
    Told,
    arrived,
    assert_sums,
    reading,
    stored,
    until,
)

# Half of a character, as a text that was cut holds it.
HALF = "\ud83d"


def event(number: int, **changes: Any) -> EventRow:
    row = EventRow(
        at=START,
        kind=EventKind.ORDER,
        subject_kind=SubjectKind.SOCKET,
        subject_id="plug_0",
        is_on=True,
        source="person",
        reason="person",
        until=START + timedelta(hours=2),
        detail={"number": number},
    )
    return replace(row, **changes)


async def test_fresh_readings_and_their_sums(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    for begin in range(0, 3_000, 300):
        mirror.offer_many(reading(index) for index in range(begin, begin + 300))
        await arrived(mirror)
    assert await stored(database) == list(range(3_000))
    await assert_sums(database, 3_000)


async def test_a_backlog_is_copied_with_its_sums(
    start_mirror: StartMirror, database: Connection
) -> None:
    away = await start_mirror(port=1)
    away.offer_many(reading(index) for index in range(25_000))
    await away.stop()
    mirror = await start_mirror()
    await arrived(mirror)
    await assert_sums(database, 25_000)


async def test_fresh_readings_do_not_wait_for_a_backlog(
    start_mirror: StartMirror, database: Connection
) -> None:
    away = await start_mirror(port=1)
    away.offer_many(reading(index) for index in range(60_000))
    await away.stop()
    mirror = await start_mirror()
    await until(lambda: mirror.status().connected)
    mirror.offer(reading(99_999, datetime.now(UTC)))
    await mirror.flush()
    fresh = "SELECT count(*) FROM reading WHERE value = 99999"
    async with asyncio.timeout(10):
        while not await database.fetchval(fresh):
            pass
    assert mirror.status().rows_waiting > 5_000
    await arrived(mirror)
    await assert_sums(database, 60_001)


async def test_fresh_events_do_not_wait_behind_the_frames_of_days(
    start_mirror: StartMirror, database: Connection
) -> None:
    away = await start_mirror(port=1)
    for number in range(10_000):
        at = START + number * timedelta(seconds=1)
        away.offer(
            FrameRow(
                at=at,
                meter_id="021861348497",
                mode="historique",
                complete=True,
                labels={"PAPP": "00300", "n": number},
            )
        )
    await away.stop()
    mirror = await start_mirror()
    await until(lambda: mirror.status().connected)
    mirror.offer(event(1))
    await mirror.flush()
    async with asyncio.timeout(10):
        while not await database.fetchval("SELECT count(*) FROM event"):
            pass
    assert mirror.status().rows_waiting > 2_000
    await arrived(mirror)
    assert await database.fetchval("SELECT count(*) FROM meter_frame") == 10_000


async def test_what_is_offered_twice_is_stored_and_counted_once(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    for _ in range(2):
        mirror.offer_many(reading(index) for index in range(1_000))
        await arrived(mirror)
    mirror.offer_many([reading(1_000), reading(1_000)])
    await arrived(mirror)
    await assert_sums(database, 1_001)
    assert told.problems == []


async def test_another_value_for_the_same_instant_is_kept_apart(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(10))
    await arrived(mirror)
    mirror.offer(replace(reading(3), value=99.5))
    await arrived(mirror)
    await assert_sums(database, 10)
    conflicts = await database.fetch("SELECT at, value FROM reading_conflict")
    assert [tuple(row) for row in conflicts] == [(reading(3).at, 99.5)]
    assert told.problems == [Problem.ROWS_CONFLICT]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-28T23:00:00+00:00", date(2026, 3, 29)),  # 23 hours long
        ("2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),  # 25 hours long
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
    ],
)
async def test_days_are_those_of_the_site(
    start_mirror: StartMirror, database: Connection, at: str, day: date
) -> None:
    mirror = await start_mirror()
    mirror.offer(ReadingRow(SERIES[0], datetime.fromisoformat(at), 7.0))
    await arrived(mirror)
    assert await database.fetchval("SELECT day FROM reading_day") == day


@pytest.mark.parametrize(
    ("until_at", "days"),
    [
        # Midnight in Paris, and the moment after it.
        (datetime(2026, 11, 20, 23, tzinfo=UTC), 1),
        (datetime(2026, 11, 20, 23, 0, 1, tzinfo=UTC), 2),
        (datetime(2026, 11, 21, 15, tzinfo=UTC), 2),
    ],
)
async def test_the_history_by_day_has_the_day_that_is_not_over(
    start_mirror: StartMirror, until_at: datetime, days: int
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(
        ReadingRow(SERIES[0], START + timedelta(hours=number), 1)
        for number in range(0, 72, 6)
    )
    await arrived(mirror)
    points = await mirror.history.read(SERIES[:1], START, until_at, Resolution.DAY)
    assert len(points[SERIES[0]]) == days


async def test_every_kind_of_record(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(
        [
            event(1),
            FrameRow(
                at=START,
                meter_id="021861348497",
                mode="historique",
                complete=True,
                labels={"IINST": "003", "SMAXSN": {"value": "1", "horodate": "H26"}},
            ),
            MeterRow(
                meter_id="021861348497",
                name="Linky",
                subscribed_power_va=6000,
                updated_at=START,
            ),
            SectorRow(sector_id="room", name="Room 1", updated_at=START),
            PlugRow(plug_id="plug", name="Row 1", model="X", updated_at=START),
            SocketRow(
                socket_id="plug_0",
                plug_id="plug",
                sector_id="room",
                number=0,
                name="Station 1",
                role=Role.COMPUTER,
                priority=3,
                protected=False,
                updated_at=START,
            ),
            ChannelRow(
                channel_id="plug_100",
                plug_id="plug",
                number=100,
                name="Oven",
                updated_at=START,
            ),
            event(2, subject_kind=SubjectKind.CHANNEL, subject_id="plug_100"),
            reading(0),
        ]
    )
    await arrived(mirror)
    assert await database.fetchval("SELECT name FROM channel") == "Oven"
    subjects = "SELECT subject FROM named_event ORDER BY subject"
    assert [row[0] for row in await database.fetch(subjects)] == ["Oven", "Station 1"]
    stored_event = await database.fetchrow(
        "SELECT * FROM event WHERE subject_kind = 'socket'"
    )
    assert stored_event["until"] == START + timedelta(hours=2)
    assert stored_event["is_on"] is True
    assert json.loads(stored_event["detail"]) == {"number": 1}
    labels = await database.fetchval("SELECT labels FROM meter_frame")
    assert json.loads(labels)["SMAXSN"] == {"value": "1", "horodate": "H26"}
    assert await database.fetchval("SELECT subscribed_power_va FROM meter") == 6000
    names = await database.fetchrow("SELECT site, subject, sector, role FROM named_day")
    assert names is not None
    assert tuple(names) == ("School", "Station 1", "Room 1", "computer")


async def test_a_balance_period_is_an_event_like_any_other(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    mirror.offer(
        EventRow(
            at=START,
            until=START + timedelta(hours=1),
            kind=EventKind.BALANCE_PERIOD,
            subject_kind=SubjectKind.METER,
            subject_id="021861348497",
            reason="balance",
            detail={"energy_drawn_wh": 500, "energy_injected_wh": 620},
        )
    )
    await arrived(mirror)
    question = """
        SELECT until - at, (detail ->> 'energy_injected_wh')::float8
        FROM event WHERE kind = 'balance_period'
    """
    row = await database.fetchrow(question)
    assert row is not None
    assert tuple(row) == (timedelta(hours=1), 620)


async def test_the_latest_description_stands_in_whatever_order_they_come(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    names = [(3, "third"), (1, "first"), (2, "second")]
    for batch in (names, names[1:]):
        mirror.offer_many(
            SectorRow(
                sector_id="a", name=name, updated_at=START + timedelta(hours=hour)
            )
            for hour, name in batch
        )
        await arrived(mirror)
    assert await database.fetchval("SELECT name FROM sector") == "third"


async def test_two_equal_events_are_two_and_a_repeated_one_is_one(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    repeated = event(2)
    mirror.offer_many([event(1), event(1, event_id=5), repeated, repeated])
    await arrived(mirror)
    mirror.offer(repeated)
    await arrived(mirror)
    assert await database.fetchval("SELECT count(*) FROM event") == 3


async def test_a_bad_row_is_set_aside_and_the_others_go_through(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(100))
    mirror.offer_many(
        [
            replace(reading(200), value=float("nan")),
            replace(reading(201), at=datetime(2026, 1, 1)),
            replace(reading(202), series=Series(SubjectKind.ENTITY, "nul\0", "state")),
            replace(
                reading(203), series=Series(SubjectKind.ENTITY, "a", "state", HALF)
            ),
            event(1),
            event(2, reason="nul\0"),
            event(3, detail={"deep": object()}),
            event(4, detail={"not nul": "\\u0000", "text": "é € 😀"}),
            event(5, reason=HALF),
            # The database's own refusals: out of range, and no number it can hold.
            event(6, event_id=1 << 63),
            event(7, detail={"number": Decimal(1)}),
            SectorRow(sector_id="room", name="Room", updated_at=datetime.max),
        ]
    )
    await arrived(mirror)
    await assert_sums(database, 100)
    assert await database.fetchval("SELECT count(*) FROM event") == 2
    tables = [table for table, _, _ in await mirror.quarantined()]
    assert sorted(tables) == [*["event"] * 5, *["reading"] * 4, "sector"]
    assert told.problems == [Problem.ROWS_QUARANTINED]
    assert mirror.status().problems == {Problem.ROWS_QUARANTINED: {"rows": 10}}
    assert mirror.status().rows_quarantined == 10
    kept = await database.fetchval("SELECT detail FROM event WHERE detail ? 'text'")
    assert json.loads(kept) == {"not nul": "\\u0000", "text": "é € 😀"}


@pytest.mark.parametrize(
    "name",
    ["x" * 63, 'a"b; DROP TABLE site; --', "it's.a, name", "{schema} %s $1 \\", " "],
)
async def test_a_schema_of_any_name(
    start_mirror: StartMirror, settings: MirrorSettings, database: Connection, name: str
) -> None:
    quoted = quote(name)
    mirror = await start_mirror(schema=name)
    mirror.offer_many([*(reading(index) for index in range(100)), event(1)])
    await arrived(mirror)
    points = await mirror.history.read(
        SERIES[:1], START, START + timedelta(days=1), Resolution.DAY
    )
    assert [point.readings for point in points[SERIES[0]]] == [13]
    await database.execute(f"SET search_path TO {quoted}")
    await assert_sums(database, 100)
    await mirror.stop()
    await database.execute(f"DROP SCHEMA {quoted} CASCADE")


async def test_a_row_that_the_database_refuses_is_found_among_many(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    await (await start_mirror("other")).arrived()
    await database.execute("ALTER TABLE reading ADD CHECK (value <> 1234)")
    away = await start_mirror(port=1)
    away.offer_many(reading(index) for index in range(3_000))
    await away.stop()
    told.problems.clear()
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(3_000, 3_100))
    mirror.offer(replace(reading(3_100), value=1234))
    await arrived(mirror)
    await assert_sums(database, 3_099)
    causes = [(table, cause) for table, _, cause in await mirror.quarantined()]
    assert causes == 2 * [("reading", "23514")]
    assert told.problems == [Problem.ROWS_QUARANTINED]


async def test_a_new_spool_goes_on_under_the_same_numbers(
    start_mirror: StartMirror, database: Connection
) -> None:
    for spool, indexes in (("one", range(8)), ("two", range(15, 7, -1))):
        mirror = await start_mirror(spool)
        mirror.offer_many(reading(index) for index in indexes)
        await arrived(mirror)
        await mirror.stop()
    assert await database.fetchval("SELECT count(*) FROM site") == 1
    assert await database.fetchval("SELECT count(*) FROM series") == len(SERIES)
    mixed = await database.fetch(
        """
        SELECT series_id, count(DISTINCT subject_id) FROM named_reading
        WHERE subject_id <> 'plug_' || (value::int4 % 8)::text GROUP BY 1
        """
    )
    assert mixed == []


async def test_a_change_of_unit_is_another_series(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    for unit in ("W", "kW"):
        series = Series(SubjectKind.ENTITY, "sensor.boiler", "state", unit)
        mirror.offer(ReadingRow(series, START, 1.0))
    await arrived(mirror)
    assert await database.fetchval("SELECT count(*) FROM reading") == 2


async def test_a_backup_that_was_restored_repeats_nothing(
    start_mirror: StartMirror, database: Connection, tmp_path: Path
) -> None:
    away = await start_mirror(port=1)
    away.offer_many(reading(index) for index in range(500))
    away.offer(event(1))
    await away.flush()
    # As Home Assistant's backup does, while rows come.
    await away.hold_files()
    (tmp_path / "backup").mkdir()
    for file in ("spool.sqlite", "spool.sqlite-wal"):
        shutil.copy(tmp_path / "spool" / file, tmp_path / "backup")
        away.offer_many(reading(index) for index in range(500, 600))
        await away.flush()
    await away.release_files()
    await away.stop()
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(500, 800))
    await arrived(mirror)
    await mirror.stop()
    restored = await start_mirror("backup")
    restored.offer_many(reading(index) for index in range(800, 900))
    restored.offer(event(2))
    await arrived(restored)
    await assert_sums(database, 900)
    assert await database.fetchval("SELECT count(*) FROM event") == 2


async def test_months_get_their_partitions_and_a_mad_clock_the_default_one(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    rows = [
        ReadingRow(SERIES[0], at.replace(tzinfo=UTC), index)
        for index, at in enumerate(
            [
                datetime(2024, 2, 3),
                datetime(2099, 1, 1),
                START,
                datetime.min,
                datetime.max,
            ]
        )
    ]
    away = await start_mirror(port=1)
    away.offer_many(rows[:4])
    await away.stop()
    told.problems.clear()
    mirror = await start_mirror()
    mirror.offer_many(rows[1:])
    await arrived(mirror)
    homes = await database.fetch(
        "SELECT value, tableoid::regclass::text AS home, quality FROM reading"
    )
    found = {
        row["value"]: (row["home"].split(".")[-1], row["quality"]) for row in homes
    }
    assert found == {
        0: ("reading_2024_02", 0),
        1: ("reading_default", Quality.CLOCK_WRONG),
        2: ("reading_2026_11", 0),
        3: ("reading_default", 0),
        4: ("reading_default", Quality.CLOCK_WRONG),
    }
    await assert_sums(database, 5)
    assert told.problems == []


async def test_a_clock_that_is_wrong_is_told_and_marked(
    start_mirror: StartMirror, database: Connection, told: Told, clock: Clock
) -> None:
    clock.ahead = timedelta(hours=-1)
    mirror = await start_mirror()
    await until(lambda: Problem.CLOCK_WRONG in told.problems)
    assert told.details[Problem.CLOCK_WRONG]["ahead_s"] == pytest.approx(-3600, abs=30)
    mirror.offer(ReadingRow(SERIES[0], clock(), 1.0))
    await arrived(mirror)
    assert await database.fetchval("SELECT quality FROM reading") == Quality.CLOCK_WRONG


async def test_two_writers_of_one_site_are_noticed_and_both_stored(
    start_mirror: StartMirror,
    database: Connection,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "HEARTBEAT_S", 0.05)
    one, two = await start_mirror("one"), await start_mirror("two")
    one.offer_many(reading(index) for index in range(0, 100, 2))
    two.offer_many(reading(index) for index in range(1, 100, 2))
    await arrived(one)
    await arrived(two)
    await until(lambda: Problem.TWO_WRITERS in told.problems)
    await assert_sums(database, 100)


async def test_a_restart_is_not_a_second_writer(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    for index in range(3):
        mirror = await start_mirror()
        mirror.offer(reading(index))
        await arrived(mirror)
        await mirror.stop()
    assert told.problems == []


async def test_status_tells_what_waits_and_for_how_long(
    start_mirror: StartMirror, settings: MirrorSettings, clock: Clock
) -> None:
    mirror = await start_mirror(port=1)
    mirror.offer(ReadingRow(SERIES[0], clock(), 1.0))
    await until(lambda: mirror.status().last_error)
    clock.ahead = timedelta(hours=1)
    status = mirror.status()
    assert not status.connected
    assert status.rows_waiting == 1
    assert status.lag_s == pytest.approx(3600, abs=30)
    assert status.last_error is Problem.UNREACHABLE
    await mirror.stop()
    mirror = await start_mirror()
    assert mirror.status().lag_s == pytest.approx(3600, abs=30)
    await arrived(mirror)
    status = mirror.status()
    assert (status.rows_waiting, status.lag_s) == (0, 0)
    assert status.rows_sent == status.rows_per_minute == 1
    assert settings.password not in repr(status) + repr(settings)


async def test_the_past_is_filled_in_at_the_pace_of_the_database(
    start_mirror: StartMirror, database: Connection
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(0, 30_000, 3))
    rows = (replace(reading(n), quality=Quality.BACKFILLED) for n in range(30_000))
    await mirror.fill_in(rows)
    assert mirror.status().rows_waiting <= 5_000
    await arrived(mirror)
    await assert_sums(database, 30_000)
    filled = "SELECT count(*) FROM reading WHERE quality = 2"
    assert await database.fetchval(filled) == 20_000


async def test_what_was_thinned_is_counted_and_marked(
    start_mirror: StartMirror,
    database: Connection,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "SMALLEST_BYTES", 0)
    away = await start_mirror(limits=SpoolLimits(max_bytes=400_000), port=1)
    for begin in range(0, 60_000, 1_000):
        away.offer_many(reading(index) for index in range(begin, begin + 1_000))
        await away.flush()
    assert Problem.ROWS_THINNED in told.problems
    thinned = away.status().rows_thinned
    assert thinned > 30_000
    await away.stop()

    told.problems.clear()
    mirror = await start_mirror()
    await arrived(mirror)
    assert told.problems == []
    counts = await database.fetchrow(
        """
        SELECT (SELECT count(*) FROM reading) AS raw, sum(readings)::int8 AS counted,
          sum(thinned)::int8 AS thinned, round(sum(value_sum))::int8 AS total
        FROM reading_hour
        """
    )
    assert counts is not None
    assert dict(counts) == {
        "raw": 60_000 - thinned,
        "counted": 60_000,
        "thinned": thinned,
        "total": sum(range(60_000)),
    }
    days = "SELECT sum(readings)::int8 FROM reading_day"
    assert await database.fetchval(days) == 60_000
    detail = await database.fetchval(
        "SELECT sum((detail ->> 'readings')::int8)::int8 FROM event WHERE reason = 'thinned'"
    )
    assert detail == thinned
