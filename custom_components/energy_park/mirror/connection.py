"""Where the database is, how to get in, and what it is once inside."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
import ssl
from typing import Final

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from .errors import (
    CertificateError,
    MirrorError,
    NoRightError,
    ReadOnlyError,
    SchemaNameError,
    TooOldError,
    translate,
)

CONNECT_TIMEOUT_S: Final = 10
COMMAND_TIMEOUT_S: Final = 30
OLDEST_SERVER: Final = 14
# A server that does not hear of us for so long ends its side of the connection, and
# lets go of what that has locked. Set by a statement, which poolers pass on; what a
# server does not know is left out.
_WATCH: Final = """
SELECT set_config(name, wanted, false)
FROM (VALUES
  ('tcp_keepalives_idle', '15'),
  ('tcp_keepalives_interval', '5'),
  ('tcp_keepalives_count', '3'),
  ('tcp_user_timeout', '30000')
) AS ours (name, wanted)
JOIN pg_catalog.pg_settings USING (name)
"""
_NAME_BYTES: Final = 63

type Connection = asyncpg.Connection[asyncpg.Record]


class TlsMode(StrEnum):
    """How the connection is protected, in the words of libpq's sslmode.

    ``REQUIRE`` encrypts and believes any certificate; ``VERIFY_CA`` believes
    those of a known authority; ``VERIFY_FULL`` also wants the host's own name in
    it. There is no mode that gives up encryption when the other side asks for it.
    """

    DISABLE = "disable"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorSettings:
    """The way to the database.

    ``host`` may list several with commas: the first that takes writes is used.
    ``ca`` is the authority's certificate as PEM text, None for the system's own
    authorities.
    """

    host: str
    port: int = 5432
    database: str
    user: str
    password: str = field(repr=False)
    tls: TlsMode = TlsMode.VERIFY_FULL
    ca: str | None = field(default=None, repr=False)
    schema: str = "energy_park"


class Engine(StrEnum):
    """The databases that speak PostgreSQL and split tables in their own way."""

    POSTGRESQL = "postgresql"
    TIMESCALEDB = "timescaledb"
    CITUS = "citus"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerInfo:
    """What a server is and what it lets this user do.

    ``version`` is the major one. ``extension_schema`` is where the functions of
    the engine's extension live. ``schema_exists`` and ``may_create`` are about
    the schema of the settings.
    """

    version: int
    engine: Engine
    extension_schema: str | None
    schema_exists: bool
    may_create: bool


def check_schema_name(name: str) -> None:
    """Make sure that a schema can have this name.

    PostgreSQL keeps names of 63 bytes (4.1.1 Identifiers and Key Words) and those
    that begin with pg_ for itself; "$user" is not itself in a search path.

    Raises:
        SchemaNameError: it cannot.
    """
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        length = 0
    if not 0 < length <= _NAME_BYTES or "\0" in name:
        raise SchemaNameError("the name of the schema is empty, too long or no text")
    if name.startswith("pg_") or name == "$user":
        raise SchemaNameError("PostgreSQL keeps the name of the schema for itself")


async def connect(
    settings: MirrorSettings,
    *,
    writing: bool = True,
    command_timeout_s: float | None = None,
) -> Connection:
    """Open a connection; a statement may take as long as a mirror's, or so long.

    Raises:
        MirrorError: one of its kinds, for whatever went wrong.
    """
    check_schema_name(settings.schema)
    try:
        # Reading certificates is work for the disk.
        context = await asyncio.to_thread(_tls, settings)
        connection = await asyncpg.connect(
            host=settings.host.replace(" ", "").split(","),
            port=settings.port,
            database=settings.database,
            user=settings.user,
            password=settings.password,
            ssl=context,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=command_timeout_s or COMMAND_TIMEOUT_S,
            server_settings={"application_name": "energy_park"},
            target_session_attrs=(
                SessionAttribute.read_write if writing else SessionAttribute.any
            ),
        )
        await _watched(connection)
    except (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.TargetServerAttributeNotMatched,
    ) as error:
        failure = translate(error)
    except ValueError:
        failure = MirrorError("the address of the database is not understood")
    else:
        return connection
    # Raised here, so that no text of the driver hangs on it as its context.
    raise failure


async def _watched(connection: Connection) -> None:
    """Have the server notice when the network swallows what is said."""
    try:
        await connection.execute(_WATCH)
    except BaseException:
        connection.terminate()
        raise


async def close(connection: Connection) -> None:
    """Say good-bye; a server that does not listen is left alone."""
    try:
        await connection.close(timeout=2)
    except OSError, asyncpg.PostgresError, asyncpg.InterfaceError:
        connection.terminate()


def _tls(settings: MirrorSettings) -> ssl.SSLContext | bool:
    if settings.tls is TlsMode.DISABLE:
        return False
    try:
        context = ssl.create_default_context(cadata=settings.ca)
    except ssl.SSLError, ValueError:
        raise CertificateError("the authority's certificate is not PEM") from None
    if settings.tls is not TlsMode.VERIFY_FULL:
        context.check_hostname = False
    if settings.tls is TlsMode.REQUIRE:
        context.verify_mode = ssl.CERT_NONE
    return context


async def probe(connection: Connection, schema: str) -> ServerInfo:
    """Ask the server what it is.

    Raises:
        TooOldError: older than PostgreSQL 14.
    """
    version = connection.get_server_version().major
    if version < OLDEST_SERVER:
        raise TooOldError(f"PostgreSQL {version} is older than {OLDEST_SERVER}")
    extensions = await connection.fetch(
        """
        SELECT e.extname AS name, n.nspname AS home
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname IN ('timescaledb', 'citus')
        """
    )
    row = await connection.fetchrow(
        """
        SELECT
          n.oid IS NOT NULL AS schema_exists,
          CASE WHEN n.oid IS NULL
            THEN has_database_privilege(current_database(), 'CREATE')
            ELSE has_schema_privilege(n.oid, 'CREATE')
          END AS may_create
        FROM (SELECT) AS always LEFT JOIN pg_namespace n ON n.nspname = $1
        """,
        schema,
    )
    assert row is not None
    home = {extension["name"]: extension["home"] for extension in extensions}
    engine = next((Engine(name) for name in home), Engine.POSTGRESQL)
    return ServerInfo(
        version=version,
        engine=engine,
        extension_schema=home.get(engine),
        schema_exists=row["schema_exists"],
        may_create=row["may_create"],
    )


async def check_connection(settings: MirrorSettings) -> ServerInfo:
    """Connect, look around and leave; nothing is changed.

    Raises:
        SchemaNameError: no schema can have this name.
        UnreachableError: no answer.
        NotReadyError: it takes no connection now.
        TlsRefusedError: it does not speak TLS.
        NotAdmittedError: its rules do not admit this user from here.
        CertificateError: its certificate is not trusted.
        WrongPasswordError: the user or the password is wrong.
        NoSuchDatabaseError: the server has no such database.
        TooOldError: it is too old.
        ReadOnlyError: it takes no writes.
        NoRightError: the schema is missing and this user must not create it.
    """
    connection = await connect(settings)
    try:
        info = await probe(connection, settings.schema)
        if await connection.fetchval("SELECT pg_is_in_recovery()"):
            raise ReadOnlyError("the server is a standby")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        failure = translate(error)
    else:
        if not info.schema_exists and not info.may_create:
            raise NoRightError("the user must not create a schema")
        return info
    finally:
        await close(connection)
    raise failure
