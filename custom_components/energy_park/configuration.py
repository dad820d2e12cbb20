"""The park as its config entry describes it."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_MODEL, CONF_NAME

from .const import (
    CONF_NUMBER,
    CONF_PRIORITY,
    CONF_ROLE,
    CONF_SECTOR,
    CONF_SOCKETS,
    SUBENTRY_SECTOR,
)
from .model import Plug, Role, Socket


def read_plug(entry: ConfigEntry, subentry: ConfigSubentry) -> Plug:
    """Return a plug as it was set up; a sector that is gone counts as none."""
    assert subentry.unique_id is not None
    return Plug(
        serial=subentry.unique_id,
        name=subentry.title,
        model=subentry.data[CONF_MODEL],
        sockets=tuple(
            _read_socket(entry, subentry.unique_id, data)
            for data in subentry.data[CONF_SOCKETS]
        ),
    )


def sectors(entry: ConfigEntry) -> dict[str, str]:
    """Return the names of the park's sectors by their subentry id."""
    return {
        subentry.subentry_id: subentry.title
        for subentry in entry.get_subentries_of_type(SUBENTRY_SECTOR)
    }


def _read_socket(entry: ConfigEntry, serial: str, data: dict[str, Any]) -> Socket:
    sector = data.get(CONF_SECTOR)
    return Socket(
        id=f"{serial}_{data[CONF_NUMBER]}",
        number=data[CONF_NUMBER],
        name=data[CONF_NAME],
        role=Role(data[CONF_ROLE]),
        sector=sector if sector in entry.subentries else None,
        priority=data[CONF_PRIORITY],
    )
