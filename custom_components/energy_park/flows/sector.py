"""The flow of a sector: its name and where it is."""

from typing import Any

from homeassistant.config_entries import (
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import AreaSelector, TextSelector
import probatio

from ..configuration import sectors
from ..const import CONF_AREA

SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_AREA): AreaSelector(),
    }
)


class SectorSubentryFlow(ConfigSubentryFlow):
    """Add or rename a sector."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a sector."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._check_name(user_input, None)
            if not errors:
                return self.async_create_entry(
                    title=user_input[CONF_NAME].strip(), data=_sector_data(user_input)
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Rename a sector; its area is changed on its device."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._check_name(user_input, subentry)
            if not errors:
                return self.async_update_and_abort(
                    self._get_entry(), subentry, title=user_input[CONF_NAME].strip()
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_NAME): TextSelector()}),
                user_input or {CONF_NAME: subentry.title},
            ),
            errors=errors,
        )

    def _check_name(
        self, user_input: dict[str, Any], own: ConfigSubentry | None
    ) -> dict[str, str]:
        """Refuse a name that is empty or that another sector has."""
        name = user_input[CONF_NAME].strip()
        if not name:
            return {CONF_NAME: "name_missing"}
        taken = {
            title.casefold()
            for sector_id, title in sectors(self._get_entry()).items()
            if own is None or sector_id != own.subentry_id
        }
        return {CONF_NAME: "name_taken"} if name.casefold() in taken else {}


def _sector_data(user_input: dict[str, Any]) -> dict[str, Any]:
    return {CONF_AREA: area} if (area := user_input.get(CONF_AREA)) else {}
