"""scripts/database: the schema, the roles, the demo park, questions and files."""

import argparse
from collections.abc import AsyncIterator
import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
import sys
from typing import Any

import asyncpg
import pytest

from custom_components.energy_park.mirror import connection
from custom_components.energy_park.mirror.connection import (
    Connection,
    MirrorSettings,
    TlsMode,
)
from custom_components.energy_park.mirror.errors import NoRightError, Problem
from custom_components.energy_park.mirror.migrations import load, migrate
from custom_components.energy_park.mirror.preparation import is_prepared
from custom_components.energy_park.mirror.rows import ChannelRow
from scripts.database_tool import __main__ as tool, files
from scripts.database_tool.export import QUERIES, export
from scripts.database_tool.server import settings_from
from scripts.mirroring.access import connected

from .conftest import START, StartMirror, Told, arrived, assert_sums, reading, until

NUMBERS = [migration.number for migration in load()]

DAYS = 2
ROLES = ("owner", "writer", "reader")
SERIES = 2 * (9 + 1)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)


@pytest.fixture
async def job(settings: MirrorSettings) -> AsyncIterator[tool.Job]:
    async with connected(settings) as connection:
        arguments = argparse.Namespace(days=DAYS, stations=9, step=600)
        yield tool.Job(connection, settings, arguments)


@pytest.fixture
async def demo(job: tool.Job) -> tool.Job:
    await tool.do_demo(job)
    return job


def with_arguments(job: tool.Job, **arguments: Any) -> tool.Job:
    return replace(job, arguments=argparse.Namespace(**arguments))


async def test_the_demo_park_is_plausible_and_summed(demo: tool.Job) -> None:
    readings = await demo.connection.fetchval("SELECT count(*) FROM reading")
    assert readings == pytest.approx(DAYS * 24 * 6 * SERIES, abs=SERIES)
    await assert_sums(demo.connection, readings)
    drawn = await demo.connection.fetch(
        """
        SELECT subject_kind, sum(energy_wh) AS energy_wh FROM energy_hour GROUP BY 1
        ORDER BY 1
        """
    )
    meter, sockets = (row["energy_wh"] for row in drawn)
    assert meter == pytest.approx(sockets, rel=0.02)


async def test_periods_join_without_a_seam(
    job: tool.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "DEMO_PERIOD", timedelta(hours=13))
    await tool.do_demo(job)
    readings = await job.connection.fetchval("SELECT count(*) FROM reading")
    assert readings == pytest.approx(DAYS * 24 * 6 * SERIES, abs=SERIES)
    await assert_sums(job.connection, readings)
    seams = await job.connection.fetchrow(
        """
        SELECT max(at - before_at) AS pause, min(value - before) AS step
        FROM (
          SELECT at, value, lag(at) OVER series AS before_at, lag(value) OVER series AS before
          FROM named_reading WHERE unit = 'Wh'
          WINDOW series AS (PARTITION BY series_id ORDER BY at)
        ) AS pairs
        """
    )
    assert seams is not None
    assert seams["pause"] == timedelta(minutes=10)
    assert seams["step"] >= 0


async def test_filling_in_again_counts_nothing_twice(demo: tool.Job) -> None:
    before = await demo.connection.fetchval("SELECT count(*) FROM reading")
    await tool.do_demo(demo)
    after = await demo.connection.fetchval("SELECT count(*) FROM reading")
    assert after - before <= SERIES
    await assert_sums(demo.connection, after)
    assert await demo.connection.fetchval("SELECT count(*) FROM site") == 1


async def test_every_question_has_an_answer(demo: tool.Job) -> None:
    answers = {}
    for name, (text, sql) in files.queries().items():
        assert text.endswith(".")
        filled = files.fill(sql, {"days": 30, "limit": 3})
        answers[name] = await demo.connection.fetch(filled)
    empty = {name for name, rows in answers.items() if not rows}
    # On a weekend nobody switches anything.
    assert empty <= {"gaps", "writers", "reasons", "results", "shed"}
    assert max(map(len, answers.values())) == 3


