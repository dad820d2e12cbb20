"""Plugs that show themselves: a person confirms, nothing is switched."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_address
import json
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_ZEROCONF,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.setup import async_setup_component
import pytest
import pytest_socket

from custom_components.energy_park import registration
from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.plugs import moved
from scripts.emulators import EmulatedPlug, Lf2lStrip, Netio, ShellyGen1, ShellyGen2

from .common import ClientSessionGenerator, MockConfigEntry
from .parks import async_setup, async_wait, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
SOCKET = {"name": "PC 1", "role": "other", "priority": 4}
REGISTER = "/api/energy_park/register"
# The harness puts Home Assistant at 10.10.10.10/24.
NEIGHBOUR = "10.10.10.7"


@pytest.fixture
async def shelly() -> AsyncIterator[ShellyGen2]:
    async with ShellyGen2(mac=MAC) as emulated:
        yield emulated


async def async_see(hass: HomeAssistant, emulated: EmulatedPlug) -> Any:
    """See a plug by its announcement on the network."""
    address = ip_address("127.0.0.1")
    return await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_ZEROCONF},
        data=ZeroconfServiceInfo(
            ip_address=address,
            ip_addresses=[address],
            port=emulated.port,
            hostname="shelly.local.",
            type="_shelly._tcp.local.",
            name="shelly._shelly._tcp.local.",
            properties={},
        ),
    )


async def async_hear(hass: HomeAssistant, host: str, **said: Any) -> Any:
    """Hear the announcement of a device at any address."""
    said = {"host": host, "device_type": "PowerStrip", "sockets": 2} | said
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_INTEGRATION_DISCOVERY}, data=said
    )


async def async_answer(hass: HomeAssistant, result: Any, **values: Any) -> Any:
    return await hass.config_entries.flow.async_configure(result["flow_id"], values)


def plugs(entry: MockConfigEntry) -> list[ConfigSubentry]:
    return list(entry.get_subentries_of_type("plug"))


def clicks(emulated: EmulatedPlug) -> int:
    return sum(outlet.switch_count for outlet in emulated.sockets.values())


@pytest.mark.parametrize("maker", [ShellyGen1, ShellyGen2])
async def test_a_plug_that_is_seen_waits_for_a_person(
    hass: HomeAssistant, maker: type[ShellyGen1 | ShellyGen2]
) -> None:
    entry = await async_setup(hass)
    async with maker(mac=MAC, sockets=2) as emulated:
        result = await async_see(hass, emulated)
        assert result["step_id"] == "discovered"
        assert not plugs(entry)
        [flow] = hass.config_entries.flow.async_progress()
        assert MAC[-6:] in flow["context"]["title_placeholders"]["name"]
        again = await async_see(hass, emulated)
        assert again["reason"] == "already_in_progress"
        result = await async_answer(hass, result)
        result = await async_answer(hass, result, **SOCKET | {"name": ""})
        assert result["errors"] == {"name": "name_missing"}
        result = await async_answer(hass, result, **SOCKET)
        result = await async_answer(hass, result, **SOCKET | {"name": "PC 2"})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "plug_added"
        assert result["description_placeholders"]["park"] == "School"
        await hass.async_block_till_done()
        [added] = plugs(entry)
        assert added.unique_id == MAC
        assert added.data["host"] == emulated.host
        assert clicks(emulated) == 0
        coordinators = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: all(c.data for c in coordinators))


async def test_the_park_is_chosen_where_there_are_two(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    school = await async_setup(hass)
    data = {"country": "FR", "billing_period": 30}
    annexe = MockConfigEntry(domain=DOMAIN, title="Annexe", data=data)
    annexe.add_to_hass(hass)
    ignored = MockConfigEntry(domain=DOMAIN, title="Seen", source=SOURCE_IGNORE)
    ignored.add_to_hass(hass)
    result = await async_see(hass, shelly)
    [select] = result["data_schema"].schema.values()
    assert [option["label"] for option in select.config["options"]] == [
        "School",
        "Annexe",
    ]
    result = await async_answer(hass, result, park=annexe.entry_id)
    await async_answer(hass, result, **SOCKET)
    await hass.async_block_till_done()
    assert not plugs(school)
    assert len(plugs(annexe)) == 1


async def test_a_locked_plug_wants_its_password(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    async with ShellyGen2(mac=MAC, password="right") as emulated:
        result = await async_see(hass, emulated)
        result = await async_answer(hass, result)
        assert result["step_id"] == "credentials"
        result = await async_answer(hass, result, password="wrong")
        assert result["errors"] == {"base": "invalid_auth"}
        result = await async_answer(hass, result, password="right")
        await async_answer(hass, result, **SOCKET)
        await hass.async_block_till_done()
        [added] = plugs(entry)
        assert added.data["password"] == "right"


async def test_a_plug_that_moved_is_followed(hass: HomeAssistant) -> None:
    # Nothing listens there.
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])
    async with ShellyGen2(mac=MAC, password="secret") as emulated:
        known = plug(emulated)
        old = emulated.host.replace("127.0.0.1", "127.0.0.2")
        data = {**known.data, "host": old}
        entry = await async_setup(hass, replace(known, data=MappingProxyType(data)))
        result = await async_see(hass, emulated)
        assert result["reason"] == "already_configured"
        await hass.async_block_till_done()
        [now] = plugs(entry)
        assert now.data == {**data, "host": emulated.host}
        assert clicks(emulated) == 0
        coordinators = entry.runtime_data.plugs.values()
        await async_wait(hass, lambda: all(c.data for c in coordinators))


async def test_a_plug_that_still_answers_stays_where_it_is(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    entry = await async_setup(hass, plug(shelly))
    async with ShellyGen2(mac=MAC) as impostor:
        result = await async_see(hass, impostor)
        assert result["reason"] == "already_configured"
        [known] = plugs(entry)
        assert known.data["host"] == shelly.host


async def test_a_plug_with_two_addresses_stays_at_the_first(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    # Another address of this machine.
    pytest_socket.socket_allow_hosts(["127.0.0.1", "0.0.0.0"])
    known = plug(shelly)
    first = shelly.host.replace("127.0.0.1", "0.0.0.0")
    data = MappingProxyType({**known.data, "host": first})
    async with ShellyGen2(mac="aa0000000002") as other:
        entry = await async_setup(hass, plug(other), replace(known, data=data))
        result = await async_see(hass, shelly)
        assert result["reason"] == "already_configured"
        assert [p.data["host"] for p in plugs(entry)] == [other.host, first]


@pytest.mark.parametrize(
    ("host", "after"),
    [
        ("192.168.1.7", "10.0.0.9"),
        ("192.168.1.7:8080", "10.0.0.9:8080"),
        ("https://192.168.1.7", "https://10.0.0.9"),
        ("http://192.168.1.7:81/", "http://10.0.0.9:81"),
        ("fd00::7", "10.0.0.9"),
        ("plug.lan", "plug.lan"),
        ("https://plug.lan:444", "https://plug.lan:444"),
    ],
)
def test_only_the_address_changes(host: str, after: str) -> None:
    assert moved(host, "10.0.0.9") == after


async def test_what_is_no_plug_is_not_offered(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    await async_setup(hass)
    await shelly.fault("garbage")
    result = await async_see(hass, shelly)
    assert result["reason"] == "no_plug"


async def test_nobody_answers_at_the_usual_port(hass: HomeAssistant) -> None:
    await async_setup(hass)
    result = await async_see(hass, ShellyGen2(mac=MAC, port=80))
    assert result["reason"] == "no_plug"


async def test_without_a_park_nothing_is_offered(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    result = await async_see(hass, shelly)
    assert result["reason"] == "no_park"


async def test_what_another_integration_reads_is_not_offered(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    await async_setup(hass)
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        connections={(dr.CONNECTION_NETWORK_MAC, dr.format_mac(MAC))},
    )
    er.async_get(hass).async_get_or_create(
        "switch", "other", "relay", device_id=device.id, config_entry=other
    )
    result = await async_see(hass, shelly)
    assert result["reason"] == "known_elsewhere"


async def test_what_another_integration_reads_may_announce_itself_in_vain(
    hass: HomeAssistant,
) -> None:
    await async_setup(hass)
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        connections={(dr.CONNECTION_NETWORK_MAC, dr.format_mac(MAC))},
    )
    er.async_get(hass).async_get_or_create(
        "switch", "other", "relay", device_id=device.id, config_entry=other
    )
    async with Netio(mac=MAC) as netio:
        result = await async_hear(hass, netio.host, device_type="netio")
        result = await async_answer(hass, result)
        assert result["reason"] == "known_elsewhere"


async def test_what_a_person_ignores_stays_away(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    entry = await async_setup(hass)
    result = await async_see(hass, shelly)
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": MAC, "title": "School"},
    )
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress()
    result = await async_see(hass, shelly)
    assert result["reason"] == "already_configured"
    # It is no park: a park may have its name.
    result = await entry.start_reconfigure_flow(hass)
    result = await async_answer(hass, result, next_step_id="settings")
    answers = {"name": "School", "country": "ES", "billing_period": "60"}
    result = await async_answer(hass, result, **answers)
    assert result["reason"] == "reconfigure_successful"


async def test_a_plug_that_was_added_meanwhile(
    hass: HomeAssistant, shelly: ShellyGen2
) -> None:
    entry = await async_setup(hass)
    result = await async_see(hass, shelly)
    hass.config_entries.async_add_subentry(entry, plug(shelly))
    await hass.async_block_till_done()
    result = await async_answer(hass, result)
    assert result["reason"] == "already_configured"


async def test_a_strip_that_announced_itself_is_added_without_a_toggle(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    async with Lf2lStrip(sockets=2) as strip:
        result = await async_hear(hass, strip.host)
        assert result["step_id"] == "discovered"
        assert result["description_placeholders"]["host"] == strip.host
        assert strip.requests.total() == 0
        result = await async_answer(hass, result)
        result = await async_answer(hass, result, **SOCKET)
        result = await async_answer(hass, result, **SOCKET | {"name": "PC 2"})
        assert result["reason"] == "plug_added"
        await hass.async_block_till_done()
        [added] = plugs(entry)
        assert added.title == "PowerStrip"
        assert str(added.unique_id).startswith("rest_")
        assert clicks(strip) == 0
        result = await async_hear(hass, strip.host)
        assert result["reason"] == "already_configured"


@pytest.mark.parametrize("password", [None, "secret"])
async def test_a_known_kind_of_plug_may_announce_itself(
    hass: HomeAssistant, password: str | None
) -> None:
    entry = await async_setup(hass)
    async with Netio(mac=MAC, password=password) as netio:
        result = await async_hear(hass, netio.host, device_type="netio")
        result = await async_answer(hass, result)
        if password is not None:
            assert result["step_id"] == "credentials"
            result = await async_answer(hass, result, password=password)
        await async_answer(hass, result, **SOCKET)
        await hass.async_block_till_done()
        [added] = plugs(entry)
        assert (added.unique_id, added.data["dialect"]) == (MAC, "netio")


async def test_an_announcement_of_something_else(hass: HomeAssistant) -> None:
    await async_setup(hass)
    async with Lf2lStrip() as strip:
        result = await async_hear(hass, strip.host, device_type="Display")
        result = await async_answer(hass, result)
        assert result["errors"] == {"base": "plug_unknown"}
        assert clicks(strip) == 0


# The registration over HTTP


@pytest.fixture
async def proxied(hass: HomeAssistant) -> None:
    """Home Assistant behind a proxy that tells who asks."""
    http = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": http})


def announcement(address: str = NEIGHBOUR, **said: Any) -> bytes:
    whole = {"ip_adress": address, "id": "00001", "device_type": "PowerStrip", "soc": 6}
    return json.dumps(whole | said).encode()


async def async_register(
    client: Any, body: bytes | None = None, peer: str = NEIGHBOUR
) -> int:
    response = await client.post(
        REGISTER,
        data=announcement(peer) if body is None else body,
        headers={"X-Forwarded-For": peer},
    )
    assert await response.read() == b""
    return int(response.status)


@pytest.mark.usefixtures("proxied")
async def test_a_device_registers_without_an_account(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    entry = await async_setup(hass)
    client = await hass_client_no_auth()
    for _ in range(2):
        assert await async_register(client) == 202
        await hass.async_block_till_done()
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
    assert flow["step_id"] == "discovered"
    name = flow["context"]["title_placeholders"]["name"]
    assert name == f"PowerStrip ({NEIGHBOUR})"
    assert not entry.subentries


@pytest.mark.usefixtures("proxied")
@pytest.mark.parametrize(
    ("body", "peer", "status"),
    [
        (announcement("192.0.2.7"), "192.0.2.7", 403),
        (announcement("10.10.10.8"), NEIGHBOUR, 403),
        (b"", NEIGHBOUR, 400),
        (announcement(id="x" * 65), NEIGHBOUR, 400),
        (announcement(more="x" * 5000), NEIGHBOUR, 413),
    ],
)
async def test_other_posts_are_refused(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    body: bytes,
    peer: str,
    status: int,
) -> None:
    await async_setup(hass)
    client = await hass_client_no_auth()
    assert await async_register(client, body, peer) == status
    await hass.async_block_till_done()
    assert not hass.config_entries.flow.async_progress()


@pytest.mark.usefixtures("proxied")
async def test_only_so_many_wait_at_once(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await async_setup(hass)
    client = await hass_client_no_auth()
    answers = []
    for number in range(registration.PENDING_MAX + 2):
        answers.append(await async_register(client, peer=f"10.10.10.{100 + number}"))
        await hass.async_block_till_done()
    assert answers == [202] * registration.PENDING_MAX + [429] * 2
    waiting = hass.config_entries.flow.async_progress()
    assert len(waiting) == registration.PENDING_MAX


@pytest.mark.usefixtures("proxied")
async def test_who_asks_too_often_is_put_off(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await async_setup(hass)
    client = await hass_client_no_auth()
    for _ in range(registration.REQUESTS_MAX):
        assert await async_register(client, b"") == 400
    assert await async_register(client) == 429
    monkeypatch.setattr(registration, "REQUESTS_WITHIN_S", 0.0)
    assert await async_register(client) == 202


async def test_the_registration_is_for_posts(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await async_setup(hass)
    client = await hass_client_no_auth()
    assert (await client.get(REGISTER)).status == 405
