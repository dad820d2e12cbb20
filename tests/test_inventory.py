"""A park out of a table, and the table out of a park."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, override

from aiohttp import FormData, web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.energy_park.const import DOMAIN, PLUG_POLLS_AT_ONCE
from custom_components.energy_park.model import Role
from custom_components.energy_park.park.inventory import Entry, read
from scripts.emulators import (
    EmulatedPlug,
    Mains,
    Netio,
    Outlet,
    ShellyGen1,
    ShellyGen2,
    Tasmota,
)
from scripts.emulators.shelly_panel import ShellyPanel

from .common import ClientSessionGenerator, MockConfigEntry, MockUser
from .parks import async_act, async_setup, async_wait, entity_id, park, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

HEADER = "room,name,role,mac,host,socket,priority"


def table(*lines: str) -> str:
    return "\n".join([HEADER, *lines])


async def async_open(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the form for the table."""
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    return await async_answer(hass, result, next_step_id="import_inventory")


async def async_answer(hass: HomeAssistant, result: Any, **values: Any) -> Any:
    """Answer a form, and wait while plugs are asked."""
    configure = hass.config_entries.flow.async_configure
    result = await configure(result["flow_id"], values)
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done()
        result = await configure(result["flow_id"])
    return result


def count_loads(entry: MockConfigEntry) -> Callable[[], int]:
    """Count how often a park is loaded from now on."""
    loads: list[ConfigEntryState] = []

    def note() -> None:
        if entry.state is ConfigEntryState.LOADED:
            loads.append(entry.state)

    entry.async_on_state_change(note)
    return lambda: len(loads)


async def test_a_table_becomes_sectors_and_plugs_with_one_reload(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    loads = count_loads(entry)
    async with (
        ShellyGen2(mac="aa0000000001", sockets=2, name="Row 1") as strip,
        ShellyGen1(mac="aa0000000002") as shelly,
        Tasmota(mac="aa0000000003", sockets=2) as tasmota,
    ):
        result = await async_open(hass, entry)
        result = await async_answer(
            hass,
            result,
            table=table(
                f"room a,PC 1,computer,aa:00:00:00:00:01,{strip.host},0,3",
                f"Room B,Screen 1,monitor,,{strip.host},1,7",
                f",Lamp,,,{shelly.host},,",
                f"Room B,PC 2,pc,,{tasmota.host},2,",
            ),
        )
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "inventory_imported"
        assert result["description_placeholders"] == {"plugs": "3", "sockets": "4"}
        await hass.async_block_till_done()
        assert loads() == 1
        sectors = {s.title: s.subentry_id for s in parts(entry, "sector")}
        assert sectors.keys() == {"Room A", "Room B"}
        assert sectors["Room A"] == "room"
        plugs = {p.unique_id: p for p in parts(entry, "plug")}
        assert {serial: p.title for serial, p in plugs.items()} == {
            "aa0000000001": "Row 1",
            "aa0000000002": "Lamp",
            "aa0000000003": "PC 2",
        }
        assert plugs["aa0000000001"].data["sockets"] == [
            {
                "number": 0,
                "name": "PC 1",
                "sector": "room",
                "role": "computer",
                "priority": 3,
            },
            {
                "number": 1,
                "name": "Screen 1",
                "sector": sectors["Room B"],
                "role": "monitor",
                "priority": 7,
            },
        ]
        [lamp] = plugs["aa0000000002"].data["sockets"]
        assert (lamp["sector"], lamp["role"], lamp["priority"]) == (None, "other", 5)
        [second] = plugs["aa0000000003"].data["sockets"]
        assert second["number"] == 2
        coordinators = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: all(c.data for c in coordinators))


def parts(entry: MockConfigEntry, kind: str) -> list[Any]:
    return list(entry.get_subentries_of_type(kind))


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_every_bad_line_is_told_and_nothing_is_added(
    hass: HomeAssistant, language: str
) -> None:
    hass.config.language = language
    entry = await async_setup(hass)
    loads = count_loads(entry)
    bad = table(
        "A,PC 1,computer,,192.0.2.1,0,5",
        "A,PC 1,robot,,192.0.2.1,1,5",
        'A,"PC 3",pc,xx,not a host,0,99',
    )
    result = await async_open(hass, entry)
    result = await async_answer(hass, result, table=bad)
    assert result["step_id"] == "import_faults"
    told = result["description_placeholders"]["list"].splitlines()
    assert result["description_placeholders"]["count"] == str(len(told)) == "4"
    assert told[0].startswith("- 3 (role): ")
    assert "ordinateur" in told[0] if language == "fr" else "computer" in told[0]
    assert [line.split(":")[0] for line in told[1:]] == [
        "- 4 (host)",
        "- 4 (mac)",
        "- 4 (priority)",
    ]
    result = await async_answer(hass, result)
    assert result["step_id"] == "import_inventory"
    [field] = [key for key in result["data_schema"].schema if key == "table"]
    assert field.description == {"suggested_value": bad}
    result = await async_answer(hass, result)
    assert result["step_id"] == "import_faults"
    assert result["description_placeholders"]["count"] == "1"
    assert not entry.subentries
    assert loads() == 0


