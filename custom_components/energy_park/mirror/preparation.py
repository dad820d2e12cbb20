"""Looks whether a database is ready for the mirror, and makes it so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from .connection import (
    Connection,
    MirrorSettings,
    check_connection,
    close,
    connect,
    probe,
)
from .errors import NoRightError, translate
from .migrations import applied, load, migrate
from .statements import TABLES

# Tables that this user must not write to; of a role that only reads, all of them.
_CLOSED: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = ANY($2::text[])
  AND NOT has_table_privilege(c.oid, 'INSERT')
LIMIT 1
"""


async def is_prepared(settings: MirrorSettings) -> bool:
    """Return whether the tables are there and up to date; nothing is changed.

    Raises:
        MirrorError: one of the kinds of ``check_connection``; `NoRightError` also
            when the tables are missing and this user must not make them, or when they
            are there and it must not write.
    """
    await check_connection(settings)
    return await _over_connection(settings, _look)


async def prepare(settings: MirrorSettings) -> None:
    """Create the schema and its tables, or bring them up to date.

    Raises:
        MirrorError: the server refuses.
    """
    await _over_connection(settings, migrate)


async def _look(connection: Connection, schema: str) -> bool:
    newest = (await asyncio.to_thread(load))[-1].number
    if await applied(connection, schema) >= newest:
        closed = await connection.fetchval(_CLOSED, schema, TABLES)
        if closed is not None:
            raise NoRightError(f"the user must not write to {closed}")
        return True
    if not (await probe(connection, schema)).may_create:
        raise NoRightError("the tables are missing and the user must not make them")
    return False


async def _over_connection[T](
    settings: MirrorSettings, ask: Callable[[Connection, str], Awaitable[T]]
) -> T:
    connection = await connect(settings)
    try:
        return await ask(connection, settings.schema)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        failure = translate(error)
    finally:
        await close(connection)
    raise failure
