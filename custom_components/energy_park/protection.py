"""Whether an automation protects the contract, and the one that is made for it.

When to shed is the business of Home Assistant's automations. Where none does it, a
repair says so, and makes one from the blueprint if that is wished.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.components.automation import (
    DATA_COMPONENT,
    DOMAIN as AUTOMATION_DOMAIN,
    EVENT_AUTOMATION_RELOADED,
    AutomationEntity,
)
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.config import AUTOMATION_CONFIG_PATH
from homeassistant.const import CONF_ACTION, CONF_ID, SERVICE_RELOAD
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered
from homeassistant.helpers.start import async_at_started
from homeassistant.util import yaml as yaml_util
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .blueprints import async_install_blueprints, blueprint_path
from .const import DOMAIN, LOGGER
from .coordinator import EnergyParkConfigEntry
from .issues import async_forget_unprotected, async_report_unprotected

ACTION: Final = f"{DOMAIN}.shed"
BLUEPRINT: Final = "shed_on_prediction"
AUTOMATION_ID: Final = f"{DOMAIN}_{BLUEPRINT}"


@callback
def has_automations(hass: HomeAssistant) -> bool:
    """Return whether this Home Assistant has automations at all."""
    return AUTOMATION_DOMAIN in hass.config.components


@callback
def is_protected(hass: HomeAssistant) -> bool:
    """Return whether an automation that is switched on may shed."""
    if DATA_COMPONENT not in hass.data:
        return False
    return any(
        isinstance(automation, AutomationEntity)
        and automation.is_on
        and _calls(automation.action_script.sequence)
        for automation in hass.data[DATA_COMPONENT].entities
    )


def _calls(part: object) -> bool:
    """Return whether our action stands anywhere in a sequence."""
    if isinstance(part, Mapping):
        return part.get(CONF_ACTION) == ACTION or _calls(list(part.values()))
    if isinstance(part, Iterable) and not isinstance(part, str):
        return any(_calls(one) for one in part)
    return False


async def async_protect(hass: HomeAssistant) -> None:
    """Make the automation that sheds on prediction, and start it.

    It goes to the file of those that are edited in the user interface.

    Raises:
        HomeAssistantError: it cannot be written, or that file is not loaded.
    """
    await async_install_blueprints(hass, overwrite=False)
    path = blueprint_path(BLUEPRINT)
    blueprint = await async_get_blueprints(hass).async_get_blueprint(path)
    automation = {
        CONF_ID: AUTOMATION_ID,
        "alias": blueprint.name,
        "use_blueprint": {"path": path, "input": {}},
    }
    file = hass.config.path(AUTOMATION_CONFIG_PATH)
    try:
        await hass.async_add_executor_job(_append, file, automation)
    except (OSError, TypeError, ValueError, WriteError, HomeAssistantError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="automation_not_written",
            translation_placeholders={"path": file, "error": str(err)},
        ) from err
    await hass.services.async_call(AUTOMATION_DOMAIN, SERVICE_RELOAD, blocking=True)
    if not is_protected(hass):
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="automation_not_loaded",
            translation_placeholders={"path": file},
        )


def _append(path: str, automation: dict[str, Any]) -> None:
    """Add an automation to the file; what stands there is left as it is."""
    try:
        known = yaml_util.load_yaml(path) or []
    except FileNotFoundError:
        known = []
    if not isinstance(known, list):
        raise TypeError("it holds no list")
    if any(one.get(CONF_ID) == AUTOMATION_ID for one in known):
        return
    text = yaml_util.dump([automation])
    if known:
        text = f"{Path(path).read_text(encoding='utf-8').rstrip()}\n{text}"
        if yaml_util.parse_yaml(text) != [*known, automation]:
            raise ValueError("it holds no plain list")
    write_utf8_file_atomic(path, text)


@callback
def async_watch_protection(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Tell of a park that nothing protects, for as long as it is loaded."""
    told: bool | None = None

    @callback
    def async_look(*_: object) -> None:
        nonlocal told
        sheddings = entry.runtime_data.sheddings.values()
        unprotected = any(one.sockets for one in sheddings) and not is_protected(hass)
        if unprotected is told:
            return
        told = unprotected
        if unprotected:
            async_report_unprotected(hass, entry)
        else:
            async_forget_unprotected(hass, entry)

    @callback
    def async_start(hass: HomeAssistant) -> None:
        entry.async_on_unload(
            hass.bus.async_listen(EVENT_AUTOMATION_RELOADED, async_look)
        )
        states = async_track_state_change_filtered(
            hass, TrackStates(False, set(), {AUTOMATION_DOMAIN}), async_changed
        )
        entry.async_on_unload(states.async_remove)
        async_look()

    @callback
    def async_changed(event: Event[EventStateChangedData]) -> None:
        before, after = event.data["old_state"], event.data["new_state"]
        if (before and before.state) != (after and after.state):
            async_look()

    entry.async_on_unload(async_at_started(hass, async_start))


async def async_try_to_protect(hass: HomeAssistant) -> None:
    """Make the automation; where that fails, the repair goes on saying so."""
    try:
        await async_protect(hass)
    except HomeAssistantError as err:
        LOGGER.warning("The automation that sheds was not made: %s", err)
