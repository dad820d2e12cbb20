"""Finding out what answers at an address."""

import aiohttp
import pytest

from custom_components.energy_park.model import PlugInfo
from custom_components.energy_park.plug import (
    PlugBusyError,
    PlugError,
    PlugReplyError,
    PlugUnreachableError,
    identify,
    open_plug,
)
from scripts.emulators import EmulatedPlug, Mains, ShellyGen1, ShellyGen2, Tasmota

from .conftest import http_answer, scripted


@pytest.mark.parametrize("dialect", [ShellyGen2, ShellyGen1, Tasmota])
@pytest.mark.parametrize("address", ["{}", "http://{}", "http://{}/index.html"])
async def test_each_dialect_is_recognised(
    http: aiohttp.ClientSession, mains: Mains, dialect: type[EmulatedPlug], address: str
) -> None:
    async with dialect(mains=mains, sockets=2) as plug:
        info = await identify(http, address.format(plug.host))
        assert info.serial == plug.mac
        assert info.sockets == tuple(plug.sockets)
        assert not info.needs_password
        assert plug.requests.total() <= 3


async def test_nobody_is_unreachable(
    http: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    with pytest.raises(PlugUnreachableError):
        await identify(http, f"127.0.0.1:{unused_tcp_port}")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http_answer(b"<html>A printer</html>"), PlugReplyError),
        (http_answer(b"", "401 Unauthorized"), PlugReplyError),
        (http_answer(b"", "404 Not Found"), PlugReplyError),
        (http_answer({"gen": 2}), PlugReplyError),
        (http_answer({"type": "SHPLG-S", "mac": "none"}), PlugReplyError),
        (http_answer([1, 2]), PlugReplyError),
        (http_answer({}, "429 Too Many Requests"), PlugBusyError),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", PlugReplyError),
        (None, PlugReplyError),
    ],
)
async def test_what_is_no_plug_is_not_taken_for_one(
    http: aiohttp.ClientSession, answer: bytes | None, error: type[PlugError]
) -> None:
    async with scripted(lambda _: answer) as device:
        with pytest.raises(error):
            await identify(http, device.host)


def test_a_dialect_of_another_version_is_not_guessed() -> None:
    info = PlugInfo(serial="a8032ab1c2d3", dialect="of tomorrow", model="x")
    session = object.__new__(aiohttp.ClientSession)
    with pytest.raises(PlugReplyError, match="of tomorrow"):
        open_plug(session, "192.168.1.7", info)
