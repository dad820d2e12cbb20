"""The schema: the same files everywhere, safe to run at once and again."""

import asyncio
from dataclasses import replace
from pathlib import Path
import re

import asyncpg
import pytest

from custom_components.energy_park.mirror import migrations
from custom_components.energy_park.mirror.connection import (
    Connection,
    Engine,
    MirrorSettings,
    connect,
)
from custom_components.energy_park.mirror.errors import MirrorError, NoRightError
from custom_components.energy_park.mirror.migrations import (
    applied,
    for_engine,
    load,
    migrate,
    quote,
)
from custom_components.energy_park.mirror.rows import EventKind, SubjectKind

MIGRATIONS = load()
*BEFORE_VIEWS, VIEWS = MIGRATIONS[:3]
AFTER_VIEWS = MIGRATIONS[3:]


async def migrate_alone(settings: MirrorSettings, **how: bool) -> list[int]:
    connection = await connect(settings)
    try:
        return await migrate(connection, settings.schema, **how)
    finally:
        await connection.close()


async def tables(database: Connection) -> set[str]:
    rows = await database.fetch(
        """
        SELECT relname FROM pg_class
        WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p', 'v')
        """
    )
    return {row["relname"] for row in rows}


async def test_six_that_start_at_once_run_each_migration_once(
    settings: MirrorSettings, database: Connection
) -> None:
    runs = await asyncio.gather(*(migrate_alone(settings) for _ in range(6)))
    assert sorted(number for run in runs for number in run) == [
        migration.number for migration in MIGRATIONS
    ]
    assert await applied(database, settings.schema) == len(MIGRATIONS)
    assert {"reading", "event", "meter_frame", "named_day"} <= await tables(database)


async def test_a_second_run_changes_nothing(settings: MirrorSettings) -> None:
    assert await migrate_alone(settings)
    assert await migrate_alone(settings) == []