async def test_the_demo_park_tells_what_jobs_and_shedding_came_to(
    job: tool.Job,
) -> None:
    job.arguments.days = 7
    await tool.do_demo(job)
    questions = files.queries()
    fill: dict[str, str | int] = {"days": 8, "limit": 20}
    rows = await job.connection.fetch(files.fill(questions["results"][1], fill))
    assert ("off", "schedule") in {(row["outcome"], row["reason"]) for row in rows}
    rows = await job.connection.fetch(files.fill(questions["shed"][1], fill))
    assert rows
    assert {row["minutes"] for row in rows} == {8}
    assert {row["priority"] for row in rows} <= {9, 10}


def test_the_questions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    tool.print_table((name, text) for name, (text, _) in files.queries().items())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(files.queries()) > 5
    assert lines[0].startswith("biggest")


@pytest.mark.parametrize("by", QUERIES)
async def test_a_period_is_exported(job: tool.Job, tmp_path: Path, by: str) -> None:
    job.arguments.days = 4
    await tool.do_demo(job)
    file = tmp_path / "out.csv"
    count = await export(job.connection, file, date(2000, 1, 1), date(2100, 1, 1), by)
    with file.open() as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == count > 0
    assert {row["site"] for row in rows} == {"Demo school"}
    if by == "event":
        assert {row["kind"] for row in rows} == {"order", "result", "shed", "restore"}
        assert {"Room 1", "Station 1"} < {row["subject"] for row in rows}
    else:
        assert {row["unit"] for row in rows} == {"W", "Wh", "VA"}
    assert (
        await export(job.connection, file, date(2000, 1, 1), date(2000, 2, 1), by) == 0
    )


@pytest.mark.parametrize("by", QUERIES)
async def test_parquet_holds_the_same_as_csv(
    demo: tool.Job, tmp_path: Path, by: str
) -> None:
    files = [tmp_path / "out.csv", tmp_path / "out.parquet"]
    first, end = date(2000, 1, 1), date(2100, 1, 1)
    counts = [await export(demo.connection, file, first, end, by) for file in files]
    parquet: Any = import_module("pyarrow.parquet")
    columns = parquet.read_table(files[1]).to_pydict()
    with files[0].open() as text:
        header, *rows = csv.reader(text)
    assert counts == [len(rows)] * 2
    assert [*columns] == header
    for values, row in zip(zip(*columns.values(), strict=True), rows, strict=True):
        assert all(map(is_same, values, row))


def is_same(held: object, told: str) -> bool:
    """Whether a text of CSV tells what parquet holds."""
    match held:
        case None:
            return told == ""
        case bool():
            return told == ("t" if held else "f")
        case datetime() | date():
            return held == type(held).fromisoformat(told)
        case str():
            return held == told
        case float() | int():
            return held == float(told)
    return False


async def test_an_export_may_take_longer_than_what_a_mirror_sends(
    settings: MirrorSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "COMMAND_TIMEOUT_S", 0.2)
    monkeypatch.setitem(
        QUERIES, "day", "SELECT pg_sleep(0.5)::text, $1::date, $2::date"
    )
    async with connected(settings) as patient:
        for file in ("out.csv", "out.parquet"):
            day = date(2026, 1, 1)
            assert await export(patient, tmp_path / file, day, day, "day") == 1


def test_an_answer_that_does_not_come_is_told_without_a_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run(_: argparse.Namespace) -> None:
        raise TimeoutError

    monkeypatch.setattr(tool, "run", run)
    monkeypatch.setattr(sys, "argv", ["scripts/database", "query"])
    with pytest.raises(SystemExit, match="in time"):
        tool.main()


