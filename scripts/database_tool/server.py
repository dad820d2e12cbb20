"""Which database: one that is given, or a private server for the while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from custom_components.energy_park.mirror.connection import MirrorSettings, TlsMode
from scripts.demo_park.state import free_ports
from scripts.mirroring.access import settings_of
from scripts.postgres import DatabaseServer

DIRECTORY = Path(__file__).parents[2] / ".database"


def settings_from(dsn: str, schema: str) -> MirrorSettings:
    """Return the way to the database of an address; PGPASSWORD holds the password.

    Raises:
        SystemExit: the address is not understood.
    """
    url = urlsplit(dsn)
    if url.scheme not in {"postgresql", "postgres"} or not url.hostname:
        raise SystemExit("--dsn is postgresql://user@host:port/database")
    mode = parse_qs(url.query).get("sslmode", [TlsMode.VERIFY_FULL])[-1]
    if mode not in set(TlsMode):
        raise SystemExit(f"sslmode is one of {', '.join(TlsMode)}")
    user = unquote(url.username or "energy_park")
    return MirrorSettings(
        host=url.hostname,
        port=url.port or 5432,
        database=unquote(url.path.strip("/")) or user,
        user=user,
        password=unquote(url.password or "") or os.environ.get("PGPASSWORD", ""),
        tls=TlsMode(mode),
        schema=schema,
    )


@asynccontextmanager
async def database(
    dsn: str | None, schema: str, directory: Path = DIRECTORY
) -> AsyncIterator[MirrorSettings]:
    """Yield the way to a given database, or to a private one that runs meanwhile."""
    if dsn is not None:
        yield settings_from(dsn, schema)
        return
    directory.mkdir(parents=True, exist_ok=True)
    async with DatabaseServer(directory, _port(directory / "port.json")) as server:
        yield settings_of(server, schema)


def _port(file: Path) -> int:
    """Return the port of the last time, or a free one."""
    if not file.exists():
        file.write_text(json.dumps(free_ports(1)))
    return int(json.loads(file.read_text()))
