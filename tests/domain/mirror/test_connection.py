"""A connection that fails says why, and never tells the password."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
import struct
import traceback

import asyncpg
import pytest

from custom_components.energy_park.mirror import connection
from custom_components.energy_park.mirror.connection import (
    Connection,
    Engine,
    MirrorSettings,
    TlsMode,
    check_connection,
    connect,
)
from custom_components.energy_park.mirror.errors import (
    CertificateError,
    MirrorError,
    NoRightError,
    NoSuchDatabaseError,
    NotAdmittedError,
    NotReadyError,
    ReadOnlyError,
    SchemaNameError,
    TlsRefusedError,
    TooOldError,
    UnreachableError,
    WrongPasswordError,
    translate,
)

from .proxy import Proxy, certificate

SECRET = "wr0ng+secret"
ONLY_US = "host all energy_park all scram-sha-256\n"


async def failure(settings: MirrorSettings) -> MirrorError:
    """Return why a connection fails; nothing that hangs on it may tell a secret."""
    with pytest.raises(MirrorError) as raised:
        await check_connection(settings)
    told = "".join(traceback.format_exception(raised.value)) + repr(settings)
    assert SECRET not in told
    assert settings.password not in told
    return raised.value


@asynccontextmanager
async def serving_as(version: str) -> AsyncGenerator[int]:
    """Speak just enough of the protocol to let in as a server of a version."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes(await reader.readexactly(4))
                if length == 8:
                    await reader.readexactly(4)
                    writer.write(b"N")
                    continue
                await reader.readexactly(length - 4)
                break
            status = {
                "server_version": version,
                "in_hot_standby": "off",
                "default_transaction_read_only": "off",
            }
            writer.write(message(b"R", bytes(4)))
            for name, value in status.items():
                writer.write(message(b"S", f"{name}\0{value}\0".encode()))
            writer.write(message(b"Z", b"I"))
            # Each question has an empty answer, until the good-bye.
            while await reader.readexactly(1) == b"Q":
                await reader.readexactly(
                    int.from_bytes(await reader.readexactly(4)) - 4
                )
                writer.write(message(b"C", b"SELECT 0\0") + message(b"Z", b"I"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def message(kind: bytes, body: bytes) -> bytes:
    """Return a message of the server (PostgreSQL, 53.7 Message Formats)."""
    return kind + struct.pack("!i", len(body) + 4) + body


@pytest.fixture
async def stranger(
    settings: MirrorSettings, database: Connection
) -> AsyncIterator[MirrorSettings]:
    """The way in for a user without any right."""
    await database.execute("CREATE ROLE nobody_special LOGIN PASSWORD 'known'")
    yield replace(settings, user="nobody_special", password="known")
    await database.execute("DROP ROLE nobody_special")


async def test_what_is_found(settings: MirrorSettings, database: Connection) -> None:
    info = await check_connection(settings)
    assert info.version == database.get_server_version().major >= 14
    assert info.engine is Engine.POSTGRESQL
    assert (info.schema_exists, info.may_create) == (False, True)
    await database.execute(f'CREATE SCHEMA "{settings.schema}"')
    assert (await check_connection(settings)).schema_exists


async def test_the_server_gives_up_a_connection_that_the_network_swallows(
    settings: MirrorSettings,
) -> None:
    watched = await connect(settings)
    try:
        rows = await watched.fetch(
            "SELECT name, setting::int FROM pg_settings WHERE name LIKE 'tcp_%'"
        )
    finally:
        await watched.close()
    found = {row["name"]: row["setting"] for row in rows}
    assert found["tcp_user_timeout"] == 30_000
    patience_s = found["tcp_keepalives_idle"] + (
        found["tcp_keepalives_interval"] * found["tcp_keepalives_count"]
    )
    assert patience_s <= connection.COMMAND_TIMEOUT_S


async def test_nobody_answers(settings: MirrorSettings) -> None:
    assert type(await failure(replace(settings, port=1))) is UnreachableError


async def test_an_unknown_host(settings: MirrorSettings) -> None:
    unknown = replace(settings, host="database.invalid")
    assert type(await failure(unknown)) is UnreachableError


async def test_packets_that_are_swallowed(
    settings: MirrorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT_S", 0.2)
    async with Proxy(settings.port).running() as proxy:
        proxy.swallow(True)
        silent = replace(settings, port=proxy.port)
        assert type(await failure(silent)) is UnreachableError


async def test_a_wrong_password(settings: MirrorSettings) -> None:
    wrong = replace(settings, password=SECRET)
    assert type(await failure(wrong)) is WrongPasswordError


async def test_a_wrong_user(settings: MirrorSettings) -> None:
    wrong = replace(settings, user="who", password=SECRET)
    assert type(await failure(wrong)) is WrongPasswordError


async def test_a_database_that_is_not_there(settings: MirrorSettings) -> None:
    assert type(await failure(replace(settings, database="x"))) is NoSuchDatabaseError


@pytest.mark.parametrize(
    "name", ["", "x" * 64, "é" * 32, "a\0b", "half \ud800", "pg_mirror", "$user"]
)
async def test_a_name_that_no_schema_can_have(
    settings: MirrorSettings, name: str
) -> None:
    error = await failure(replace(settings, schema=name))
    assert isinstance(error, SchemaNameError)


async def test_a_user_who_must_not_create_the_schema(stranger: MirrorSettings) -> None:
    assert type(await failure(stranger)) is NoRightError


async def test_a_user_who_must_not_connect(
    stranger: MirrorSettings, database: Connection
) -> None:
    await database.execute("REVOKE CONNECT ON DATABASE energy_park FROM PUBLIC")
    try:
        assert type(await failure(stranger)) is NoRightError
    finally:
        await database.execute("GRANT CONNECT ON DATABASE energy_park TO PUBLIC")


async def test_rules_that_do_not_admit_the_user(
    stranger: MirrorSettings, database: Connection
) -> None:
    rules = Path(await database.fetchval("SHOW hba_file"))
    before = rules.read_text()
    try:
        for refusal in ("host all nobody_special all reject\n" + before, ONLY_US):
            rules.write_text(refusal)
            await database.execute("SELECT pg_reload_conf()")
            async with asyncio.timeout(10):
                while type(await failure(stranger)) is not NotAdmittedError:
                    await asyncio.sleep(0.05)
    finally:
        rules.write_text(before)
        await database.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize("way", ["SSL encryption", "GSS encryption", "no encryption"])
def test_rules_that_do_not_admit_the_user_are_no_trouble_of_tls(way: str) -> None:
    told = f'no pg_hba.conf entry for host "10.0.0.9", user "u", database "d", {way}'
    error = asyncpg.InvalidAuthorizationSpecificationError(told)
    assert type(translate(error)) is NotAdmittedError


def test_a_role_that_must_not_log_in_is_no_matter_of_rules() -> None:
    error = asyncpg.InvalidAuthorizationSpecificationError('role "u" may not log in')
    assert type(translate(error)) is WrongPasswordError


async def test_no_connection_left(
    stranger: MirrorSettings, database: Connection
) -> None:
    await database.execute("ALTER ROLE nobody_special CONNECTION LIMIT 0")
    assert type(await failure(stranger)) is NotReadyError


async def test_a_server_that_takes_no_writes(
    stranger: MirrorSettings, database: Connection
) -> None:
    await database.execute(
        "ALTER ROLE nobody_special SET default_transaction_read_only = on"
    )
    assert type(await failure(stranger)) is ReadOnlyError


async def test_a_server_that_is_too_old(settings: MirrorSettings) -> None:
    async with serving_as("13.4") as port:
        old = replace(settings, port=port)
        assert type(await failure(old)) is TooOldError


@pytest.mark.parametrize("tls", [TlsMode.REQUIRE, TlsMode.VERIFY_FULL])
async def test_a_server_that_does_not_speak_tls(
    settings: MirrorSettings, tls: TlsMode
) -> None:
    async with serving_as("18.0") as port:
        plain = replace(settings, port=port, tls=tls)
        assert type(await failure(plain)) is TlsRefusedError


async def test_each_tls_mode_believes_what_it_should(
    settings: MirrorSettings, tmp_path: Path
) -> None:
    ca, right = certificate(tmp_path, "127.0.0.1")
    _, elsewhere = certificate(tmp_path, "127.0.0.2")
    believed: dict[str, list[TlsMode]] = {}
    for name, context in {"right": right, "foreign": elsewhere}.items():
        async with Proxy(settings.port, context).running() as proxy:
            for tls in (TlsMode.REQUIRE, TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL):
                try:
                    await check_connection(
                        replace(settings, port=proxy.port, tls=tls, ca=ca)
                    )
                except CertificateError:
                    continue
                believed.setdefault(name, []).append(tls)
    assert believed == {
        "right": [TlsMode.REQUIRE, TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL],
        "foreign": [TlsMode.REQUIRE],
    }


async def test_only_the_full_mode_looks_at_the_name(
    settings: MirrorSettings, tmp_path: Path
) -> None:
    ca, context = certificate(tmp_path, "127.0.0.2")
    async with Proxy(settings.port, context).running() as proxy:
        there = replace(settings, port=proxy.port, ca=ca, tls=TlsMode.VERIFY_FULL)
        assert await check_connection(replace(there, tls=TlsMode.VERIFY_CA))
        assert type(await failure(there)) is CertificateError


async def test_an_authority_that_is_no_certificate(settings: MirrorSettings) -> None:
    broken = replace(settings, tls=TlsMode.VERIFY_FULL, ca="-- nothing --")
    assert type(await failure(broken)) is CertificateError


async def test_the_first_of_several_hosts_that_takes_writes(
    settings: MirrorSettings,
) -> None:
    several = replace(settings, host="127.0.0.9, 127.0.0.1")
    assert await check_connection(several)
