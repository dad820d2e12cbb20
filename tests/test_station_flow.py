"""The flow of a station."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.energy_park.configuration import read_stations
from custom_components.energy_park.const import DOMAIN
from scripts.emulators import ShellyGen2

from .common import MockConfigEntry
from .parks import async_setup, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
ROOM = "room"
PC, SCREEN, SECOND_PC, SECOND_SCREEN = (f"{MAC}_{number}" for number in range(4))
ROLES = ("computer", "monitor", "computer", "monitor")
SHUT_DOWN = [{"action": "button.press", "target": {"entity_id": "button.pc_off"}}]


@pytest.fixture
async def entry(hass: HomeAssistant) -> AsyncIterator[MockConfigEntry]:
    """A room of two computers and two monitors."""
    async with ShellyGen2(mac=MAC, sockets=4) as strip:
        yield await async_setup(hass, sector("Room A", ROOM), plug(strip, ROOM, ROLES))


async def async_add(hass: HomeAssistant, entry: MockConfigEntry, **values: Any) -> Any:
    """Fill in the form of a new station."""
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        (entry.entry_id, "station"), context={"source": SOURCE_USER}
    )
    assert form["type"] is FlowResultType.FORM
    return await flows.async_configure(
        form["flow_id"], {"name": "Desk 1", "computer": PC, **values}
    )


def stations(entry: MockConfigEntry) -> list[ConfigSubentry]:
    return list(entry.get_subentries_of_type("station"))


async def test_a_station_is_added_under_its_sector(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    presence = er.async_get(hass).async_get_or_create("binary_sensor", "test", "desk")
    result = await async_add(
        hass,
        entry,
        monitors=[SCREEN],
        shutdown=SHUT_DOWN,
        mac="AA-BB-CC-00-11-22",
        wake=SHUT_DOWN,
        presence=[presence.entity_id],
        answers="binary_sensor.ping",
        never_sleeps=True,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [part] = stations(entry)
    assert part.title == "Desk 1"
    assert part.data["presence"] == [presence.id]
    [station] = read_stations(entry).values()
    assert (station.computer, station.monitors) == (PC, (SCREEN,))
    assert station.mac == "aa:bb:cc:00:11:22"
    assert station.can_shut_down
    assert station.can_wake
    assert station.never_sleeps
    devices = dr.async_get(hass)
    room = devices.async_get_device_by_identifier((DOMAIN, ROOM), entry.entry_id)
    device = devices.async_get_device_by_identifier(
        (DOMAIN, part.subentry_id), entry.entry_id
    )
    assert room
    assert device
    assert device.via_device_id == room.id


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": " ", "computer": SECOND_PC}, {"name": "name_missing"}),
        ({"name": "DESK 1", "computer": SECOND_PC}, {"name": "name_taken"}),
        ({"name": "Desk 2"}, {"computer": "computer_taken"}),
        ({"computer": SECOND_PC, "mac": "nonsense"}, {"mac": "mac_invalid"}),
        (
            {"computer": SECOND_PC, "shutdown": [{"nonsense": 1}]},
            {"shutdown": "action_invalid"},
        ),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    values: dict[str, Any],
    errors: dict[str, str],
) -> None:
    await async_add(hass, entry)
    await hass.async_block_till_done()
    result = await async_add(hass, entry, **{"name": "Desk 2", **values})
    assert result["errors"] == errors
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"name": "Desk 2", "computer": SECOND_PC}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert len(stations(entry)) == 2


async def test_a_socket_is_offered_by_its_role_and_names_whose_it_is(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await async_add(hass, entry, monitors=[SCREEN])
    await hass.async_block_till_done()
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "station"), context={"source": SOURCE_USER}
    )
    offered = {
        str(field): {o["value"]: o["label"] for o in selector.config["options"]}
        for field, selector in form["data_schema"].schema.items()
        if field in ("computer", "monitors")
    }
    assert offered == {
        "computer": {PC: "Socket 0 (Desk 1)", SECOND_PC: "Socket 2"},
        "monitors": {SCREEN: "Socket 1 (Desk 1)", SECOND_SCREEN: "Socket 3"},
    }


async def test_a_monitor_of_two_stations_is_known_as_shared(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    for name, computer in (("Desk 1", PC), ("Desk 2", SECOND_PC)):
        await async_add(hass, entry, name=name, computer=computer, monitors=[SCREEN])
        await hass.async_block_till_done()
    assert {station.shared for station in read_stations(entry).values()} == {
        frozenset({SCREEN})
    }


async def test_a_station_is_changed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    answers = er.async_get(hass).async_get_or_create("binary_sensor", "test", "ping")
    await async_add(hass, entry, answers=answers.entity_id, presence=["person.ann"])
    await hass.async_block_till_done()
    [part] = stations(entry)
    form = await entry.start_subentry_reconfigure_flow(hass, part.subentry_id)
    shown = {
        str(field): field.description["suggested_value"]
        for field in form["data_schema"].schema
        if field.description
    }
    assert shown["answers"] == answers.entity_id
    assert shown["presence"] == ["person.ann"]
    configure = hass.config_entries.subentries.async_configure
    wrong = await configure(form["flow_id"], {"name": "", "computer": PC})
    assert wrong["errors"] == {"name": "name_missing"}
    result = await configure(
        form["flow_id"], {"name": "Desk 9", "computer": PC, "monitors": [SECOND_SCREEN]}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [station] = read_stations(entry).values()
    assert (station.name, station.monitors) == ("Desk 9", (SECOND_SCREEN,))
    form = await entry.start_subentry_reconfigure_flow(hass, part.subentry_id)
    known = {str(f) for f in form["data_schema"].schema if f.description}
    assert "monitors" in known
    assert not known & {"answers", "presence"}


async def test_a_role_that_changed_meanwhile_is_told(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        (entry.entry_id, "station"), context={"source": SOURCE_USER}
    )
    [strip] = entry.get_subentries_of_type("plug")
    changed = [socket | {"role": "other"} for socket in strip.data["sockets"][:2]]
    sockets = [*changed, *strip.data["sockets"][2:]]
    hass.config_entries.async_update_subentry(
        entry, strip, data={**strip.data, "sockets": sockets}
    )
    await hass.async_block_till_done()
    result = await flows.async_configure(
        form["flow_id"], {"name": "Desk 1", "computer": PC, "monitors": [SCREEN]}
    )
    assert result["errors"] == {
        "computer": "not_a_computer",
        "monitors": "not_a_monitor",
    }


async def test_a_station_needs_a_computer(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "station"), context={"source": SOURCE_USER}
    )
    assert result["reason"] == "no_computers"
