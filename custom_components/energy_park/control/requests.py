"""What jobs ask of a station beside switching: actions, packets, words for people."""

import asyncio
from collections.abc import Mapping
import socket as network_socket
from typing import TYPE_CHECKING, Any

from homeassistant.components import persistent_notification
from homeassistant.components.network import async_get_ipv4_broadcast_addresses
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_SHUTDOWN,
    CONF_WAKE,
    CONF_WARN,
    DOMAIN,
    LOGGER,
    SUBENTRY_STATION,
)
from ..park.effects import Notice, Notify, SendMagicPacket, ShutDown, WakeByAction

if TYPE_CHECKING:
    from ..coordinator import EnergyParkConfigEntry

# A system that takes longer to take a request has not taken it.
ACTION_WITHIN_S = 60

WAKE_ON_LAN_PORT = 9

# What the person who started a run must do, wherever that person is.
_TOLD_TO_ALL = frozenset({Notice.START_BY_HAND, Notice.SEND_TO_SLEEP})

type Request = ShutDown | WakeByAction | SendMagicPacket | Notify


class Requests:
    """Carries them out; one that fails is logged once and reaches nothing else."""

    def __init__(self, hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
        """Take the actions that the entry describes."""
        self._hass = hass
        self._parts = {
            part.subentry_id: part
            for part in entry.get_subentries_of_type(SUBENTRY_STATION)
        }
        self._failed: set[tuple[str, str]] = set()

    async def async_send(self, request: Request) -> bool:
        """Carry out a request; return whether that was possible."""
        part = self._parts.get(request.station)
        if part is None:
            return False
        kind = type(request).__name__
        try:
            match request:
                case ShutDown():
                    await self._async_run(request.station, CONF_SHUTDOWN, {})
                case WakeByAction():
                    await self._async_run(request.station, CONF_WAKE, {})
                case SendMagicPacket():
                    await self._async_send_packet(request.mac)
                case Notify():
                    await self._async_tell(request)
        except Exception as err:  # noqa: BLE001 - an action may be anything
            # What an action says may hold a secret: its name must do.
            level = "debug" if (request.station, kind) in self._failed else "warning"
            self._failed.add((request.station, kind))
            getattr(LOGGER, level)(
                "%s of %s failed: %s", kind, part.title, type(err).__name__
            )
            return False
        self._failed.discard((request.station, kind))
        return True

    async def _async_run(
        self, station: str, field: str, variables: Mapping[str, Any]
    ) -> None:
        """Run an action of a station to its end."""
        part = self._parts[station]
        actions = await async_validate_actions_config(
            self._hass, cv.SCRIPT_SCHEMA(part.data[field])
        )
        script = Script(
            self._hass,
            actions,
            f"{part.title}: {field}",
            DOMAIN,
            log_exceptions=False,
            logger=LOGGER,
        )
        try:
            async with asyncio.timeout(ACTION_WITHIN_S):
                await script.async_run(dict(variables), Context())
        finally:
            await script.async_unload()

    async def _async_send_packet(self, mac: str) -> None:
        """Broadcast a Wake-on-LAN packet into each network of Home Assistant.

        No integration has to be set up for it: the packet is six times FF and
        sixteen times the MAC address.
        """
        packet = b"\xff" * 6 + bytes.fromhex(mac.replace(":", "")) * 16
        with network_socket.socket(
            network_socket.AF_INET, network_socket.SOCK_DGRAM
        ) as sender:
            sender.setsockopt(network_socket.SOL_SOCKET, network_socket.SO_BROADCAST, 1)
            sender.setblocking(False)
            addresses = await async_get_ipv4_broadcast_addresses(self._hass)
            unreachable: list[OSError] = []
            for address in addresses:
                try:
                    sender.sendto(packet, (str(address), WAKE_ON_LAN_PORT))
                except OSError as err:
                    unreachable.append(err)
            if len(unreachable) == len(addresses):
                raise unreachable[0]

    async def _async_tell(self, notice: Notify) -> None:
        """Tell people in the language of the house."""
        part = self._parts[notice.station]
        at = dt_util.as_local(notice.at)
        texts = await async_get_translations(
            self._hass, self._hass.config.language, "common", [DOMAIN]
        )
        text = texts[f"component.{DOMAIN}.common.{notice.notice}"]
        message = text.format(station=part.title, time=f"{at:%H:%M}")
        if notice.notice in _TOLD_TO_ALL:
            persistent_notification.async_create(
                self._hass, message, part.title, f"{DOMAIN}_{notice.station}"
            )
        if part.data.get(CONF_WARN):
            variables = {
                "message": message,
                "notice": str(notice.notice),
                "station": part.title,
                "at": at.isoformat(),
            }
            await self._async_run(notice.station, CONF_WARN, variables)
