"""Plugs that their owners describe, and certificates that plugs sign themselves."""

import asyncio
from pathlib import Path
import ssl
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.energy_park.diagnostics import async_get_config_entry_diagnostics
from scripts.emulators import Diy, EmulatedPlug, Lf2lStrip, ShellyGen2

from .certificates import self_signed
from .common import MockConfigEntry, MockUser
from .parks import async_act, async_setup, async_wait, entity_id
from .test_config_flow import MAC, async_answer, part

pytestmark = pytest.mark.usefixtures("socket_enabled")

SOCKET = {"name": "PC 1", "role": "other", "priority": 4}
PASSWORD = "s3cret&+é/=word"
DETAILS = {"state_on": "up", "state_off": "down", "serial": "device.mac"}
NO_ACCESS = {"auth": "none"}


def form(plug: EmulatedPlug, **changes: Any) -> dict[str, Any]:
    """What the owner of a Diy writes of it."""
    return {
        "name": "Bench",
        "host": plug.host,
        "sockets": len(plug.sockets),
        "on": 'PUT /api/socket/{socket} {"power": "up"}',
        "off": 'PUT /api/socket/{socket} {"power": "down"}',
        "read": "/api/state",
        "state": "sockets[{index}].power",
        "measures": {
            "power_w": "sockets[{index}].watts",
            "energy_wh": "sockets[{index}].kWh * 1000",
        },
        "access": NO_ACCESS,
        "details": DETAILS,
    } | changes


async def async_start(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Any:
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "plug"), context={"source": SOURCE_USER}
    )
    result = await async_answer(hass, result, next_step_id=step)
    assert result["type"] is FlowResultType.FORM
    return result


async def async_name_sockets(hass: HomeAssistant, result: Any, count: int) -> Any:
    for number in range(1, count + 1):
        assert result["step_id"] == "socket", result
        result = await async_answer(hass, result, **SOCKET | {"name": f"PC {number}"})
    return result


def suggested(schema: Any) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description
    }


@pytest.mark.parametrize("auth", ["none", "basic", "bearer"])
async def test_a_described_plug_is_tried_named_read_and_switched(
    hass: HomeAssistant, auth: str, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await async_setup(hass)
    async with Diy(mac=MAC, sockets=2, auth=auth, password=PASSWORD) as plug:
        access = {"auth": auth, "username": "admin", "password": PASSWORD}
        result = await async_start(hass, entry, "rest")
        assert result["description_placeholders"]["socket"] == "{socket}"
        result = await async_answer(hass, result, **form(plug, access=access))
        result = await async_name_sockets(hass, result, 2)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        added = part(entry, "plug")
        assert added.unique_id == MAC
        assert added.title == "Bench"
        assert ("password" in added.data) is (auth != "none")
        assert all(outlet.switch_count == 0 for outlet in plug.sockets.values())
        [coordinator] = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: coordinator.data)
        power = entity_id(hass, "sensor", f"{MAC}_2_power")
        assert float(hass.states.get(power).state) == pytest.approx(60, rel=0.1)
        await async_act(
            hass,
            "switch.turn_off",
            entity_id(hass, "switch", f"{MAC}_2_socket"),
        )
        await async_wait(hass, lambda: not plug.sockets[2].on)
        assert plug.sockets[1].on
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert PASSWORD not in caplog.text
    assert not {PASSWORD, "/api/state"} & set(str(told).split("'"))


