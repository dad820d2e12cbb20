"""The garbage collector passes over a park that is set up."""

import gc

from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park import heap

from .parks import async_later, async_setup


@pytest.fixture(autouse=True)
def thawed() -> None:
    """Start with nothing that is passed over: the harness has its own reasons."""
    gc.unfreeze()


async def test_what_a_collection_leaves_is_passed_over_until_the_park_is_unloaded(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    async_later(hass, heap.SETTLED_AFTER)
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert gc.get_freeze_count() > 0
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert gc.get_freeze_count() == 0


async def test_what_is_left_after_another_park_went_is_passed_over_again(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    async_later(hass, heap.SETTLED_AFTER)
    callbacks = tuple(gc.callbacks)
    gc.collect()
    assert tuple(gc.callbacks) == callbacks
    gc.unfreeze()
    gc.collect()
    assert gc.get_freeze_count() > 0
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("settled", [True, False])
async def test_a_park_unloaded_before_is_not_kept(
    hass: HomeAssistant, settled: bool
) -> None:
    before = tuple(gc.callbacks)
    entry = await async_setup(hass)
    if settled:
        async_later(hass, heap.SETTLED_AFTER)
    assert await hass.config_entries.async_unload(entry.entry_id)
    async_later(hass, heap.SETTLED_AFTER)
    assert tuple(gc.callbacks) == before
    gc.collect()
    assert gc.get_freeze_count() == 0
