"""Plugs are emulated, or scripted byte by byte, on real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json

import aiohttp
from aiohttp import web
import pytest

from custom_components.energy_park.plug import (
    Credentials,
    PlugClient,
    RestSettings,
    base,
    identify,
    identify_rest,
    open_plug,
    shelly_rpc,
)
from scripts.emulators import EmulatedPlug, Mains

PASSWORD = "s3cret&+é/=word"


class Clock:
    """Time that passes only when a test, or a pause of the client, says so."""

    def __init__(self) -> None:
        self.now = 1_795_165_200.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """Let the emulators listen on the loop-back address."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mains(clock: Clock) -> Mains:
    return Mains(clock)


@pytest.fixture
def pauses(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the pauses of the clients, and let only the emulators feel them."""
    return pass_pauses(monkeypatch, clock)


def pass_pauses(patch: pytest.MonkeyPatch, clock: Clock) -> list[float]:
    taken: list[float] = []

    async def pause(seconds: float) -> None:
        taken.append(seconds)
        clock.now += seconds

    for module in (base, shelly_rpc):
        patch.setattr(module, "_pause", pause)
    return taken


@pytest.fixture
async def http() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@dataclass
class Traffic:
    """What a plug was asked, and how many questions were open at once."""

    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    peers: list[object] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0
    lose: Callable[[str], bool] = lambda path: False
    """Tells which answers get lost, by method (if not GET), path and query."""

    def orders(self) -> list[str]:
        return [path for path in self.paths if is_order(path)]


def is_order(path: str) -> bool:
    words = ("Switch.Set?", "turn=", "cmnd=Power+", "cmnd=Power1+", "cmnd=Power2+")
    others = ("relay?state=", "POST ", "PUT ", "/plug/")
    return any(word in path for word in words + others)


async def opened(
    http: aiohttp.ClientSession,
    plug: EmulatedPlug,
    credentials: Credentials | None = None,
) -> PlugClient:
    """Identify an emulated plug and return its client."""
    if plug.settings is None:
        info = await identify(http, plug.host, credentials)
        return open_plug(http, plug.host, info, credentials)
    settings = RestSettings.from_dict(plug.settings)
    info = await identify_rest(http, plug.host, settings, credentials)
    return open_plug(http, plug.host, info, credentials, rest=settings)


def watch(plug: EmulatedPlug, monkeypatch: pytest.MonkeyPatch) -> Traffic:
    """Look at the traffic of an emulated plug; lose answers on demand."""
    traffic = Traffic()
    answer = plug.answer

    async def watched(request: web.BaseRequest) -> web.StreamResponse:
        path = request.path_qs
        if request.method != "GET":
            path = f"{request.method} {path}"
        traffic.paths.append(path)
        traffic.headers.append(dict(request.headers))
        if request.transport is not None:
            traffic.peers.append(request.transport.get_extra_info("peername"))
        traffic.open_now += 1
        traffic.most_open = max(traffic.most_open, traffic.open_now)
        try:
            await asyncio.sleep(0)
            response = await answer(request)
        finally:
            traffic.open_now -= 1
        if traffic.lose(path) and request.transport is not None:
            request.transport.close()
        return response

    monkeypatch.setattr(plug, "answer", watched)
    return traffic


type Script = Callable[[str], bytes | None]
"""Gives the answer to a path; nothing hangs up, and no byte is silence."""


@dataclass
class Scripted:
    """A server that answers one request a connection with given bytes."""

    port: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def scripted(script: Script) -> AsyncGenerator[Scripted]:
    seen = Scripted()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, *_ = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        seen.lines.append(line)
        if (answer := script(line.split()[1])) is not None:
            writer.write(answer)
        if answer == b"":
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        seen.port = server.sockets[0].getsockname()[1]
        yield seen


def http_answer(body: object = b"", status: str = "200 OK", *headers: str) -> bytes:
    """Compose an answer; anything but bytes is sent as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Length: {len(raw)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + raw


def tree(error: BaseException | None) -> list[str]:
    """Return all that an error and those behind it say."""
    if error is None:
        return []
    return [
        str(error),
        repr(error),
        *tree(error.__cause__),
        *tree(error.__context__),
    ]
