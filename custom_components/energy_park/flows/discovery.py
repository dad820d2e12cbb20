"""The steps of a plug that was discovered: a person confirms, names, and adds it.

Discovery itself adds nothing and switches nothing. It moves a plug that a park has
already to its new address, once nothing with its serial number answers at the old one.
"""

from dataclasses import replace
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
)
from homeassistant.const import CONF_HOST
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import probatio

from ..const import DOMAIN, SUBENTRY_PLUG
from ..inventory import add_plug
from ..model import PlugInfo
from ..plug.rest_description import lf2l_strip
from ..plugs import CONF_REST, is_blind, moved
from .access import credentials_schema, is_configured, try_plug
from .adopt import known_switches
from .socket import SocketQuestions, plug_data, plug_title, plug_unique_id

ATTR_DEVICE_TYPE: Final = "device_type"
ATTR_SOCKETS: Final = "sockets"
CONF_PARK: Final = "park"

# What the strip of LF2L, and its server, call it.
STRIP: Final = "powerstrip"


class DiscoveryFlow(ConfigFlow):
    """Offer a discovered plug to the parks."""

    _access: dict[str, Any]
    _info: PlugInfo
    _park: ConfigEntry
    _questions: SocketQuestions
    _announced: dict[str, Any] | None = None

    @override
    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """Ask a plug on the network what it is."""
        host = discovery_info.host
        if discovery_info.port not in {None, 80}:
            bracketed = f"[{host}]" if ":" in host else host
            host = f"{bracketed}:{discovery_info.port}"
        self._access = {CONF_HOST: host}
        info, _ = await try_plug(self.hass, self._access, None)
        if info is None or not info.serial:
            return self.async_abort(reason="no_plug")
        await self.async_set_unique_id(info.serial)
        self._abort_if_unique_id_configured()
        for entry, subentry in self._plugs():
            if subentry.unique_id == info.serial:
                await self._async_move(entry, subentry, discovery_info.host)
                return self.async_abort(reason="already_configured")
        if known_switches(self.hass, info.serial):
            return self.async_abort(reason="known_elsewhere")
        self._info = info
        return await self._async_offer(info.name or info.model, info.serial[-6:])

    @override
    async def async_step_integration_discovery(
        self, discovery_info: dict[str, Any]
    ) -> ConfigFlowResult:
        """Show a device that announced itself; it is not spoken to yet."""
        self._announced = discovery_info
        self._access = {CONF_HOST: discovery_info[CONF_HOST]}
        # Brothers share one id: the address tells them apart while they wait.
        await self.async_set_unique_id(discovery_info[CONF_HOST])
        self._abort_if_unique_id_configured()
        if self._has_address():
            return self.async_abort(reason="already_configured")
        return await self._async_offer(
            discovery_info[ATTR_DEVICE_TYPE], discovery_info[CONF_HOST]
        )

    async def async_step_discovered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether, and to which park, the plug is to be added."""
        errors: dict[str, str] = {}
        if not (parks := self._parks()):
            return self.async_abort(reason="no_park")
        if user_input is not None:
            self._park = parks[user_input.get(CONF_PARK, next(iter(parks)))]
            if self._announced is not None:
                errors = await self._async_ask_announced(self._announced)
            if not errors:
                return await self._async_confirmed()
        fields: dict[Any, Any] = {}
        if len(parks) > 1:
            options = [
                SelectOptionDict(value=park.entry_id, label=park.title)
                for park in parks.values()
            ]
            fields[probatio.Required(CONF_PARK)] = SelectSelector(
                SelectSelectorConfig(options=options)
            )
        return self.async_show_form(
            step_id="discovered",
            data_schema=probatio.Schema(fields),
            errors=errors,
            description_placeholders={
                **self.context["title_placeholders"],
                "host": self._access[CONF_HOST],
            },
        )

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the password and try it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            access = {**self._access, **user_input}
            info, errors = await try_plug(self.hass, access, self._info.serial)
            if info is not None:
                self._access, self._info = access, info
                return await self._async_ask_sockets()
        return self.async_show_form(
            step_id="credentials",
            data_schema=credentials_schema(),
            errors=errors,
            description_placeholders={
                "model": self._info.model,
                "host": self._access[CONF_HOST],
            },
        )

    async def async_step_socket(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about one socket after the other, then add the plug."""
        errors = {} if user_input is None else self._questions.take(user_input)
        if self._questions.done:
            return self._finish_discovery()
        return self.async_show_form(
            step_id="socket",
            data_schema=self.add_suggested_values_to_schema(
                self._questions.schema,
                user_input if errors else self._questions.suggest(),
            ),
            errors=errors,
            description_placeholders=self._questions.placeholders,
        )

    async def _async_offer(self, kind: str, which: str) -> ConfigFlowResult:
        """Show the plug among what was discovered."""
        self.context["title_placeholders"] = {"name": f"{kind} ({which})"}
        return await self.async_step_discovered()

    async def _async_ask_announced(self, announced: dict[str, Any]) -> dict[str, str]:
        """Ask a device that announced itself what it is; return what is wrong."""
        kind = announced[ATTR_DEVICE_TYPE]
        access = {CONF_HOST: announced[CONF_HOST]}
        info, errors = await try_plug(self.hass, access, None)
        if errors.get("base") == "plug_unknown" and kind.casefold() == STRIP:
            access[CONF_REST] = lf2l_strip(announced[ATTR_SOCKETS] or 6)
            info, errors = await try_plug(self.hass, access, None)
        if info is not None:
            self._access, self._info = access, replace(info, name=info.name or kind)
        return errors

    async def _async_confirmed(self) -> ConfigFlowResult:
        serial = self._info.serial
        if is_configured(self.hass, serial) if serial else self._has_address():
            return self.async_abort(reason="already_configured")
        if serial and known_switches(self.hass, serial):
            return self.async_abort(reason="known_elsewhere")
        if self._info.needs_password:
            return await self.async_step_credentials()
        return await self._async_ask_sockets()

    async def _async_ask_sockets(self) -> ConfigFlowResult:
        self._questions = SocketQuestions(
            self._park, self._info, (), blind=is_blind(self._access)
        )
        return await self.async_step_socket()

    def _finish_discovery(self) -> ConfigFlowResult:
        """Add the plug to its park; the flow itself makes no entry."""
        sockets = self._questions.answers
        title = plug_title(self._info, sockets)
        add_plug(
            self.hass,
            self._park,
            title,
            plug_data(self._access, self._info, sockets),
            plug_unique_id(self._info),
        )
        return self.async_abort(
            reason="plug_added",
            description_placeholders={"plug": title, "park": self._park.title},
        )

    async def _async_move(
        self, entry: ConfigEntry, subentry: ConfigSubentry, address: str
    ) -> None:
        """Follow a plug to its new address, if it has left the old one.

        Some plugs have two addresses, and anyone may announce any serial number.
        """
        host = moved(subentry.data[CONF_HOST], address)
        if host == subentry.data[CONF_HOST]:
            return
        info, _ = await try_plug(self.hass, subentry.data, subentry.unique_id)
        if info is None:
            self.hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, CONF_HOST: host}
            )

    def _has_address(self) -> bool:
        """Whether a park has a plug at this address."""
        return any(
            subentry.data.get(CONF_HOST) == self._access[CONF_HOST]
            for _, subentry in self._plugs()
        )

    def _plugs(self) -> list[tuple[ConfigEntry, ConfigSubentry]]:
        return [
            (entry, subentry)
            for entry in self._parks().values()
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
        ]

    def _parks(self) -> dict[str, ConfigEntry]:
        """Return the parks by their entry id, without what was ignored."""
        return {
            entry.entry_id: entry
            for entry in self.hass.config_entries.async_entries(
                DOMAIN, include_ignore=False
            )
        }
