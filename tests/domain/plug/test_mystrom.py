"""myStrom: a token, watt-seconds since the last start, a Zero that measures nothing."""

from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.plug import (
    Credentials,
    PlugAuthError,
    PlugReplyError,
    identify,
    open_plug,
)
from custom_components.energy_park.plug.mystrom import describe, socket_reading
from scripts.emulators import Mains, MyStrom

from .conftest import PASSWORD, Clock, http_answer, opened, scripted, watch
from .test_values import json_values

TOKEN = Credentials(None, PASSWORD)


def test_watt_seconds_since_a_named_start() -> None:
    report = {
        "power": 27.29,
        "Ws": 26.43,
        "relay": True,
        "temperature": 20.58,
        "boot_id": "85A81EF3",
        "energy_since_boot": 278809314.67,
        "time_since_boot": 2612678,
    }
    assert socket_reading(report) == SocketReading(
        on=True, power_w=27.29, energy_wh=77447.032, energy_run="85A81EF3"
    )


def test_a_zero_has_a_state_and_no_measures() -> None:
    assert socket_reading({"relay": False}) == SocketReading(on=False)


@given(
    st.dictionaries(
        st.sampled_from(["power", "relay", "boot_id", "energy_since_boot", "type"]),
        json_values,
    )
)
def test_any_report_is_read(report: dict[str, Any]) -> None:
    assert socket_reading(report).on in {True, False, None}
    describe(report, report)


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("zero", [True, False])
async def test_each_switch_is_known_and_switched(
    http: aiohttp.ClientSession, mains: Mains, old: bool, zero: bool
) -> None:
    async with MyStrom(old=old, zero=zero, mains=mains) as plug:
        info = await identify(http, plug.host)
        assert (info.dialect, info.serial) == ("mystrom", plug.mac)
        assert (info.model, info.sockets) == (
            "myStrom 120" if zero else "myStrom 107",
            (0,),
        )
        client = open_plug(http, plug.host, info)
        await client.switch(0, on=False)
        assert not plug.sockets[0].on
        assert await client.info() == info
        socket = (await client.read()).sockets[0]
        assert socket.power_w == (None if zero else 0)


async def test_a_start_is_told_by_the_name_of_the_run(
    http: aiohttp.ClientSession, mains: Mains, clock: Clock
) -> None:
    async with MyStrom(mains=mains) as plug:
        client = await opened(http, plug)
        clock.now += 3600
        before = (await client.read()).sockets[0]
        await plug.fault("restart")
        clock.now += 7200
        after = (await client.read()).sockets[0]
    assert before.energy_wh == pytest.approx(60, rel=0.05)
    assert after.energy_wh == pytest.approx(120, rel=0.05)
    assert before.energy_run != after.energy_run


async def test_the_mean_since_anyone_s_last_report_is_not_used(
    http: aiohttp.ClientSession, mains: Mains, clock: Clock
) -> None:
    async with MyStrom(mains=mains) as plug:
        client = await opened(http, plug)
        clock.now += 60
        async with http.get(f"http://{plug.host}/report") as response:
            assert (await response.json())["Ws"] == pytest.approx(60, rel=0.1)
        async with http.get(f"http://{plug.host}/report") as response:
            assert (await response.json())["Ws"] == 0
        power_w = (await client.read()).sockets[0].power_w
        assert power_w == pytest.approx(60, rel=0.1)


async def test_a_token_goes_into_the_header(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with MyStrom(password=PASSWORD, mains=mains) as plug:
        assert (await identify(http, plug.host)).needs_password
        with pytest.raises(PlugAuthError, match="wrong token"):
            await identify(http, plug.host, Credentials(None, "wrong"))
        client = await opened(http, plug, TOKEN)
        traffic = watch(plug, monkeypatch)
        await client.read()
        await client.switch(0, on=False)
        assert not plug.sockets[0].on
        assert {headers["Token"] for headers in traffic.headers} == {PASSWORD}
        without = open_plug(http, plug.host, await client.info())
        with pytest.raises(PlugAuthError, match="wants a token"):
            await without.switch(0, on=True)
        assert not plug.sockets[0].on


async def test_a_reading_is_one_question_once_the_plug_is_known(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with MyStrom(mains=mains) as plug:
        client = await opened(http, plug)
        await client.read()
        traffic = watch(plug, monkeypatch)
        await client.read()
        assert traffic.paths == ["/report"]


async def test_a_bulb_of_the_same_maker_is_no_plug(
    http: aiohttp.ClientSession,
) -> None:
    pages = {"/api/v1/info": http_answer({"mac": "A8032AB1C2D3", "type": 102})}
    missing = http_answer(b"", "404 Not Found")
    async with scripted(lambda path: pages.get(path, missing)) as device:
        with pytest.raises(PlugReplyError):
            await identify(http, device.host)
