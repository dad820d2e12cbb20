"""Who looks on is told once the orders have left."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park.control import telling
from custom_components.energy_park.control.telling import Telling

from .parks import async_wait


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give orders the shortest of head starts."""
    monkeypatch.setattr(telling, "HEAD_START_S", 0.01)


@pytest.fixture
def told() -> list[str]:
    """What was told."""
    return []


async def test_without_orders_it_is_told_at_once(
    hass: HomeAssistant, told: list[str]
) -> None:
    Telling(hass).async_tell(lambda: told.append("now"))
    assert told == ["now"]


async def test_with_orders_it_is_told_later_in_its_turn_and_once(
    hass: HomeAssistant, told: list[str]
) -> None:
    def tell_again() -> None:
        told.append("again")

    one = Telling(hass)
    one.async_hold()
    one.async_tell(lambda: told.append("first"))
    one.async_tell(tell_again)
    one.async_tell(tell_again)
    assert told == []
    await async_wait(hass, lambda: len(told) == 2, settle=False)
    await asyncio.sleep(0)
    one.async_tell(lambda: told.append("now"))
    assert told == ["first", "again", "now"]


async def test_what_is_told_may_have_more_told_after_it(
    hass: HomeAssistant, told: list[str]
) -> None:
    one = Telling(hass)

    def tell_more() -> None:
        told.append("first")
        one.async_tell(lambda: told.append("third"))

    one.async_hold()
    one.async_tell(tell_more)
    one.async_tell(lambda: told.append("second"))
    await async_wait(hass, lambda: len(told) == 3, settle=False)
    assert told == ["first", "second", "third"]


async def test_a_fault_of_one_costs_the_others_nothing(
    hass: HomeAssistant, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("a fault")

    one = Telling(hass)
    one.async_hold()
    one.async_tell(fail)
    one.async_tell(lambda: told.append("told"))
    one.async_tell_all()
    assert told == ["told"]
    assert "a fault" in caplog.text
    caplog.clear()


async def test_an_outcome_is_told_with_all_that_waits(
    hass: HomeAssistant, told: list[str]
) -> None:
    one = Telling(hass)
    one.async_hold()
    one.async_tell(lambda: told.append("waited"))
    one.async_tell_all()
    one.async_tell(lambda: told.append("now"))
    assert told == ["waited", "now"]
