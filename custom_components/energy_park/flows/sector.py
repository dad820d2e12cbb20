"""The flow of a sector: its name, where it is, and what tells that it is used."""

from typing import Any

from homeassistant.config_entries import (
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    AreaSelector,
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
)
import probatio

from ..configuration import sectors
from ..const import CONF_AREA, CONF_OCCUPANCY
from ..measure import register_id, resolve

OCCUPANCY = EntitySelector(
    EntitySelectorConfig(
        domain=[
            "binary_sensor",
            "calendar",
            "device_tracker",
            "input_boolean",
            "person",
            "schedule",
        ]
    )
)
SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_AREA): AreaSelector(),
        probatio.Optional(CONF_OCCUPANCY): OCCUPANCY,
    }
)
# The area is changed on the sector's device.
CHANGE_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_OCCUPANCY): OCCUPANCY,
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
                    title=user_input[CONF_NAME].strip(),
                    data=self._sector_data(user_input),
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Rename a sector, or have something else tell whether it is in use."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._check_name(user_input, subentry)
            if not errors:
                kept = {CONF_AREA: subentry.data.get(CONF_AREA)}
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    title=user_input[CONF_NAME].strip(),
                    data=self._sector_data(kept | user_input),
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                CHANGE_SCHEMA, user_input or self._shown(subentry)
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

    def _sector_data(self, user_input: dict[str, Any]) -> dict[str, Any]:
        """Return what is written down; an entity by what survives a new name."""
        data = {}
        if area := user_input.get(CONF_AREA):
            data[CONF_AREA] = area
        if entity := user_input.get(CONF_OCCUPANCY):
            data[CONF_OCCUPANCY] = register_id(self.hass, entity)
        return data

    def _shown(self, subentry: ConfigSubentry) -> dict[str, Any]:
        """Return what is shown of what is written down."""
        shown = {CONF_NAME: subentry.title}
        if entity := subentry.data.get(CONF_OCCUPANCY):
            shown[CONF_OCCUPANCY] = resolve(self.hass, entity)
        return shown
