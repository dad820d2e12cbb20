"""The entities that the cards look for are those that are registered.

A card hides what a part does not have: an entity that changed its key would go missing
without a word.
"""

from collections.abc import Iterator
from contextlib import suppress
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest

from custom_components.energy_park.websocket import describe
from scripts.emulators import EmulatedMeter, ShellyGen2

from .parks import (
    async_act,
    async_setup,
    async_wait,
    entity_id,
    meter,
    plug,
    sector,
    station,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
# By the kind of part and their keys, with the platform of each.
KNOWN = json.loads(
    (Path(__file__).parents[1] / "lovelace/src/shared/entities.json").read_text()
)


def told(hass: HomeAssistant) -> dict[str, list[dict[str, Any]]]:
    """Return what the cards are told of each kind of part."""
    [park] = describe(hass)["parks"]
    return {
        "park": [park],
        "meter": park["meters"],
        "sector": park["sectors"],
        "socket": park["sockets"],
    }


def missing(hass: HomeAssistant) -> Iterator[str]:
    """Yield the entities that the cards look for in vain."""
    for kind, parts in told(hass).items():
        for part in parts:
            for key, platform in KNOWN[kind].items():
                if not part["entities"].get(key, "").startswith(f"{platform}."):
                    yield f"{platform} {key} of a {kind}"


async def test_the_cards_look_for_entities_that_there_are(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    enabled = property(lambda _: True)
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", enabled)
    async with (
        ShellyGen2(mac=MAC, sockets=2) as strip,
        EmulatedMeter(
            mode="standard",
            contract="tempo",
            phases=3,
            producer=True,
            subscribed_kva=12,
        ) as linky,
    ):
        entry = await async_setup(
            hass,
            meter(linky.url, linky.serial),
            sector("Room", "room"),
            plug(strip, "room", roles=("computer", "monitor")),
            station("Desk", f"{MAC}_0", f"{MAC}_1"),
        )
        [heard] = entry.runtime_data.meters.values()
        await async_wait(hass, lambda: heard.heard and heard.data.reading.indexes_wh)
        for label in heard.data.reading.indexes_wh:
            price = entity_id(hass, "number", f"{linky.serial}_price_{label.lower()}")
            await async_act(hass, "number.set_value", price, value=0.2)
        with suppress(TimeoutError):
            await async_wait(hass, lambda: not list(missing(hass)))
        assert list(missing(hass)) == []
