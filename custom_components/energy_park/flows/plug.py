"""The flow of a plug: a host; the plug tells what it is, the user names its sockets."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import (
    CONF_HOST,
    CONF_MODEL,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..adopted import CONF_SWITCH
from ..configuration import sectors
from ..const import (
    CONF_ADOPTED,
    CONF_DIALECT,
    CONF_FIRMWARE,
    CONF_NUMBER,
    CONF_ROLE,
    CONF_SECTOR,
    CONF_SOCKETS,
    DOMAIN,
    LOGGER,
    SUBENTRY_PLUG,
)
from ..model import PlugInfo
from ..plug import identify, open_plug
from ..plug.client import (
    Credentials,
    PlugAuthError,
    PlugBusyError,
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
)
from .adopt import AdoptFlow, known_switches
from .socket import socket_data, socket_schema

HOST_SCHEMA = probatio.Schema({probatio.Required(CONF_HOST): TextSelector()})

ERRORS: dict[type[PlugError], str] = {
    PlugUnreachableError: "plug_unreachable",
    PlugAuthError: "invalid_auth",
    PlugBusyError: "plug_busy",
    PlugRefusedError: "plug_refused",
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


def read_credentials(data: dict[str, Any]) -> Credentials | None:
    """Return the credentials among a form's or a subentry's values."""
    if CONF_PASSWORD not in data:
        return None
    return Credentials(data.get(CONF_USERNAME), data[CONF_PASSWORD])


async def try_plug(
    hass: HomeAssistant,
    host: str,
    credentials: Credentials | None,
    serial: str | None,
) -> tuple[PlugInfo | None, dict[str, str]]:
    """Ask a plug what it is and read it once, where a password is given or not needed.

    Returns what it says, and the errors for the form. ``serial`` is the plug that
    must answer; None accepts any.
    """
    session = async_get_clientsession(hass)
    try:
        info = await identify(session, host, credentials)
        # A locked device may keep even its serial to itself.
        if serial and info.serial and info.serial != serial:
            return None, {"base": "other_plug"}
        if credentials is not None or not info.needs_password:
            if not info.sockets:
                return None, {"base": "no_sockets"}
            await open_plug(session, host, info, credentials).read()
    except PlugError as err:
        LOGGER.debug("The plug cannot be used: %s", err)
        return None, {"base": ERRORS.get(type(err), "plug_unreachable")}
    return info, {}


class PlugSubentryFlow(AdoptFlow):
    """Ask a plug what it is, then ask the user about each of its sockets."""

    def __init__(self) -> None:
        """Start without a plug."""
        super().__init__()
        self._host = ""
        self._credentials: dict[str, Any] = {}
        self._info: PlugInfo | None = None
        self._sockets: list[dict[str, Any]] = []

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether Home Assistant knows the plug already."""
        return self.async_show_menu(step_id="user", menu_options=["address", "adopt"])

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the host of a new plug."""
        return await self._async_ask_host("address", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change an adopted switch, or the host and the sockets of a plug."""
        if CONF_ADOPTED in self._get_reconfigure_subentry().data:
            self._load_adopted()
            return await self.async_step_adopt()
        return await self._async_ask_host("reconfigure", user_input)

    async def async_step_known(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer to adopt what another integration already reads."""
        assert self._info is not None
        return self.async_show_menu(
            step_id="known",
            menu_options=["adopt", "talk"],
            description_placeholders={"model": self._info.model},
        )

    async def async_step_talk(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on with the plug's own dialect."""
        assert self._info is not None
        if self._info.needs_password and not self._credentials:
            return await self.async_step_credentials()
        return await self.async_step_socket()

    async def _async_ask_host(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        known = (
            self._get_reconfigure_subentry()
            if self.source == SOURCE_RECONFIGURE
            else None
        )
        if user_input is not None:
            self._host = user_input[CONF_HOST].strip()
            serial = known.unique_id if known else None
            info, errors = await try_plug(self.hass, self._host, None, serial)
            if info is not None and self._is_new_and_configured(info):
                return self.async_abort(reason="already_configured")
            if info is not None:
                self._info = info
                known_by_others = known_switches(self.hass, info.serial)
                if known is None and info.serial and known_by_others:
                    self._adopted = {CONF_SWITCH: known_by_others[0]}
                    return await self.async_step_known()
                return await self.async_step_talk()
        suggested = self._host or (known.data[CONF_HOST] if known else "")
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                HOST_SCHEMA, {CONF_HOST: suggested} if suggested else None
            ),
            errors=errors,
        )

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the password and try it."""
        assert self._info is not None
        errors: dict[str, str] = {}
        if user_input is not None:
            info, errors = await try_plug(
                self.hass,
                self._host,
                read_credentials(user_input),
                self._info.serial,
            )
            if info is not None and self._is_new_and_configured(info):
                return self.async_abort(reason="already_configured")
            if info is not None:
                self._info = info
                self._credentials = user_input
                return await self.async_step_socket()
        return self.async_show_form(
            step_id="credentials",
            data_schema=self.add_suggested_values_to_schema(
                credentials_schema(),
                {CONF_USERNAME: (user_input or {}).get(CONF_USERNAME, "")}
                if user_input
                else None,
            ),
            errors=errors,
            description_placeholders={"model": self._info.model, "host": self._host},
        )

    async def async_step_socket(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask about one socket after the other."""
        assert self._info is not None
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_NAME].strip():
                number = self._info.sockets[len(self._sockets)]
                self._sockets.append(
                    socket_data(number, user_input, self._known_socket(number))
                )
                user_input = None
            else:
                errors = {CONF_NAME: "name_missing"}
        if len(self._sockets) == len(self._info.sockets):
            return self._finish(self._info)
        number = self._info.sockets[len(self._sockets)]
        return self.async_show_form(
            step_id="socket",
            data_schema=self.add_suggested_values_to_schema(
                socket_schema(self._get_entry(), new=self.source != SOURCE_RECONFIGURE),
                user_input or self._suggest(number),
            ),
            errors=errors,
            description_placeholders={
                "model": self._info.model,
                "number": str(len(self._sockets) + 1),
                "count": str(len(self._info.sockets)),
            },
        )

    def _finish(self, info: PlugInfo) -> SubentryFlowResult:
        """Write the plug down."""
        data = {
            CONF_HOST: self._host,
            CONF_DIALECT: info.dialect,
            CONF_MODEL: info.model,
            CONF_FIRMWARE: info.firmware,
            CONF_SOCKETS: self._sockets,
            **self._credentials,
        }
        title = (
            self._sockets[0][CONF_NAME]
            if len(self._sockets) == 1
            else info.name or f"{info.model} {info.serial[-6:]}"
        )
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=data,
            )
        return self.async_create_entry(title=title, data=data, unique_id=info.serial)

    def _known_socket(self, number: int) -> dict[str, Any]:
        """Return what is already configured of a socket."""
        if self.source == SOURCE_RECONFIGURE:
            for socket in self._get_reconfigure_subentry().data[CONF_SOCKETS]:
                if socket[CONF_NUMBER] == number:
                    return dict(socket)
        return {}

    def _suggest(self, number: int) -> dict[str, Any]:
        """Return the values a socket's form starts with.

        A new socket takes sector and role from the one before: strips feed a row.
        """
        known = self._known_socket(number)
        if CONF_NAME in known:
            if known.get(CONF_SECTOR) not in sectors(self._get_entry()):
                known.pop(CONF_SECTOR, None)
            return known
        assert self._info is not None
        before = self._sockets[-1] if self._sockets else {}
        suggested = {
            key: before[key] for key in (CONF_SECTOR, CONF_ROLE) if before.get(key)
        }
        if len(self._info.sockets) == 1 and self._info.name:
            suggested[CONF_NAME] = self._info.name
        return suggested

    def _is_new_and_configured(self, info: PlugInfo) -> bool:
        """Whether a park already has the plug to add: two pollers disturb each other."""
        return self.source != SOURCE_RECONFIGURE and any(
            subentry.unique_id == info.serial
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
        )
