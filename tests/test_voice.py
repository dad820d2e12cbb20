"""What is said, in three languages, and what becomes of it; and scenes."""

from collections.abc import AsyncIterator
from datetime import timedelta

from hassil.parse_expression import parse_sentence
from homeassistant.components import conversation
from homeassistant.components.conversation.trigger import TRIGGER_SCHEMA
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.voice_sentences import Command, plain, sentences
from scripts.emulators import Computer, Constant, Mains, Monitor, Outlet, ShellyGen2

from .common import MockUser
from .parks import (
    async_act,
    async_later,
    async_setup,
    async_wait,
    entity_id,
    plug,
    sector,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
COMPUTER, MONITOR, NETWORK, LAMP = range(4)
ROLES = ("computer", "monitor", "network", "other")


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A computer that is off, its monitor, a network switch and a lamp."""
    mains = Mains()
    appliances = [
        Computer(mains, "computer", running=False, on_ac=False),
        Monitor(mains, "monitor"),
        Constant(mains, "network", power_w=8),
        Constant(mains, "lamp", power_w=100),
    ]
    outlets = [Outlet(mains, n, appliance=load) for n, load in enumerate(appliances)]
    async with ShellyGen2(mac=MAC, sockets=outlets, mains=mains) as emulated:
        yield emulated


async def async_setup_room(
    hass: HomeAssistant, strip: ShellyGen2, name: str, language: str = "en"
) -> None:
    """Set up a room, beside one whose name begins like its own."""
    hass.config.language = language
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await async_setup(
        hass,
        sector(name, "room"),
        sector(f"{name}2", "other"),
        plug(strip, "room", ROLES),
    )


async def async_say(
    hass: HomeAssistant, text: str, language: str, by: MockUser | None = None
) -> str:
    """Say something to Home Assistant; return what it answers."""
    result = await conversation.async_converse(
        hass, text, None, Context(user_id=by.id if by else None), language=language
    )
    await hass.async_block_till_done()
    assert result.response.error_code is None, f"{text}: {result.response.speech}"
    speech: str = result.response.speech["plain"]["speech"]
    return speech


def on(strip: ShellyGen2) -> set[int]:
    return {number for number, outlet in strip.sockets.items() if outlet.on}


@pytest.mark.parametrize(
    ("language", "name", "off", "back"),
    [
        ("en", "Room B", "turn off room B", "turn on room B"),
        ("en", "Room B", "turn off everything in room B", "switch on room b"),
        ("fr", "Salle B", "éteins la salle B", "allume la salle B"),
        ("fr", "Salle B", "éteins tout dans la salle B", "allume salle b"),
        ("es", "Sala B", "apaga todo en la sala B", "enciende la sala B"),
    ],
)
async def test_a_sector_is_switched_and_its_network_is_not(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    language: str,
    name: str,
    off: str,
    back: str,
) -> None:
    await async_setup_room(hass, strip, name, language)
    await async_say(hass, off, language, hass_admin_user)
    assert on(strip) == {NETWORK}
    await async_say(hass, back, language, hass_admin_user)
    assert on(strip) == {COMPUTER, MONITOR, NETWORK, LAMP}


@pytest.mark.parametrize(
    ("language", "name", "text", "left"),
    [
        ("en", "Room B", "turn off the computers of room B", {MONITOR, LAMP}),
        ("en", "Room B", "turn the PCs in the room b off", {MONITOR, LAMP}),
        ("en", "Room B", "switch off all the screens in room B", {COMPUTER, LAMP}),
        ("fr", "Salle B", "éteins les ordinateurs de la salle B", {MONITOR, LAMP}),
        ("fr", "Atelier", "éteins les postes de l'atelier", {MONITOR, LAMP}),
        ("fr", "Salle B", "coupe tous les écrans dans la salle b", {COMPUTER, LAMP}),
        ("es", "Sala B", "apaga los ordenadores de la sala B", {MONITOR, LAMP}),
    ],
)
async def test_a_role_of_a_sector_is_switched_and_nothing_else(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    language: str,
    name: str,
    text: str,
    left: set[int],
) -> None:
    await async_setup_room(hass, strip, name, language)
    await async_say(hass, text, language, hass_admin_user)
    assert on(strip) == left | {NETWORK}


@pytest.mark.parametrize(
    ("language", "name", "off", "back"),
    [
        (
            "en",
            "Room B",
            "turn off the computers of room B",
            "turn on the computers of room B",
        ),
        (
            "fr",
            "Salle B",
            "éteins les ordinateurs de la salle B",
            "allume les ordinateurs de la salle B",
        ),
    ],
)
async def test_computers_are_switched_on_again(
    hass: HomeAssistant,
    strip: ShellyGen2,
    hass_admin_user: MockUser,
    language: str,
    name: str,
    off: str,
    back: str,
) -> None:
    await async_setup_room(hass, strip, name, language)
    await async_say(hass, off, language, hass_admin_user)
    assert COMPUTER not in on(strip)
    await async_say(hass, back, language, hass_admin_user)
    await async_wait(hass, lambda: COMPUTER in on(strip))


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("en", "Room B", "what is the power of room B"),
        ("en", "Room B", "how much power does room b use now?"),
        ("fr", "Salle B", "quelle est la puissance de la salle B ?"),
        ("fr", "Atelier", "combien consomme l'atelier"),
        ("es", "Sala B", "cuál es la potencia de la sala B"),
    ],
)
async def test_the_power_of_a_sector_is_told(
    hass: HomeAssistant, strip: ShellyGen2, language: str, name: str, text: str
) -> None:
    await async_setup_room(hass, strip, name, language)
    answer = await async_say(hass, text, language)
    label, power = answer.removesuffix(" W").split(": ")
    assert label == name
    assert float(power) == pytest.approx(100 + 25 + 8 + 2.5, rel=0.2)


async def test_a_sector_may_be_called_as_what_stands_in_it(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip, "Room")
    entry = hass.config_entries.async_get_entry("park")
    assert entry is not None
    other = entry.subentries["other"]
    hass.config_entries.async_update_subentry(entry, other, title="Computers")
    await hass.async_block_till_done()
    plugs = entry.runtime_data.plugs.values()
    await async_wait(hass, lambda: all(each.data for each in plugs))
    await async_say(hass, "turn off the computers of room", "en", hass_admin_user)
    assert on(strip) == {MONITOR, NETWORK, LAMP}


async def test_what_is_not_there_or_not_known_is_said(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip, "Salle B", "fr")
    answer = await async_say(hass, "éteins les écrans de la salle B2", "fr")
    assert answer == "Salle B2 n'en a pas."
    answer = await async_say(hass, "quelle est la puissance de la salle B2", "fr")
    assert answer == "La puissance de Salle B2 est inconnue pour l'instant."


async def test_what_is_not_exposed_is_not_heard(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip, "Room B")
    async_expose_entity(hass, "conversation", "switch.room_b", should_expose=False)
    async_later(hass, timedelta(seconds=2))
    await hass.async_block_till_done()
    result = await conversation.async_converse(
        hass, "what is the power of room B", None, Context(), language="en"
    )
    speech = result.response.speech.get("plain", {}).get("speech", "")
    assert not speech.endswith(" W")


async def test_a_new_name_is_heard(hass: HomeAssistant, strip: ShellyGen2) -> None:
    await async_setup_room(hass, strip, "Room B")
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, "room"), "park")
    assert device is not None
    registry.async_update_device(device.id, name_by_user="The (old) lab!")
    async_later(hass, timedelta(seconds=2))
    await hass.async_block_till_done()
    await async_say(hass, "turn off the screens in the old lab", "en")
    assert MONITOR not in on(strip)


async def test_an_alias_is_heard(hass: HomeAssistant, strip: ShellyGen2) -> None:
    await async_setup_room(hass, strip, "Room B")
    er.async_get(hass).async_update_entity(
        entity_id(hass, "switch", "room_all"), aliases=["the lab"]
    )
    async_later(hass, timedelta(seconds=2))
    await hass.async_block_till_done()
    await async_say(hass, "turn off the screens of the lab", "en")
    assert on(strip) == {COMPUTER, NETWORK, LAMP}
    assert "W" in await async_say(hass, "what is the power of the lab", "en")
    await async_say(hass, "turn off everything in room b", "en")
    assert on(strip) == {NETWORK}


async def test_nothing_is_listened_to_after_the_park_is_gone(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    await async_setup_room(hass, strip, "Room B")
    manager = conversation.get_agent_manager(hass)
    assert manager.trigger_sentences
    assert await hass.config_entries.async_unload("park")
    assert not manager.trigger_sentences


async def test_a_scene_switches_sectors(
    hass: HomeAssistant, strip: ShellyGen2, hass_admin_user: MockUser
) -> None:
    await async_setup_room(hass, strip, "Room B")
    assert await async_setup_component(
        hass,
        "scene",
        {
            "scene": {
                "name": "Evening",
                "entities": {
                    "switch.room_b_computers": "off",
                    "switch.room_b_monitors": "off",
                },
            }
        },
    )
    await async_act(hass, "scene.turn_on", "scene.evening", by=hass_admin_user)
    await async_wait(hass, lambda: on(strip) == {NETWORK, LAMP})


def test_every_sentence_can_be_read() -> None:
    for command in Command:
        found = sentences(command, "salle b")
        assert len(found) >= 3
        for sentence in found:
            assert "{" not in sentence
            parse_sentence(sentence)


def test_a_plain_name_has_nothing_that_a_template_would_read() -> None:
    assert plain(" Salle (B) [2] {x}: l'Été! ") == "salle b 2 x l'été"
    assert plain("?!") == ""


@given(st.text(max_size=30))
def test_any_name_can_be_listened_to(name: str) -> None:
    if not (said := plain(name)):
        return
    for command in Command:
        command_config = {
            "platform": "conversation",
            "command": sentences(command, said),
        }
        TRIGGER_SCHEMA(command_config)