async def test_a_long_list_of_problems_is_cut(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    result = await async_open(hass, entry)
    result = await async_answer(hass, result, table=table(*["A,P,,,h h,,"] * 60))
    told = result["description_placeholders"]["list"].splitlines()
    assert (len(told), told[-1]) == (51, "- …")
    assert result["description_placeholders"]["count"] == "60"


async def test_silent_plugs_are_asked_again_or_left_out(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    async with (
        ShellyGen2(mac="aa0000000001") as first,
        ShellyGen2(mac="aa0000000002") as second,
        ShellyGen2(mac="aa0000000003") as third,
    ):
        await second.fault("vanish")
        await third.fault("vanish")
        hosts = (first.host, second.host, third.host)
        lines = [f"Room {n},PC {n},,,{host},," for n, host in enumerate(hosts)]
        result = await async_open(hass, entry)
        result = await async_answer(hass, result, table=table(*lines))
        assert result["type"] is FlowResultType.MENU
        assert result["step_id"] == "import_result"
        told = result["description_placeholders"]
        assert (told["found"], told["count"]) == ("1", "2")
        assert second.host in told["list"]
        assert third.host in told["list"]
        assert "Nothing answers" in told["list"]
        assert not entry.subentries
        asked = first.requests.total()
        await second.clear()
        result = await async_answer(hass, result, next_step_id="import_ask")
        told = result["description_placeholders"]
        assert (told["found"], told["count"]) == ("2", "1")
        assert first.requests.total() == asked
        result = await async_answer(hass, result, next_step_id="import_skip")
        assert result["description_placeholders"] == {"plugs": "2", "sockets": "2"}
        await hass.async_block_till_done()
        assert {s.title for s in parts(entry, "sector")} == {"Room 0", "Room 1"}
        assert len(parts(entry, "plug")) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,P,,cc:00:00:00:00:09,{host},0,", "Another plug answers"),
        ("A,P,,,{host},,", "several sockets"),
        ("A,P,,,{host},7,", "no socket with this number"),
    ],
)
async def test_a_plug_other_than_the_table_says_is_not_added(
    hass: HomeAssistant, line: str, reason: str
) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac="aa0000000001", sockets=2) as strip:
        result = await async_open(hass, entry)
        lines = table(line.format(host=strip.host))
        result = await async_answer(hass, result, table=lines)
        assert reason in result["description_placeholders"]["list"]


async def test_a_plug_that_cannot_be_added_from_a_table(hass: HomeAssistant) -> None:
    mains = Mains()
    async with (
        ShellyGen2(mac="aa0000000001") as known,
        Netio(mac="aa0000000002", password="secret") as locked,
        ShellyGen2(mac="aa0000000003") as twice,
        ShellyGen2(mac="aa0000000004", sockets=0) as display,
        ShellyPanel(
            mac="aa0000000005",
            circuits=[Outlet(mains, n) for n in range(3)],
            mains=mains,
        ) as panel,
    ):
        entry = await async_setup(hass, plug(known))
        result = await async_open(hass, entry)
        result = await async_answer(
            hass,
            result,
            table=table(
                f"A,1,,,{known.host},,",
                f"A,2,,,{locked.host},,",
                f"A,3,,,{twice.host},,",
                f"A,4,,,http://{twice.host},,",
                f"A,5,,,{display.host},,",
                f"A,6,,,{panel.host},,",
            ),
        )
        told = result["description_placeholders"]
        assert (told["found"], told["count"]) == ("1", "5")
        refused = (known, locked, display, panel)
        assert all(device.host in told["list"] for device in refused)
        assert told["list"].count("already part of a park") == 2
        assert "password" in told["list"]
        result = await async_answer(hass, result, next_step_id="import_inventory")
        assert result["step_id"] == "import_inventory"


async def test_a_plug_that_another_integration_reads_is_left_to_it(
    hass: HomeAssistant,
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        connections={(dr.CONNECTION_NETWORK_MAC, "aa:00:00:00:00:01")},
    )
    er.async_get(hass).async_get_or_create(
        "switch", "other", "relay", device_id=device.id, config_entry=other
    )
    entry = await async_setup(hass)
    async with ShellyGen2(mac="aa0000000001") as known:
        result = await async_open(hass, entry)
        result = await async_answer(hass, result, table=table(f"A,1,,,{known.host},,"))
    assert "adopt" in result["description_placeholders"]["list"]
    assert not parts(entry, "plug")


async def test_a_file_is_read_as_a_spreadsheet_saves_it(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac="aa0000000001") as shelly:
        text = f"Salle;Nom;Rôle;Hôte\r\nSalle é;Poste 1;PC;{shelly.host}\r\n"
        file_id = await async_upload(hass_client, text.encode("cp1252"))
        result = await async_open(hass, entry)
        result = await async_answer(hass, result, file=file_id)
        assert result["reason"] == "inventory_imported"
        await hass.async_block_till_done()
        assert [s.title for s in parts(entry, "sector")] == ["Salle é"]


