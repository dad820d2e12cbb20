"""How plugs are polled: apart, one question at a time, few at once; and what fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.energy_park.const import (
    DOMAIN,
    LARGE_PARK_PLUGS,
    PLUG_INTERVAL,
    PLUG_INTERVAL_LARGE_PARK,
    PLUG_POLLS_AT_ONCE,
)
from custom_components.energy_park.coordinator import PolledPlugCoordinator
from custom_components.energy_park.model import PlugReading
from scripts.emulators import Netio, ShellyGen2, Tasmota

from .parks import (
    async_act,
    async_later,
    async_setup,
    async_wait,
    entity_id,
    park,
    plug,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"


@pytest.fixture
async def shellies() -> AsyncIterator[list[ShellyGen2]]:
    """Twenty plugs, more than are polled at once."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(ShellyGen2(mac=f"aa00000000{number:02x}"))
            for number in range(20)
        ]


async def test_plugs_that_start_together_are_polled_apart(
    hass: HomeAssistant, shellies: list[ShellyGen2]
) -> None:
    entry = await async_setup(hass, *map(plug, shellies))
    plugs = entry.runtime_data.plugs.values()
    seconds = sorted(c.update_interval.total_seconds() for c in plugs)
    assert seconds[0] > 0
    assert seconds[-1] <= PLUG_INTERVAL.total_seconds()
    # Evenly drawn, they span half of the interval but once in ten million runs.
    assert seconds[-1] - seconds[0] > PLUG_INTERVAL.total_seconds() * 0.3
    for polled in plugs:
        await polled.async_refresh()
    assert {c.update_interval for c in plugs} == {PLUG_INTERVAL}


async def test_few_are_polled_at_once_and_each_but_once(
    hass: HomeAssistant, shellies: list[ShellyGen2], monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[str] = []
    most: list[int] = []
    entry = await async_setup(hass, *map(plug, shellies))
    plugs = list(entry.runtime_data.plugs.values())
    for polled in plugs:
        read = polled.client.read

        async def noted(
            serial: str = polled.plug.serial,
            read: Callable[[], Awaitable[PlugReading]] = read,
        ) -> PlugReading:
            assert serial not in under_way
            under_way.append(serial)
            most.append(len(under_way))
            await asyncio.sleep(0.01)
            try:
                return await read()
            finally:
                under_way.remove(serial)

        monkeypatch.setattr(polled.client, "read", noted)
    async_later(hass, PLUG_INTERVAL * 1.1)
    await async_wait(hass, lambda: len(most) >= len(plugs))
    assert max(most) <= PLUG_POLLS_AT_ONCE


async def test_a_large_park_is_polled_more_rarely(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[timedelta] = []

    class Watched(PolledPlugCoordinator):
        @override
        def async_start(self) -> None:
            asked.append(self._interval)

    monkeypatch.setattr(
        "custom_components.energy_park.assembly.PolledPlugCoordinator", Watched
    )
    one = ShellyGen2(mac=MAC)
    many = []
    for number in range(LARGE_PARK_PLUGS + 1):
        one.true_mac = f"aa000000{number:04x}"
        many.append(plug(one))
    entry = park(*many)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert set(asked) == {PLUG_INTERVAL_LARGE_PARK}


def issues(hass: HomeAssistant) -> dict[str, dict[str, str] | None]:
    return {
        issue.translation_key or "": issue.translation_placeholders
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    }


async def test_another_device_at_its_address_asks_for_a_person(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC) as emulated:
        entry = await async_setup(hass, plug(emulated))
        [polled] = entry.runtime_data.plugs.values()
        await emulated.fault("wrong_mac")
        await polled.async_refresh()
        assert issues(hass) == {"other_plug": {"plug": "Plug", "host": emulated.host}}
        # To be out of reach is no news of whose address it is.
        await emulated.fault("vanish")
        await polled.async_refresh()
        assert "other_plug" in issues(hass)
        await emulated.clear()
        await polled.async_refresh()
        assert not issues(hass)


async def test_a_closed_tasmota_asks_for_a_person(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Tasmota(mac=MAC) as emulated:
        entry = await async_setup(hass, plug(emulated))
        [polled] = entry.runtime_data.plugs.values()
        with monkeypatch.context() as closed:
            closed.setattr(emulated, "_refers_to_itself", lambda request: False)
            await polled.async_refresh()
        assert list(issues(hass)) == ["plug_closed"]
        await polled.async_refresh()
        assert not issues(hass)


async def test_a_user_who_may_only_read_is_told_and_not_asked_for_a_password(
    hass: HomeAssistant,
) -> None:
    async with Netio(mac=MAC, password="secret", reader="guest") as emulated:
        part = plug(emulated)
        data = {**part.data, "username": "guest", "password": "guest"}
        entry = await async_setup(hass, replace(part, data=MappingProxyType(data)))
        switch = entity_id(hass, "switch", f"{MAC}_1_socket")
        with pytest.raises(HomeAssistantError, match="this user may not switch"):
            await async_act(hass, "switch.turn_off", switch)
        await hass.async_block_till_done()
        assert not list(entry.async_get_active_flows(hass, {"reauth"}))
        assert emulated.sockets[1].on
        assert hass.states.get(switch).state == "on"
