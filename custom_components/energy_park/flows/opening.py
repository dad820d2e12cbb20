"""The step that asks when a park is open."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import Platform
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import probatio

from ..const import CONF_HOLIDAYS, CONF_OPENING_HOURS
from ..measure import register_id, resolve

SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_OPENING_HOURS): EntitySelector(
            EntitySelectorConfig(
                domain=[
                    "schedule",
                    "input_boolean",
                    Platform.BINARY_SENSOR,
                    Platform.CALENDAR,
                ]
            )
        ),
        probatio.Optional(CONF_HOLIDAYS): EntitySelector(
            EntitySelectorConfig(domain=Platform.CALENDAR, multiple=True)
        ),
    }
)


class OpeningFlow(ConfigFlow):
    """Ask which entities tell that the park is open or closed."""

    async def async_step_opening(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the hours and the holidays; what is left empty is chosen no more."""
        entry = self._get_reconfigure_entry()
        known = {
            key: value
            for key, value in entry.data.items()
            if key not in {CONF_OPENING_HOURS, CONF_HOLIDAYS}
        }
        if user_input is not None:
            if hours := user_input.get(CONF_OPENING_HOURS):
                known[CONF_OPENING_HOURS] = register_id(self.hass, hours)
            if calendars := user_input.get(CONF_HOLIDAYS):
                known[CONF_HOLIDAYS] = [register_id(self.hass, c) for c in calendars]
            return self.async_update_and_abort(entry, data=known)
        chosen: dict[str, Any] = {}
        if CONF_OPENING_HOURS in entry.data:
            chosen[CONF_OPENING_HOURS] = resolve(
                self.hass, entry.data[CONF_OPENING_HOURS]
            )
        if CONF_HOLIDAYS in entry.data:
            chosen[CONF_HOLIDAYS] = [
                resolve(self.hass, calendar) for calendar in entry.data[CONF_HOLIDAYS]
            ]
        return self.async_show_form(
            step_id="opening",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, chosen),
        )
