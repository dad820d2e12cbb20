"""The steps of a meter that Home Assistant already reads: which sensors it is."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import probatio

from ..const import CONF_PROTECT, CONF_SENSORS, CONF_SUBSCRIBED_POWER
from ..measure import register_id, resolve
from ..protection import async_try_to_protect
from ..sensor_link import MEASURES, PHASES, source_of
from .meter_forms import known_meters, protection_fields


class SensorsFlow(ConfigSubentryFlow):
    """Ask for the sensors of a meter."""

    async def async_step_sensors(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the sensors of a meter that Home Assistant already reads."""
        errors: dict[str, str] = {}
        new = self.source != SOURCE_RECONFIGURE
        if user_input is not None:
            if error := self._check_sensors(user_input):
                errors = {"base": error}
            else:
                if user_input.get(CONF_PROTECT):
                    await async_try_to_protect(self.hass)
                return self._finish_sensors(user_input)
        offered = protection_fields(self.hass) if new else {}
        return self.async_show_form(
            step_id="sensors",
            data_schema=self.add_suggested_values_to_schema(
                sensors_schema().extend(offered),
                user_input or ({} if new else self._known_sensors()),
            ),
            errors=errors,
        )

    def _check_sensors(self, user_input: Mapping[str, Any]) -> str | None:
        """Return what is wrong with the choice, if anything is."""
        if user_input.keys() & set(PHASES) and not set(PHASES) <= user_input.keys():
            return "phases_missing"
        source = source_of(user_input)
        if not source:
            return "no_power"
        serial = register_id(self.hass, user_input[source[0]])
        own = None
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().unique_id
        taken = {meter.unique_id for meter in known_meters(self.hass)} - {own}
        return "meter_configured" if serial in taken else None

    def _finish_sensors(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        data = {
            CONF_SENSORS: {
                field: register_id(self.hass, user_input[field])
                for field in MEASURES
                if field in user_input
            },
            CONF_SUBSCRIBED_POWER: int(user_input[CONF_SUBSCRIBED_POWER] * 1000),
        }
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), data_updates=data
            )
        entity_id = user_input[source_of(user_input)[0]]
        state = self.hass.states.get(entity_id)
        return self.async_create_entry(
            title=state.name if state else entity_id,
            data=data,
            unique_id=register_id(self.hass, entity_id),
        )

    def _known_sensors(self) -> dict[str, Any]:
        """Return what the form of a meter behind sensors starts with."""
        data = self._get_reconfigure_subentry().data
        return {
            field: resolve(self.hass, entity)
            for field, entity in data[CONF_SENSORS].items()
        } | {CONF_SUBSCRIBED_POWER: data[CONF_SUBSCRIBED_POWER] / 1000}


def sensors_schema() -> probatio.Schema:
    """Return the form of a meter behind sensors."""
    schema: dict[Any, Any] = {
        **{
            probatio.Optional(field): EntitySelector(
                EntitySelectorConfig(domain="sensor", device_class=measure.device_class)
            )
            for field, measure in MEASURES.items()
        },
        probatio.Required(CONF_SUBSCRIBED_POWER): NumberSelector(
            NumberSelectorConfig(
                min=1,
                max=250,
                step=1,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement="kVA",
            )
        ),
    }
    return probatio.Schema(schema)
