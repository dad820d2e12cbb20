"""What every flow asks of a plug before it is written down, and what it tells then."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..adopted import CONF_SWITCH
from ..const import CONF_ADOPTED, DOMAIN, LOGGER, SUBENTRY_PLUG
from ..measure import resolve
from ..model import PlugInfo
from ..plug.client import (
    PlugAuthError,
    PlugBusyError,
    PlugCertificateError,
    PlugClosedError,
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
)
from ..plugs import async_identify, open_client, read_credentials

ERRORS: dict[type[PlugError], str] = {
    PlugUnreachableError: "plug_unreachable",
    PlugCertificateError: "plug_certificate",
    PlugAuthError: "invalid_auth",
    PlugBusyError: "plug_busy",
    PlugRefusedError: "plug_refused",
    PlugClosedError: "plug_refused",
    PlugReplyError: "plug_unknown",
    PlugIdentityError: "other_plug",
}


def credentials_schema() -> probatio.Schema:
    """Return the form of a plug's user and password."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_USERNAME): TextSelector(),
            probatio.Required(probatio.Secret(CONF_PASSWORD)): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
        }
    )


async def try_plug(
    hass: HomeAssistant, data: Mapping[str, Any], serial: str | None
) -> tuple[PlugInfo | None, dict[str, str]]:
    """Ask a plug what it is and read it once, where a password is given or not needed.

    Returns what it says, and the errors for the form. ``data`` is as in a subentry.
    ``serial`` is the plug that must answer; None accepts any.
    """
    try:
        info = await async_identify(hass, data)
        # A locked device may keep even its serial to itself.
        if serial and info.serial and info.serial != serial:
            return None, {"base": "other_plug"}
        if read_credentials(data) is not None or not info.needs_password:
            if not info.sockets and not info.channels:
                return None, {"base": "no_sockets"}
            await open_client(hass, data, info).read()
    except PlugError as err:
        LOGGER.debug("The plug cannot be used: %s", err)
        return None, {"base": ERRORS.get(type(err), "plug_unreachable")}
    return info, {}


@callback
def is_configured(hass: HomeAssistant, serial: str) -> bool:
    """Whether a park has the plug, polled or adopted: two would disturb each other."""
    return any(
        subentry.unique_id == serial or serial in adopted_macs(hass, subentry.data)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
    )


@callback
def adopted_macs(hass: HomeAssistant, data: Mapping[str, Any]) -> set[str]:
    """Return the MAC addresses of the device whose switch was adopted, if any."""
    if CONF_ADOPTED not in data:
        return set()
    return macs_of(hass, resolve(hass, data[CONF_ADOPTED][CONF_SWITCH]))


@callback
def macs_of(hass: HomeAssistant, entity_id: str) -> set[str]:
    """Return the MAC addresses of an entity's device, as serials of plugs are."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.device_id is None:
        return set()
    devices = dr.async_get(hass)
    device = devices.async_get(entry.device_id)
    if isinstance(device, dr.ChildDeviceEntry):
        device = devices.async_get(device.parent_device_id)
    assert not isinstance(device, dr.ChildDeviceEntry)
    return {
        address.replace(":", "")
        for kind, address in (device.connections if device else ())
        if kind == dr.CONNECTION_NETWORK_MAC
    }
