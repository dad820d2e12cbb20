"""Plugs that Home Assistant already knows: a switch and its sensors, adopted.

Nothing is polled: the other integration reads the device, its states are followed.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.script import DOMAIN as SCRIPT_DOMAIN
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    HomeAssistant,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

from .const import CONF_ADOPTED, DOMAIN, LOGGER
from .coordinator import EnergyParkConfigEntry, PlugCoordinator
from .measure import (
    APPARENT_POWER,
    CURRENT,
    ENERGY,
    FREQUENCY,
    POWER,
    POWER_FACTOR,
    REACTIVE_POWER,
    VOLTAGE,
    resolve,
    value_of,
)
from .model import PlugReading, Socket, SocketReading
from .plug.client import PlugUnreachableError

CONF_SWITCH = "switch"
# A cloud may be slow; one that hangs must not hold up the socket for ever.
SWITCH_WITHIN_S = 30
UNAVAILABLE = "the adopted switch is unavailable"

# What a socket may measure, by the fields of its reading.
MEASURES = {
    "power_w": POWER,
    "energy_wh": ENERGY,
    "current_a": CURRENT,
    "voltage_v": VOLTAGE,
    "power_factor": POWER_FACTOR,
    "apparent_power_va": APPARENT_POWER,
    "reactive_power_var": REACTIVE_POWER,
    "frequency_hz": FREQUENCY,
}


class AdoptedPlugCoordinator(PlugCoordinator):
    """Follows a switch of another integration as a socket of the park."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        subentry: ConfigSubentry,
    ) -> None:
        """Prepare to follow the adopted entities."""
        super().__init__(hass, entry, subentry, None)
        self._unsubscribe: list[CALLBACK_TYPE] = []
        domain, _ = split_entity_id(self._entity_id(CONF_SWITCH))
        self.ends_itself = domain == SCRIPT_DOMAIN

    @callback
    @override
    def async_start(self) -> None:
        """Follow the entities and take their present states."""
        entity_ids = [self._entity_id(key) for key in self.subentry.data[CONF_ADOPTED]]
        self._unsubscribe = [
            async_track_state_change_event(self.hass, entity_ids, self._async_reported),
            # A steady power is reported, not changed: its reading is a new one.
            async_track_state_report_event(self.hass, entity_ids, self._async_reported),
            async_track_entity_registry_updated_event(
                self.hass, entity_ids, self._async_registry_changed
            ),
        ]
        self._async_take()

    @callback
    @override
    def async_stop(self) -> None:
        """Follow them no longer."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()

    @override
    async def _async_update_data(self) -> PlugReading:
        """Have the other integration read its device, and return what it says."""
        await self.async_read_soon()
        reading = self._read()
        if not _is_known(reading):
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="plug_unreachable",
                translation_placeholders={
                    "plug": self.subentry.title,
                    "error": UNAVAILABLE,
                },
            )
        return reading

    @override
    async def async_switch(self, socket: Socket, on: bool) -> None:
        """Have the other integration switch its entity."""
        try:
            async with asyncio.timeout(SWITCH_WITHIN_S):
                await self.hass.services.async_call(
                    HOMEASSISTANT_DOMAIN,
                    SERVICE_TURN_ON if on else SERVICE_TURN_OFF,
                    {ATTR_ENTITY_ID: self._entity_id(CONF_SWITCH)},
                    blocking=True,
                )
        except TimeoutError as err:
            raise PlugUnreachableError("no answer from its integration") from err
        except HomeAssistantError as err:
            raise PlugUnreachableError(str(err)) from err
        except Exception as err:
            # Whatever it raises, it has not confirmed the order; its words may be secret.
            raise PlugUnreachableError(type(err).__name__) from err

    @callback
    def _async_reported(self, _event: Event[Any]) -> None:
        self._async_take()

    @callback
    def _async_registry_changed(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """Follow an entity under its new name."""
        if event.data["action"] == "update" and "entity_id" in event.data["changes"]:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    @callback
    def _async_take(self) -> None:
        """Publish the present states; a switch that is gone is not heard."""
        reading = self._read()
        if _is_known(reading):
            if not self.last_update_success:
                LOGGER.info("The %s is heard again", self.name)
            self.async_set_updated_data(reading)
        else:
            self.async_set_update_error(PlugUnreachableError(UNAVAILABLE))

    @override
    async def async_read_soon(self) -> None:
        """Have the other integration read its device, if it can."""
        adopted = self.subentry.data[CONF_ADOPTED]
        entity_ids = [
            self._entity_id(key) for key in (CONF_SWITCH, "power_w") if key in adopted
        ]
        for entity_id in entity_ids:
            await async_update_entity(self.hass, entity_id)

    def _read(self) -> PlugReading:
        [socket] = self.plug.sockets
        reading = self._read_socket()
        return PlugReading(
            sockets={socket.number: reading}, asked_at=self._reported_at(reading)
        )

    def _reported_at(self, reading: SocketReading) -> datetime | None:
        """Return when the other integration has told last what counts.

        That is the power, unless the relay is open: then nothing is drawn.
        """
        adopted = self.subentry.data[CONF_ADOPTED]
        key = "power_w" if reading.on and "power_w" in adopted else CONF_SWITCH
        state = self.hass.states.get(self._entity_id(key))
        return None if state is None else state.last_reported

    def _read_socket(self) -> SocketReading:
        adopted: Mapping[str, str] = self.subentry.data[CONF_ADOPTED]
        measured: dict[str, Any] = {
            field: value_of(self.hass, self._entity_id(field), measure)
            for field, measure in MEASURES.items()
            if field in adopted
        }
        switch = self.hass.states.get(self._entity_id(CONF_SWITCH))
        known = switch is not None and switch.state in {STATE_ON, STATE_OFF}
        return SocketReading(
            on=switch.state == STATE_ON if switch and known else None, **measured
        )

    def _entity_id(self, key: str) -> str:
        """Return the entity that was adopted as this."""
        return resolve(self.hass, self.subentry.data[CONF_ADOPTED][key])


def _is_known(reading: PlugReading) -> bool:
    """Return whether the switch says what it is."""
    [socket] = reading.sockets.values()
    return socket.on is not None
