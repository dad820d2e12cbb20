"""The same mirror on databases that split tables in their own way.

TimescaleDB and Citus are not at hand everywhere: a plain PostgreSQL plays them here.
It says that it has the extension, and notes what the extension is asked to do. What
the real ones do with the same statements was measured apart.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.energy_park.mirror.connection import (
    Connection,
    Engine,
    MirrorSettings,
    check_connection,
)
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.migrations import quote
from custom_components.energy_park.mirror.preparation import is_prepared
from scripts.mirroring.access import connected

from .conftest import StartMirror, Told, arrived, assert_sums, reading

# The extension's own row, which CREATE EXTENSION would write.
INSTALL = """
CREATE SCHEMA "the extension";
SET search_path TO "the extension";
CREATE TABLE asked (function text, name text, column_name text);
SET allow_system_table_mods = on;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
SELECT 99999, '{engine}', oid, '"the extension"'::regnamespace, false, '1'
FROM pg_roles WHERE rolname = current_user;
"""

# As documented by each of them; an argument that they do not know is an error here, too.
FUNCTIONS = {
    Engine.TIMESCALEDB: """
CREATE FUNCTION by_range(column_name name, partition_interval interval)
RETURNS name LANGUAGE sql AS $$ SELECT column_name $$;
CREATE FUNCTION create_hypertable(
  relation regclass, dimension name, create_default_indexes bool, if_not_exists bool
) RETURNS void LANGUAGE sql SET search_path TO "the extension", public AS
$$ INSERT INTO asked VALUES ('create_hypertable', relation::text, dimension) $$;
CREATE FUNCTION drop_chunks(relation regclass, older_than timestamptz)
RETURNS SETOF text LANGUAGE sql AS $$ SELECT relation || ' before ' || older_than $$;
""",
    Engine.CITUS: """
CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY);
CREATE FUNCTION create_reference_table(table_name regclass)
RETURNS void LANGUAGE sql SET search_path TO "the extension", public AS $$
  INSERT INTO pg_dist_partition VALUES (table_name);
  INSERT INTO asked VALUES ('create_reference_table', table_name::text)
$$;
CREATE FUNCTION create_distributed_table(
  table_name regclass, distribution_column text, colocate_with text DEFAULT 'default'
) RETURNS void LANGUAGE sql SET search_path TO "the extension", public AS $$
  INSERT INTO pg_dist_partition VALUES (table_name);
  INSERT INTO asked
  VALUES ('create_distributed_table', table_name::text, distribution_column)
$$;
""",
}
SPLIT = {"reading", "event", "meter_frame"}


@pytest.fixture(params=FUNCTIONS)
async def engine(
    request: pytest.FixtureRequest, settings: MirrorSettings, database: Connection
) -> AsyncIterator[Engine]:
    """Yield an engine that a database of its own name plays."""
    engine: Engine = request.param
    await database.execute(f"CREATE DATABASE {engine}")
    async with connected(replace(settings, database=engine.value)) as connection:
        await connection.execute(INSTALL.format(engine=engine) + FUNCTIONS[engine])
    yield engine
    await database.execute(f"DROP DATABASE {engine} WITH (FORCE)")


@pytest.fixture
def played(settings: MirrorSettings, engine: Engine) -> MirrorSettings:
    return replace(settings, database=engine.value)


async def asked(connection: Connection) -> set[tuple[str, str, str | None]]:
    """Return function, table and column of what was asked of the extension."""
    rows = await connection.fetch(
        """
        SELECT function, parse_ident(name) AS parts, column_name
        FROM "the extension".asked
        """
    )
    return {(function, parts[-1], column) for function, parts, column in rows}


async def test_the_server_is_asked_what_it_is(
    played: MirrorSettings, engine: Engine
) -> None:
    info = await check_connection(played)
    assert (info.engine, info.extension_schema) == (engine, "the extension")


async def test_everything_works_the_same_and_is_split_by_the_engine(
    start_mirror: StartMirror, played: MirrorSettings, engine: Engine
) -> None:
    mirror = await start_mirror(database=engine.value)
    mirror.offer_many(reading(index) for index in range(2_000))
    await arrived(mirror)
    assert await is_prepared(played)
    async with connected(played) as connection:
        await assert_sums(connection, 2_000)
        rows = await connection.fetch(
            """
            SELECT relname, relispartition FROM pg_class
            WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p')
            """,
            quote(played.schema),
        )
        tables = {name for name, is_partition in rows if not is_partition}
        expected: set[tuple[str, str, str | None]]
        if engine is Engine.TIMESCALEDB:
            expected = {("create_hypertable", name, "at") for name in SPLIT}
        else:
            expected = {("create_reference_table", "site", None)} | {
                ("create_distributed_table", name, "site_id")
                for name in tables - {"site", "migration"}
            }
        assert await asked(connection) == expected
        partitions = len(rows) - len(tables)
        assert (partitions > len(SPLIT)) == (engine is Engine.CITUS)
    await mirror.stop()


async def test_what_was_dropped_is_made_and_split_again(
    start_mirror: StartMirror, played: MirrorSettings, engine: Engine, told: Told
) -> None:
    mirror = await start_mirror(database=engine.value)
    mirror.offer(reading(0))
    await arrived(mirror)
    async with connected(played) as connection:
        await connection.execute("DROP TABLE reading CASCADE")
        if engine is Engine.CITUS:
            gone = """
            DELETE FROM "the extension".pg_dist_partition
            WHERE logicalrelid NOT IN (SELECT oid FROM pg_class)
            """
            await connection.execute(gone)
        await connection.execute('DELETE FROM "the extension".asked')
        mirror.offer_many(reading(index) for index in range(1, 100))
        await arrived(mirror)
        assert {"reading"} <= {name for _, name, _ in await asked(connection)}
        assert await connection.fetchval("SELECT count(*) FROM reading") == 99
    assert told.problems == [Problem.SCHEMA_MISSING, f"-{Problem.SCHEMA_MISSING}"]
    await mirror.stop()


async def test_old_rows_are_dropped_in_the_engines_way(
    start_mirror: StartMirror, played: MirrorSettings, engine: Engine
) -> None:
    mirror = await start_mirror(database=engine.value)
    mirror.offer(reading(0, datetime(2020, 2, 2, tzinfo=UTC)))
    await arrived(mirror)
    async with connected(played) as connection:
        rows = await connection.fetch("SELECT drop_partitions('2020-03-02Z')")
    dropped = [name for (name,) in rows]
    if engine is Engine.TIMESCALEDB:
        assert len(dropped) == 3
        assert all("before 2020-03-02" in name for name in dropped)
    else:
        assert "reading_2020_02" in dropped
    await mirror.stop()
