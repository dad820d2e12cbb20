"""Whether an automation protects the contract, and the one that is made for it.

When to shed is the business of Home Assistant's automations. Where none does it, a
repair says so, and makes one from the blueprint if that is wished.
"""

from collections.abc import Iterable, Iterator, Mapping
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
from homeassistant.const import CONF_ACTION, CONF_ID, CONF_SERVICE_DATA, SERVICE_RELOAD
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered
from homeassistant.helpers.start import async_at_started
from homeassistant.util import yaml as yaml_util
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .blueprints import async_install_blueprints, blueprint_path
from .const import DOMAIN, LOGGER
from .control.shedding.shedding import Shedding
from .coordinator import EnergyParkConfigEntry
from .issues import async_forget_unprotected, async_report_unprotected
from .services.shedding import ACTION_SHED, ATTR_MODE, MODE_PREDICTION
from .targets import CONF_METER, is_meant

ACTION: Final = f"{DOMAIN}.{ACTION_SHED}"
BLUEPRINT: Final = "shed_on_prediction"
AUTOMATION_ID: Final = f"{DOMAIN}_{BLUEPRINT}"


@callback
def has_automations(hass: HomeAssistant) -> bool:
    """Return whether this Home Assistant has automations at all."""
    return AUTOMATION_DOMAIN in hass.config.components


@callback
def is_protected(hass: HomeAssistant, shedding: Shedding) -> bool:
    """Return whether an automation that is switched on may shed behind a meter."""
    return any(
        is_meant(hass, shedding, _meters(call)) for call in _protecting_calls(hass)
    )


@callback
def is_every_meter_protected(hass: HomeAssistant) -> bool:
    """Return whether one may shed behind any meter, also one that is yet to come."""
    return not all(map(_meters, _protecting_calls(hass)))


def _protecting_calls(hass: HomeAssistant) -> list[Mapping[str, Any]]:
    """Return the data of our action where it sheds on prediction, call by call."""
    if DATA_COMPONENT not in hass.data:
        return []
    return [
        data
        for automation in hass.data[DATA_COMPONENT].entities
        if isinstance(automation, AutomationEntity) and automation.is_on
        for data in _calls(automation.action_script.sequence)
        if data.get(ATTR_MODE, MODE_PREDICTION) == MODE_PREDICTION
    ]


def _calls(part: object) -> Iterator[Mapping[str, Any]]:
    """Yield the data of our action wherever it stands in a sequence."""
    if isinstance(part, Mapping):
        if part.get(CONF_ACTION) == ACTION:
            yield part.get(CONF_SERVICE_DATA) or {}
        part = list(part.values())
    if isinstance(part, Iterable) and not isinstance(part, str):
        for one in part:
            yield from _calls(one)


def _meters(data: Mapping[str, Any]) -> list[str]:
    """Return the meters that a call names; none is all of them."""
    meters = data.get(CONF_METER) or []
    return [meters] if isinstance(meters, str) else list(meters)


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
    if not is_every_meter_protected(hass):
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
        unprotected = any(
            one.sockets and not is_protected(hass, one) for one in sheddings
        )
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
