"""Whatever fails, for as long as it does: every row arrives, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
import os
from pathlib import Path
import resource
import secrets
import signal
from statistics import median

import pytest

from custom_components.energy_park.mirror import (
    connection,
    mirror as mirror_module,
    writer,
)
from custom_components.energy_park.mirror.connection import Connection, MirrorSettings
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.rows import FrameRow, ReadingRow, SectorRow
from scripts.mirroring.access import connected
from scripts.mirroring.kills import Target, fire
from scripts.mirroring.outage import recover
from scripts.postgres import DatabaseServer

from .conftest import (
    SERIES,
    START,
    Background,
    Clock,
    StartMirror,
    Told,
    arrived,
    assert_sums,
    reading,
    stored,
    until,
)
from .disk import SmallDisk
from .proxy import Proxy


@asynccontextmanager
async def small_files(
    server: DatabaseServer, background: Background, at_most: int
) -> AsyncIterator[None]:
    """Restart a server with a bound on its files, and again without."""

    async def restart(bound: int) -> None:
        await asyncio.to_thread(background.run, server.process.stop())
        resource.setrlimit(resource.RLIMIT_FSIZE, (bound, hard))
        await asyncio.to_thread(background.run, server.start())
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    await restart(at_most)
    try:
        yield
    finally:
        await restart(soft)


async def disconnect(database: Connection) -> None:
    """End all connections but this one, as an administrator can."""
    await database.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND application_name = 'energy_park'
          AND backend_type = 'client backend'
        """
    )


@pytest.mark.parametrize("target", Target)
def test_whoever_is_killed_nothing_is_lost_and_nothing_is_twice(
    server: DatabaseServer, background: Background, tmp_path: Path, target: Target
) -> None:
    schema = f"killed {target}"
    killed = fire(
        server, tmp_path, 2, rate=2_000, seed=7, targets=[target], schema=schema
    )
    outcome = background.run(killed)
    assert (outcome.lost, outcome.duplicates) == (0, 0)
    assert outcome.stored >= outcome.kept > 500
    assert outcome.unkept_s < 1


@pytest.mark.parametrize("end", ["fast", "immediate", "kill"])
async def test_a_server_that_ends_in_the_middle(
    start_mirror: StartMirror,
    server: DatabaseServer,
    background: Background,
    told: Told,
    settings: MirrorSettings,
    end: str,
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(100))
    await arrived(mirror)
    mirror.offer_many(reading(index) for index in range(100, 20_000))
    await mirror.flush()
    await mirror.progress()
    if end == "fast":
        await asyncio.to_thread(background.run, server.process.stop())
    elif end == "immediate":
        os.kill(server.process.pid, signal.SIGQUIT)
        await asyncio.to_thread(background.run, server.process.wait())
    else:
        await asyncio.to_thread(background.run, server.kill())
    mirror.offer_many(reading(index) for index in range(20_000, 25_000))
    await until(lambda: told.problems)
    # Some attempts meet a server that is still in recovery.
    await asyncio.to_thread(background.run, server.start())
    await arrived(mirror)
    assert told.problems[-1].startswith("-")
    async with connected(settings) as database:
        await assert_sums(database, 25_000)


