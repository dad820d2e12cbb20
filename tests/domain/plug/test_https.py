"""Certificates that plugs sign themselves."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from custom_components.energy_park.plug import (
    Credentials,
    PlugCertificateError,
    identify,
    open_plug,
)
from scripts.emulators import EmulatedPlug, Mains, Netio, ShellyGen2

from .conftest import PASSWORD


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate as a plug has it: its own, and in no one's list."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plug")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "plug.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("dialect", [Netio, ShellyGen2])
async def test_a_certificate_of_its_own_is_taken_on_demand_only(
    http: aiohttp.ClientSession,
    mains: Mains,
    pauses: list[float],
    dialect: type[EmulatedPlug],
    tls: ssl.SSLContext,
) -> None:
    credentials = Credentials(None, PASSWORD)
    async with dialect(password=PASSWORD, mains=mains, tls=tls) as plug:
        assert plug.host.startswith("https://")
        with pytest.raises(PlugCertificateError, match="not trusted") as caught:
            await identify(http, plug.host, credentials)
        assert PASSWORD not in str(caught.value)
        info = await identify(http, plug.host, credentials, verify=False)
        client = open_plug(http, plug.host, info, credentials, verify=False)
        (number,) = plug.sockets
        await client.switch(number, on=False)
        assert not plug.sockets[number].on
        strict = open_plug(http, plug.host, info, credentials)
        with pytest.raises(PlugCertificateError):
            await strict.switch(number, on=True)
        assert not plug.sockets[number].on
