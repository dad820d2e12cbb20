"""A real PostgreSQL for the tests of the mirror in Home Assistant."""

from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

import asyncpg
from homeassistant.config_entries import ConfigSubentry

from custom_components.energy_park.const import SUBENTRY_MIRROR
from scripts.postgres import DatabaseServer

from .domain.mirror.conftest import SETTINGS, Background

_schemas = count(1)

# Nobody answers there.
NO_DATABASE = {
    "host": "127.0.0.1",
    "port": 1,
    "database": "energy_park",
    "username": "energy_park",
    "password": "secret",
    "tls": "disable",
    "schema": "energy_park",
}


class TestDatabase:
    """A server that lives as long as the tests; each test has its own schema."""

    __test__ = False

    def __init__(self, directory: Path, port: int) -> None:
        self.background = Background()
        self.server = DatabaseServer(directory, port, settings=SETTINGS)
        self.background.run(self.server.start())

    def close(self) -> None:
        self.background.run(self.server.process.stop())
        self.background.close()

    @property
    def password(self) -> str:
        return self.server.database.password_file.read_text()

    def data(self, **changes: Any) -> dict[str, Any]:
        """What the flow writes down of the mirror, in a schema nobody has used."""
        database = self.server.database
        return {
            "host": database.host,
            "port": database.port,
            "database": database.name,
            "username": database.user,
            "password": self.password,
            "tls": "disable",
            "schema": f"park_{next(_schemas)}",
            **changes,
        }

    async def connect(self) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of the owner."""
        database = self.server.database
        return await asyncpg.connect(
            host=database.host,
            port=database.port,
            database=database.name,
            user=database.user,
            password=self.password,
            ssl=False,
        )

    async def fetch(self, question: str, *values: object) -> list[asyncpg.Record]:
        """The rows that answer a question."""
        connection = await self.connect()
        try:
            return await connection.fetch(question, *values)
        finally:
            await connection.close()


def mirror(data: dict[str, Any]) -> ConfigSubentry:
    """A mirror as its flow would write it down."""
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_id="mirror",
        subentry_type=SUBENTRY_MIRROR,
        title="energy_park (127.0.0.1)",
        unique_id=None,
    )
