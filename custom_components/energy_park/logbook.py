"""Tells the orders of a park in the logbook, in the language of the house."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .control.audit import EVENT_AUDIT, Audited


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[Event[Any]], dict[str, str]]], None
    ],
) -> None:
    """Say how the audit is told."""

    @callback
    def describe(event: Event[Mapping[str, Any]]) -> dict[str, str]:
        data = event.data
        return {
            LOGBOOK_ENTRY_NAME: data["name"],
            LOGBOOK_ENTRY_MESSAGE: _message(hass, data),
        }

    async_describe_event(DOMAIN, EVENT_AUDIT, describe)


def _message(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return what happened, as a person says it."""
    if data["what"] == Audited.STATION_ENDED:
        text = _text(hass, "common", "audit_station_ended")
    else:
        state = "on" if data["on"] else "off"
        text = _text(hass, "common", f"audit_{data['what']}_{state}")
    return text.format(
        reason=_state(hass, "reason", data["reason"]).lower(),
        outcome=_state(hass, "station_result", data["outcome"] or "").lower(),
    )


def _state(hass: HomeAssistant, sensor: str, state: str) -> str:
    return _text(hass, "entity", f"sensor.{sensor}.state.{state}")


def _text(hass: HomeAssistant, category: str, key: str) -> str:
    """Return a text in the language of the house; its key where there is none."""
    texts = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return texts.get(f"component.{DOMAIN}.{category}.{key}", key)