async def test_a_file_that_is_gone_or_too_large(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    entry = await async_setup(hass)
    result = await async_open(hass, entry)
    file_id = await async_upload(hass_client, b"x" * 1_000_001)
    for _ in range(2):
        result = await async_answer(hass, result, file=file_id)
        assert result["errors"] == {"file": "inventory_file"}


async def async_upload(hass_client: ClientSessionGenerator, content: bytes) -> str:
    client = await hass_client()
    form = FormData()
    form.add_field("file", content, filename="park.csv")
    response = await client.post("/api/file_upload", data=form)
    file_id: str = (await response.json())["file_id"]
    return file_id


async def test_only_so_many_plugs_are_asked_at_once(
    hass: HomeAssistant,
) -> None:
    open_now: set[EmulatedPlug] = set()
    most = 0

    class Watched(ShellyGen2):
        @override
        async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
            nonlocal most
            open_now.add(self)
            most = max(most, len(open_now))
            try:
                # So many that came together must be seen together.
                await asyncio.sleep(0.05)
                return await super().answer(request)
            finally:
                open_now.discard(self)

    entry = await async_setup(hass)
    async with AsyncExitStack() as stack:
        plugs = [
            await stack.enter_async_context(Watched(mac=f"aa00000000{n:02x}"))
            for n in range(PLUG_POLLS_AT_ONCE + 8)
        ]
        lines = [f"A,PC {n},,,{p.host},," for n, p in enumerate(plugs)]
        result = await async_open(hass, entry)
        result = await async_answer(hass, result, table=table(*lines))
        assert result["description_placeholders"]["plugs"] == str(len(plugs))
        assert 1 < most <= PLUG_POLLS_AT_ONCE
        await hass.async_block_till_done()


async def test_who_leaves_adds_nothing(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac="aa0000000001") as shelly:
        await shelly.fault("slow", delay_s=5)
        result = await async_open(hass, entry)
        lines = table(f"A,PC 1,,,{shelly.host},,")
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"table": lines}
        )
        assert result["type"] is FlowResultType.SHOW_PROGRESS
        assert result["description_placeholders"] == {"count": "1"}
        hass.config_entries.flow.async_abort(result["flow_id"])
        await hass.async_block_till_done()
        assert not entry.subentries


async def test_what_is_exported_can_be_imported(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    async with (
        ShellyGen2(mac="aa0000000001", sockets=2) as strip,
        Tasmota(mac="aa0000000002") as tasmota,
    ):
        roles = ("computer", "monitor")
        entry = await async_setup(
            hass,
            sector('Room "A", left', "room"),
            plug(strip, "room", roles=roles),
            plug(tasmota),
        )
        priority = entity_id(hass, "number", "aa0000000001_1_priority")
        await async_act(hass, "number.set_value", priority, value=9)
        exported = await async_export(hass, hass_admin_user)
        inventory = read(exported)
        assert inventory.problems == ()
        entries: list[Any] = list(inventory.entries.values())
        assert [(e.name, e.role, e.socket, e.priority) for e in entries] == [
            ("Socket 0", "computer", 0, 5),
            ("Socket 1", "monitor", 1, 9),
            (f"Socket {tasmota.first_number}", "other", tasmota.first_number, 5),
        ]
        assert entries[0] == Entry(
            room='Room "A", left',
            name="Socket 0",
            role=Role.COMPUTER,
            mac="aa0000000001",
            host=strip.host,
            socket=0,
        )
        assert entries[2].room == ""
        await hass.config_entries.async_remove(entry.entry_id)
        again = park()
        again.add_to_hass(hass)
        await hass.config_entries.async_setup(again.entry_id)
        result = await async_open(hass, again)
        result = await async_answer(hass, result, table=exported)
        assert result["reason"] == "inventory_imported"
        await hass.async_block_till_done()
        assert await async_export(hass, hass_admin_user) == exported


async def async_export(hass: HomeAssistant, user: MockUser) -> str:
    response = await hass.services.async_call(
        DOMAIN,
        "export_inventory",
        {},
        blocking=True,
        return_response=True,
        context=Context(user_id=user.id),
    )
    assert response is not None
    return str(response["inventory"])


async def test_only_administrators_export_addresses(
    hass: HomeAssistant, hass_read_only_user: MockUser
) -> None:
    await async_setup(hass)
    with pytest.raises(Unauthorized):
        await async_export(hass, hass_read_only_user)


async def test_a_park_that_is_none_is_not_exported(hass: HomeAssistant) -> None:
    await async_setup(hass)
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            DOMAIN,
            "export_inventory",
            {"config_entry_id": "none"},
            blocking=True,
            return_response=True,
        )