async def test_a_day_without_the_database(
    settings: MirrorSettings,
    server: DatabaseServer,
    background: Background,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def start_server() -> None:
        await asyncio.to_thread(background.run, server.start())

    monkeypatch.setattr(writer, "LAST_RETRY_S", 0.1)
    await asyncio.to_thread(background.run, server.process.stop())
    recovery = await recover(settings, tmp_path, start_server, minutes=24 * 60, rate=4)
    assert recovery.offered > 4 * 86_400
    assert (recovery.lost, recovery.duplicates) == (0, 0)
    assert 0 < recovery.live_age_s < 5


async def test_a_server_whose_disk_takes_no_more(
    start_mirror: StartMirror,
    settings: MirrorSettings,
    server: DatabaseServer,
    background: Background,
    told: Told,
) -> None:
    # A bound on each file stands for the disk: a segment of the log is below it.
    async with small_files(server, background, at_most=20 * 1024**2 + 4_096):
        mirror = await start_mirror()
        for number in range(3_000):
            mirror.offer(
                FrameRow(
                    at=START + number * timedelta(seconds=1),
                    meter_id="021861348497",
                    mode="historique",
                    complete=True,
                    labels={"noise": f"{number} {secrets.token_hex(4_000)}"},
                )
            )
        await until(lambda: told.problems)
        mirror.offer_many(reading(index) for index in range(100))
        await mirror.flush()
        assert mirror.status().rows_waiting > 0
    # PostgreSQL 15 says that the disk is full, later ones that the file is too large.
    assert told.problems[0] in {Problem.SERVER_FULL, Problem.SERVER_ERROR}
    await arrived(mirror)
    async with connected(settings) as database:
        await assert_sums(database, 100)
        frames = "SELECT count(*) FROM meter_frame"
        assert await database.fetchval(frames) == 3_000
    assert await mirror.quarantined() == []


async def test_a_disk_of_this_side_that_is_full_before_and_after(
    start_mirror: StartMirror, database: Connection, disk: SmallDisk, told: Told
) -> None:
    disk.pages = 60
    away = await start_mirror(port=1)
    for begin in range(0, 30_000, 1_000):
        away.offer_many(reading(index) for index in range(begin, begin + 1_000))
        await away.flush()
    status = away.status()
    assert (status.rows_thinned > 20_000, status.rows_lost) == (True, 0)
    await away.stop()
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(30_000, 30_100))
    await arrived(mirror)
    row = await database.fetchrow(
        """
        SELECT sum(readings)::int8, sum(value_sum)::int8, sum(thinned)::int8,
          (SELECT count(*) FROM reading)
        FROM reading_hour
        """
    )
    assert row is not None
    counted, total, thinned, raw = row
    assert (counted, total) == (30_100, sum(range(30_100)))
    assert raw + thinned == counted
    assert status.problems[Problem.ROWS_THINNED] == {"rows": status.rows_thinned}
    assert Problem.ROWS_LOST not in told.problems


async def test_a_clock_that_jumps_ahead_and_back(
    start_mirror: StartMirror, database: Connection, told: Told, clock: Clock
) -> None:
    async def measure(value: float) -> None:
        mirror.offer(ReadingRow(SERIES[0], clock.ahead + START, value))
        await asyncio.wait_for(arrived(mirror), 10)

    mirror = await start_mirror()
    for value, ahead in enumerate(
        [timedelta(0), timedelta(days=366), timedelta(0), timedelta(hours=-1)]
    ):
        clock.ahead = ahead
        await measure(value)
    clock.ahead = timedelta(0)
    await measure(4)
    rows = await database.fetch("SELECT value FROM reading ORDER BY at")
    assert [row["value"] for row in rows] == [3, 0, 1]
    later = "SELECT array_agg(value ORDER BY value) FROM reading_conflict"
    assert await database.fetchval(later) == [2, 4]
    assert told.problems == [Problem.ROWS_CONFLICT]
    assert mirror.status().lag_s == 0


async def test_a_network_that_is_cut_again_and_again(
    start_mirror: StartMirror, database: Connection, settings: MirrorSettings
) -> None:
    async with Proxy(settings.port).running() as proxy:
        mirror = await start_mirror(port=proxy.port)
        for round_ in range(15):
            first = round_ * 2_000
            mirror.offer_many(reading(index) for index in range(first, first + 2_000))
            await asyncio.sleep(0.005 * round_)
            proxy.cut()
        await arrived(mirror)
        await assert_sums(database, 30_000)
        await mirror.stop()


