"""The flow of a plug: a host; the plug tells what it is, the user names its sockets."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import callback
from homeassistant.helpers.selector import TextSelector
import probatio

from ..adopted import CONF_SWITCH
from ..const import CONF_ADOPTED, CONF_SOCKETS, DOMAIN, SUBENTRY_PLUG
from ..model import PlugInfo
from ..plug.rest_settings import RestAuth, RestSettingsError
from ..plugs import CONF_REST, is_blind, read_credentials
from .access import credentials_schema, is_configured, try_plug
from .adopt import AdoptFlow, known_switches
from .rest import (
    CONF_ACCESS,
    CONF_AUTH,
    PLACEHOLDERS,
    rest_access,
    rest_errors,
    rest_form,
    rest_schema,
    strip_access,
    strip_schema,
)
from .socket import SocketQuestions, plug_data, plug_title, plug_unique_id

HOST_SCHEMA = probatio.Schema({probatio.Required(CONF_HOST): TextSelector()})


class PlugSubentryFlow(AdoptFlow):
    """Ask a plug what it is, then ask the user about each of its sockets."""

    _info: PlugInfo
    _questions: SocketQuestions
    _again: Callable[[], Awaitable[SubentryFlowResult]]

    def __init__(self) -> None:
        """Start without a plug."""
        super().__init__()
        # How the plug is asked, as its subentry will hold it.
        self._access: dict[str, Any] = {}
        self._trusted_host = ""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether Home Assistant knows the plug already, and which kind it is."""
        return self.async_show_menu(
            step_id="user", menu_options=["address", "adopt", "rest", "strip"]
        )

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the host of a new plug."""
        return await self._async_ask_host("address", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change an adopted switch, or the access to a plug and its sockets."""
        data = self._get_reconfigure_subentry().data
        if CONF_ADOPTED in data:
            self._load_adopted()
            return await self.async_step_adopt()
        if CONF_REST in data:
            return await self.async_step_rest()
        return await self._async_ask_host("reconfigure", user_input)

    async def async_step_rest(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the requests that a plug takes, and how it answers."""
        errors: dict[str, str] = {}
        new = self.source != SOURCE_RECONFIGURE
        placeholders = dict(PLACEHOLDERS)
        if user_input is not None:
            known = {} if new else self._get_reconfigure_subentry().data
            access = rest_access(user_input, known)
            try:
                errors = await self._async_try_described(user_input, access)
            except RestSettingsError as err:
                errors = rest_errors(err)
                placeholders["value"] = str(access[CONF_REST].get(err.where, ""))
            if not errors:
                return await self._async_found()
            if "plug_certificate" in errors.values():
                return await self._async_ask_trust(self.async_step_rest, user_input)
        suggested = user_input
        if suggested is None and not new:
            suggested = rest_form(self._get_reconfigure_subentry())
        return self.async_show_form(
            step_id="rest",
            data_schema=self.add_suggested_values_to_schema(
                rest_schema(errors, new=new), suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_strip(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a strip that only toggles, as LF2L built it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            access = strip_access(user_input)
            errors = await self._async_try_described(user_input, access)
            if not errors:
                return await self._async_found()
        return self.async_show_form(
            step_id="strip",
            data_schema=self.add_suggested_values_to_schema(strip_schema(), user_input),
            errors=errors,
        )

    async def _async_try_described(
        self, form: dict[str, Any], access: dict[str, Any]
    ) -> dict[str, str]:
        """Try a described plug; raise RestSettingsError where the words make none."""
        described = access[CONF_REST]
        if (
            described.get(CONF_AUTH, RestAuth.NONE) != RestAuth.NONE
            and read_credentials(access) is None
        ):
            return {CONF_ACCESS: "password_missing"}
        errors = await self._async_try(access)
        if errors.get("base") == "plug_unknown":
            return {"base": "rest_unreadable"}
        if not errors:
            self._info = replace(self._info, name=form[CONF_NAME].strip() or None)
        return errors

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the device's own certificate is good enough."""
        host = self._access[CONF_HOST]
        if user_input is not None:
            self._trusted_host = host
            return await self._again()
        return self.async_show_form(
            step_id="certificate",
            data_schema=probatio.Schema({}),
            description_placeholders={"host": host},
        )

    async def async_step_known(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer to adopt what another integration already reads."""
        return self.async_show_menu(
            step_id="known",
            menu_options=["adopt", "talk"],
            description_placeholders={"model": self._info.model},
        )

    async def async_step_talk(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on with the plug's own dialect."""
        if self._info.needs_password and read_credentials(self._access) is None:
            return await self.async_step_credentials()
        return await self._async_ask_sockets()

    async def _async_ask_host(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._async_try({CONF_HOST: user_input[CONF_HOST].strip()})
            if not errors:
                return await self._async_found()
            if "plug_certificate" in errors.values():
                return await self._async_ask_trust(
                    partial(self._async_ask_host, step_id), user_input
                )
        suggested = self._access.get(CONF_HOST)
        if suggested is None and self.source == SOURCE_RECONFIGURE:
            suggested = self._get_reconfigure_subentry().data[CONF_HOST]
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
        errors: dict[str, str] = {}
        if user_input is not None:
            access = {CONF_HOST: self._access[CONF_HOST], **user_input}
            errors = await self._async_try(access)
            if not errors and self._is_configured():
                return self.async_abort(reason="already_configured")
            if not errors:
                return await self._async_ask_sockets()
        return self.async_show_form(
            step_id="credentials",
            data_schema=self.add_suggested_values_to_schema(
                credentials_schema(),
                {CONF_USERNAME: user_input.get(CONF_USERNAME, "")}
                if user_input
                else None,
            ),
            errors=errors,
            description_placeholders={
                "model": self._info.model,
                "host": self._access[CONF_HOST],
            },
        )

    async def async_step_socket(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask about one socket after the other."""
        errors = {} if user_input is None else self._questions.take(user_input)
        if self._questions.done:
            return self._finish()
        return self.async_show_form(
            step_id="socket",
            data_schema=self.add_suggested_values_to_schema(
                self._questions.schema,
                user_input if errors else self._questions.suggest(),
            ),
            errors=errors,
            description_placeholders=self._questions.placeholders,
        )

    async def _async_try(self, access: dict[str, Any]) -> dict[str, str]:
        """Try to reach a plug; return what is wrong, for the form."""
        if access[CONF_HOST] == self._trusted_host:
            access = {**access, CONF_VERIFY_SSL: False}
        self._access = access
        new = self.source != SOURCE_RECONFIGURE
        serial = None if new else self._get_reconfigure_subentry().unique_id
        info, errors = await try_plug(self.hass, access, serial)
        if info is not None:
            self._info = info
        return errors

    async def _async_ask_trust(
        self,
        step: Callable[[dict[str, Any]], Awaitable[SubentryFlowResult]],
        user_input: dict[str, Any],
    ) -> SubentryFlowResult:
        """Ask for trust in a certificate, then take the same answer again."""
        self._again = partial(step, user_input)
        return await self.async_step_certificate()

    async def _async_found(self) -> SubentryFlowResult:
        """Go on with a plug that answers."""
        if self._is_configured():
            return self.async_abort(reason="already_configured")
        if self.source != SOURCE_RECONFIGURE and self._info.serial:
            if known_by_others := known_switches(self.hass, self._info.serial):
                self._adopted = {CONF_SWITCH: known_by_others[0]}
                return await self.async_step_known()
        return await self.async_step_talk()

    async def _async_ask_sockets(self) -> SubentryFlowResult:
        new = self.source != SOURCE_RECONFIGURE
        known = () if new else self._get_reconfigure_subentry().data[CONF_SOCKETS]
        self._questions = SocketQuestions(
            self._get_entry(), self._info, known, blind=is_blind(self._access)
        )
        return await self.async_step_socket()

    def _finish(self) -> SubentryFlowResult:
        """Write the plug down."""
        sockets = self._questions.answers
        title = plug_title(self._info, sockets)
        data = plug_data(self._access, self._info, sockets)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=data,
            )
        return self.async_create_entry(
            title=title, data=data, unique_id=plug_unique_id(self._info)
        )

    @callback
    def _is_configured(self) -> bool:
        """Whether a park already has the plug to add: by serial, else by address."""
        if self.source == SOURCE_RECONFIGURE:
            return False
        if self._info.serial:
            return is_configured(self.hass, self._info.serial)
        return any(
            subentry.data.get(CONF_HOST) == self._access[CONF_HOST]
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
        )
