"""The garbage collector passes over a park that is set up."""

import gc

from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park import heap

from .parks import async_later, async_setup, async_wait


@pytest.fixture(autouse=True)
def thawed() -> None:
    """Start with nothing that is passed over: the harness has its own reasons."""
    gc.unfreeze()


async def test_what_stays_is_passed_over_until_the_park_is_unloaded(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    async_later(hass, heap.SETTLED_AFTER)
    await async_wait(hass, gc.get_freeze_count)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert gc.get_freeze_count() == 0


async def test_a_park_unloaded_before_is_not_kept(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    async_later(hass, heap.SETTLED_AFTER)
    await hass.async_block_till_done()
    assert gc.get_freeze_count() == 0
