"""Tasmota: readings of every shape, the Referer check, a password kept quiet."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
import logging
from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.plug import (
    Credentials,
    PlugAuthError,
    PlugClient,
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
    identify,
    open_plug,
    tasmota,
)
from custom_components.energy_park.plug.tasmota import describe, reading
from scripts.emulators import Mains, Tasmota

from .conftest import PASSWORD, http_answer, scripted, tree, watch
from .test_values import json_values

CREDENTIALS = Credentials(None, PASSWORD)

ENERGY = {
    "TotalStartTime": "2026-09-01T00:00:00",
    "Total": 3.185,
    "Yesterday": 2.206,
    "Today": 0.979,
    "Power": 25,
    "ApparentPower": 64,
    "ReactivePower": 59,
    "Factor": 0.39,
    "Frequency": 50,
    "Voltage": 230,
    "Current": 0.277,
}


def read(
    state: Mapping[str, object],
    energy: Mapping[str, object],
    sockets: tuple[int, ...] = (1,),
) -> list[SocketReading]:
    answers = {"StatusSTS": state}, {"StatusSNS": {"ENERGY": energy}}
    return list(reading(*answers, sockets).sockets.values())


@pytest.mark.parametrize("name", ["POWER", "POWER1"])
def test_one_relay_is_read_under_both_its_names(name: str) -> None:
    assert read({name: "ON"}, ENERGY) == [
        SocketReading(
            on=True,
            power_w=25,
            current_a=0.277,
            voltage_v=230,
            energy_wh=3185,
            power_factor=0.39,
            apparent_power_va=64,
            reactive_power_var=59,
            frequency_hz=50,
        )
    ]


def test_arrays_hold_a_value_for_each_relay() -> None:
    energy = ENERGY | {"Total": [1.5, 0.25], "Power": [25, 0], "Current": [0.277, 0]}
    first, second = read({"POWER1": "ON", "POWER2": "OFF"}, energy, (1, 2))
    assert (first.power_w, first.energy_wh, first.current_a) == (25, 1500, 0.277)
    assert (second.power_w, second.energy_wh, second.current_a) == (0, 250, 0)
    # One voltage and one frequency are everyone's; one power factor is no one's.
    assert (first.voltage_v, second.voltage_v) == (230, 230)
    assert (first.frequency_hz, second.frequency_hz) == (50, 50)
    assert (first.power_factor, second.power_factor) == (None, None)


def test_sockets_left_out_of_the_park_do_not_shift_the_others() -> None:
    state = {"POWER1": "ON", "POWER2": "OFF", "POWER3": "ON"}
    (third,) = read(state, {"Power": [10, 20, 30], "Total": 9.0}, (3,))
    assert (third.on, third.power_w, third.energy_wh) == (True, 30, None)


def test_three_phases_behind_one_relay_are_not_its_first() -> None:
    (socket,) = read({"POWER": "ON"}, {"Power": [1, 2, 3], "Total": 3.0})
    assert (socket.power_w, socket.energy_wh) == (None, 3000)


def test_no_voltage_behind_an_open_relay_is_no_measure() -> None:
    (socket,) = read({"POWER": "OFF"}, ENERGY | {"Voltage": 0, "Power": 0})
    assert (socket.voltage_v, socket.power_w) == (None, 0)


def test_a_state_in_other_words_is_unknown() -> None:
    (socket,) = read({"POWER": "Marche"}, {})
    assert socket == SocketReading()


def test_a_plug_without_meter_has_a_state() -> None:
    assert reading({"StatusSTS": {"POWER": "ON"}}, {}, (1, 2)).sockets == {
        1: SocketReading(on=True),
        2: SocketReading(),
    }


@pytest.mark.parametrize("power", [256, "011"])
def test_the_form_of_the_relays_in_the_status_does_not_matter(power: object) -> None:
    status = {
        "Status": {"DeviceName": "", "FriendlyName": ["Room 204"], "Power": power},
        "StatusFWR": {"Version": "15.5.0(tasmota)", "Hardware": "ESP8285"},
        "StatusNET": {"Mac": "A4:CF:12:C6:58:CC"},
        "StatusSTS": {"POWER1": "ON", "POWER2": "ON", "POWER3": "OFF", "Dimmer": 5},
    }
    info = describe(status)
    assert info.sockets == (1, 2, 3)
    assert (info.serial, info.name) == ("a4cf12c658cc", "Room 204")
    assert (info.model, info.firmware) == ("ESP8285", "15.5.0(tasmota)")


part = st.dictionaries(
    st.sampled_from(["ENERGY", "POWER", "POWER2", "Mac", "FriendlyName", "Total"]),
    json_values
    | st.dictionaries(
        st.sampled_from(list(ENERGY)), json_values | st.lists(json_values)
    ),
)


@given(
    st.dictionaries(
        st.sampled_from(["Status", "StatusNET", "StatusFWR", "StatusSNS", "StatusSTS"]),
        json_values | part,
    )
)
def test_any_status_is_read(status: dict[str, Any]) -> None:
    assert list(reading(status, status, (1, 2)).sockets) == [1, 2]
    describe(status)


@pytest.fixture
async def plug(mains: Mains) -> AsyncGenerator[Tasmota]:
    """A plug with the newest firmware, closed by default, and a password."""
    async with Tasmota(password=PASSWORD, mains=mains) as plug:
        yield plug


async def opened(http: aiohttp.ClientSession, plug: Tasmota) -> PlugClient:
    credentials = CREDENTIALS if plug.password else None
    info = await identify(http, plug.host, credentials)
    return open_plug(http, plug.host, info, credentials)


async def test_a_plug_is_known_read_and_switched(
    http: aiohttp.ClientSession, plug: Tasmota
) -> None:
    client = await opened(http, plug)
    info = await client.info()
    assert info == await identify(http, plug.host, CREDENTIALS)
    assert (info.dialect, info.serial) == ("tasmota", plug.mac)
    assert info.sockets == (1,)
    before = (await client.read()).sockets[1]
    assert before.on
    assert before.power_w == pytest.approx(60, rel=0.05)
    await client.switch(1, on=False)
    assert (await client.read()).sockets[1].on is False


async def test_a_strip_of_four(http: aiohttp.ClientSession, mains: Mains) -> None:
    async with Tasmota(sockets=4, split_totals=True, mains=mains) as strip:
        client = await opened(http, strip)
        await client.switch(3, on=False)
        sockets = (await client.read()).sockets
    assert [socket.on for socket in sockets.values()] == [True, True, False, True]
    assert all(socket.energy_wh is not None for socket in sockets.values())
    assert sockets[3].power_w == 0


async def test_a_poll_is_two_questions_and_knows_who_answers(
    http: aiohttp.ClientSession, plug: Tasmota, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await opened(http, plug)
    traffic = watch(plug, monkeypatch)

    async def questions() -> list[str]:
        traffic.paths.clear()
        await client.read()
        return [path.split("cmnd=")[1].split("&")[0] for path in traffic.paths]

    assert await questions() == ["Status+5", "Status+11", "Status+8"]
    assert await questions() == ["Status+11", "Status+8"]
    await plug.fault("vanish")
    with pytest.raises(PlugUnreachableError):
        await client.read()
    await plug.clear()
    assert await questions() == ["Status+5", "Status+11", "Status+8"]


async def test_another_device_after_an_outage_is_not_read(
    http: aiohttp.ClientSession, plug: Tasmota
) -> None:
    client = await opened(http, plug)
    await client.read()
    await plug.fault("vanish")
    with pytest.raises(PlugUnreachableError):
        await client.read()
    await plug.clear()
    await plug.fault("wrong_mac")
    with pytest.raises(PlugIdentityError):
        await client.read()


async def test_measures_are_looked_for_in_status_10_too(
    http: aiohttp.ClientSession,
) -> None:
    answers = {
        "/cm?cmnd=Status+0": {
            "StatusNET": {"Mac": "A4:CF:12:C6:58:CC"},
            "StatusSTS": {"POWER": "ON"},
        },
        "/cm?cmnd=Status+5": {"StatusNET": {"Mac": "A4:CF:12:C6:58:CC"}},
        "/cm?cmnd=Status+8": {"Command": "Unknown"},
        "/cm?cmnd=Status+10": {"StatusSNS": {"ENERGY": ENERGY}},
        "/cm?cmnd=Status+11": {"StatusSTS": {"POWER": "ON"}},
    }
    async with scripted(lambda path: http_answer(answers.get(path, {}))) as device:
        info = await identify(http, device.host)
        sockets = (await open_plug(http, device.host, info).read()).sockets
    assert sockets[1].power_w == 25


async def test_the_referer_is_the_device_s_own_address(
    http: aiohttp.ClientSession, plug: Tasmota, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = watch(plug, monkeypatch)
    client = await opened(http, plug)
    await client.switch(1, on=False)
    commands = [
        headers
        for path, headers in zip(traffic.paths, traffic.headers, strict=True)
        if path.startswith("/cm")
    ]
    assert {headers["Referer"] for headers in commands} == {"http://127.0.0.1/"}
    assert {headers["Connection"] for headers in commands} == {"close"}


async def test_a_name_is_looked_up_for_the_referer(
    http: aiohttp.ClientSession, plug: Tasmota
) -> None:
    host = f"localhost:{plug.port}"
    info = await identify(http, host, CREDENTIALS)
    await open_plug(http, host, info, CREDENTIALS).read()


async def test_a_name_that_nobody_resolves_stands_for_itself(
    plug: Tasmota, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fail)
    assert await tasmota._address(plug.hostname) == plug.hostname


@pytest.fixture
def closed(plug: Tasmota, monkeypatch: pytest.MonkeyPatch) -> Tasmota:
    """A plug that does not hear: its address is not the one that we know."""
    monkeypatch.setattr(plug, "_refers_to_itself", lambda request: False)
    return plug


async def test_a_closed_api_is_told_at_first(
    http: aiohttp.ClientSession, closed: Tasmota
) -> None:
    with pytest.raises(PlugRefusedError, match="SetOption128"):
        await identify(http, closed.host, CREDENTIALS)


async def test_a_closed_api_is_told_later(
    http: aiohttp.ClientSession, plug: Tasmota, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await opened(http, plug)
    monkeypatch.setattr(plug, "_refers_to_itself", lambda request: False)
    with pytest.raises(PlugRefusedError, match="SetOption128"):
        await client.read()
    with pytest.raises(PlugRefusedError, match="SetOption128"):
        await client.switch(1, on=False)
    assert plug.sockets[1].on


@pytest.mark.parametrize("body", [b"", b"  \r\n", b"<!DOCTYPE html><html>..."])
async def test_an_empty_answer_and_a_page_are_refusals(
    http: aiohttp.ClientSession, body: bytes
) -> None:
    page = http_answer(b"<html>", "200 OK", "Server: Tasmota/15.5.0 (ESP8266EX)")
    pages = {"/shelly": http_answer(b"", "404 Not Found"), "/": page}
    async with scripted(lambda path: pages.get(path, http_answer(body))) as device:
        with pytest.raises(PlugRefusedError, match="SetOption128"):
            await identify(http, device.host)


async def test_one_dropped_connection_is_no_closed_api(
    http: aiohttp.ClientSession, plug: Tasmota, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await opened(http, plug)
    traffic = watch(plug, monkeypatch)
    losses = iter([True])
    traffic.lose = lambda path: "cmnd=Status" in path and next(losses, False)
    assert (await client.read()).sockets[1].on


async def test_a_page_of_something_else_is_no_plug(
    http: aiohttp.ClientSession, plug: Tasmota
) -> None:
    await plug.fault("garbage")
    with pytest.raises(PlugReplyError):
        await identify(http, plug.host, CREDENTIALS)


async def test_a_password_is_asked_for(
    http: aiohttp.ClientSession, plug: Tasmota
) -> None:
    info = await identify(http, plug.host)
    assert info.needs_password
    assert info.dialect == "tasmota"


async def test_old_firmware_asks_for_a_password_with_status_200(
    http: aiohttp.ClientSession,
) -> None:
    warning = {"WARNING": "Need user=<username>&password=<password>"}
    async with scripted(lambda _: http_answer(warning)) as device:
        assert (await identify(http, device.host)).needs_password
        with pytest.raises(PlugAuthError):
            await identify(http, device.host, CREDENTIALS)


async def test_the_password_is_nowhere_to_be_seen(
    http: aiohttp.ClientSession,
    plug: Tasmota,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    client = await opened(http, plug)
    said = [repr(client), repr(vars(client)), repr(CREDENTIALS)]
    for fault in ("429", "500", "garbage", "refuse", "wrong_mac", "vanish"):
        await plug.fault(fault)
        for attempt in (
            client.read,
            lambda: client.switch(1, on=not plug.sockets[1].on),
        ):
            try:
                await attempt()
            except PlugError as error:
                said += tree(error)
        await plug.clear()
    with pytest.raises(PlugAuthError) as caught:
        await identify(http, plug.host, Credentials("admin", f"{PASSWORD}?"))
    said += [*tree(caught.value), caplog.text]
    assert len(said) > 12
    for secret in (PASSWORD, PASSWORD[:6], "s3cret"):
        assert secret not in "".join(said)


async def test_a_password_passes_with_any_characters(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    password = "a b&c=d+e%41#é/?\"'"
    async with Tasmota(password=password, mains=mains) as plug:
        credentials = Credentials("admin", password)
        assert (await identify(http, plug.host, credentials)).sockets == (1,)
