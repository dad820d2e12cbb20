"""What a socket does when the mains come back: read, set, and seen kept."""

import aiohttp
import pytest

from custom_components.energy_park.model import PowerOnDefault
from custom_components.energy_park.plug import (
    PlugIdentityError,
    PlugRefusedError,
    PlugUnreachableError,
    identify,
    open_plug,
)
from scripts.emulators import (
    Diy,
    EmulatedPlug,
    Mains,
    MyStrom,
    Netio,
    OpenBeken,
    ShellyGen1,
    ShellyGen2,
    Tasmota,
)

from .conftest import http_answer, opened, scripted, watch

OFF, ON, LAST = PowerOnDefault.OFF, PowerOnDefault.ON, PowerOnDefault.LAST
WITH = [ShellyGen2, ShellyGen1, Tasmota]


@pytest.mark.parametrize("dialect", WITH)
async def test_each_choice_is_kept(
    http: aiohttp.ClientSession, mains: Mains, dialect: type[EmulatedPlug]
) -> None:
    async with dialect(sockets=2, mains=mains) as plug:
        client = await opened(http, plug)
        _, second = plug.sockets
        for choice in (OFF, ON, LAST, OFF):
            await client.set_power_on_default(second, choice)
            assert await client.power_on_default(second) is choice
            assert plug.power_on[second] == choice


@pytest.mark.parametrize(
    ("dialect", "word"),
    [(ShellyGen2, "match_input"), (ShellyGen1, "switch"), (Tasmota, "toggle")],
)
async def test_another_choice_is_shown_and_cannot_be_made(
    http: aiohttp.ClientSession, mains: Mains, dialect: type[EmulatedPlug], word: str
) -> None:
    async with dialect(power_on=word, mains=mains) as plug:
        client = await opened(http, plug)
        (number,) = plug.sockets
        assert await client.power_on_default(number) is PowerOnDefault.OTHER
        with pytest.raises(PlugRefusedError, match="not a choice"):
            await client.set_power_on_default(number, PowerOnDefault.OTHER)
        assert plug.power_on[number] == word


@pytest.mark.parametrize("dialect", [OpenBeken, Netio, MyStrom, Diy])
async def test_a_device_without_the_choice_says_so(
    http: aiohttp.ClientSession, mains: Mains, dialect: type[EmulatedPlug]
) -> None:
    async with dialect(mains=mains) as plug:
        client = await opened(http, plug)
        (number,) = plug.sockets
        assert await client.power_on_default(number) is None
        with pytest.raises(PlugRefusedError, match="power-on default"):
            await client.set_power_on_default(number, OFF)


@pytest.mark.parametrize("dialect", WITH)
async def test_no_other_device_is_changed(
    http: aiohttp.ClientSession,
    mains: Mains,
    dialect: type[EmulatedPlug],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with dialect(mains=mains) as plug:
        client = await opened(http, plug)
        (number,) = plug.sockets
        await plug.fault("wrong_mac")
        with pytest.raises(PlugIdentityError):
            await client.set_power_on_default(number, OFF)
        assert plug.power_on[number] == "last"
        traffic = watch(plug, monkeypatch)
        with pytest.raises(PlugRefusedError, match="no socket 9"):
            await client.power_on_default(9)
        with pytest.raises(PlugRefusedError, match="no socket 9"):
            await client.set_power_on_default(9, OFF)
        assert traffic.paths == []


async def test_a_choice_without_an_answer_is_not_made_twice(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ShellyGen2(mains=mains) as plug:
        client = await opened(http, plug)
        traffic = watch(plug, monkeypatch)
        traffic.lose = lambda path: "SetConfig" in path
        with pytest.raises(PlugUnreachableError):
            await client.set_power_on_default(0, OFF)
        assert len([path for path in traffic.paths if "SetConfig" in path]) == 1


async def test_a_choice_that_is_not_kept_is_told(http: aiohttp.ClientSession) -> None:
    pages = {
        "/shelly": {"type": "SHPLG-S", "mac": "A8032AB1C2D3"},
        "/status": {"mac": "A8032AB1C2D3", "relays": [{"ison": True}]},
        "/settings/relay/0": {"default_state": "on"},
        "/settings/relay/0?default_state=off": {"default_state": "off"},
    }
    async with scripted(lambda path: http_answer(pages[path])) as plug:
        client = open_plug(http, plug.host, await identify(http, plug.host))
        with pytest.raises(PlugRefusedError, match="does not keep"):
            await client.set_power_on_default(0, OFF)


async def test_a_locked_relay_refuses_to_go_off(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Tasmota(power_on="locked", mains=mains) as plug:
        client = await opened(http, plug)
        with pytest.raises(PlugRefusedError, match="does not obey"):
            await client.switch(1, on=False)
        assert await client.power_on_default(1) is PowerOnDefault.OTHER
