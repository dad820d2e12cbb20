"""Networked plugs as their subentries describe them: where they are, how to ask them."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .model import PlugInfo
from .plug import identify, identify_rest, open_plug
from .plug.client import Credentials, PlugClient
from .plug.rest_description import read_description
from .plug.rest_settings import RestFault, RestSettings, RestSettingsError
from .plug.transport import base_url

CONF_REST: Final = "rest"


async def async_identify(hass: HomeAssistant, data: Mapping[str, Any]) -> PlugInfo:
    """Ask the plug what it is.

    Raises:
        PlugError: no answer, or none that is understood.
        RestSettingsError: its description is none, or no serial number is there.
    """
    session = async_get_clientsession(hass)
    verify = data.get(CONF_VERIFY_SSL, True)
    if (rest := _rest_settings(data)) is not None:
        info = await identify_rest(
            session, data[CONF_HOST], rest, read_credentials(data), verify=verify
        )
        if rest.serial is not None and not info.serial:
            raise RestSettingsError("serial", RestFault.MISSING)
        return info
    return await identify(
        session, data[CONF_HOST], read_credentials(data), verify=verify
    )


def open_client(
    hass: HomeAssistant, data: Mapping[str, Any], info: PlugInfo
) -> PlugClient:
    """Return the client of a plug. Nothing is sent yet."""
    return open_plug(
        async_get_clientsession(hass),
        data[CONF_HOST],
        info,
        read_credentials(data),
        verify=data.get(CONF_VERIFY_SSL, True),
        rest=_rest_settings(data),
    )


def is_blind(data: Mapping[str, Any]) -> bool:
    """Whether a plug only toggles, and nothing but a toggle tells its state."""
    rest = _rest_settings(data)
    return rest is not None and rest.toggle_only and rest.read is None


def moved(host: str, address: str) -> str:
    """Return where a plug is that has another IP address now; a name stays."""
    url = base_url(host)
    try:
        ip_address(url.host or "")
    except ValueError:
        return host
    url = url.with_host(address)
    return str(url.origin()) if "://" in host else url.host_port_subcomponent or host


def read_credentials(data: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials; None where there is no password."""
    if CONF_PASSWORD not in data:
        return None
    return Credentials(data.get(CONF_USERNAME), data[CONF_PASSWORD])


def _rest_settings(data: Mapping[str, Any]) -> RestSettings | None:
    return read_description(data[CONF_REST]) if CONF_REST in data else None
