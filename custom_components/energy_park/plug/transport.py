"""HTTP to one plug: one attempt a request, a time limit, errors of our own."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address
import json
from typing import Final

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientMiddlewareType,
    ClientOSError,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ServerDisconnectedError,
)
from yarl import URL

from .client import (
    PlugBusyError,
    PlugCertificateError,
    PlugError,
    PlugReplyError,
    PlugUnreachableError,
)

READ_TIMEOUT_S: Final = 8.0
WRITE_TIMEOUT_S: Final = 5.0
_REPLY_LIMIT_BYTES: Final = 256 * 1024


class NoReplyError(PlugUnreachableError):
    """The device took the connection and ended it without an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Return the decoded body, None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError, RecursionError:
            return None


def base_url(host: str) -> URL:
    """Return the root of an address as a person writes it.

    Takes ``name``, ``ip``, ``ip:port``, an IPv6 address with or without
    brackets, and ``http(s)://...``; a path is dropped.

    Raises:
        PlugUnreachableError: not an address, or one that holds a password.
    """
    scheme, separator, rest = host.strip().partition("://")
    if not separator:
        scheme, rest = "http", scheme
    if _is_ipv6(rest):
        rest = f"[{rest}]"
    try:
        url = URL(f"{scheme}://{rest}")
        if url.scheme in {"http", "https"} and url.host and url.user is None:
            return url.origin()
    except ValueError:
        pass
    raise PlugUnreachableError("not the address of a plug")


def _is_ipv6(address: str) -> bool:
    try:
        IPv6Address(address)
    except ValueError:
        return False
    return True


class Transport:
    """Requests to one plug over a session that others share.

    Redirects are not followed: a plug sends none, and an order must not end
    at another device. Connections are not kept: a plug has few of them, and an
    order must not be lost on one that the plug has just given up.

    ``verify`` checks the certificate of an https address. Plugs sign their own:
    without the check the talk is still hidden from those who only listen.
    """

    def __init__(
        self, session: ClientSession, host: str, *, verify: bool = True
    ) -> None:
        self._session = session
        self._verify = verify
        self._base = base_url(host)
        self.host = self._base.host or ""
        self.name = self._base.host_port_subcomponent or self.host

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        auth: ClientMiddlewareType | None = None,
        order: bool = False,
    ) -> Reply:
        """Send one GET; see `request`."""
        return await self.request(
            "GET", path, query, headers=headers, auth=auth, order=order
        )

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        auth: ClientMiddlewareType | None = None,
        order: bool = False,
    ) -> Reply:
        """Send one request and return its answer, whatever its status.

        ``path`` begins with one slash and may hold a query of its own. An
        ``order`` is given less time than a question: someone waits for it.

        Raises:
            NoReplyError: the connection ended before an answer.
            PlugUnreachableError: no connection, no answer in time, a cut answer.
            PlugReplyError: the answer is not HTTP, or has no end.
        """
        url = self._base.join(URL(path)).extend_query(query or {})
        timeout_s = WRITE_TIMEOUT_S if order else READ_TIMEOUT_S
        received = bytearray()
        failure: PlugError
        # Ours are raised after the handlers: an error of aiohttp may hold the
        # URL, with a password in it, and must not hang on ours as its context.
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._session.request(
                    method,
                    url,
                    data=body,
                    ssl=self._verify,
                    headers={**(headers or {}), "Connection": "close"},
                    allow_redirects=False,
                    middlewares=(self._once,) if auth is None else (self._once, auth),
                ) as response,
            ):
                async for chunk in response.content.iter_any():
                    received += chunk
                    if len(received) > _REPLY_LIMIT_BYTES:
                        raise PlugReplyError(f"{self.name}: an answer without end")
                return Reply(response.status, response.headers, bytes(received))
        except TimeoutError:
            failure = PlugUnreachableError(
                f"{self.name}: no answer within {timeout_s:g} s"
            )
        except (ClientConnectionError, ClientPayloadError) as error:
            failure = PlugUnreachableError(
                f"{self.name}: no answer ({type(error).__name__})"
            )
        except (ClientError, ValueError) as error:
            failure = PlugReplyError(
                f"{self.name}: not understood ({type(error).__name__})"
            )
        raise failure

    async def _once(
        self, request: ClientRequest, handler: ClientHandlerType
    ) -> ClientResponse:
        """Keep aiohttp from sending a request a second time on its own.

        It repeats an idempotent request when the connection breaks. Plugs take
        orders by GET, and some of them toggle: whether to ask again is for the
        dialect to decide.
        """
        failure: PlugError
        try:
            return await handler(request)
        except ClientConnectorCertificateError:
            failure = PlugCertificateError(f"{self.name}: certificate not trusted")
        except ClientConnectorError as error:
            failure = PlugUnreachableError(
                f"{self.name}: no connection ({type(error).__name__})"
            )
        except ClientOSError, ServerDisconnectedError:
            failure = NoReplyError(f"{self.name}: connection ended without an answer")
        raise failure

    def accept(self, reply: Reply) -> None:
        """Make sure that a request was taken.

        Raises:
            PlugBusyError: the device has no time now.
            PlugReplyError: any other status but 200.
        """
        if reply.status in {429, 503}:
            raise PlugBusyError(f"{self.name}: busy (HTTP status {reply.status})")
        if reply.status != 200:
            raise PlugReplyError(f"{self.name}: HTTP status {reply.status}")

    def json_object(self, reply: Reply) -> Mapping[str, object]:
        """Return the JSON object of a good answer.

        Raises:
            PlugBusyError: the device has no time now.
            PlugReplyError: anything else that is not a JSON object with status 200.
        """
        self.accept(reply)
        if not isinstance(result := reply.json(), dict):
            raise PlugReplyError(f"{self.name}: not a JSON object")
        return result
