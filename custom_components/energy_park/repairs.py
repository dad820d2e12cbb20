"""Mends what a repair is about, once a person agreed."""

from typing import override

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import probatio

from .const import DOMAIN
from .control.shedding.phases import unplaced
from .control.shedding.shedding import Shedding
from .coordinator import EnergyParkConfigEntry
from .flows.meter_forms import known_meters
from .issues import OTHER_METER, PHASES_UNKNOWN, UNPROTECTED
from .protection import async_protect
from .targets import all_sheddings


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow of an issue; one that only tells is confirmed."""
    if issue_id.startswith(OTHER_METER) and data is not None:
        entry = hass.config_entries.async_get_entry(str(data["entry_id"]))
        if entry is not None and data["subentry_id"] in entry.subentries:
            return OtherMeterRepairFlow(
                entry, str(data["subentry_id"]), str(data["serial"])
            )
    if issue_id.startswith(PHASES_UNKNOWN) and data is not None:
        for shedding in all_sheddings(hass):
            if shedding.meter.subentry.subentry_id == data["subentry_id"]:
                return PhasesRepairFlow(shedding)
    if issue_id.startswith(UNPROTECTED):
        return UnprotectedRepairFlow()
    return ConfirmRepairFlow()


class PhasesRepairFlow(RepairsFlow):
    """Asks on which phase each socket is; what nobody knows may be left out."""

    def __init__(self, shedding: Shedding) -> None:
        """Ask about the sockets behind a meter."""
        self._meter = shedding.meter
        self._sockets = {
            f"{socket.name} ({socket.id})": socket for socket in unplaced(shedding)
        }

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, and take the answers."""
        if user_input is None:
            phases = SelectSelector(
                SelectSelectorConfig(
                    options=["1", "2", "3"], translation_key="load_phase"
                )
            )
            return self.async_show_form(
                step_id="init",
                data_schema=probatio.Schema(
                    {probatio.Optional(name): phases for name in self._sockets}
                ),
                description_placeholders={
                    "meter": self._meter.subentry.title,
                    "names": ", ".join(one.name for one in self._sockets.values()),
                },
            )
        choices = self._meter.config_entry.runtime_data.switchboard.choices
        for name, phase in user_input.items():
            choices.async_choose(self._sockets[name], phase=int(phase))
        return self.async_create_entry(data={})


class UnprotectedRepairFlow(ConfirmRepairFlow):
    """Makes the automation that sheds on prediction."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then make it; say why where that fails."""
        if user_input is None:
            return await super().async_step_confirm()
        try:
            await async_protect(self.hass)
        except HomeAssistantError as err:
            return self.async_abort(
                reason="not_made", description_placeholders={"error": str(err)}
            )
        return self.async_create_entry(data={})


class OtherMeterRepairFlow(RepairsFlow):
    """Puts the meter that is heard in the place of the one that was replaced."""

    def __init__(
        self, entry: EnergyParkConfigEntry, subentry_id: str, serial: str
    ) -> None:
        """Take note of who replaces whom."""
        self._entry = entry
        self._subentry_id = subentry_id
        self._serial = serial

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask first."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Replace the meter; its entities keep their names and their history."""
        subentry = self._entry.subentries[self._subentry_id]
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders={
                    "meter": subentry.title,
                    "serial": self._serial[-6:],
                },
            )
        assert subentry.unique_id is not None
        if any(known.unique_id == self._serial for known in known_meters(self.hass)):
            return self.async_abort(reason="known_meter")
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        memory = self._entry.runtime_data.memory
        memory.rename_meter(subentry.unique_id, self._serial)
        _async_rename(self.hass, self._entry, subentry.unique_id, self._serial)
        self.hass.config_entries.async_update_subentry(
            self._entry,
            subentry,
            unique_id=self._serial,
            title=f"Linky {self._serial[-6:]}",
        )
        return self.async_create_entry(data={})


@callback
def _async_rename(
    hass: HomeAssistant, entry: EnergyParkConfigEntry, old_serial: str, new_serial: str
) -> None:
    """Give the entities and the device of a meter to its successor."""
    entities = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(entities, entry.entry_id):
        if entity.unique_id.startswith(f"{old_serial}_"):
            entities.async_update_entity(
                entity.entity_id,
                new_unique_id=new_serial + entity.unique_id.removeprefix(old_serial),
            )
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier(
        (DOMAIN, old_serial), entry.entry_id
    )
    if device is not None:
        devices.async_update_device(
            device.id,
            new_identifiers={(DOMAIN, new_serial)},
            serial_number=new_serial,
        )
