"""The park as its config entry describes it."""

from collections.abc import Iterator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import (
    CONF_HOST,
    CONF_MAC,
    CONF_MODEL,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_USERNAME,
)

from .const import (
    CONF_CA,
    CONF_COMPUTER,
    CONF_DATABASE,
    CONF_MONITORS,
    CONF_NEVER_SLEEPS,
    CONF_NUMBER,
    CONF_OCCUPANCY,
    CONF_PHASE,
    CONF_PRIORITY,
    CONF_ROLE,
    CONF_SCHEMA,
    CONF_SECTOR,
    CONF_SHUTDOWN,
    CONF_SOCKETS,
    CONF_TLS,
    CONF_WAKE,
    SUBENTRY_PLUG,
    SUBENTRY_SECTOR,
    SUBENTRY_STATION,
)
from .mirror.connection import MirrorSettings, TlsMode
from .model import Plug, Role, Socket
from .park.station import Station, mark_shared


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


def occupancy(entry: ConfigEntry) -> dict[str, str]:
    """Return what tells whether a sector is in use, by the sector's subentry id."""
    return {
        subentry.subentry_id: subentry.data[CONF_OCCUPANCY]
        for subentry in entry.get_subentries_of_type(SUBENTRY_SECTOR)
        if CONF_OCCUPANCY in subentry.data
    }


def sockets(entry: ConfigEntry) -> dict[str, Socket]:
    """Return the park's sockets by their id."""
    return {
        socket.id: socket
        for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG)
        for socket in read_plug(entry, subentry).sockets
    }


def read_stations(entry: ConfigEntry) -> dict[str, Station]:
    """Return the stations by their subentry id; what was learnt is not in them."""
    return {station.id: station for station in mark_shared(_stations(entry))}


def _stations(entry: ConfigEntry) -> Iterator[Station]:
    for subentry in entry.get_subentries_of_type(SUBENTRY_STATION):
        data = subentry.data
        yield Station(
            id=subentry.subentry_id,
            name=subentry.title,
            computer=data[CONF_COMPUTER],
            monitors=tuple(data[CONF_MONITORS]),
            mac=data.get(CONF_MAC),
            can_shut_down=bool(data.get(CONF_SHUTDOWN)),
            can_wake=bool(data.get(CONF_WAKE)),
            never_sleeps=data[CONF_NEVER_SLEEPS],
        )


def read_mirror(data: Mapping[str, Any]) -> MirrorSettings:
    """Return the way to the database from a form's or a subentry's values."""
    return MirrorSettings(
        host=data[CONF_HOST],
        port=data[CONF_PORT],
        database=data[CONF_DATABASE],
        user=data[CONF_USERNAME],
        password=data[CONF_PASSWORD],
        tls=TlsMode(data[CONF_TLS]),
        ca=data.get(CONF_CA) or None,
        schema=data[CONF_SCHEMA],
    )


def _read_socket(entry: ConfigEntry, serial: str, data: dict[str, Any]) -> Socket:
    sector = data.get(CONF_SECTOR)
    return Socket(
        id=f"{serial}_{data[CONF_NUMBER]}",
        number=data[CONF_NUMBER],
        name=data[CONF_NAME],
        role=Role(data[CONF_ROLE]),
        sector=sector if sector in entry.subentries else None,
        priority=data[CONF_PRIORITY],
        phase=data.get(CONF_PHASE),
    )
