"""Where devices announce themselves; a person decides what becomes of it.

Nobody has to log in here: a plug has no account. So nothing is believed, nothing is
asked of the device and nothing is switched: an announcement only becomes a discovery
that waits for a person. It must come from the network that Home Assistant is in, and
from the very address that it announces; size, rate and number are bounded.
"""

import asyncio
from collections import deque
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface
from typing import Final

from aiohttp import web
from homeassistant.components import network
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers import discovery_flow

from .const import DOMAIN
from .flows.discovery import ATTR_DEVICE_TYPE, ATTR_SOCKETS
from .plug.announcement import Announcement, read_announcement

BYTES_MAX: Final = 4096
PENDING_MAX: Final = 16
READ_TIMEOUT_S: Final = 5.0
REQUESTS_MAX: Final = 60
REQUESTS_WITHIN_S: Final = 60.0


class RegistrationView(HomeAssistantView):
    """Takes the announcement of a device."""

    url = f"/api/{DOMAIN}/register"
    name = f"api:{DOMAIN}:register"
    requires_auth = False

    def __init__(self) -> None:
        """Start without any request."""
        self._heard_at: deque[float] = deque(maxlen=REQUESTS_MAX)

    async def post(self, request: web.Request) -> web.Response:
        """Offer the device to a person; the answer tells nothing of the house."""
        hass = request.app[KEY_HASS]
        peer = ip_address(request.remote or "0.0.0.0")
        if not await _is_neighbour(hass, peer):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        if self._is_too_much(hass.loop.time()) or _pending(hass) >= PENDING_MAX:
            return web.Response(status=HTTPStatus.TOO_MANY_REQUESTS)
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                body = await _read(request)
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        if body is None:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            announcement = read_announcement(body)
        except ValueError:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if ip_address(announcement.host) != peer:
            return web.Response(status=HTTPStatus.FORBIDDEN)
        _offer(hass, announcement)
        return web.Response(status=HTTPStatus.ACCEPTED)

    def _is_too_much(self, now: float) -> bool:
        """Count a request; tell whether there were too many of late."""
        if (
            len(self._heard_at) == REQUESTS_MAX
            and now - self._heard_at[0] < REQUESTS_WITHIN_S
        ):
            return True
        self._heard_at.append(now)
        return False


def _offer(hass: HomeAssistant, announcement: Announcement) -> None:
    discovery_flow.async_create_flow(
        hass,
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={
            CONF_HOST: announcement.host,
            ATTR_DEVICE_TYPE: announcement.device_type,
            ATTR_SOCKETS: announcement.sockets,
        },
    )


def _pending(hass: HomeAssistant) -> int:
    """Return how many announcements wait for a person."""
    return len(
        hass.config_entries.flow.async_progress_by_handler(
            DOMAIN,
            include_uninitialized=True,
            match_context={"source": SOURCE_INTEGRATION_DISCOVERY},
        )
    )


async def _is_neighbour(hass: HomeAssistant, peer: IPv4Address | IPv6Address) -> bool:
    """Whether an address is in a network that this machine is in itself."""
    return any(
        peer in ip_interface(f"{ip['address']}/{ip['network_prefix']}").network
        for adapter in await network.async_get_adapters(hass)
        for ip in (*adapter["ipv4"], *adapter["ipv6"])
    )


async def _read(request: web.Request) -> bytes | None:
    """Return the body; None when it is too large for an announcement."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BYTES_MAX:
            return None
    return bytes(body)