async def test_another_kind_of_file_is_refused(demo: tool.Job, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        await export(
            demo.connection,
            tmp_path / "x.xls",
            date(2000, 1, 1),
            date(2100, 1, 1),
            "day",
        )


async def test_old_months_are_dropped_only_when_asked(demo: tool.Job) -> None:
    await demo.connection.execute(
        "SELECT ensure_partitions('2020-05-01Z', '2020-05-01Z')"
    )
    await demo.connection.execute(
        "INSERT INTO reading VALUES (1, 1, '2020-05-02Z', 1, 0)"
    )
    await tool.do_drop(with_arguments(demo, before=date(2020, 5, 31)))
    assert await demo.connection.fetchval("SELECT min(at) FROM reading") < LONG_AGO
    await tool.do_drop(with_arguments(demo, before=date(2020, 6, 2)))
    assert await demo.connection.fetchval("SELECT min(at) FROM reading") > LONG_AGO


@pytest.fixture
async def users(job: tool.Job) -> AsyncIterator[MirrorSettings]:
    """A user of each role; yields the writer's way in."""
    await tool.do_roles(job)
    await tool.do_roles(job)
    for role in ROLES:
        await job.connection.execute(
            f"CREATE ROLE one_{role} LOGIN PASSWORD 'known' IN ROLE energy_park_{role}"
        )
    yield replace(job.settings, user="one_writer", password="known")
    for role in ROLES:
        await job.connection.execute(f"DROP OWNED BY one_{role}")
        await job.connection.execute(f"DROP ROLE one_{role}")


async def test_a_writer_needs_no_more_than_its_role(
    users: MirrorSettings, job: tool.Job, start_mirror: StartMirror, told: Told
) -> None:
    mirror = await start_mirror(user=users.user, password=users.password)
    mirror.offer_many(reading(index) for index in range(1_000))
    await arrived(mirror)
    await assert_sums(job.connection, 1_000)
    await job.connection.execute("DELETE FROM reading WHERE value > 900")
    series = [reading(index).series for index in range(8)]
    assert await mirror.missing.mend(series, START.date())
    await assert_sums(job.connection, 901)
    assert told.problems == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reading",
        "UPDATE reading SET value = 0",
        "TRUNCATE event",
        "DROP TABLE reading",
        "SELECT drop_partitions(now())",
        "CREATE TABLE other (a int)",
    ],
)
async def test_a_writer_changes_nothing_that_is_stored(
    users: MirrorSettings, statement: str
) -> None:
    async with connected(users) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_a_reader_reads_and_no_more(users: MirrorSettings) -> None:
    async with connected(replace(users, user="one_reader")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM named_day") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("INSERT INTO reading VALUES (1, 1, now(), 1, 0)")


async def test_a_reader_cannot_be_the_mirrors_user(users: MirrorSettings) -> None:
    assert await is_prepared(users)
    with pytest.raises(NoRightError):
        await is_prepared(replace(users, user="one_reader"))


async def test_what_is_printed_can_be_run_by_hand(
    job: tool.Job,
    settings: MirrorSettings,
    start_mirror: StartMirror,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["scripts/database", "sql", "--schema", settings.schema]
    )
    tool.main()
    printed = capsys.readouterr().out
    for _ in range(2):
        await job.connection.execute(printed)
    assert await is_prepared(settings)
    mirror = await start_mirror()
    mirror.offer_many(reading(index) for index in range(100))
    await arrived(mirror)
    await assert_sums(job.connection, 100)
    assert told.problems == []


async def test_an_owner_mends_the_schema_and_drops_old_months(
    users: MirrorSettings, job: tool.Job
) -> None:
    await job.connection.execute(
        """
        SELECT ensure_partitions('2020-05-01Z', '2020-05-01Z');
        INSERT INTO reading VALUES (1, 1, '2020-05-02Z', 1, 0);
        DROP TABLE event CASCADE;
        DELETE FROM migration WHERE number > 1;
        """
    )
    async with connected(replace(users, user="one_owner")) as connection:
        assert await migrate(connection, users.schema, again=True) == NUMBERS
        dropped = await connection.fetch("SELECT drop_partitions('2020-06-01Z')")
        assert "reading_2020_05" in {name for (name,) in dropped}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE ROLE another")
    # Who made the schema can still do as before.
    assert await migrate(job.connection, users.schema, again=True) == NUMBERS


async def test_writers_and_readers_may_use_what_an_owner_adds(
    users: MirrorSettings, job: tool.Job, start_mirror: StartMirror, told: Told
) -> None:
    await job.connection.execute(
        "DROP TABLE channel CASCADE; DELETE FROM migration WHERE number > 0"
    )
    owner = replace(users, user="one_owner")
    async with connected(owner) as connection:
        await tool.do_migrate(replace(job, connection=connection, settings=owner))
    mirror = await start_mirror(user=users.user, password=users.password)
    mirror.offer(
        ChannelRow(
            channel_id="a_100", plug_id="a", number=100, name="Oven", updated_at=START
        )
    )
    await arrived(mirror)
    assert told.problems == []
    async with connected(replace(users, user="one_reader")) as connection:
        assert await connection.fetchval("SELECT name FROM channel") == "Oven"


async def test_a_maker_of_the_schema_keeps_its_rights(
    job: tool.Job, start_mirror: StartMirror, settings: MirrorSettings
) -> None:
    await job.connection.execute(
        f"""
        CREATE ROLE maker LOGIN PASSWORD 'known';
        GRANT CREATE ON DATABASE {settings.database} TO maker;
        """
    )
    own = replace(settings, user="maker", password="known", schema="made")
    mirror = await start_mirror(user="maker", password="known", schema="made")
    mirror.offer(reading(0))
    await arrived(mirror)
    await tool.do_roles(replace(job, settings=own))
    mirror.offer_many(reading(index) for index in range(1, 100))
    await arrived(mirror)
    async with connected(own) as connection:
        assert await migrate(connection, "made", again=True) == NUMBERS
        await assert_sums(connection, 100)
    await mirror.stop()
    await job.connection.execute(
        f"""
        DROP SCHEMA made CASCADE;
        REVOKE ALL ON DATABASE {settings.database} FROM maker;
        DROP OWNED BY maker;
        DROP ROLE maker;
        """
    )


async def test_a_writer_whose_schema_is_old_says_what_is_missing(
    users: MirrorSettings, job: tool.Job, start_mirror: StartMirror, told: Told
) -> None:
    await job.connection.execute("DELETE FROM migration WHERE number > 1")
    mirror = await start_mirror(user=users.user, password=users.password)
    mirror.offer(reading(0))
    await until(lambda: Problem.NO_RIGHT in told.problems)
    await job.connection.execute(
        "INSERT INTO migration SELECT n, '', now() FROM generate_series(2, 99) n"
    )
    await arrived(mirror)


async def test_a_region_joins_the_fleet(demo: tool.Job, database: Connection) -> None:
    fleet = replace(demo.settings, schema=f"{demo.settings.schema} fleet")
    remote = demo.settings
    url = (
        f"postgresql://{remote.user}:{remote.password}@{remote.host}:{remote.port}"
        f"/{remote.database}?sslmode=disable"
    )
    available = await database.fetchval(
        "SELECT count(*) FROM pg_available_extensions WHERE name = 'postgres_fdw'"
    )
    async with connected(fleet) as connection:
        arguments = argparse.Namespace(
            region="nancy", remote=url, remote_schema=remote.schema
        )
        joining = tool.do_fleet(tool.Job(connection, fleet, arguments))
        if not available:
            with pytest.raises(asyncpg.FeatureNotSupportedError):
                await joining
            return
        await joining
        names = "SELECT DISTINCT part, site, city FROM {}"
        for view in ("fleet_hour", "fleet_day"):
            found = await connection.fetch(names.format(view))
            assert [tuple(row) for row in found] == [("nancy", "Demo school", "Nancy")]


def test_an_address_becomes_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "from outside")
    settings = settings_from("postgresql://me@db.example:6432/park", "mine")
    assert settings == MirrorSettings(
        host="db.example",
        port=6432,
        database="park",
        user="me",
        password="from outside",
        tls=TlsMode.VERIFY_FULL,
        schema="mine",
    )
    assert settings_from("postgresql://h?sslmode=disable", "s").tls is TlsMode.DISABLE


@pytest.mark.parametrize("dsn", ["mysql://h/d", "h", "postgresql://h/d?sslmode=prefer"])
def test_an_address_that_is_none_is_refused(dsn: str) -> None:
    with pytest.raises(SystemExit):
        settings_from(dsn, "s")


def test_variables_are_quoted_and_casts_left_alone() -> None:
    sql = "SELECT :'text', :\"name\", :number, now()::date, '12:30'"
    values: dict[str, str | int] = {"text": "it's", "name": 'a"b', "number": 5}
    assert files.fill(sql, values) == (
        "SELECT 'it''s', \"a\"\"b\", 5, now()::date, '12:30'"
    )
    with pytest.raises(ValueError):
        files.fill(":number", {"number": "1; DROP TABLE reading"})
