"""The steps of a meter that Home Assistant already reads: which sensors it is."""

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
from ..sensor_link import APPARENT_POWER_FIELD as APPARENT_POWER, MEASURES
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
            serial = register_id(self.hass, user_input[APPARENT_POWER])
            own = None if new else self._get_reconfigure_subentry().unique_id
            taken = {meter.unique_id for meter in known_meters(self.hass)}
            if serial != own and serial in taken:
                errors = {APPARENT_POWER: "meter_configured"}
            else:
                if user_input.get(CONF_PROTECT):
                    await async_try_to_protect(self.hass)
                return self._finish_sensors(serial, user_input)
        offered = protection_fields(self.hass) if new else {}
        return self.async_show_form(
            step_id="sensors",
            data_schema=self.add_suggested_values_to_schema(
                sensors_schema().extend(offered),
                user_input or ({} if new else self._known_sensors()),
            ),
            errors=errors,
        )

    def _finish_sensors(
        self, serial: str, user_input: dict[str, Any]
    ) -> SubentryFlowResult:
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
        state = self.hass.states.get(user_input[APPARENT_POWER])
        return self.async_create_entry(
            title=state.name if state else user_input[APPARENT_POWER],
            data=data,
            unique_id=serial,
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
    power, *others = (
        EntitySelector(
            EntitySelectorConfig(domain="sensor", device_class=measure.device_class)
        )
        for measure in MEASURES.values()
    )
    _, *fields = MEASURES
    schema: dict[Any, Any] = {
        probatio.Required(APPARENT_POWER): power,
        **{
            probatio.Optional(field): selector
            for field, selector in zip(fields, others, strict=True)
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
