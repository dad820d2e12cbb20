"""The way to a private server, for the mirror and past it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from custom_components.energy_park.mirror.connection import (
    MirrorSettings,
    TlsMode,
    connect,
)
from custom_components.energy_park.mirror.migrations import quote
from scripts.postgres import DatabaseServer

# A person waits for years of readings to be exported, and can interrupt.
PATIENCE_S = 24 * 3600

type Connection = asyncpg.Connection[asyncpg.Record]


def settings_of(server: DatabaseServer, schema: str = "energy_park") -> MirrorSettings:
    """Return the way to a private server."""
    database = server.database
    return MirrorSettings(
        host=database.host,
        port=database.port,
        database=database.name,
        user=database.user,
        password=database.password_file.read_text(),
        tls=TlsMode.DISABLE,
        schema=schema,
    )


@asynccontextmanager
async def connected(settings: MirrorSettings) -> AsyncIterator[Connection]:
    """Connect, and look at the mirror's schema.

    Raises:
        MirrorError: why it is not possible.
    """
    connection = await connect(settings, command_timeout_s=PATIENCE_S)
    try:
        await connection.execute(f"SET search_path TO {quote(settings.schema)}, public")
        yield connection
    finally:
        await connection.close()
