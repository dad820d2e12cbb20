"""OpenBeken: told apart from Tasmota, zeros that are none, energy in Wh."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import PowerOnDefault, SocketReading
from custom_components.energy_park.plug import (
    Credentials,
    PlugAuthError,
    PlugRefusedError,
    PlugReplyError,
    identify,
    open_plug,
)
from custom_components.energy_park.plug.openbeken import openbeken_reading
from scripts.emulators import Mains, OpenBeken, Tasmota

from .conftest import PASSWORD, Clock, http_answer, opened, scripted, watch
from .test_values import json_values

ENERGY = {
    "Power": 25.4,
    "ApparentPower": 64.1,
    "ReactivePower": 58.9,
    "Factor": 0.39,
    "Voltage": 231.2,
    "Current": 0.277,
    "ConsumptionTotal": 3185.25,
    "Yesterday": 2206.0,
    "ConsumptionLastHour": 12.5,
}


def read(
    state: Mapping[str, object],
    energy: Mapping[str, object],
    sockets: tuple[int, ...] = (1,),
) -> list[SocketReading]:
    answers = {"StatusSTS": state}, {"StatusSNS": {"ENERGY": energy}}
    return list(openbeken_reading(*answers, sockets).sockets.values())


def test_the_total_has_another_name_and_is_in_wh() -> None:
    assert read({"POWER": "ON"}, ENERGY) == [
        SocketReading(
            on=True,
            power_w=25.4,
            current_a=0.277,
            voltage_v=231.2,
            energy_wh=3185.25,
            power_factor=0.39,
            apparent_power_va=64.1,
            reactive_power_var=58.9,
        )
    ]


def test_zeros_of_a_dead_meter_are_no_measures() -> None:
    assert read({"POWER": "ON"}, dict.fromkeys(ENERGY, 0.0)) == [SocketReading(on=True)]


def test_zero_watts_behind_a_live_meter_are_zero_watts() -> None:
    (socket,) = read({"POWER": "OFF"}, ENERGY | {"Power": 0.0, "Current": 0.0})
    assert (socket.power_w, socket.current_a, socket.energy_wh) == (0, 0, 3185.25)


def test_one_meter_of_two_relays_belongs_to_none() -> None:
    sockets = read({"POWER1": "ON", "POWER2": "OFF"}, ENERGY, (1, 2))
    assert sockets == [
        SocketReading(on=True, voltage_v=231.2),
        SocketReading(on=False, voltage_v=231.2),
    ]


@given(
    st.dictionaries(
        st.sampled_from(["StatusSNS", "StatusSTS", "ENERGY", "POWER"]), json_values
    ),
    st.dictionaries(st.sampled_from(list(ENERGY)), json_values),
)
def test_any_status_is_read(status: dict[str, Any], energy: dict[str, Any]) -> None:
    openbeken_reading(status, status, (1, 2))
    read({"POWER": "ON"}, energy)


async def test_it_is_told_apart_from_tasmota(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(mains=mains) as beken, Tasmota(mains=mains) as tasmota:
        assert (await identify(http, beken.host)).dialect == "openbeken"
        assert (await identify(http, tasmota.host)).dialect == "tasmota"


async def test_an_hour_of_60_w_is_60_wh(
    http: aiohttp.ClientSession, mains: Mains, clock: Clock
) -> None:
    async with OpenBeken(mains=mains) as plug:
        client = await opened(http, plug)
        clock.now += 3600
        socket = (await client.read()).sockets[1]
    assert socket.energy_wh == pytest.approx(60, rel=0.05)
    assert socket.power_w == pytest.approx(60, rel=0.05)


@pytest.mark.parametrize("first_channel", [0, 1, 2])
async def test_a_relay_is_found_on_any_channel(
    http: aiohttp.ClientSession, mains: Mains, first_channel: int
) -> None:
    async with OpenBeken(first_channel=first_channel, mains=mains) as plug:
        client = await opened(http, plug)
        await client.switch(1, on=False)
        assert not plug.sockets[1].on


@pytest.mark.parametrize("first_channel", [0, 1])
async def test_each_relay_of_a_strip_is_found(
    http: aiohttp.ClientSession, mains: Mains, first_channel: int
) -> None:
    async with OpenBeken(sockets=3, first_channel=first_channel, mains=mains) as plug:
        client = await opened(http, plug)
        for number in (3, 1):
            await client.switch(number, on=False)
        assert [outlet.on for outlet in plug.sockets.values()] == [False, True, False]


async def test_no_command_is_long_enough_to_be_carried_out_twice(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(sockets=2, password=PASSWORD, mains=mains) as plug:
        client = await opened(http, plug, Credentials("admin", PASSWORD))
        await client.read()
        await client.switch(2, on=False)
        await client.info()
        assert max(map(len, plug.executed)) < 40


async def test_the_password_goes_into_the_header(
    http: aiohttp.ClientSession, mains: Mains, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OpenBeken(password=PASSWORD, mains=mains) as plug:
        assert (await identify(http, plug.host)).needs_password
        with pytest.raises(PlugAuthError, match="wrong password"):
            await identify(http, plug.host, Credentials(None, "wrong"))
        client = await opened(http, plug, Credentials(None, PASSWORD))
        traffic = watch(plug, monkeypatch)
        await client.read()
        await client.switch(1, on=False)
        assert not plug.sockets[1].on
        assert not any("password" in path for path in traffic.paths)
        with pytest.raises(PlugAuthError, match="wants a password"):
            await open_plug(http, plug.host, await client.info()).read()


async def test_a_build_without_commands_is_no_plug(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(mains=mains) as plug:
        client = await opened(http, plug)
        plug._commands = False
        with pytest.raises(PlugRefusedError, match="without commands"):
            await client.read()
        with pytest.raises(PlugReplyError):
            await identify(http, plug.host)


async def test_its_power_on_state_is_not_believed(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(mains=mains) as plug:
        client = await opened(http, plug)
        assert await client.power_on_default(1) is None
        with pytest.raises(PlugRefusedError, match="startup command"):
            await client.set_power_on_default(1, PowerOnDefault.OFF)


async def test_a_tasmota_like_device_without_the_mark_stays_a_tasmota(
    http: aiohttp.ClientSession,
) -> None:
    status = {
        "StatusFWR": {"Version": "9.1.0", "SDK": "2.2.2-dev(38a443e)"},
        "StatusNET": {"Mac": "A4:CF:12:C6:58:CC"},
        "StatusSTS": {"POWER": "ON"},
    }
    async with scripted(lambda _: http_answer(status)) as device:
        assert (await identify(http, device.host)).dialect == "tasmota"
