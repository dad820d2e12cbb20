"""Sentences of sectors that Home Assistant's own do not know.

A sector, and its computers by their name, are switches: Home Assistant understands
"turn off room B" by itself. "Turn off the computers of room B" names a role and a
sector, which it would take for the whole sector; and the power of a sector it does
not tell. These sentences are understood before its own.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.conversation import DOMAIN as CONVERSATION
from homeassistant.components.homeassistant.exposed_entities import (
    async_listen_entity_updates,
    async_should_expose,
)
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_ID,
    CONF_PLATFORM,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
)
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)

from .const import DOMAIN, LOGGER
from .coordinator import EnergyParkConfigEntry
from .voice_sentences import Command, plain, sentences

# A park that is set up registers its sectors one by one.
LISTEN_AFTER_S = 1.0


class SectorSentences:
    """Listens to what is said of the sectors that are exposed to voice."""

    def __init__(self, hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
        """Prepare to listen."""
        self._hass = hass
        self._entry = entry
        self._sectors: dict[str, tuple[str, ...]] = {}
        self._stop_listening: CALLBACK_TYPE | None = None

    async def async_start(self) -> None:
        """Listen until the park unloads, to whatever the sectors are called."""
        if CONVERSATION not in self._hass.config.components:
            return
        debouncer = Debouncer(
            self._hass,
            LOGGER,
            cooldown=LISTEN_AFTER_S,
            immediate=False,
            function=self._async_listen,
        )

        @callback
        def async_renamed(event: Event[Any]) -> None:
            debouncer.async_schedule_call()

        @callback
        def is_alias(event_data: er.EventEntityRegistryUpdatedData) -> bool:
            return (
                event_data["action"] == "update" and "aliases" in event_data["changes"]
            )

        unload = self._entry.async_on_unload
        unload(debouncer.async_shutdown)
        unload(self._async_end)
        unload(
            self._hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, async_renamed)
        )
        unload(
            self._hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, async_renamed, is_alias
            )
        )
        unload(
            async_listen_entity_updates(
                self._hass, CONVERSATION, debouncer.async_schedule_call
            )
        )
        await self._async_listen()

    @callback
    def _async_end(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    async def _async_listen(self) -> None:
        """Listen anew if the names have changed."""
        if (names := self._exposed()) == self._sectors and self._stop_listening:
            return
        self._async_end()
        self._sectors = names
        if not names:
            return
        configs = [
            {
                CONF_PLATFORM: CONVERSATION,
                CONF_ID: f"{sector_id} {command}",
                "command": [
                    text for name in called for text in sentences(command, name)
                ],
            }
            for sector_id, called in names.items()
            for command in Command
        ]
        self._stop_listening = await async_initialize_triggers(
            self._hass,
            await async_validate_trigger_config(self._hass, configs),
            self._async_heard,
            DOMAIN,
            self._entry.title,
            LOGGER.log,
        )

    def _exposed(self) -> dict[str, tuple[str, ...]]:
        """Return the plain names of the sectors that voice may switch, by their ids."""
        devices, entities = dr.async_get(self._hass), er.async_get(self._hass)
        found = {}
        for sector in self._entry.runtime_data.sectors:
            device = devices.async_get_device_by_identifier(
                (DOMAIN, sector.unique_id), self._entry.entry_id
            )
            entity_id = self._entity_id(sector.unique_id, "all")
            if (
                device is None
                or entity_id is None
                or not async_should_expose(self._hass, CONVERSATION, entity_id)
            ):
                continue
            called = [
                device.name_by_user or device.name or "",
                *er.async_get_entity_aliases(self._hass, entities.entities[entity_id]),
            ]
            names = dict.fromkeys(name for text in called if (name := plain(text)))
            if names:
                found[sector.unique_id] = tuple(names)
        return found

    async def _async_heard(
        self, variables: Mapping[str, Any], _context: Context | None = None
    ) -> ScriptRunResult:
        """Do what was said, and say what came of it."""
        trigger = variables["trigger"]
        said = trigger["user_input"]
        sector_id, _, command = trigger[CONF_ID].partition(" ")
        context = Context(
            user_id=said["context"]["user_id"], parent_id=said["context"]["id"]
        )
        try:
            answer = await self._async_act(Command(command), sector_id, context)
        except HomeAssistantError as err:
            answer = await _async_text(self._hass, err, said["language"])
        return ScriptRunResult(answer, None, {})

    async def _async_act(
        self, command: Command, sector_id: str, context: Context
    ) -> str | None:
        """Switch, and leave the answer to Home Assistant; or tell the power."""
        [sector] = (
            s for s in self._entry.runtime_data.sectors if s.unique_id == sector_id
        )
        shown = self._entry.subentries[sector_id].title
        if command is Command.POWER:
            if sector.power.power_w is None:
                raise HomeAssistantError(
                    translation_domain=DOMAIN,
                    translation_key="power_unknown",
                    translation_placeholders={"sector": shown},
                )
            return f"{shown}: {sector.power.power_w:.0f} W"
        key, _, state = command.rpartition("_")
        if (entity_id := self._entity_id(sector_id, key)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="sector_has_none",
                translation_placeholders={"sector": shown},
            )
        await self._hass.services.async_call(
            SWITCH,
            SERVICE_TURN_ON if state == "on" else SERVICE_TURN_OFF,
            {ATTR_ENTITY_ID: entity_id},
            blocking=True,
            context=context,
        )
        return None

    def _entity_id(self, sector_id: str, key: str) -> str | None:
        return er.async_get(self._hass).async_get_entity_id(
            SWITCH, DOMAIN, f"{sector_id}_{key}"
        )


async def _async_text(
    hass: HomeAssistant, err: HomeAssistantError, language: str | None
) -> str:
    """Return an error in the language that was spoken."""
    texts = await async_get_translations(
        hass, language or hass.config.language, "exceptions", [DOMAIN]
    )
    key = f"component.{DOMAIN}.exceptions.{err.translation_key}.message"
    if key not in texts:
        return str(err)
    return texts[key].format(**(err.translation_placeholders or {}))
