"""Nothing offered is lost: not on a full disk, not in a damaged file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
import json
from pathlib import Path
import shutil
import sqlite3
import time

import pytest

from custom_components.energy_park.mirror import kept, room, spool as module, storage
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.problems import Problems
from custom_components.energy_park.mirror.room import SpoolLimits
from custom_components.energy_park.mirror.rows import (
    HOUR,
    EventKind,
    EventRow,
    FrameRow,
    HourRow,
    SubjectKind,
)
from custom_components.energy_park.mirror.spool import Spool

from .conftest import START, Told, reading, until
from .disk import SmallDisk

type OpenSpool = Callable[..., Awaitable[Spool]]


@pytest.fixture
async def open_spool(tmp_path: Path, told: Told) -> AsyncIterator[OpenSpool]:
    """Open spools on the test's folder, one after the other."""
    async with AsyncExitStack() as running:

        async def open_spool(limits: SpoolLimits | None = None) -> Spool:
            problems = Problems(told.problem, told.solved)
            spool = Spool(tmp_path, problems, lambda: None, limits)
            await spool.open()
            running.push_async_callback(spool.close)
            return spool

        yield open_spool


async def values(spool: Spool) -> list[float]:
    """Take and forget all readings; return their values in the order they came."""
    await spool.rewind()
    taken: list[float] = []
    while (batch := await spool.take_backlog(10_000)) is not None:
        taken += batch.value
        await spool.forget(batch)
    return taken


async def test_an_offer_costs_the_event_loop_next_to_nothing(
    open_spool: OpenSpool,
) -> None:
    spool = await open_spool()
    rows = [reading(index) for index in range(10_000)]
    begin = time.process_time()
    for row in rows:
        spool.offer(row)
    assert (time.process_time() - begin) / len(rows) < 10e-6


async def test_what_is_offered_is_on_disk_within_a_second(
    open_spool: OpenSpool, tmp_path: Path
) -> None:
    spool = await open_spool()
    begin = asyncio.get_running_loop().time()
    spool.offer(reading(1))
    await until(lambda: spool.kept)
    assert asyncio.get_running_loop().time() - begin < 1
    # As a kill would leave it: the file is somebody's own while it is open.
    killed = shutil.copytree(tmp_path, tmp_path / "killed")
    with sqlite3.connect(killed / "spool.sqlite") as db:
        assert db.execute("SELECT value FROM reading").fetchall() == [(1.0,)]
    db.close()


async def test_many_rows_do_not_wait_for_the_second(open_spool: OpenSpool) -> None:
    spool = await open_spool()
    begin = asyncio.get_running_loop().time()
    for index in range(module.COMMIT_ROWS):
        spool.offer(reading(index))
    await until(lambda: spool.kept)
    assert asyncio.get_running_loop().time() - begin < module.COMMIT_AFTER_S


async def test_closing_keeps_what_was_just_offered(open_spool: OpenSpool) -> None:
    spool = await open_spool()
    for index in range(700):
        spool.offer(reading(index))
    await spool.close()
    assert await values(await open_spool()) == list(range(700))


