"""Brings a schema to the version that this code needs; safe when several start at once.

The migrations are the numbered files of ``sql/migrations``. Each runs in one
transaction whose first act is to claim its number in the table ``migration``: a
second runner waits there for the first one and then finds the work done. That
needs no lock that some database lacks.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final

import asyncpg

from .connection import Connection, Engine, ServerInfo, probe
from .errors import MirrorError, NoRightError, translate

DIRECTORY: Final = Path(__file__).parents[1] / "sql" / "migrations"
_FILE: Final = re.compile(r"(\d{4})_(\w+)\.sql")
_ONLY: Final = re.compile(r"--\s*only:\s*([\w ,]+?)\s*$")
_TIMEOUT_S: Final = 600
_ATTEMPTS: Final = 10

_BEGIN: Final = """
CREATE TABLE IF NOT EXISTS migration (
  number int4 PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL
);
COMMENT ON TABLE migration IS 'Which numbered files made this schema what it is.';
COMMENT ON COLUMN migration.number IS 'Number of the file.';
COMMENT ON COLUMN migration.name IS 'Rest of its name.';
COMMENT ON COLUMN migration.applied_at IS 'When it ran.';
"""

_CLAIM: Final = """
INSERT INTO migration VALUES ($1, $2, now()) ON CONFLICT DO NOTHING
"""
_CLAIM_AGAIN: Final = """
INSERT INTO migration VALUES ($1, $2, now())
ON CONFLICT (number) DO UPDATE SET applied_at = excluded.applied_at
"""

# What is made belongs to whom the rest belongs to: several may be its owners in turn.
_OWNER: Final = """
SELECT relowner::regrole::text FROM pg_class
WHERE oid = to_regclass('migration') AND relowner <> current_user::regrole
  AND pg_has_role(relowner, 'MEMBER')
  AND has_schema_privilege(relowner, relnamespace, 'CREATE')
"""

# Two that make the same thing at once: the slower one finds it made.
_RACES: Final = (
    asyncpg.UniqueViolationError,
    asyncpg.DuplicateTableError,
    asyncpg.DuplicateSchemaError,
    asyncpg.DuplicateObjectError,
    asyncpg.InternalServerError,  # "tuple concurrently updated" of COMMENT
    asyncpg.DeadlockDetectedError,
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    text: str

    def sql(self, engine: Engine) -> str:
        """Return the statements for one engine."""
        return for_engine(self.text, engine)


def load(directory: Path = DIRECTORY) -> list[Migration]:
    """Read the migrations in their order.

    Raises:
        MirrorError: a number is missing or there twice.
    """
    migrations = [
        Migration(int(match[1]), match[2], path.read_text(encoding="utf-8"))
        for path in sorted(directory.iterdir())
        if (match := _FILE.fullmatch(path.name))
    ]
    if [m.number for m in migrations] != list(range(1, len(migrations) + 1)):
        raise MirrorError("the migrations are not numbered one by one")
    return migrations


def for_engine(text: str, engine: Engine) -> str:
    """Drop the lines that end in ``-- only:`` and the names of other engines."""
    return "\n".join(
        line
        for line in text.splitlines()
        if not (only := _ONLY.search(line))
        or engine in only[1].replace(",", " ").split()
    )


def script(schema: str, engine: Engine) -> str:
    """Return all of it for a person to run with psql, in one transaction.

    The functions of an engine's extension are looked for in ``public``.
    """
    sequential = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential';"
    return "\n".join(
        [
            "BEGIN;",
            f"CREATE SCHEMA IF NOT EXISTS {quote(schema)};",
            f"SET LOCAL search_path TO {quote(schema)}, public, pg_temp;",
            *([sequential] if engine is Engine.CITUS else []),
            _BEGIN,
            *(
                f"{migration.sql(engine)}\nINSERT INTO migration VALUES"
                f" ({migration.number}, '{migration.name}', now())"
                " ON CONFLICT DO NOTHING;"
                for migration in load()
            ),
            "COMMIT;",
        ]
    )


def quote(identifier: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


async def migrate(
    connection: Connection, schema: str, *, again: bool = False
) -> list[int]:
    """Bring the schema to the present version; return the numbers that were run.

    ``again`` runs them all, for a schema that somebody has dropped parts of: each
    one makes only what is missing. A schema that is newer than this code is left
    as it is: later versions only add.

    Raises:
        NoRightError: something is to be done and this user must not do it.
        MirrorError: the server refuses for another reason.
    """
    migrations = await asyncio.to_thread(load)
    try:
        done = await applied(connection, schema)
        missing = [m for m in migrations if again or m.number > done]
        if not missing:
            return []
        server = await probe(connection, schema)
        if not server.may_create:
            raise NoRightError(
                "the schema is to be made or brought up to date, and the user must not"
            )
        await _prepare(connection, schema)
        return [
            migration.number
            for migration in missing
            if await _apply(connection, schema, server, migration, again=again)
        ]
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        failure = translate(error)
    raise failure


async def applied(connection: Connection, schema: str) -> int:
    """Return the number of the last migration that a schema has seen; 0 without one."""
    table = f"{quote(schema)}.migration"
    if await connection.fetchval("SELECT to_regclass($1)", table) is None:
        return 0
    last: int | None = await connection.fetchval(f"SELECT max(number) FROM {table}")  # noqa: S608
    return last or 0


async def _prepare(connection: Connection, schema: str) -> None:
    """Make the schema and the table that counts."""
    for attempts_left in reversed(range(_ATTEMPTS)):
        try:
            async with connection.transaction():
                if not await connection.fetchval(
                    "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)",
                    schema,
                ):
                    await connection.execute(f"CREATE SCHEMA {quote(schema)}")
                await connection.execute(f"SET LOCAL search_path TO {quote(schema)}")
                if await connection.fetchval("SELECT to_regclass('migration')") is None:
                    await connection.execute(_BEGIN)
        except _RACES:
            if not attempts_left:
                raise
        else:
            return


async def _apply(
    connection: Connection,
    schema: str,
    server: ServerInfo,
    migration: Migration,
    *,
    again: bool,
) -> bool:
    """Run one migration; return False when another runner did."""
    path = [schema, *filter(None, [server.extension_schema]), "pg_temp"]
    async with connection.transaction():
        await connection.execute(
            f"SET LOCAL search_path TO {', '.join(map(quote, path))}"
        )
        if owner := await connection.fetchval(_OWNER):
            await connection.execute(f"SET LOCAL ROLE {owner}")
        claimed = await connection.execute(
            _CLAIM_AGAIN if again else _CLAIM,
            *(migration.number, migration.name),
            timeout=_TIMEOUT_S,
        )
        if claimed == "INSERT 0 0":
            return False
        if server.engine is Engine.CITUS:
            # Distributed tables that are made and used in one transaction.
            await connection.execute(
                "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"
            )
        await connection.execute(migration.sql(server.engine), timeout=_TIMEOUT_S)
    return True
