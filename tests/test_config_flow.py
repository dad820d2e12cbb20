"""Flows of a park and its parts, against emulated devices."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.energy_park.const import DOMAIN
from scripts.emulators import ShellyGen2, Tasmota

from .common import MockConfigEntry
from .parks import async_setup, async_wait, park, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
SOCKET = {"name": "PC 1", "role": "computer", "priority": 4}


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    async with ShellyGen2(mac=MAC, sockets=2, name="Row 1") as emulated:
        yield emulated


async def async_start(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str, **values: Any
) -> Any:
    """Start the flow of a part and answer its first form."""
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": SOURCE_USER}
    )
    if kind == "plug":
        assert result["type"] is FlowResultType.MENU
        result = await async_answer(hass, result, next_step_id="address")
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {}
    return await async_answer(hass, result, **values)


async def async_answer(hass: HomeAssistant, result: Any, **values: Any) -> Any:
    """Answer a form of a part's flow."""
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], values
    )


def part(entry: MockConfigEntry, kind: str) -> ConfigSubentry:
    """The only part of a kind."""
    [found] = entry.get_subentries_of_type(kind)
    return found


async def test_a_park_leads_straight_to_its_meter(hass: HomeAssistant) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"name": " ", "country": "ES", "billing_period": "60"}
    )
    assert result["errors"] == {"name": "name_missing"}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"],
        {"name": " School ", "country": "FR", "billing_period": "30"},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "School"
    assert result["data"] == {"country": "FR", "billing_period": 30}
    kind, flow_id = result["next_flow"]
    assert kind == "config_subentries_flow"
    flow = hass.config_entries.subentries.async_get(flow_id)
    assert flow["handler"] == (result["result"].entry_id, "meter")
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("country", "period"), [("FR", "30"), ("ES", "60"), ("BE", "15"), (None, "30")]
)
async def test_the_country_gives_the_billing_period(
    hass: HomeAssistant, country: str | None, period: str
) -> None:
    hass.config.country = country
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["data_schema"] is not None
    defaults = result["data_schema"]({"name": "x"})
    assert defaults["billing_period"] == period
    assert defaults["country"] == (country or "FR")


async def test_two_parks_need_two_names(hass: HomeAssistant) -> None:
    park().add_to_hass(hass)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    answers = {"country": "FR", "billing_period": "30"}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"name": "SCHOOL", **answers}
    )
    assert result["errors"] == {"name": "name_taken"}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"name": "Annexe", **answers}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_park_is_changed(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.MENU
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "settings"}
    )
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"name": "", "country": "ES", "billing_period": "60"}
    )
    assert result["errors"] == {"name": "name_missing"}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"name": "Lycée", "country": "ES", "billing_period": "60"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.title == "Lycée"
    assert entry.data == {"country": "ES", "billing_period": 60}
    await hass.async_block_till_done()


async def test_a_sector_is_added_and_renamed(hass: HomeAssistant) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    result = await async_start(hass, entry, "sector", name="room a")
    assert result["errors"] == {"name": "name_taken"}
    result = await async_answer(hass, result, name="")
    assert result["errors"] == {"name": "name_missing"}
    result = await async_answer(hass, result, name="Room B", area="kitchen")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    added = next(s for s in entry.subentries.values() if s.title == "Room B")
    assert added.data == {"area": "kitchen"}
    result = await entry.start_subentry_reconfigure_flow(hass, added.subentry_id)
    result = await async_answer(hass, result, name="Room A")
    assert result["errors"] == {"name": "name_taken"}
    result = await async_answer(hass, result, name="Room C")
    assert result["reason"] == "reconfigure_successful"
    assert entry.subentries[added.subentry_id].title == "Room C"
    result = await async_start(hass, entry, "sector", name="Room D")
    assert result["data"] == {}
    await hass.async_block_till_done()


