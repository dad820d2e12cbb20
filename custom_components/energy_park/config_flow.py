"""Config flow of a park; its parts are added as subentries."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_COUNTRY, CONF_NAME, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    CountrySelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import probatio

from .const import (
    BILLING_PERIOD_MIN_BY_COUNTRY,
    BILLING_PERIODS_MIN,
    CONF_BILLING_PERIOD,
    DEFAULT_BILLING_PERIOD_MIN,
    DEFAULT_COUNTRY,
    DOMAIN,
    SUBENTRY_METER,
    SUBENTRY_MIRROR,
    SUBENTRY_PLUG,
    SUBENTRY_SECTOR,
    SUBENTRY_STATION,
)
from .flows.access import credentials_schema, try_plug
from .flows.discovery import DiscoveryFlow
from .flows.inventory import InventoryFlow
from .flows.meter import MeterSubentryFlow
from .flows.mirror import MirrorSubentryFlow, database_credentials_schema, try_database
from .flows.opening import OpeningFlow
from .flows.plug import PlugSubentryFlow
from .flows.prices import PRICES, prices_data, prices_schema, prices_shown
from .flows.sector import SectorSubentryFlow
from .flows.station import StationSubentryFlow


class EnergyParkConfigFlow(InventoryFlow, DiscoveryFlow, OpeningFlow, domain=DOMAIN):
    """Ask what a park is called and how its energy is billed."""

    VERSION = 1

    _part: ConfigSubentry

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the parts a park is made of."""
        return {
            SUBENTRY_METER: MeterSubentryFlow,
            SUBENTRY_SECTOR: SectorSubentryFlow,
            SUBENTRY_PLUG: PlugSubentryFlow,
            SUBENTRY_STATION: StationSubentryFlow,
            SUBENTRY_MIRROR: MirrorSubentryFlow,
        }

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Create a park."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._check_name(user_input, None)
            if not errors:
                return self.async_create_entry(
                    title=user_input[CONF_NAME].strip(), data=_park_data(user_input)
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _park_schema(self.hass.config.country),
                user_input or {CONF_NAME: self.hass.config.location_name},
            ),
            errors=errors,
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go straight on to the meter."""
        meter_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_METER),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, meter_flow["flow_id"])
        return result

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is to be changed."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["settings", "opening", "prices", "import_inventory"],
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the name, the country or the billing period."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._check_name(user_input, entry)
            if not errors:
                return self.async_update_and_abort(
                    entry,
                    title=user_input[CONF_NAME].strip(),
                    data_updates=_park_data(user_input),
                )
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                _park_schema(self.hass.config.country),
                user_input
                or {
                    CONF_NAME: entry.title,
                    CONF_COUNTRY: entry.data[CONF_COUNTRY],
                    CONF_BILLING_PERIOD: str(entry.data[CONF_BILLING_PERIOD]),
                },
            ),
            errors=errors,
        )

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what energy costs and weighs."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            others = {k: v for k, v in entry.data.items() if k not in PRICES}
            return self.async_update_and_abort(
                entry, data={**others, **prices_data(self.hass, user_input)}
            )
        return self.async_show_form(
            step_id="prices",
            data_schema=self.add_suggested_values_to_schema(
                prices_schema(self.hass.config.currency),
                prices_shown(self.hass, entry.data),
            ),
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Ask for the password of the plug or the database that refused ours."""
        entry = self._get_reauth_entry()
        self._part = entry.subentries[entry_data["subentry_id"]]
        if self._part.subentry_type == SUBENTRY_MIRROR:
            return await self.async_step_reauth_mirror()
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try the new password on the plug."""
        errors: dict[str, str] = {}
        if user_input is not None:
            _, errors = await try_plug(
                self.hass, {**self._part.data, **user_input}, self._part.unique_id
            )
            if not errors:
                entry = self._get_reauth_entry()
                self.hass.config_entries.async_update_subentry(
                    entry, self._part, data={**self._part.data, **user_input}
                )
                return self.async_abort(reason="reauth_successful")
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                credentials_schema(),
                {k: v for k, v in self._part.data.items() if k != CONF_PASSWORD},
            ),
            errors=errors,
            description_placeholders={"plug": self._part.title},
        )

    async def async_step_reauth_mirror(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Try the new password on the database."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {**self._part.data, **user_input}
            _, errors = await try_database(data)
            if not errors:
                self.hass.config_entries.async_update_subentry(
                    self._get_reauth_entry(), self._part, data=data
                )
                return self.async_abort(reason="reauth_successful")
        return self.async_show_form(
            step_id="reauth_mirror",
            data_schema=self.add_suggested_values_to_schema(
                database_credentials_schema(),
                {CONF_USERNAME: self._part.data[CONF_USERNAME]},
            ),
            errors=errors,
            description_placeholders={"database": self._part.title},
        )

    def _check_name(
        self, user_input: dict[str, Any], own: ConfigEntry | None
    ) -> dict[str, str]:
        """Refuse a name that is empty or that another park has."""
        name = user_input[CONF_NAME].strip()
        if not name:
            return {CONF_NAME: "name_missing"}
        taken = {
            entry.title.casefold()
            for entry in self._async_current_entries(include_ignore=False)
            if own is None or entry.entry_id != own.entry_id
        }
        return {CONF_NAME: "name_taken"} if name.casefold() in taken else {}


def _park_schema(country: str | None) -> probatio.Schema:
    """Return the form of a park with the defaults of the country."""
    country = country or DEFAULT_COUNTRY
    period_min = BILLING_PERIOD_MIN_BY_COUNTRY.get(country, DEFAULT_BILLING_PERIOD_MIN)
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_COUNTRY, default=country): CountrySelector(),
            probatio.Required(
                CONF_BILLING_PERIOD, default=str(period_min)
            ): SelectSelector(
                SelectSelectorConfig(
                    options=[str(period) for period in BILLING_PERIODS_MIN],
                    translation_key=CONF_BILLING_PERIOD,
                )
            ),
        }
    )


def _park_data(user_input: dict[str, Any]) -> dict[str, Any]:
    return {
        CONF_COUNTRY: user_input[CONF_COUNTRY],
        CONF_BILLING_PERIOD: int(user_input[CONF_BILLING_PERIOD]),
    }
