"""A plug as its owner described it, and one that only toggles."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.plug import (
    Credentials,
    PlugAuthError,
    PlugBusyError,
    PlugClient,
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
    RestSettings,
    identify_rest,
    open_plug,
    transport,
)
from custom_components.energy_park.plug.rest import RestDevice
from custom_components.energy_park.plug.rest_settings import (
    RestMeasure,
    RestRequest,
    RestSocket,
)
from custom_components.energy_park.plug.transport import Transport
from scripts.emulators import Diy, Lf2lStrip, Mains

from .conftest import PASSWORD, Clock, Traffic, http_answer, opened, scripted, watch


async def test_every_value_is_found_in_its_unit(
    http: aiohttp.ClientSession, mains: Mains, clock: Clock
) -> None:
    async with Diy(sockets=2, mains=mains) as plug:
        client = await opened(http, plug)
        clock.now += 3600
        socket = (await client.read()).sockets[2]
    assert socket.on is True
    assert socket.power_w == pytest.approx(60, rel=0.05)
    assert socket.voltage_v == pytest.approx(233, abs=6)
    assert socket.power_factor == pytest.approx(0.95)
    assert socket.current_a == pytest.approx(60 / 0.95 / 233, rel=0.1)
    assert socket.energy_wh == pytest.approx(60, rel=0.05)


@pytest.mark.parametrize("auth", ["basic", "bearer"])
async def test_credentials_are_sent_as_described(
    http: aiohttp.ClientSession, mains: Mains, auth: str
) -> None:
    async with Diy(auth=auth, password=PASSWORD, mains=mains) as plug:
        with pytest.raises(PlugAuthError, match="wants credentials"):
            await opened(http, plug)
        with pytest.raises(PlugAuthError, match="refuses"):
            await opened(http, plug, Credentials("admin", "wrong"))
        client = await opened(http, plug, Credentials("admin", PASSWORD))
        await client.switch(1, on=False)
        assert not plug.sockets[1].on


async def test_credentials_are_not_sent_where_none_are_wanted(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Diy(mains=mains) as plug:
        traffic = watch(plug, monkeypatch)
        client = await opened(http, plug, Credentials("admin", PASSWORD))
        await client.switch(1, on=False)
    assert not any("Authorization" in headers for headers in traffic.headers)


def one(state: str, **settings: Any) -> RestSettings:
    return RestSettings(
        sockets=(
            RestSocket(
                number=1, state=state, power_w=RestMeasure(path="w", factor=1000)
            ),
        ),
        on=RestRequest(path="/on"),
        off=RestRequest(path="/off"),
        read=RestRequest(path="/state"),
        **settings,
    )


@pytest.fixture
def device(http: aiohttp.ClientSession) -> RestDevice:
    return RestDevice(Transport(http, "plug"), one("s"), None)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("ON", True),
        (" off ", False),
        ("true", True),
        ("0", False),
        ({"state": 1}, True),
        ({"state": "off"}, False),
        ({"state": 1, "more": 2}, None),
        (2, None),
        (1.0, None),
        (None, None),
        ("standby", None),
        ([1], None),
    ],
)
async def test_a_state_is_plain_or_unknown(
    device: RestDevice, value: object, state: bool | None
) -> None:
    (socket,) = device.settings.sockets
    assert device.state(socket, {"s": value}) is state


@pytest.mark.parametrize(
    ("value", "power_w"),
    [
        (0.06, 60),
        ("0.06", 60),
        ("-6e-2", -60),
        ("60 W", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        (True, None),
        (None, None),
    ],
)
async def test_a_measure_is_a_number_or_a_text_that_is_one(
    device: RestDevice, value: object, power_w: float | None
) -> None:
    (socket,) = device.settings.sockets
    assert device.reading(socket, {"w": value}).power_w == power_w


async def test_a_device_with_a_page_a_socket_is_asked_for_each(
    http: aiohttp.ClientSession,
) -> None:
    pages = {"/s/1?x=a%20b": b"ON", "/s/2?x=a%20b": b'"off"'}
    settings = RestSettings(
        sockets=tuple(RestSocket(number=n, state="$") for n in (1, 2)),
        on=RestRequest(path="/s/{socket}/on"),
        off=RestRequest(path="/s/{socket}/off"),
        read=RestRequest(path="/s/{socket}?x=a%20b"),
    )
    async with scripted(lambda path: http_answer(pages[path])) as plug:
        info = await identify_rest(http, plug.host, settings)
        assert (info.serial, info.sockets) == ("", (1, 2))
        client = open_plug(http, plug.host, info, rest=settings)
        assert (await client.read()).sockets == {
            1: SocketReading(on=True),
            2: SocketReading(on=False),
        }
        assert await client.info() == info


async def test_what_is_sent_is_what_was_described(http: aiohttp.ClientSession) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(head + await reader.readexactly(8))
        writer.write(http_answer(b"", "204 No Content"))
        writer.close()

    request = RestRequest(
        path="/Prise n°{socket}/set?a=1&b={socket}",
        method="POST",
        body='{"n": {socket}}',
        headers={"X-Key": "k"},
    )
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await RestDevice(Transport(http, host), one("s"), None).send(request, 7)
    text = heard[0].decode()
    assert text.startswith("POST /Prise%20n%C2%B07/set?a=1&b=7 HTTP/1.1\r\n")
    assert "Content-Type: application/json\r\n" in text
    assert "X-Key: k\r\n" in text
    assert text.endswith('{"n": 7}')


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("401 Unauthorized", PlugAuthError),
        ("403 Forbidden", PlugAuthError),
        ("429 Too Many Requests", PlugBusyError),
        ("503 Service Unavailable", PlugBusyError),
        ("404 Not Found", PlugReplyError),
        ("302 Found", PlugReplyError),
        ("200 OK", PlugReplyError),
    ],
)
async def test_a_device_without_a_state_is_not_taken(
    http: aiohttp.ClientSession, status: str, error: type[PlugError]
) -> None:
    async with scripted(lambda _: http_answer({"s": "standby"}, status)) as plug:
        with pytest.raises(error):
            await identify_rest(http, plug.host, one("s"))


async def test_a_device_that_never_tells_who_it_is_is_switched(
    http: aiohttp.ClientSession,
) -> None:
    state = {"s": 1}

    def answer(path: str) -> bytes:
        if path != "/state":
            state["s"] = int(path == "/on")
        return http_answer(state)

    async with scripted(answer) as plug:
        info = await identify_rest(http, plug.host, one("s"))
        client = open_plug(http, plug.host, info, rest=one("s"))
        await client.switch(1, on=False)
    assert state == {"s": 0}


async def test_its_settings_open_a_described_plug(http: aiohttp.ClientSession) -> None:
    async with scripted(lambda _: http_answer({"s": 1})) as plug:
        info = await identify_rest(http, plug.host, one("s"))
        with pytest.raises(PlugReplyError, match="unknown dialect rest"):
            open_plug(http, plug.host, info)


@pytest.fixture
async def strip(mains: Mains) -> AsyncGenerator[Lf2lStrip]:
    """Six sockets; the even ones are on."""
    async with Lf2lStrip(mains=mains) as plug:
        for number, outlet in plug.sockets.items():
            outlet.switch(number % 2 == 0)
            outlet.switch_count = 0
        yield plug


@pytest.fixture
async def client(http: aiohttp.ClientSession, strip: Lf2lStrip) -> PlugClient:
    return await opened(http, strip)


def toggles(traffic: Traffic) -> list[str]:
    return [path for path in traffic.paths if path.startswith("/plug/")]


async def test_nothing_is_toggled_to_learn_a_state(
    client: PlugClient, strip: Lf2lStrip
) -> None:
    sockets = (await client.read()).sockets
    assert sockets == dict.fromkeys(strip.sockets, SocketReading())
    assert (await client.info()).sockets == tuple(strip.sockets)
    assert [outlet.switch_count for outlet in strip.sockets.values()] == [0] * 6


async def test_a_toggle_tells_the_states_of_all(
    client: PlugClient, strip: Lf2lStrip
) -> None:
    await client.switch(1, on=True)
    assert {n: s.on for n, s in (await client.read()).sockets.items()} == {
        number: outlet.on for number, outlet in strip.sockets.items()
    }


async def test_a_socket_is_toggled_only_if_different(
    client: PlugClient, strip: Lf2lStrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.switch(1, on=True)
    traffic = watch(strip, monkeypatch)
    for on in (True, True, False, False, True):
        await client.switch(1, on=on)
        assert strip.sockets[1].on is on
    assert toggles(traffic) == ["/plug/1", "/plug/1"]


async def test_one_that_was_as_wanted_unknown_to_all_is_toggled_back(
    client: PlugClient, strip: Lf2lStrip
) -> None:
    await client.switch(2, on=True)
    assert strip.sockets[2].on
    assert strip.sockets[2].switch_count == 2


async def test_a_contrary_answer_is_believed(
    client: PlugClient, strip: Lf2lStrip
) -> None:
    await client.switch(1, on=True)
    # Somebody else toggles: the strip is not as it was told.
    strip.sockets[1].switch(on=False)
    await client.switch(1, on=False)
    assert not strip.sockets[1].on
    assert (await client.read()).sockets[1].on is False


async def test_a_toggle_without_an_answer_is_not_sent_again(
    client: PlugClient, strip: Lf2lStrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.switch(1, on=False)
    traffic = watch(strip, monkeypatch)
    traffic.lose = lambda path: path == "/plug/1"
    with pytest.raises(PlugUnreachableError):
        await client.switch(1, on=True)
    assert toggles(traffic) == ["/plug/1"]
    assert (await client.read()).sockets[1].on is None
    # The next order finds out.
    traffic.lose = lambda path: False
    await client.switch(1, on=True)
    assert strip.sockets[1].on


async def test_a_late_toggle_is_carried_out_before_the_next(
    client: PlugClient, strip: Lf2lStrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.switch(1, on=False)
    monkeypatch.setattr(transport, "WRITE_TIMEOUT_S", 0.1)
    knock = watch(strip, monkeypatch)
    await strip.fault("slow", delay_s=0.3, times=2)
    with pytest.raises(PlugUnreachableError):
        await client.switch(1, on=True)
    monkeypatch.setattr(transport, "WRITE_TIMEOUT_S", 5)
    await client.switch(1, on=True)
    assert strip.sockets[1].on
    assert toggles(knock) == ["/plug/1"] * 3


async def test_a_relay_that_sticks_is_told(
    client: PlugClient, strip: Lf2lStrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.switch(1, on=False)
    await strip.fault("refuse")
    traffic = watch(strip, monkeypatch)
    with pytest.raises(PlugRefusedError, match="does not obey"):
        await client.switch(1, on=True)
    assert len(toggles(traffic)) == 2


async def test_out_of_reach_is_not_off(client: PlugClient, strip: Lf2lStrip) -> None:
    await client.switch(1, on=True)
    await strip.fault("vanish")
    with pytest.raises(PlugUnreachableError):
        await client.read()
    with pytest.raises(PlugUnreachableError):
        await client.switch(1, on=False)
    await strip.clear()
    # It may have restarted meanwhile.
    assert (await client.read()).sockets[1].on is None


async def test_a_strip_that_was_out_of_reach_is_asked_by_toggling(
    client: PlugClient, strip: Lf2lStrip
) -> None:
    await client.switch(1, on=True)
    await strip.fault("vanish")
    await strip.fault("restart")
    with pytest.raises(PlugUnreachableError):
        await client.read()
    await strip.clear()
    assert not strip.sockets[1].on
    await client.switch(1, on=True)
    assert strip.sockets[1].on


async def test_another_device_at_its_address_is_not_toggled(
    http: aiohttp.ClientSession, strip: Lf2lStrip, client: PlugClient
) -> None:
    async with scripted(lambda _: http_answer({"any": "page"})) as other:
        info = await client.info()
        settings = RestSettings.from_dict(strip.settings)
        moved = open_plug(http, other.host, info, rest=settings)
        with pytest.raises(PlugIdentityError):
            await moved.switch(1, on=True)
        with pytest.raises(PlugIdentityError):
            await moved.read()
    assert {line.split()[1] for line in other.lines} == {"/"}


async def test_another_strip_is_toggled_once_and_no_more(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Lf2lStrip(identity="00042", mains=mains) as strip:
        settings = RestSettings.from_dict(strip.settings | {"serial": "id"})
        info = await identify_rest(http, strip.host, settings)
        traffic = watch(strip, monkeypatch)
        for serial, error in (("00042", None), ("00043", PlugIdentityError)):
            known = type(info)(serial=serial, dialect="rest", model="", sockets=(1, 2))
            client = open_plug(http, strip.host, known, rest=settings)
            traffic.paths.clear()
            if error is None:
                await client.switch(1, on=True)
                continue
            for number in (1, 2):
                with pytest.raises(error):
                    await client.switch(number, on=False)
            assert toggles(traffic) == ["/plug/1"]


@pytest.mark.parametrize("on", [True, False])
async def test_a_socket_that_the_answer_leaves_out_is_not_toggled_again(
    http: aiohttp.ClientSession, mains: Mains, on: bool
) -> None:
    # The sketch as published tells nothing of its last socket.
    async with Lf2lStrip(shifted=True, mains=mains) as strip:
        client = await opened(http, strip)
        for _ in range(3):
            with pytest.raises((PlugRefusedError, PlugReplyError)):
                await client.switch(6, on=on)
        assert strip.sockets[6].switch_count == 1
        await client.switch(5, on=True)
        assert strip.sockets[5].on


@pytest.mark.parametrize("quiet", [True, False])
async def test_a_toggle_whose_state_can_be_read(
    http: aiohttp.ClientSession,
    mains: Mains,
    monkeypatch: pytest.MonkeyPatch,
    quiet: bool,
) -> None:
    async with Diy(toggles=True, quiet=quiet, sockets=2, mains=mains) as plug:
        client = await opened(http, plug)
        assert (await client.info()).serial == plug.mac
        for on in (True, False, False, True):
            await client.switch(2, on=on)
            assert plug.sockets[2].on is on
        assert plug.sockets[2].switch_count == 2
        plug.sockets[2].switch(False)
        await client.switch(2, on=False)
        assert not plug.sockets[2].on
        # A lost answer is made good by a look.
        traffic = watch(plug, monkeypatch)
        traffic.lose = lambda path: "toggle" in path
        await client.switch(2, on=True)
        assert plug.sockets[2].on


@pytest.mark.parametrize("trouble", ["lost", "quiet"])
async def test_a_toggle_that_shows_no_effect_is_not_sent_again(
    http: aiohttp.ClientSession,
    mains: Mains,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    # It may yet come: sent again, it would switch back.
    async with Diy(toggles=True, quiet=trouble == "quiet", mains=mains) as plug:
        client = await opened(http, plug)
        await plug.fault("refuse")
        traffic = watch(plug, monkeypatch)
        traffic.lose = lambda path: trouble == "lost" and "toggle" in path
        with pytest.raises((PlugUnreachableError, PlugReplyError)):
            await client.switch(1, on=False)
        assert len(traffic.orders()) == 1


async def test_another_device_behind_a_readable_toggle_is_not_toggled(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Diy(toggles=True, mains=mains) as plug:
        client = await opened(http, plug)
        await plug.fault("wrong_mac")
        traffic = watch(plug, monkeypatch)
        with pytest.raises(PlugIdentityError):
            await client.switch(1, on=False)
        with pytest.raises(PlugIdentityError):
            await client.read()
        assert traffic.orders() == []


async def test_a_toggle_without_states_to_read_that_serves_pages(
    http: aiohttp.ClientSession,
) -> None:
    state = {"on": False}

    def answer(path: str) -> bytes:
        if path == "/t":
            state["on"] = not state["on"]
            return http_answer(state)
        return http_answer(b"<html>", "404 Not Found")

    settings = RestSettings(
        toggle=RestRequest(path="/t"), sockets=(RestSocket(number=1, state="on"),)
    )
    async with scripted(answer) as plug:
        info = await identify_rest(http, plug.host, settings)
        client = open_plug(http, plug.host, info, rest=settings)
        await client.switch(1, on=True)
        assert state["on"]


async def test_the_answer_of_one_socket_tells_nothing_of_another(
    http: aiohttp.ClientSession,
) -> None:
    on = {1: False, 2: False}
    toggled: list[int] = []

    def answer(path: str) -> bytes:
        *_, verb, number = path.split("/")
        if verb == "toggle":
            toggled.append(int(number))
            on[int(number)] = not on[int(number)]
        return http_answer({"on": on[int(number)]})

    settings = RestSettings(
        sockets=tuple(RestSocket(number=number, state="on") for number in on),
        toggle=RestRequest(path="/toggle/{socket}"),
        read=RestRequest(path="/state/{socket}"),
    )
    async with scripted(answer) as plug:
        info = await identify_rest(http, plug.host, settings)
        client = open_plug(http, plug.host, info, rest=settings)
        await asyncio.gather(client.switch(1, on=True), client.switch(2, on=False))
    assert on == {1: True, 2: False}
    assert toggled == [1]