async def test_a_strip_is_asked_then_named_socket_by_socket(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"))
    result = await async_start(hass, entry, "plug", host=strip.host)
    assert result["step_id"] == "socket"
    assert result["description_placeholders"]["count"] == "2"
    result = await async_answer(hass, result, **SOCKET | {"name": " "})
    assert result["errors"] == {"name": "name_missing"}
    result = await async_answer(hass, result, **SOCKET, sector="room")
    assert result["step_id"] == "socket"
    result = await async_answer(
        hass, result, name="Screen 1", role="monitor", priority=7
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    added = part(entry, "plug")
    assert added.unique_id == MAC
    assert added.title == "Row 1"
    assert added.data["host"] == strip.host
    assert "password" not in added.data
    assert added.data["sockets"] == [
        {
            "number": 0,
            "name": "PC 1",
            "sector": "room",
            "role": "computer",
            "priority": 4,
        },
        {
            "number": 1,
            "name": "Screen 1",
            "sector": None,
            "role": "monitor",
            "priority": 7,
        },
    ]
    await async_wait(hass, lambda: hass.states.get("switch.row_1_pc_1"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("vanish", "plug_unreachable"),
        ("garbage", "plug_unknown"),
        ("429", "plug_busy"),
    ],
)
async def test_a_plug_that_cannot_be_reached_is_tried_again(
    hass: HomeAssistant, strip: ShellyGen2, fault: str, error: str
) -> None:
    entry = await async_setup(hass)
    await strip.fault(fault)
    result = await async_start(hass, entry, "plug", host=strip.host)
    assert result["step_id"] == "address"
    assert result["errors"] == {"base": error}
    await strip.clear()
    result = await async_answer(hass, result, host=strip.host)
    assert result["step_id"] == "socket"


async def test_an_address_that_is_none(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    result = await async_start(hass, entry, "plug", host="http://admin:secret@plug")
    assert result["errors"] == {"base": "plug_unreachable"}


@pytest.mark.parametrize("maker", [ShellyGen2, Tasmota])
async def test_a_wrong_password_is_said_and_corrected(
    hass: HomeAssistant, maker: type[ShellyGen2 | Tasmota]
) -> None:
    entry = await async_setup(hass)
    async with maker(mac=MAC, sockets=1, password="right") as emulated:
        result = await async_start(hass, entry, "plug", host=emulated.host)
        assert result["step_id"] == "credentials"
        result = await async_answer(hass, result, password="wrong")
        assert result["step_id"] == "credentials"
        assert result["errors"] == {"base": "invalid_auth"}
        result = await async_answer(hass, result, password="right")
        assert result["step_id"] == "socket"
        result = await async_answer(hass, result, **SOCKET)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        added = part(entry, "plug")
        assert added.unique_id == MAC
        assert added.title == "PC 1"
        assert added.data["password"] == "right"
        plugs = entry.runtime_data.plugs
        await async_wait(hass, lambda: all(p.data for p in plugs.values()))


async def test_a_plug_is_added_once(hass: HomeAssistant, strip: ShellyGen2) -> None:
    entry = await async_setup(hass, plug(strip))
    result = await async_start(hass, entry, "plug", host=strip.host)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_a_locked_plug_that_names_itself_only_then_is_added_once(
    hass: HomeAssistant,
) -> None:
    async with Tasmota(mac=MAC, password="right") as locked:
        entry = await async_setup(hass, plug(locked))
        # The same address in other words.
        other = f"http://{locked.host}"
        result = await async_start(hass, entry, "plug", host=other)
        assert result["step_id"] == "credentials"
        result = await async_answer(hass, result, password="right")
        assert result["reason"] == "already_configured"


async def test_a_device_without_sockets_is_no_plug(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac=MAC, sockets=0) as display:
        result = await async_start(hass, entry, "plug", host=display.host)
        assert result["errors"] == {"base": "no_sockets"}


async def test_a_plug_moves_and_its_sockets_change(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    entry = await async_setup(hass, sector("Room A", "room"), plug(strip, "room"))
    added = part(entry, "plug")
    async with ShellyGen2(mac="cc0000000003", sockets=1) as other:
        result = await entry.start_subentry_reconfigure_flow(hass, added.subentry_id)
        result = await async_answer(hass, result, host=other.host)
        assert result["errors"] == {"base": "other_plug"}
    result = await async_answer(hass, result, host=strip.host)
    assert result["step_id"] == "socket"
    assert "priority" not in result["data_schema"].schema
    result = await async_answer(hass, result, name="PC 9", role="computer")
    result = await async_answer(
        hass, result, name="Printer", role="other", sector="room"
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    sockets = entry.subentries[added.subentry_id].data["sockets"]
    assert [s["name"] for s in sockets] == ["PC 9", "Printer"]
    assert [s["sector"] for s in sockets] == [None, "room"]
    assert [s["priority"] for s in sockets] == [5, 5]


async def test_a_password_that_changed_is_asked_for(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=1, password="new") as emulated:
        entry = await async_setup(hass, plug(emulated, password="old"))
        await async_wait(
            hass, lambda: list(entry.async_get_active_flows(hass, {"reauth"}))
        )
        [flow] = entry.async_get_active_flows(hass, {"reauth"})
        assert flow["step_id"] == "reauth_confirm"
        configure = hass.config_entries.flow.async_configure
        result = await configure(flow["flow_id"], {"password": "wrong"})
        assert result["errors"] == {"base": "invalid_auth"}
        result = await configure(flow["flow_id"], {"password": "new"})
        assert result["reason"] == "reauth_successful"
        assert part(entry, "plug").data["password"] == "new"
        await hass.async_block_till_done()
        [coordinator] = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: coordinator.data)
