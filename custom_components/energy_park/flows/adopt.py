"""The steps that adopt a switch of another integration as a plug."""

from typing import Any

from homeassistant.components.fan import DOMAIN as FAN_DOMAIN
from homeassistant.components.light import DOMAIN as LIGHT_DOMAIN
from homeassistant.components.script import DOMAIN as SCRIPT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_MODEL, CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import probatio

from ..adopted import CONF_SWITCH, MEASURES
from ..const import CONF_ADOPTED, CONF_SOCKETS, DOMAIN, SUBENTRY_PLUG
from ..measure import register_id, resolve
from .access import macs_of
from .socket import socket_data, socket_schema

ADOPTABLE = [SWITCH_DOMAIN, LIGHT_DOMAIN, FAN_DOMAIN, SCRIPT_DOMAIN]


class AdoptFlow(ConfigSubentryFlow):
    """Ask for a switch, propose the sensors beside it, name the socket."""

    def __init__(self) -> None:
        """Start without a switch."""
        self._adopted: dict[str, str] = {}

    async def async_step_adopt(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which switch becomes a socket."""
        errors: dict[str, str] = {}
        if user_input is not None:
            entity_id = user_input[CONF_SWITCH]
            if self._is_adopted(entity_id):
                errors = {CONF_SWITCH: "already_adopted"}
            elif self._is_polled(entity_id):
                errors = {CONF_SWITCH: "already_polled"}
            else:
                self._adopted = {CONF_SWITCH: entity_id}
                return await self.async_step_measures()
        return self.async_show_form(
            step_id="adopt",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(
                    {
                        probatio.Required(CONF_SWITCH): EntitySelector(
                            EntitySelectorConfig(
                                domain=ADOPTABLE,
                                exclude_entities=own_entities(self.hass),
                            )
                        )
                    }
                ),
                user_input or self._adopted,
            ),
            errors=errors,
        )

    async def async_step_measures(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the sensors that measure the switch; its device's are proposed."""
        if user_input is not None:
            self._adopted = {CONF_SWITCH: self._adopted[CONF_SWITCH], **user_input}
            return await self.async_step_adopted_socket()
        schema = {
            probatio.Optional(field): EntitySelector(
                EntitySelectorConfig(
                    domain=SENSOR_DOMAIN, device_class=measure.device_class
                )
            )
            for field, measure in MEASURES.items()
        }
        known = {k: v for k, v in self._adopted.items() if k != CONF_SWITCH}
        return self.async_show_form(
            step_id="measures",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(schema),
                known or propose_sensors(self.hass, self._adopted[CONF_SWITCH]),
            ),
        )

    async def async_step_adopted_socket(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name, sector, role and priority, then write the plug down."""
        errors: dict[str, str] = {}
        new = self.source != SOURCE_RECONFIGURE
        known = (
            {} if new else dict(self._get_reconfigure_subentry().data[CONF_SOCKETS][0])
        )
        if user_input is not None:
            if user_input[CONF_NAME].strip():
                return self._finish_adoption(socket_data(0, user_input, known))
            errors = {CONF_NAME: "name_missing"}
        state = self.hass.states.get(self._adopted[CONF_SWITCH])
        return self.async_show_form(
            step_id="adopted_socket",
            data_schema=self.add_suggested_values_to_schema(
                socket_schema(self._get_entry(), new=new),
                user_input or known or {CONF_NAME: state.name if state else ""},
            ),
            errors=errors,
        )

    def _finish_adoption(self, socket: dict[str, Any]) -> SubentryFlowResult:
        adopted = {
            key: register_id(self.hass, entity_id)
            for key, entity_id in self._adopted.items()
        }
        data = {
            CONF_ADOPTED: adopted,
            CONF_MODEL: self._adopted[CONF_SWITCH].partition(".")[0],
            CONF_SOCKETS: [socket],
        }
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=socket[CONF_NAME],
                data=data,
            )
        return self.async_create_entry(
            title=socket[CONF_NAME], data=data, unique_id=adopted[CONF_SWITCH]
        )

    @callback
    def _load_adopted(self) -> None:
        """Start from what is adopted now."""
        adopted = self._get_reconfigure_subentry().data[CONF_ADOPTED]
        self._adopted = {
            key: resolve(self.hass, entity) for key, entity in adopted.items()
        }

    def _is_adopted(self, entity_id: str) -> bool:
        """Whether another socket is this switch: two arbiters would quarrel."""
        own = (
            self._get_reconfigure_subentry().subentry_id
            if self.source == SOURCE_RECONFIGURE
            else None
        )
        return any(
            resolve(self.hass, subentry.data[CONF_ADOPTED][CONF_SWITCH]) == entity_id
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
            if CONF_ADOPTED in subentry.data and subentry.subentry_id != own
        )

    def _is_polled(self, entity_id: str) -> bool:
        """Whether a park reads the switch's device itself."""
        macs = macs_of(self.hass, entity_id)
        return any(
            subentry.unique_id in macs
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
        )


@callback
def own_entities(hass: HomeAssistant) -> list[str]:
    """Return our own switches: a park cannot adopt itself."""
    return [
        entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.platform == DOMAIN and entry.domain == SWITCH_DOMAIN
    ]


@callback
def propose_sensors(hass: HomeAssistant, entity_id: str) -> dict[str, str]:
    """Return the sensors of the same device, by what they measure.

    A device with several switches has several sensors of a kind: then none is
    proposed, a wrong pair would put one socket's watts on another.
    """
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    if entry is None or entry.device_id is None:
        return {}
    by_class: dict[str, list[str]] = {}
    for other in er.async_entries_for_device(registry, entry.device_id):
        device_class = other.device_class or other.original_device_class
        if other.domain == SENSOR_DOMAIN and device_class:
            by_class.setdefault(device_class, []).append(other.entity_id)
    return {
        field: by_class[measure.device_class][0]
        for field, measure in MEASURES.items()
        if len(by_class.get(measure.device_class, [])) == 1
    }


@callback
def known_switches(hass: HomeAssistant, mac: str) -> list[str]:
    """Return the switches that another integration has for a device by its MAC."""
    devices = dr.async_get(hass)
    registry = er.async_get(hass)
    connection = (dr.CONNECTION_NETWORK_MAC, dr.format_mac(mac))
    return [
        entry.entity_id
        for device in devices.devices
        if connection in device.connections
        for entry in er.async_entries_for_device(registry, device.id)
        if entry.domain in ADOPTABLE and entry.platform != DOMAIN
    ]