@pytest.mark.parametrize(
    ("change", "errors", "value"),
    [
        ({"on": "relay"}, {"on": "rest_path"}, "relay"),
        ({"off": ""}, {"off": "rest_missing"}, ""),
        ({"read": "DELETE /api"}, {"read": "rest_method"}, "DELETE /api"),
        ({"state": "a..{index}"}, {"state": "rest_json_path"}, "a..{index}"),
        ({"state": "power"}, {"state": "rest_no_socket"}, "power"),
        (
            {"measures": {"power_w": "w * two"}},
            {"measures": "rest_number"},
            "w * two",
        ),
        ({"details": {"toggle": "/t"}}, {"on": "rest_unexpected"}, ""),
        ({"details": {"state_on": "up"}}, {"details": "rest_missing"}, ""),
        ({"details": DETAILS | {"serial": "no"}}, {"details": "rest_no_serial"}, "no"),
        ({"access": {"auth": "basic"}}, {"access": "password_missing"}, ""),
        ({"read": "/elsewhere"}, {"base": "rest_unreadable"}, ""),
        ({"host": "127.0.0.1:1"}, {"base": "plug_unreachable"}, ""),
    ],
)
async def test_what_is_wrong_is_shown_where_it_is(
    hass: HomeAssistant, change: dict[str, Any], errors: dict[str, str], value: str
) -> None:
    entry = await async_setup(hass)
    async with Diy(mac=MAC, sockets=2) as plug:
        result = await async_start(hass, entry, "rest")
        result = await async_answer(hass, result, **form(plug, **change))
        assert result["errors"] == errors
        shown = result["description_placeholders"]["value"]
        assert shown == value or not value
        for name, field in result["data_schema"].schema.items():
            if name in ("measures", "access", "details"):
                assert field.options["collapsed"] is (name not in errors)
        result = await async_answer(hass, result, **form(plug))
        assert result["step_id"] == "socket"


async def test_a_described_plug_moves_with_its_password(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    options: dict[str, Any] = {"mac": MAC, "auth": "bearer", "password": PASSWORD}
    access = {"auth": "bearer", "password": PASSWORD}
    async with Diy(**options) as plug:
        result = await async_start(hass, entry, "rest")
        result = await async_answer(hass, result, **form(plug, access=access))
        await async_name_sockets(hass, result, 1)
        await hass.async_block_till_done()
    added = part(entry, "plug")
    async with Diy(**options) as plug, Diy(mac="cc0000000003") as other:
        result = await entry.start_subentry_reconfigure_flow(hass, added.subentry_id)
        fields = result["data_schema"].schema
        assert suggested(result["data_schema"])["state"] == "sockets[{index}].power"
        assert suggested(fields["details"].schema)["state_on"] == "up"
        assert "serial" not in fields["details"].schema.schema
        assert "password" not in suggested(fields["access"].schema)
        changes = {
            "access": {"auth": "bearer"},
            "details": {"state_on": "up", "state_off": "down"},
        }
        wrong = form(other, **changes)
        result = await async_answer(hass, result, **wrong)
        assert result["errors"] == {"base": "other_plug"}
        result = await async_answer(hass, result, **form(plug, **changes))
        result = await async_answer(hass, result, name="PC 9", role="computer")
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        moved = part(entry, "plug")
        assert moved.data["host"] == plug.host
        assert moved.data["password"] == PASSWORD
        assert moved.unique_id == MAC
        [coordinator] = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: coordinator.data)