async def test_every_table_and_column_is_explained(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    unexplained = await database.fetch(
        r"""
        SELECT c.relname, a.attname
        FROM pg_class c
        JOIN LATERAL (
          SELECT 0 AS attnum, '' AS attname
          UNION ALL SELECT attnum, attname FROM pg_attribute
          WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        ) a ON true
        WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
          AND c.relkind IN ('r', 'p', 'v')
          AND NOT (c.relispartition AND a.attnum > 0)
          AND c.relname !~ '_\d{4}_\d{2}$'
          AND col_description(c.oid, a.attnum) IS NULL
          AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL)
        """
    )
    assert [tuple(row) for row in unexplained] == []


@pytest.mark.parametrize(
    ("column", "vocabulary"),
    [
        ("event.kind", EventKind),
        ("event.subject_kind", SubjectKind),
        ("series.subject_kind", SubjectKind),
    ],
)
async def test_every_word_is_explained(
    settings: MirrorSettings,
    database: Connection,
    column: str,
    vocabulary: type[EventKind | SubjectKind],
) -> None:
    await migrate_alone(settings)
    table, name = column.split(".")
    question = """
        SELECT col_description(attrelid, attnum) FROM pg_attribute
        WHERE attrelid = to_regclass($1) AND attname = $2
    """
    comment = await database.fetchval(question, table, name)
    words = set(re.findall(r"\w+", comment))
    assert {word.value for word in vocabulary} <= words


async def test_what_somebody_dropped_comes_back(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    before = await tables(database)
    await database.execute("DROP TABLE reading CASCADE")
    await database.execute("DROP TABLE site CASCADE")
    assert not before <= await tables(database)
    assert await migrate_alone(settings, again=True) == [m.number for m in MIGRATIONS]
    assert await tables(database) == before


async def test_a_schema_of_the_future_is_left_alone(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    await database.execute("INSERT INTO migration VALUES (9999, 'later', now())")
    assert await migrate_alone(settings) == []


async def test_a_migration_that_fails_leaves_nothing(
    settings: MirrorSettings, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(VIEWS, text=f"{VIEWS.text}\nCREATE TABLE reading (a int);")
    monkeypatch.setattr(migrations, "load", lambda: [*BEFORE_VIEWS, broken])
    with pytest.raises(MirrorError):
        await migrate_alone(settings)
    assert await applied(database, settings.schema) == len(BEFORE_VIEWS)
    assert "named_day" not in await tables(database)
    monkeypatch.undo()
    assert await migrate_alone(settings) == [m.number for m in (VIEWS, *AFTER_VIEWS)]


async def test_a_user_who_must_not_is_told_so(
    settings: MirrorSettings, database: Connection
) -> None:
    await database.execute(
        """
        DO $$ BEGIN
          CREATE ROLE stranger LOGIN PASSWORD 'stranger';
        EXCEPTION WHEN duplicate_object THEN NULL; END $$
        """
    )
    stranger = replace(settings, user="stranger", password="stranger")
    with pytest.raises(NoRightError):
        await migrate_alone(stranger)


async def test_partitions_are_made_by_month_and_dropped_whole(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    made = await database.fetchval(
        "SELECT ensure_partitions('2024-01-15Z', '2024-03-01Z')"
    )
    again = await database.fetchval(
        "SELECT ensure_partitions('2024-01-15Z', '2024-03-01Z')"
    )
    assert (made, again) == (9, 0)
    dropped = await database.fetch("SELECT drop_partitions('2024-03-01Z')")
    assert {row[0] for row in dropped} == {
        f"{table}_2024_{month}"
        for table in ("reading", "event", "meter_frame")
        for month in ("01", "02")
    }


@pytest.mark.parametrize("at", ["1970-01-01Z", "2999-12-31Z"])
async def test_a_clock_that_ran_away_makes_no_partitions(
    settings: MirrorSettings, database: Connection, at: str
) -> None:
    await migrate_alone(settings)
    made = await database.fetchval(
        f"SELECT ensure_partitions(timestamptz '{at}', timestamptz '{at}')"
    )
    assert made == 0
    await database.execute(f"INSERT INTO reading VALUES (1, 1, '{at}', 1, 0)")  # noqa: S608
    assert await database.fetchval("SELECT count(*) FROM reading_default") == 1


STRAYS = """
    INSERT INTO reading SELECT 1, 1, timestamptz '2024-01-15Z' + n * interval '1 s', n, 0
    FROM generate_series(1, 1000) AS n;
    INSERT INTO event VALUES
      (1, '2024-01-31 23:59:59Z', 1, 'alarm', 'site', '', NULL, NULL, NULL, NULL, '{}'),
      (1, '2024-02-01Z', 2, 'alarm', 'site', '', NULL, NULL, NULL, NULL, '{}');
"""


async def test_rows_in_the_default_partition_move_when_their_month_is_made(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    await database.execute(STRAYS)
    month = "SELECT ensure_partitions('2024-01-15Z', '2024-01-15Z')"
    assert await database.fetchval(month) == 3
    assert await database.fetchval("SELECT count(*) FROM reading_default") == 0
    assert await database.fetchval("SELECT count(*) FROM event_default") == 1
    moved = "SELECT count(*), sum(value) FROM reading_2024_01"
    assert tuple(await database.fetchrow(moved) or ()) == (1_000, 500_500)
    # It is a partition as all others are, with the key and the index of its table.
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.execute(
            "INSERT INTO reading VALUES (1, 1, '2024-01-15 00:00:01Z', 1, 0)"
        )
    indexes = """
        SELECT count(*) FROM pg_inherits
        WHERE inhrelid IN (
          SELECT indexrelid FROM pg_index WHERE indrelid = 'reading_2024_01'::regclass
        )
    """
    assert await database.fetchval(indexes) == 2
    dropped = await database.fetch("SELECT drop_partitions('2024-02-01Z')")
    assert "reading_2024_01" in {row[0] for row in dropped}


async def test_two_that_make_a_month_at_once_move_its_rows_once(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    await database.execute(STRAYS)

    async def ensure() -> int:
        connection = await connect(settings)
        try:
            await connection.execute(f"SET search_path TO {quote(settings.schema)}")
            made: int = await connection.fetchval(
                "SELECT ensure_partitions('2024-01-15Z', '2024-01-15Z')"
            )
            return made
        finally:
            await connection.close()

    assert sum(await asyncio.gather(*(ensure() for _ in range(4)))) == 3
    assert await database.fetchval("SELECT count(*) FROM reading") == 1_000
    assert await database.fetchval("SELECT count(*) FROM reading_2024_01") == 1_000


async def test_what_lies_in_the_default_partition_is_dropped_with_its_month(
    settings: MirrorSettings, database: Connection
) -> None:
    await migrate_alone(settings)
    await database.execute(STRAYS)
    dropped = await database.fetch("SELECT drop_partitions('2024-02-15Z')")
    assert [row[0] for row in dropped] == ["reading_default", "event_default"]
    assert await database.fetchval("SELECT count(*) FROM reading") == 0
    assert await database.fetchval("SELECT count(*) FROM event") == 1


def test_lines_of_other_engines_are_left_out() -> None:
    text = "a -- only: citus\nb\nc -- only: timescaledb, citus\nd -- only: postgresql"
    assert for_engine(text, Engine.POSTGRESQL).split("\n") == [
        "b",
        "d -- only: postgresql",
    ]
    assert for_engine(text, Engine.CITUS)[0] == "a"
    assert for_engine(text, Engine.TIMESCALEDB).startswith("b\nc")


@pytest.mark.parametrize("engine", Engine)
def test_each_engine_splits_tables_in_its_own_way(engine: Engine) -> None:
    text = "\n".join(migration.sql(engine) for migration in MIGRATIONS)
    assert ("PARTITION BY" in text) == (engine is not Engine.TIMESCALEDB)
    assert ("create_hypertable" in text) == (engine is Engine.TIMESCALEDB)
    assert ("create_distributed_table" in text) == (engine is Engine.CITUS)


def test_what_is_distributed_names_every_table_of_a_site() -> None:
    text = MIGRATIONS[0].text
    made = set(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", text))
    distributed = set(
        re.findall(r"create_(?:distributed|reference)_table\('(\w+)'", text)
    )
    assert made == distributed


def test_a_missing_number_is_noticed(tmp_path: Path) -> None:
    for name in ("0001_first.sql", "0003_third.sql"):
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(MirrorError):
        load(tmp_path)