async def test_a_disk_that_hangs_loses_only_beyond_a_bound_and_tells(
    open_spool: OpenSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OFFERED_MAX", 100)
    spool = await open_spool()
    for index in range(130):
        spool.offer(reading(index))
    assert (spool.waiting, spool.tally.lost) == (100, 30)
    await spool.flush()
    assert await values(spool) == list(range(100))
    assert told.problems == [Problem.ROWS_LOST]


async def test_what_is_no_row_at_all_harms_no_other(
    open_spool: OpenSpool, told: Told
) -> None:
    spool = await open_spool()
    spool.offer(None)  # type: ignore[arg-type]
    await spool.flush()
    assert (told.problems, spool.tally.lost) == ([Problem.ROWS_LOST], 1)
    spool.offer(reading(1))
    await spool.flush()
    assert await values(spool) == [1]


async def test_a_full_disk_gives_up_detail_and_no_row(
    open_spool: OpenSpool, disk: SmallDisk, told: Told
) -> None:
    spool = await open_spool()
    await disk.resize(spool, 60)
    for index in range(30_000):
        spool.offer(reading(index))
        if index % 1_000 == 0:
            await spool.flush()
    await spool.flush()
    assert told.problems == [Problem.ROWS_THINNED]
    raw = await values(spool)
    batch = await spool.take_thinned(10_000)
    assert batch is not None
    assert len(raw) + sum(group[2] for group in batch.groups) == 30_000
    assert sum(raw) + sum(group[3] for group in batch.groups) == sum(range(30_000))
    records = await spool.take_records(10)
    assert records is not None
    assert '"reason":"thinned"' in records.body[0]


async def test_a_disk_that_takes_nothing_is_replaced_by_memory_and_taken_back(
    open_spool: OpenSpool, disk: SmallDisk, told: Told
) -> None:
    spool = await open_spool()
    spool.offer(reading(0))
    await spool.flush()
    # What was tried must not be thinned, and there is no room for more.
    assert await spool.take_live(10) is not None
    await disk.resize(spool, 1)
    for index in range(1, 3_000):
        spool.offer(reading(index))
    await spool.flush()
    assert told.problems == [Problem.SPOOL_IN_MEMORY]
    assert spool.waiting == 3_000
    await disk.resize(spool, 1_000_000)
    spool.offer(reading(3_000))
    await spool.flush()
    assert told.problems == [Problem.SPOOL_IN_MEMORY, "-spool_in_memory"]
    await spool.close()
    assert sorted(await values(await open_spool())) == list(range(3_001))


async def test_memory_is_sent_from_as_well(
    open_spool: OpenSpool, disk: SmallDisk
) -> None:
    spool = await open_spool()
    await disk.resize(spool, 1)
    for index in range(2_000):
        spool.offer(reading(index))
    await spool.flush()
    batch = await spool.take_live(5_000)
    assert batch is not None
    assert list(batch.value) == list(range(2_000))
    await spool.forget(batch)
    await until(lambda: spool.waiting == 0)


async def test_memory_has_its_bound(
    open_spool: OpenSpool,
    disk: SmallDisk,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "MEMORY_BYTES", 200_000)
    spool = await open_spool()
    await disk.resize(spool, 1)
    for index in range(40_000):
        spool.offer(reading(index))
        if index % 4_000 == 0:
            await spool.flush()
    await spool.flush()
    assert await spool.used_bytes() < 400_000
    assert Problem.ROWS_THINNED in told.problems
    assert spool.tally.lost == 0


async def test_without_a_disk_at_all_rows_still_pass(
    open_spool: OpenSpool, tmp_path: Path, told: Told
) -> None:
    (tmp_path / "spool.sqlite").mkdir()
    spool = await open_spool()
    spool.offer(reading(1))
    await spool.flush()
    batch = await spool.take_live(10)
    assert batch is not None
    assert told.problems == [Problem.SPOOL_IN_MEMORY]
    await spool.close()
    await until(lambda: Problem.ROWS_LOST in told.problems)


async def test_the_spool_keeps_to_its_share_of_the_disk(
    open_spool: OpenSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SMALLEST_BYTES", 0)
    spool = await open_spool(SpoolLimits(max_bytes=300_000))
    for hour in range(5):
        for index in range(4_000):
            row = reading(index)
            at = row.at.replace(hour=row.at.hour + hour)
            spool.offer(replace(row, at=at))
        await spool.flush()
    assert await spool.used_bytes() < 400_000
    assert spool.tally.thinned
    assert spool.tally.lost == 0


async def test_frames_are_thinned_to_one_an_hour(
    open_spool: OpenSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = await open_spool(SpoolLimits(max_bytes=200_000))
    for index in range(2_000):
        at = reading(index * 10).at
        frame = FrameRow(
            at=at, meter_id="m", mode="standard", complete=True, labels={"A": "x" * 200}
        )
        spool.offer(frame)
    await spool.flush()
    records = await spool.take_records(1_000)
    assert records is not None
    assert records.target.count("meter_frame") == 1
    assert spool.tally.thinned == 1_999
    # Dated by what went.
    assert records.target[-1] == "event"
    assert json.loads(records.body[-1])["at"] == (START + HOUR).isoformat()


def state_of(entity: str, index: int) -> EventRow:
    return EventRow(
        at=reading(index * 10).at,
        kind=EventKind.STATE,
        subject_kind=SubjectKind.ENTITY,
        subject_id=entity,
        detail={"state": f"{index} " + "x" * 200},
    )


async def test_of_states_told_in_words_the_last_of_each_hour_stays(
    open_spool: OpenSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SMALLEST_BYTES", 0)
    spool = await open_spool(SpoolLimits(max_bytes=100_000))
    order = replace(state_of("text.a", 0), kind=EventKind.ORDER, detail={})
    for begin in range(0, 3_000, 300):
        for index in range(begin, begin + 300):
            spool.offer(state_of("text.a" if index % 2 else "text.b", index))
            if index % 30 == 0:
                spool.offer(order)
        await spool.flush()
    assert await spool.used_bytes() < 200_000
    assert told.problems == [Problem.ROWS_THINNED]
    records = await spool.take_records(5_000)
    assert records is not None
    rows = [json.loads(body) for body in records.body]
    states = [row["detail"]["state"][:4] for row in rows if row["kind"] == "state"]
    assert {"2998", "2999"} <= set(states)
    assert len(states) + spool.tally.thinned == 3_000
    assert [row["kind"] for row in rows].count("order") == 100
    told_first = next(row for row in rows if row["kind"] == "mirror")
    assert told_first["detail"]["states"] > 0
    assert told_first["detail"]["from"] == START.isoformat()
    assert told_first["at"] > START.isoformat()


async def test_what_cannot_be_thinned_is_told_as_long_as_it_is_too_much(
    open_spool: OpenSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SMALLEST_BYTES", 0)
    spool = await open_spool(SpoolLimits(max_bytes=100_000))
    for index in range(1_000):
        spool.offer(replace(state_of("text.a", index), kind=EventKind.ORDER))
    await spool.flush()
    await until(lambda: told.problems)
    assert (told.problems, spool.tally.lost) == ([Problem.SPOOL_FULL], 0)
    records = await spool.take_records(1_000)
    assert records is not None
    await spool.forget(records)
    spool.offer(reading(1))
    await spool.flush()
    assert told.problems == [Problem.SPOOL_FULL, "-spool_full"]


async def test_what_goes_for_more_rows_that_were_set_aside_counts_as_lost(
    open_spool: OpenSpool, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_QUARANTINE_ROWS", 10)
    spool = await open_spool()
    await spool.quarantine([("event", str(number), "22P02") for number in range(25)])
    assert [body for _, body, _ in await spool.quarantined()] == [
        *map(str, range(15, 25))
    ]
    assert (spool.tally.quarantined, spool.tally.lost) == (25, 15)
    assert told.problems == [Problem.ROWS_QUARANTINED, Problem.ROWS_LOST]


@pytest.mark.parametrize("held_before", ["its making", "its opening"])
async def test_a_spool_that_opens_while_it_is_copied_is_left_as_it_is(
    tmp_path: Path, told: Told, held_before: str
) -> None:
    def new() -> Spool:
        return Spool(tmp_path, Problems(told.problem, told.solved), lambda: None)

    if held_before == "its opening":
        earlier = new()
        await earlier.open()
        earlier.offer(reading(0))
        await earlier.close()
    spool = new()
    await spool.hold(True)
    await spool.open()
    file = tmp_path / "spool.sqlite"
    copied = file.read_bytes()
    # More than the log holds otherwise.
    for index in range(200_000):
        spool.offer(reading(index))
    await spool.flush()
    assert file.read_bytes() == copied
    await spool.hold(False)
    spool.offer(reading(0))
    await spool.flush()
    assert file.read_bytes() != copied
    await spool.close()
    # Too late, and harmless.
    await spool.hold(True)


async def test_a_spool_can_be_copied_file_by_file_while_rows_come(
    open_spool: OpenSpool, tmp_path: Path, told: Told
) -> None:
    spool = await open_spool()
    log = tmp_path / "spool.sqlite-wal"

    async def offer(first: int, count: int) -> None:
        for begin in range(first, first + count, 1_000):
            for index in range(begin, begin + 1_000):
                spool.offer(reading(index))
            await spool.flush()

    await offer(0, 5_000)
    await spool.hold(True)
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(tmp_path / "spool.sqlite", copy)
    # More than the log holds otherwise.
    await offer(5_000, 200_000)
    # In the middle of a write.
    (copy / log.name).write_bytes(log.read_bytes()[:-2_000])
    await spool.hold(False)
    before = log.stat().st_size
    await offer(205_000, 3_000)
    await spool.close()
    assert not log.exists() or log.stat().st_size < before
    with sqlite3.connect(copy / "spool.sqlite") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = {value for (value,) in db.execute("SELECT value FROM reading")}
    db.close()
    assert set(range(204_000)) <= kept
    assert told.problems == []


@pytest.mark.parametrize("damage", ["head", "middle", "nonsense", "empty"])
async def test_a_damaged_file_is_set_aside_and_salvaged(
    open_spool: OpenSpool, tmp_path: Path, told: Told, damage: str
) -> None:
    spool = await open_spool()
    for index in range(5_000):
        spool.offer(reading(index))
    await spool.close()
    file = tmp_path / "spool.sqlite"
    data = bytearray(file.read_bytes())
    pages = len(data) // 4096
    match damage:
        case "head":
            data[:4096] = bytes(4096)
        case "middle":
            data[pages // 2 * 4096 : (pages // 2 + 3) * 4096] = b"\xa5" * 3 * 4096
        case "nonsense":
            data = bytearray(b"not a database at all " * 1000)
        case "empty":
            data = bytearray()
    file.write_bytes(data)
    spool = await open_spool()
    spool.offer(reading(9_999))
    await spool.flush()
    found = await values(spool)
    assert found[-1] == 9_999 or 9_999 in found
    assert len(found) == len(set(found))
    if damage == "middle":
        assert len(found) > 4_000
    assert told.problems == [Problem.SPOOL_DAMAGED]
    assert (tmp_path / "spool-damaged.sqlite").exists()


@pytest.mark.parametrize(
    ("damage", "left"),
    [
        # One of the eight series, and all that is of it.
        ("UPDATE series SET kind = 'planet' WHERE id = 3", 700),
        ("UPDATE series SET unit = NULL WHERE id = 3", 700),
        ("DELETE FROM series WHERE id = 3", 700),
        ("UPDATE reading SET series = 99 WHERE value = 5", 799),
        ("UPDATE reading SET at = 'noon' WHERE value = 5", 799),
        ("UPDATE reading SET at = 1 << 62 WHERE value = 5", 799),
        ("UPDATE reading SET value = NULL WHERE seq = 5", 799),
        ("UPDATE reading SET quality = x'00' WHERE value = 5", 799),
    ],
)
async def test_a_value_that_nobody_wrote_is_damage(
    open_spool: OpenSpool, tmp_path: Path, told: Told, damage: str, left: int
) -> None:
    spool = await open_spool()
    for index in range(800):
        spool.offer(reading(index))
    await spool.close()
    with sqlite3.connect(tmp_path / "spool.sqlite") as db:
        db.execute(damage)
    db.close()
    spool = await open_spool()
    assert len(await values(spool)) == left
    assert told.problems == [Problem.SPOOL_DAMAGED]
    spool.offer(reading(800))
    await spool.flush()
    assert await values(spool) == [800]


async def test_a_sum_of_no_series_is_damage(
    open_spool: OpenSpool, tmp_path: Path, told: Told
) -> None:
    spool = await open_spool()
    mean = HourRow(series=reading(0).series, hour_at=START, mean=1, low=0, high=2)
    spool.offer(mean)
    spool.offer(replace(mean, series=reading(1).series))
    await spool.close()
    with sqlite3.connect(tmp_path / "spool.sqlite") as db:
        db.execute("DELETE FROM series WHERE id = 1")
    db.close()
    spool = await open_spool()
    batch = await spool.take_thinned(10)
    assert batch is not None
    assert len(batch) == 1
    assert told.problems == [Problem.SPOOL_DAMAGED]


async def test_a_file_that_a_full_disk_did_not_take_is_no_damage(
    open_spool: OpenSpool, disk: SmallDisk, told: Told
) -> None:
    disk.pages = 1
    spool = await open_spool()
    spool.offer(reading(1))
    await spool.flush()
    disk.pages = 1_000_000
    spool.offer(reading(2))
    await spool.flush()
    assert sorted(await values(spool)) == [1, 2]
    await until(lambda: len(told.problems) > 1)
    assert told.problems == [Problem.SPOOL_IN_MEMORY, "-spool_in_memory"]


async def test_a_damaged_file_that_was_set_aside_is_within_the_bound(
    open_spool: OpenSpool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SMALLEST_BYTES", 0)
    aside = tmp_path / "spool-damaged.sqlite"
    aside.write_bytes(bytes(200_000))
    spool = await open_spool(SpoolLimits(max_bytes=400_000))
    spool.offer(reading(0))
    await spool.flush()
    assert aside.exists()
    for index in range(1, 8_000):
        spool.offer(reading(index))
    await spool.flush()
    assert not aside.exists()
    assert spool.tally.thinned == 0


async def test_the_clock_of_a_row_does_not_matter_to_the_spool(
    open_spool: OpenSpool,
) -> None:
    spool = await open_spool()
    for year in (1971, 2999, 2026):
        spool.offer(replace(reading(year), at=START.replace(year=year)))
    await spool.close()
    assert await values(await open_spool()) == [1971, 2999, 2026]
