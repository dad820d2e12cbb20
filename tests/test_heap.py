"""The garbage collector passes over a park that is set up."""

import gc
import weakref

from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park import heap
from custom_components.energy_park.const import DOMAIN

from .common import MockConfigEntry
from .parks import async_later, async_setup


@pytest.fixture(autouse=True)
def thawed() -> None:
    """Start with nothing that is passed over: the harness has its own reasons."""
    gc.unfreeze()


class Ring:
    """What only a collection finds to be garbage."""

    def __init__(self) -> None:
        self.ring = self


def full_collections() -> int:
    return int(gc.get_stats()[2]["collections"])


async def test_what_is_there_is_passed_over_until_the_park_is_unloaded(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    assert gc.get_freeze_count() == 0
    async_later(hass, heap.SETTLED_AFTER)
    assert gc.get_freeze_count() > 0
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert gc.get_freeze_count() == 0


async def test_garbage_is_not_kept_for_ever(hass: HomeAssistant) -> None:
    await async_setup(hass)
    garbage = weakref.ref(Ring())
    async_later(hass, heap.SETTLED_AFTER)
    assert garbage() is None


async def test_garbage_of_later_is_collected_before_there_is_much(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    async_later(hass, heap.SETTLED_AFTER)
    garbage = weakref.ref(Ring())
    async_later(hass, heap.SETTLED_AFTER + heap.COLLECT_EVERY)
    assert garbage() is None
    assert await hass.config_entries.async_unload(entry.entry_id)
    collections = full_collections()
    async_later(hass, heap.SETTLED_AFTER + 2 * heap.COLLECT_EVERY)
    assert full_collections() == collections


@pytest.mark.parametrize("left", [True, False])
async def test_a_park_is_passed_over_again_after_another_one_went_unless_it_went_too(
    hass: HomeAssistant, left: bool
) -> None:
    entry = await async_setup(hass)
    other = MockConfigEntry(
        domain=DOMAIN, title="Annexe", data={"country": "FR", "billing_period": 30}
    )
    other.add_to_hass(hass)
    assert await hass.config_entries.async_setup(other.entry_id)
    async_later(hass, heap.SETTLED_AFTER)
    assert await hass.config_entries.async_unload(other.entry_id)
    assert gc.get_freeze_count() == 0
    if not left:
        assert await hass.config_entries.async_unload(entry.entry_id)
    async_later(hass, heap.SETTLED_AFTER)
    assert (gc.get_freeze_count() > 0) is left


async def test_a_park_unloaded_before_is_not_kept(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    async_later(hass, heap.SETTLED_AFTER)
    assert gc.get_freeze_count() == 0