async def test_a_network_that_swallows_everything(
    start_mirror: StartMirror,
    database: Connection,
    settings: MirrorSettings,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT_S", 0.3)
    monkeypatch.setattr(connection, "COMMAND_TIMEOUT_S", 0.3)
    async with Proxy(settings.port).running() as proxy:
        mirror = await start_mirror(port=proxy.port)
        mirror.offer(reading(0))
        await arrived(mirror)
        proxy.swallow(True)
        mirror.offer_many(reading(index) for index in range(1, 2_000))
        lags: list[float] = []
        loop = asyncio.get_running_loop()
        while Problem.UNREACHABLE not in told.problems:
            begun = loop.time()
            await asyncio.sleep(0.005)
            lags.append(loop.time() - begun - 0.005)
        # Half of all looks, as other work shares the machine.
        assert median(lags) < 0.005
        assert max(lags) < connection.COMMAND_TIMEOUT_S
        proxy.swallow(False)
        proxy.cut()
        await arrived(mirror)
        await assert_sums(database, 2_000)
        assert told.problems == ["unreachable", "-unreachable"]
        await mirror.stop()


async def test_a_line_that_is_too_slow_for_whole_batches(
    start_mirror: StartMirror,
    database: Connection,
    settings: MirrorSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = await start_mirror(port=1)
    away.offer_many(reading(index) for index in range(10_000))
    await away.stop()
    monkeypatch.setattr(connection, "COMMAND_TIMEOUT_S", 1)
    async with Proxy(settings.port).running() as proxy:
        proxy.bytes_per_s = 200_000
        mirror = await start_mirror(port=proxy.port)
        await arrived(mirror)
        await assert_sums(database, 10_000)
        await mirror.stop()


@pytest.mark.parametrize("dropped", ["TABLE reading", "SCHEMA", "TABLE reading_hour"])
async def test_what_is_dropped_is_made_again_and_the_rest_goes_on(
    start_mirror: StartMirror,
    database: Connection,
    settings: MirrorSettings,
    told: Told,
    dropped: str,
) -> None:
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(100))
    await arrived(mirror)
    name = f' "{settings.schema}"' if dropped == "SCHEMA" else ""
    await database.execute(f"DROP {dropped}{name} CASCADE")
    mirror.offer_many(reading(index) for index in range(100, 300))
    await arrived(mirror)
    assert set(range(100, 300)) <= set(await stored(database))
    assert told.problems == ["schema_missing", "-schema_missing"]
    assert await database.fetchval("SELECT count(*) > 0 FROM named_day")


@pytest.mark.parametrize(
    "dropped", ["series", "site", "event", "meter_frame", "reading_day", "writer"]
)
async def test_whichever_table_is_dropped_no_history_becomes_anothers(
    start_mirror: StartMirror, database: Connection, dropped: str
) -> None:
    mirror = await start_mirror()
    # Of each series its own values only.
    mirror.offer_many(reading(index) for index in range(80))
    await arrived(mirror)
    await mirror.stop()
    await database.execute(f"DROP TABLE {dropped} CASCADE")
    # Another spool, which hears of the series in another order.
    mirror = await start_mirror("other")
    mirror.offer_many(reading(index) for index in range(239, 79, -1))
    await arrived(mirror)
    assert set(range(80, 240)) <= set(await stored(database))
    mixed = """
        SELECT site_id, series_id FROM reading GROUP BY 1, 2
        HAVING count(DISTINCT value::int % 8) > 1
    """
    assert await database.fetch(mixed) == []
    named = "SELECT count(*) FROM named_reading WHERE value >= 80"
    assert await database.fetchval(named) == 160
    sites = await database.fetch("SELECT DISTINCT site_id FROM reading")
    assert len(sites) == (2 if dropped == "site" else 1)


@pytest.mark.parametrize(
    ("sqlstate", "problem"),
    [
        ("53100", Problem.SERVER_FULL),  # disk full
        ("40P01", Problem.SERVER_ERROR),  # deadlock
        ("57P01", Problem.NOT_READY),  # shutting down
        ("57P03", Problem.NOT_READY),  # starting up
        ("25006", Problem.READ_ONLY),  # fail-over to a standby
        ("XX000", Problem.SERVER_ERROR),  # whatever nobody thought of
        ("42501", Problem.NO_RIGHT),
    ],
)
async def test_an_error_of_the_server_drops_no_row(
    start_mirror: StartMirror,
    database: Connection,
    told: Told,
    sqlstate: str,
    problem: Problem,
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    await database.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{sqlstate}'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON reading_hour
        FOR EACH STATEMENT EXECUTE FUNCTION refuse();
        """
    )
    mirror.offer_many(reading(index) for index in range(1, 500))
    await until(lambda: problem in told.problems)
    assert mirror.status().last_error is problem
    await database.execute("DROP FUNCTION refuse CASCADE")
    await arrived(mirror)
    await assert_sums(database, 500)
    assert told.problems == [problem, f"-{problem}"]
    assert await mirror.quarantined() == []


@pytest.mark.parametrize(
    ("sqlstate", "problem"),
    [("53100", Problem.SERVER_FULL), ("42501", Problem.NO_RIGHT)],
)
async def test_what_stops_one_kind_of_rows_is_told_once_while_the_others_go_on(
    start_mirror: StartMirror,
    database: Connection,
    told: Told,
    sqlstate: str,
    problem: Problem,
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    await database.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{sqlstate}'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON reading_hour
        FOR EACH STATEMENT EXECUTE FUNCTION refuse();
        """
    )
    mirror.offer(reading(1))
    frames = "SELECT count(*) FROM meter_frame"
    for number in range(10):
        frame = FrameRow(
            at=START + number * timedelta(seconds=1),
            meter_id="021861348497",
            mode="historique",
            complete=True,
            labels={},
        )
        mirror.offer(frame)
        async with asyncio.timeout(10):
            while await database.fetchval(frames) <= number:
                await asyncio.sleep(0.02)
    assert told.problems == [problem]
    await database.execute("DROP FUNCTION refuse CASCADE")
    await arrived(mirror)
    await assert_sums(database, 2)
    assert told.problems == [problem, f"-{problem}"]


async def test_a_fail_over_to_a_server_that_takes_no_writes(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    await database.execute(
        "ALTER ROLE energy_park SET default_transaction_read_only = on"
    )
    await disconnect(database)
    mirror.offer_many(reading(index) for index in range(1, 500))
    await until(lambda: Problem.READ_ONLY in told.problems)
    await database.execute("ALTER ROLE energy_park RESET default_transaction_read_only")
    await arrived(mirror)
    await assert_sums(database, 500)


async def test_a_statement_that_refuses_every_row_sets_not_all_aside(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    await database.execute(
        "ALTER TABLE reading_hour ADD CONSTRAINT hopeless CHECK (value_max < 1) NOT VALID"
    )
    mirror.offer_many(reading(index) for index in range(1, 2_000))
    await until(lambda: Problem.SERVER_ERROR in told.problems)
    assert await mirror.quarantined() == []
    assert mirror.status().rows_waiting == 1_999
    await database.execute("ALTER TABLE reading_hour DROP CONSTRAINT hopeless")
    await arrived(mirror)
    await assert_sums(database, 2_000)


async def test_a_statement_at_fault_is_found_at_the_pace_of_a_home(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    await database.execute(
        "ALTER TABLE reading_hour ADD CONSTRAINT hopeless CHECK (value_max < 1) NOT VALID"
    )
    for begin in range(1, 401, 20):
        mirror.offer_many(reading(index) for index in range(begin, begin + 20))
        await mirror.flush()
        await mirror.progress()
    await until(lambda: Problem.SERVER_ERROR in told.problems)
    assert await mirror.quarantined() == []
    assert mirror.status().rows_waiting == 400
    assert told.problems == [Problem.SERVER_ERROR]
    await database.execute("ALTER TABLE reading_hour DROP CONSTRAINT hopeless")
    await arrived(mirror)
    await assert_sums(database, 401)


async def test_a_lone_bad_row_waits_until_its_statement_accepts_another(
    start_mirror: StartMirror, database: Connection, told: Told
) -> None:
    mirror = await start_mirror()
    mirror.offer(reading(0))
    await arrived(mirror)
    await database.execute("ALTER TABLE reading ADD CHECK (value <> 1234)")
    bad = replace(reading(1), value=1234)
    mirror.offer(bad)
    await mirror.arrived()
    assert (await mirror.quarantined(), mirror.status().rows_waiting) == ([], 1)
    # It is the same row each time, however often the connection breaks.
    for number in range(3):
        await disconnect(database)
        mirror.offer(SectorRow(sector_id=f"{number}", name="Room", updated_at=START))
        await mirror.arrived()
        assert mirror.status().rows_waiting == 1
    mirror.offer(reading(2))
    await arrived(mirror)
    assert [row[0] for row in await mirror.quarantined()] == ["reading"]
    await assert_sums(database, 2)


async def test_the_server_is_away_from_the_start(
    start_mirror: StartMirror, database: Connection, settings: MirrorSettings
) -> None:
    async with Proxy(settings.port).running() as proxy:
        proxy.swallow(True)
        mirror = await start_mirror(port=proxy.port)
        mirror.offer_many(reading(index) for index in range(200))
        await mirror.flush()
        await mirror.stop()
    mirror = await start_mirror()
    await arrived(mirror)
    await assert_sums(database, 200)


async def test_stopping_does_not_wait_for_a_dead_server(
    start_mirror: StartMirror,
    database: Connection,
    settings: MirrorSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mirror_module, "STOP_DRAIN_S", 0.2)
    async with Proxy(settings.port).running() as proxy:
        mirror = await start_mirror(port=proxy.port)
        mirror.offer(reading(0))
        await arrived(mirror)
        proxy.swallow(True)
        mirror.offer(reading(1))
        begin = asyncio.get_running_loop().time()
        await mirror.stop()
        assert asyncio.get_running_loop().time() - begin < 1
    mirror = await start_mirror()
    await arrived(mirror)
    await assert_sums(database, 2)
