"""Home Assistant's REST and WebSocket API, as its own web page uses it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, WSMsgType

from .account import Account

# Any: what Home Assistant answers has the shape of the command.
type Json = Any

REQUEST_TIMEOUT_S = 60


class LoginFailed(Exception):
    """Home Assistant does not let this account in, or not yet."""


class ApiError(Exception):
    """Home Assistant refused a request."""


class HomeAssistantApi:
    """One logged-in session."""

    def __init__(self, session: ClientSession, access_token: str) -> None:
        """Take an open session; `login` makes both."""
        self._session = session
        self._token = access_token

    @classmethod
    async def login(cls, url: str, account: Account) -> Self:
        """Log in with user name and password.

        Raises `LoginFailed`, or aiohttp's ``ClientError`` when nothing answers.
        """
        session = ClientSession(url, timeout=ClientTimeout(total=REQUEST_TIMEOUT_S))
        try:
            token = await _fetch_token(session, f"{url}/", account)
        except BaseException:
            await session.close()
            raise
        return cls(session, token)

    async def __aenter__(self) -> Self:
        """Return the open session."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the session."""
        await self._session.close()

    async def get(self, path: str) -> Json:
        """Return the JSON of a GET request."""
        return await self._request("GET", path)

    async def post(self, path: str, data: Mapping[str, Json] | None = None) -> Json:
        """Return the JSON of a POST request."""
        return await self._request("POST", path, json=data or {})

    async def delete(self, path: str) -> Json:
        """Return the JSON of a DELETE request."""
        return await self._request("DELETE", path)

    async def _request(self, method: str, path: str, **kwargs: Json) -> Json:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.request(
            method, path, headers=headers, **kwargs
        ) as response:
            if not response.ok:
                text = await response.text()
                raise ApiError(f"{method} {path}: {response.status} {text[:500]}")
            return await response.json()

    @asynccontextmanager
    async def websocket(self) -> AsyncIterator[HomeAssistantWebSocket]:
        """Open a WebSocket connection."""
        # The entities of a park of hundreds of sockets come in one message.
        async with self._session.ws_connect(
            "/api/websocket", heartbeat=30, max_msg_size=0
        ) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            answer = await socket.receive_json()
            if answer["type"] != "auth_ok":
                raise LoginFailed(answer.get("message", ""))
            websocket = HomeAssistantWebSocket(socket)
            reader = asyncio.create_task(websocket.read())
            try:
                yield websocket
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)


class HomeAssistantWebSocket:
    """Commands and subscriptions on one WebSocket connection."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Take an authenticated connection."""
        self._socket = socket
        self._ids = count(1)
        self._results: dict[int, asyncio.Future[Json]] = {}
        self._events: dict[int, asyncio.Queue[Json]] = {}

    async def call(self, command: str, **arguments: Json) -> Json:
        """Return the result of a command; raise `ApiError` when it is refused."""
        return await self._call(next(self._ids), command, arguments)

    async def subscribe(self, command: str, **arguments: Json) -> asyncio.Queue[Json]:
        """Start a subscription and return the queue its events go to."""
        subscription = next(self._ids)
        events = self._events[subscription] = asyncio.Queue()
        await self._call(subscription, command, arguments)
        return events

    async def _call(
        self, id_: int, command: str, arguments: Mapping[str, Json]
    ) -> Json:
        result = self._results[id_] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": id_, "type": command, **arguments})
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                return await result
        finally:
            del self._results[id_]

    async def read(self) -> None:
        """Hand each message to who waits for it, until the connection ends."""
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._dispatch(message.json())
        finally:
            for result in self._results.values():
                if not result.done():
                    result.set_exception(ApiError("the WebSocket connection ended"))

    def _dispatch(self, message: Json) -> None:
        if message["type"] == "event":
            self._events[message["id"]].put_nowait(message["event"])
        elif (result := self._results.get(message["id"])) and not result.done():
            if message["success"]:
                result.set_result(message["result"])
            else:
                result.set_exception(ApiError(str(message["error"])))


async def _fetch_token(session: ClientSession, client_id: str, account: Account) -> str:
    """Log in by the steps of the login page and return an access token."""
    flow = await _post(
        session,
        "/auth/login_flow",
        json={
            "client_id": client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": client_id,
        },
    )
    step = await _post(
        session,
        f"/auth/login_flow/{flow['flow_id']}",
        json={
            "client_id": client_id,
            "username": account.username,
            "password": account.password,
        },
    )
    if step["type"] != "create_entry":
        raise LoginFailed(f"wrong user name or password for {account.username}")
    tokens = await _post(
        session,
        "/auth/token",
        data={
            "client_id": client_id,
            "grant_type": "authorization_code",
            "code": step["result"],
        },
    )
    return str(tokens["access_token"])


async def _post(session: ClientSession, path: str, **kwargs: Json) -> Json:
    async with session.post(path, **kwargs) as response:
        if not response.ok:
            raise LoginFailed(f"{path}: {response.status}")
        return await response.json()
