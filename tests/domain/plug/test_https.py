"""Certificates that plugs sign themselves."""

import ssl

import aiohttp
import pytest

from custom_components.energy_park.plug import (
    Credentials,
    PlugCertificateError,
    identify,
    open_plug,
)
from scripts.emulators import EmulatedPlug, Mains, Netio, ShellyGen2
from tests.certificates import self_signed

from .conftest import PASSWORD


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed(tmp_path_factory.mktemp("tls"))


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
