"""One request goes out once, ends in time, and fails in words without secrets."""

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.plug import (
    Credentials,
    PlugBusyError,
    PlugError,
    PlugReplyError,
    PlugUnreachableError,
    transport,
)
from custom_components.energy_park.plug.transport import (
    NoReplyError,
    Transport,
    base_url,
)
from scripts.emulators import Mains, ShellyGen2

from .conftest import http_answer, scripted, tree, watch


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("plug-1", "http://plug-1"),
        (" plug-1.lan ", "http://plug-1.lan"),
        ("192.168.1.7", "http://192.168.1.7"),
        ("192.168.1.7:8080", "http://192.168.1.7:8080"),
        ("fd00::7", "http://[fd00::7]"),
        ("[fd00::7]", "http://[fd00::7]"),
        ("[fd00::7]:8080", "http://[fd00::7]:8080"),
        ("http://192.168.1.7/settings?x=1", "http://192.168.1.7"),
        ("https://plug-1.lan:8443/", "https://plug-1.lan:8443"),
    ],
)
def test_an_address_is_taken_as_people_write_it(host: str, url: str) -> None:
    assert str(base_url(host)) == url


@pytest.mark.parametrize(
    "host",
    [
        "",
        "http://",
        "://plug",
        "ftp://plug",
        "plug:99999",
        "plug:port",
        "[fd00::7",
        "http://admin:hunter2@plug",
        "admin:hunter2@plug",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(host: str) -> None:
    with pytest.raises(PlugUnreachableError) as caught:
        base_url(host)
    assert "hunter2" not in "".join(tree(caught.value))


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_none(host: str) -> None:
    try:
        url = base_url(host)
    except PlugUnreachableError:
        return
    assert url.scheme in {"http", "https"}
    assert url.host


def test_credentials_hide_the_password() -> None:
    assert "hunter2" not in repr(Credentials("admin", "hunter2"))


async def test_an_answer_comes_whole(http: aiohttp.ClientSession) -> None:
    answer = http_answer({"a": 1}, "404 Not Found", "Server: Tasmota/15")
    async with scripted(lambda _: answer) as plug:
        reply = await Transport(http, plug.host).get("/cm", {"cmnd": "Status 0"})
    assert reply.status == 404
    assert reply.headers["server"] == "Tasmota/15"
    assert reply.json() == {"a": 1}
    assert plug.lines == ["GET /cm?cmnd=Status+0 HTTP/1.1"]


async def test_nobody_listening_is_unreachable(
    http: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    with pytest.raises(PlugUnreachableError):
        await Transport(http, f"127.0.0.1:{unused_tcp_port}").get("/")


async def test_a_name_that_nobody_knows_is_unreachable(
    http: aiohttp.ClientSession,
) -> None:
    with pytest.raises(PlugUnreachableError):
        await Transport(http, "plug.invalid").get("/")


async def test_a_request_is_not_repeated_when_the_device_hangs_up(
    http: aiohttp.ClientSession,
) -> None:
    # aiohttp would send a GET again, and switch back a plug that toggles.
    async with scripted(lambda _: None) as plug:
        with pytest.raises(NoReplyError):
            await Transport(http, plug.host).get("/plug/1")
    assert plug.lines == ["GET /plug/1 HTTP/1.1"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", PlugUnreachableError),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", PlugReplyError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", PlugReplyError),
    ],
    ids=["cut", "not HTTP", "bad header"],
)
async def test_a_broken_answer_is_an_error_without_the_url(
    http: aiohttp.ClientSession, answer: bytes, error: type[PlugError]
) -> None:
    async with scripted(lambda _: answer) as plug:
        with pytest.raises(error) as caught:
            await Transport(http, plug.host).get("/cm", {"password": "hunter2"})
    assert "hunter2" not in "".join(tree(caught.value))


async def test_an_answer_without_end_is_given_up(http: aiohttp.ClientSession) -> None:
    answer = http_answer(b"x" * (transport._REPLY_LIMIT_BYTES + 1))
    async with scripted(lambda _: answer) as plug:
        with pytest.raises(PlugReplyError, match="without end"):
            await Transport(http, plug.host).get("/")


async def test_each_request_has_its_own_connection(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ShellyGen2(mains=mains) as plug:
        traffic = watch(plug, monkeypatch)
        for _ in range(3):
            await Transport(http, plug.host).get("/shelly")
    assert len(set(traffic.peers)) == 3


async def test_a_redirect_is_not_followed(http: aiohttp.ClientSession) -> None:
    async with scripted(lambda _: http_answer()) as other:
        moved = http_answer(b"", "302 Found", f"Location: http://{other.host}/on")
        async with scripted(lambda _: moved) as plug:
            assert (await Transport(http, plug.host).get("/on")).status == 302
    assert other.lines == []


@pytest.mark.parametrize("order", [True, False])
async def test_silence_ends_in_time(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, order: bool
) -> None:
    limit = "WRITE_TIMEOUT_S" if order else "READ_TIMEOUT_S"
    monkeypatch.setattr(transport, limit, 0.05)
    async with scripted(lambda _: b"") as plug:
        with pytest.raises(PlugUnreachableError, match=r"within 0\.05 s"):
            await Transport(http, plug.host).get("/", order=order)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        ("429 Too Many Requests", {}, PlugBusyError),
        ("503 Service Unavailable", {}, PlugBusyError),
        ("500 Internal Server Error", {}, PlugReplyError),
        ("200 OK", [1], PlugReplyError),
        ("200 OK", b"<html>", PlugReplyError),
        ("200 OK", b'{"a": \xff}', PlugReplyError),
        ("200 OK", b"[" * 100_000, PlugReplyError),
        ("200 OK", b"", PlugReplyError),
    ],
)
async def test_what_is_no_json_object_is_an_error(
    http: aiohttp.ClientSession, status: str, body: object, error: type[PlugError]
) -> None:
    async with scripted(lambda _: http_answer(body, status)) as plug:
        device = Transport(http, plug.host)
        reply = await device.get("/")
    with pytest.raises(error):
        device.json_object(reply)
