"""Networked plugs: one asynchronous client for each REST dialect.

A dialect is a `BasePlug` with two words more: its name, which is stored with
the plug, and ``probe``, which recognises it at an address.
"""

from typing import Final

from aiohttp import ClientSession

from ..model import PlugInfo
from .client import (
    Credentials,
    PlugAuthError,
    PlugBusyError,
    PlugClient,
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
)
from .shelly_gen1 import ShellyGen1Plug
from .shelly_rpc import ShellyRpcPlug
from .tasmota import TasmotaPlug
from .transport import NoReplyError, Transport

__all__ = [
    "Credentials",
    "PlugAuthError",
    "PlugBusyError",
    "PlugClient",
    "PlugError",
    "PlugIdentityError",
    "PlugRefusedError",
    "PlugReplyError",
    "PlugUnreachableError",
    "identify",
    "open_plug",
]

# In the order in which they are tried; each asks what harms no other.
_DIALECTS: Final = (ShellyRpcPlug, ShellyGen1Plug, TasmotaPlug)


async def identify(
    session: ClientSession, host: str, credentials: Credentials | None = None
) -> PlugInfo:
    """Ask the device at an address what it is.

    Without credentials, a device that wants a password is described with
    ``needs_password``, without its sockets, and without its serial where it
    keeps even that to itself.

    Raises:
        PlugError: no answer, a wrong password, or no dialect known here.
    """
    transport = Transport(session, host)
    for dialect in _DIALECTS:
        try:
            info = await dialect.probe(transport, credentials)
        except NoReplyError:
            # Some devices hang up on what they do not know.
            continue
        if info is not None:
            return info
    raise PlugReplyError(f"{transport.name}: no plug of a known kind")


def open_plug(
    session: ClientSession,
    host: str,
    info: PlugInfo,
    credentials: Credentials | None = None,
) -> PlugClient:
    """Return the client of an identified plug. Nothing is sent yet.

    Raises:
        PlugError: an address that is none, or a dialect unknown here.
    """
    transport = Transport(session, host)
    for dialect in _DIALECTS:
        if dialect.dialect == info.dialect:
            return dialect(transport, info, credentials)
    raise PlugReplyError(f"{transport.name}: unknown dialect {info.dialect}")
