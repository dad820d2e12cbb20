"""The form of a socket, whatever plug it belongs to."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from ..configuration import sectors
from ..const import (
    CONF_NUMBER,
    CONF_PRIORITY,
    CONF_ROLE,
    CONF_SECTOR,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    PRIORITY_MIN,
)
from ..model import Role


def socket_schema(entry: ConfigEntry, *, new: bool) -> probatio.Schema:
    """Return the form of a socket.

    The priority is asked once: later it is an entity, which automations change.
    """
    options = [
        SelectOptionDict(value=sector_id, label=title)
        for sector_id, title in sectors(entry).items()
    ]
    schema: dict[Any, Any] = {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_SECTOR): SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        ),
        probatio.Required(CONF_ROLE, default=Role.COMPUTER): SelectSelector(
            SelectSelectorConfig(
                options=[role.value for role in Role], translation_key=CONF_ROLE
            )
        ),
    }
    if new:
        schema[probatio.Required(CONF_PRIORITY, default=PRIORITY_DEFAULT)] = (
            NumberSelector(
                NumberSelectorConfig(
                    min=PRIORITY_MIN, max=PRIORITY_MAX, mode=NumberSelectorMode.SLIDER
                )
            )
        )
    return probatio.Schema(schema)


def socket_data(
    number: int, user_input: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is written down of a socket; ``known`` is what was before."""
    priority = user_input.get(CONF_PRIORITY, known.get(CONF_PRIORITY, PRIORITY_DEFAULT))
    return {
        CONF_NUMBER: number,
        CONF_NAME: user_input[CONF_NAME].strip(),
        CONF_SECTOR: user_input.get(CONF_SECTOR),
        CONF_ROLE: user_input[CONF_ROLE],
        CONF_PRIORITY: int(priority),
    }