async def test_a_token_that_changed_is_asked_for(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    async with Diy(mac=MAC, auth="bearer", password="old") as plug:
        access = {"auth": "bearer", "password": "old"}
        result = await async_start(hass, entry, "rest")
        result = await async_answer(hass, result, **form(plug, access=access))
        plug.password = "new"
        await async_name_sockets(hass, result, 1)
        await async_wait(
            hass, lambda: list(entry.async_get_active_flows(hass, {"reauth"}))
        )
        [flow] = entry.async_get_active_flows(hass, {"reauth"})
        configure = hass.config_entries.flow.async_configure
        result = await configure(flow["flow_id"], {"password": "new"})
        assert result["reason"] == "reauth_successful"
        assert part(entry, "plug").data["password"] == "new"
        await hass.async_block_till_done()


async def test_the_strip_of_lf2l_is_added_without_a_toggle(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    entry = await async_setup(hass)
    async with Lf2lStrip(sockets=2) as strip:
        answers = {"name": "Row 1", "host": strip.host, "sockets": 2}
        result = await async_start(hass, entry, "strip")
        result = await async_answer(hass, result, **answers | {"host": "127.0.0.1:1"})
        assert result["errors"] == {"base": "plug_unreachable"}
        result = await async_answer(hass, result, **answers)
        # It may cut what is on to learn its state: a computer is nothing for it.
        result = await async_answer(hass, result, **SOCKET | {"role": "computer"})
        assert result["errors"] == {"role": "computer_blind"}
        result = await async_name_sockets(hass, result, 2)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        added = part(entry, "plug")
        assert added.title == "Row 1"
        # Its own id is the same for all of them, and its address may change.
        assert added.unique_id.startswith("rest_")
        assert strip.host not in str(added.unique_id)
        assert [outlet.switch_count for outlet in strip.sockets.values()] == [0, 0]
        result = await async_start(hass, entry, "strip")
        result = await async_answer(hass, result, **answers)
        assert result["reason"] == "already_configured"
        socket = entity_id(hass, "switch", f"{added.unique_id}_1_socket")
        [coordinator] = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: coordinator.data)
        with pytest.raises(ServiceValidationError) as refused:
            await async_act(hass, "switch.turn_on", socket)
        assert refused.value.translation_key == "refused_state_unknown"
        assert strip.sockets[1].switch_count == 0
        # A person who names this very socket sees what it does.
        await async_act(hass, "switch.turn_on", socket, by=hass_admin_user)
        await async_wait(hass, lambda: strip.sockets[1].on)
        assert strip.sockets[2].switch_count == 0
        # Its answer has told the states of all: now rules may switch them.
        await async_wait(hass, lambda: hass.states.get(socket).state == "on")
        other = entity_id(hass, "switch", f"{added.unique_id}_2_socket")
        await async_act(hass, "switch.turn_off", other)
        assert not strip.sockets[2].on


async def test_a_page_that_is_no_strip_is_refused(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac=MAC) as other:
        result = await async_start(hass, entry, "strip")
        result = await async_answer(hass, result, name="Row 1", host=other.host)
        assert result["errors"] == {"base": "other_plug"}


@pytest.fixture
async def tls(hass: HomeAssistant, tmp_path: Path) -> ssl.SSLContext:
    """A certificate of the plug's own; its client may hang up on seeing it."""
    report = hass.loop.get_exception_handler()
    assert report is not None

    def listen(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), ConnectionResetError):
            report(loop, context)

    hass.loop.set_exception_handler(listen)
    return await hass.async_add_executor_job(self_signed, tmp_path)


async def test_a_certificate_of_its_own_is_accepted_by_a_person(
    hass: HomeAssistant, tls: ssl.SSLContext
) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac=MAC, tls=tls, password=PASSWORD) as plug:
        result = await async_start(hass, entry, "address")
        result = await async_answer(hass, result, host=plug.host)
        assert result["step_id"] == "certificate"
        assert result["description_placeholders"] == {"host": plug.host}
        result = await async_answer(hass, result)
        assert result["step_id"] == "credentials"
        result = await async_answer(hass, result, password=PASSWORD)
        result = await async_name_sockets(hass, result, 1)
        await hass.async_block_till_done()
        added = part(entry, "plug")
        assert added.data["verify_ssl"] is False
        [coordinator] = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: coordinator.data)
        # Whoever changes the address is asked again.
        result = await entry.start_subentry_reconfigure_flow(hass, added.subentry_id)
        result = await async_answer(hass, result, host=plug.host)
        assert result["step_id"] == "certificate"


async def test_a_described_plug_has_a_certificate_of_its_own(
    hass: HomeAssistant, tls: ssl.SSLContext
) -> None:
    entry = await async_setup(hass)
    async with Diy(mac=MAC, tls=tls) as plug:
        result = await async_start(hass, entry, "rest")
        result = await async_answer(hass, result, **form(plug))
        assert result["step_id"] == "certificate"
        result = await async_answer(hass, result)
        await async_name_sockets(hass, result, 1)
        await hass.async_block_till_done()
        assert part(entry, "plug").data["verify_ssl"] is False


async def test_the_user_name_of_a_described_plug_is_shown_again(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    async with Diy(mac=MAC, auth="basic", password=PASSWORD) as plug:
        access = {"auth": "basic", "username": plug.username, "password": PASSWORD}
        result = await async_start(hass, entry, "rest")
        result = await async_answer(hass, result, **form(plug, access=access))
        await async_name_sockets(hass, result, 1)
        await hass.async_block_till_done()
        added = part(entry, "plug")
        result = await entry.start_subentry_reconfigure_flow(hass, added.subentry_id)
        shown = suggested(result["data_schema"].schema["access"].schema)
        assert shown == {"auth": "basic", "username": plug.username}
