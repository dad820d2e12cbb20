"""The small answer for displays, asked as a display asks: over HTTP, with a token."""

from collections.abc import AsyncIterator
from dataclasses import replace
from http import HTTPStatus

from homeassistant.core import HomeAssistant
import pytest

from scripts.emulators import ShellyGen2
from scripts.emulators.meter import EmulatedMeter

from .common import ClientSessionGenerator, MockConfigEntry, MockUser
from .parks import async_act, async_setup, async_wait, entity_id, meter, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

URL = "/api/energy_park/display"
OTHER = "021761999999"


@pytest.fixture
async def linky() -> AsyncIterator[EmulatedMeter]:
    async with EmulatedMeter(mode="historique", contract="hc") as linky:
        yield linky


async def async_hear(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until the meter has told its current."""
    heard = entry.runtime_data.meters["meter"]
    await async_wait(
        hass, lambda: heard.heard and heard.data.reading.current_a is not None, 30
    )


@pytest.fixture
async def park(
    hass: HomeAssistant, linky: EmulatedMeter
) -> AsyncIterator[MockConfigEntry]:
    """A park whose meter is heard."""
    entry = await async_setup(hass, meter(linky.url, linky.serial))
    await async_hear(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_display_reads_a_few_integers(
    hass: HomeAssistant, park: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    response = await client.get(URL)
    assert response.status == HTTPStatus.OK
    assert response.content_type == "application/json"
    body = await response.read()
    assert len(body) < 128
    told = await response.json()
    reading = park.runtime_data.meters["meter"].data.reading
    assert told["IINST"] == reading.current_a
    assert told["ISOUSC"] == reading.subscribed_power_va // 200
    assert told["PTEC"] == reading.tariff_label
    assert isinstance(told["IMAX"], int)
    assert (told["seuil"], told["delestage"]) == (0.95, False)
    assert list(told) == [
        "PAPP",
        "IINST",
        "ISOUSC",
        "IMAX",
        "PTEC",
        "seuil",
        "delestage",
    ]


async def test_the_threshold_follows_the_margin(
    hass: HomeAssistant,
    park: MockConfigEntry,
    linky: EmulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    margin = entity_id(hass, "number", f"{linky.serial}_shedding_margin")
    await async_act(hass, "number.set_value", margin, value=10)
    client = await hass_client()
    assert (await (await client.get(URL)).json())["seuil"] == 0.9


async def test_nobody_reads_without_a_token_or_the_right(
    hass: HomeAssistant,
    park: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    stranger = await hass_client_no_auth()
    assert (await stranger.get(URL)).status == HTTPStatus.UNAUTHORIZED
    client = await hass_client()
    hass_admin_user.groups = []
    hass_admin_user.invalidate_cache()
    assert (await client.get(URL)).status == HTTPStatus.UNAUTHORIZED


async def test_several_meters_are_told_apart_by_their_last_digits(
    hass: HomeAssistant, linky: EmulatedMeter, hass_client: ClientSessionGenerator
) -> None:
    silent = replace(meter("socket://127.0.0.1:1", OTHER), subentry_id="other")
    entry = await async_setup(hass, meter(linky.url, linky.serial), silent)
    await async_hear(hass, entry)
    client = await hass_client()
    assert (await client.get(URL)).status == HTTPStatus.NOT_FOUND
    assert (await client.get(f"{URL}/123")).status == HTTPStatus.NOT_FOUND
    told = await (await client.get(f"{URL}/{linky.serial[-6:]}")).json()
    assert told["IINST"] is not None
    # The other one is silent: what it draws is unknown, which is not zero.
    told = await (await client.get(f"{URL}/{OTHER}")).json()
    assert told == {
        "PAPP": None,
        "IINST": None,
        "ISOUSC": None,
        "IMAX": None,
        "PTEC": None,
        "seuil": 0.95,
        "delestage": False,
    }
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(URL)).status == HTTPStatus.NOT_FOUND


async def test_shedding_is_told(
    hass: HomeAssistant,
    linky: EmulatedMeter,
    hass_client: ClientSessionGenerator,
) -> None:
    async with ShellyGen2(mac="aa0000000001", sockets=1) as strip:
        entry = await async_setup(
            hass, meter(linky.url, linky.serial), plug(strip, roles=("other",))
        )
        await async_hear(hass, entry)
        await hass.services.async_call(
            "energy_park", "shed", {"mode": "request"}, blocking=True
        )
        client = await hass_client()
        await async_wait(hass, lambda: entry.runtime_data.sheddings["meter"].state.shed)
        assert (await (await client.get(URL)).json())["delestage"] is True
        await hass.config_entries.async_unload(entry.entry_id)
