"""NETIO: outputs that follow a moment later, two users, some of them metered."""

import asyncio
from dataclasses import replace
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
from custom_components.energy_park.plug.netio import describe, reading
from scripts.emulators import Mains, Netio

from .conftest import PASSWORD, http_answer, opened, scripted, watch
from .test_values import json_values

DOCUMENT: dict[str, Any] = {
    "Agent": {
        "Model": "PowerPDU 8QS",
        "DeviceName": "Salle A",
        "MAC": "24:A4:2C:39:11:5A",
        "SerialNumber": "24A42C39115A",
        "JSONVer": "2.6",
        "Version": "5.0.1",
        "NumOutputs": 8,
        "NumInputs": 0,
    },
    "GlobalMeasure": {
        "Voltage": 231.4,
        "Frequency": 50.0,
        "TotalCurrent": 912,
        "TotalLoad": 180,
        "EnergyStart": "2026-01-19T13:30:26+00:00",
        "OverallPhase": 330.0,
    },
    "Outputs": [
        {
            "ID": 1,
            "Name": "Poste 1",
            "State": 1,
            "Action": 6,
            "Delay": 5000,
            "Current": 412,
            "PowerFactor": 0.86,
            "Phase": 329.7,
            "Load": 82,
            "Energy": 43078,
            "ReverseEnergy": 646,
            "Energy_NR": 154263,
            "ReverseEnergy_NR": 66452,
        },
        {"ID": 2, "Name": "Poste 2", "State": 0, "Action": 6, "Delay": 5000},
    ],
}


def test_milliamperes_degrees_and_the_counter_that_nobody_resets() -> None:
    first, second = reading(DOCUMENT, (1, 2)).sockets.values()
    assert first.phase_shift_deg == pytest.approx(-30.3)
    assert replace(first, phase_shift_deg=None) == SocketReading(
        on=True,
        power_w=82,
        current_a=0.412,
        voltage_v=231.4,
        energy_wh=154263,
        power_factor=0.86,
        frequency_hz=50.0,
    )
    # Only some outputs measure; the mains are everyone's.
    assert second == SocketReading(on=False, voltage_v=231.4, frequency_hz=50.0)


def test_a_counter_that_can_be_set_back_tells_its_run() -> None:
    output = DOCUMENT["Outputs"][0].copy()
    del output["Energy_NR"]
    (socket,) = reading(DOCUMENT | {"Outputs": [output]}, (1,)).sockets.values()
    assert (socket.energy_wh, socket.energy_run) == (43078, "2026-01-19T13:30:26+00:00")


def test_a_model_without_meter_has_states() -> None:
    document = {"Agent": {}, "Outputs": [{"ID": 1, "State": 1}]}
    assert reading(document, (1, 2)).sockets == {
        1: SocketReading(on=True),
        2: SocketReading(),
    }


@pytest.mark.parametrize(
    ("agent", "serial"),
    [
        ({"MAC": "24:A4:2C:39:11:5A", "SerialNumber": "X"}, "24a42c39115a"),
        ({"SerialNumber": "24:A4:2C:39:11:5A"}, "24a42c39115a"),
        ({"SerialNumber": "0123-42"}, "0123-42"),
        ({}, ""),
    ],
)
def test_the_serial_is_the_mac_address_where_there_is_one(
    agent: dict[str, str], serial: str
) -> None:
    assert describe({"Agent": agent}).serial == serial


@given(
    st.dictionaries(
        st.sampled_from(["Agent", "GlobalMeasure", "Outputs"]),
        json_values
        | st.lists(
            st.dictionaries(
                st.sampled_from(["ID", "State", "Load", "Phase", "Current"]),
                json_values,
            )
        ),
    )
)
def test_any_document_is_read(document: dict[str, Any]) -> None:
    assert list(reading(document, (1, 8)).sockets) == [1, 8]
    describe(document)


async def test_orders_show_a_moment_later(
    http: aiohttp.ClientSession, mains: Mains, pauses: list[float]
) -> None:
    async with Netio(sockets=4, mains=mains) as plug:
        client = await opened(http, plug)
        await client.switch(3, on=False)
        assert [outlet.on for outlet in plug.sockets.values()] == [
            True,
            True,
            False,
            True,
        ]
        assert pauses == [1.0]


async def test_a_sector_is_one_request(
    http: aiohttp.ClientSession,
    mains: Mains,
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Netio(sockets=8, mains=mains) as plug:
        client = await opened(http, plug)
        traffic = watch(plug, monkeypatch)
        await asyncio.gather(*(client.switch(n, on=n % 2 == 0) for n in plug.sockets))
        assert [outlet.on for outlet in plug.sockets.values()] == [False, True] * 4
        assert traffic.orders() == ["POST /netio.json"]


async def test_an_order_that_was_silently_rejected_is_given_once_more(
    http: aiohttp.ClientSession,
    mains: Mains,
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Netio(mains=mains) as plug:
        client = await opened(http, plug)
        await plug.fault("refuse")
        act = plug._act

        def then_obey(document: dict[str, Any]) -> None:
            act(document)
            plug._faults.clear()

        monkeypatch.setattr(plug, "_act", then_obey)
        await client.switch(1, on=False)
        assert not plug.sockets[1].on


async def test_who_may_only_read_is_told_so(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Netio(password=PASSWORD, reader="guest", mains=mains) as plug:
        client = await opened(http, plug, Credentials("guest", "guest"))
        assert (await client.read()).sockets[1].on
        with pytest.raises(PlugAuthError, match="may not switch"):
            await client.switch(1, on=False)
        assert plug.sockets[1].on


async def test_a_password_is_asked_for(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Netio(password=PASSWORD, mains=mains) as plug:
        info = await identify(http, plug.host)
        assert (info.dialect, info.needs_password) == ("netio", True)
        with pytest.raises(PlugAuthError, match="wrong password"):
            await identify(http, plug.host, Credentials(None, "wrong"))
        credentials = Credentials(None, PASSWORD)
        info = await identify(http, plug.host, credentials)
        assert (info.serial, info.sockets) == (plug.mac, (1,))
        with pytest.raises(PlugAuthError, match="wants a password"):
            await open_plug(http, plug.host, info).read()
        with pytest.raises(PlugAuthError, match="wrong password"):
            await open_plug(http, plug.host, info, Credentials(None, "x")).read()


@pytest.mark.parametrize(
    ("challenge", "page", "is_netio"),
    [
        ('WWW-Authenticate: Basic realm="NETIO"', b"", True),
        ("X: y", b"<title>NETIO PowerBOX</title>", True),
        ('WWW-Authenticate: Basic realm="printer"', b"<title>Printer</title>", False),
    ],
)
async def test_a_refusal_is_a_netio_s_or_nobody_s(
    http: aiohttp.ClientSession, challenge: str, page: bytes, is_netio: bool
) -> None:
    def answer(path: str) -> bytes:
        if path == "/netio.json":
            return http_answer(b"", "401 Unauthorized", challenge)
        return http_answer(page, "200 OK" if path == "/" else "404 Not Found")

    async with scripted(answer) as device:
        if is_netio:
            assert (await identify(http, device.host)).needs_password
        else:
            with pytest.raises(PlugReplyError, match="no plug of a known kind"):
                await identify(http, device.host)


async def test_old_firmware_has_its_mac_as_serial_number(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Netio(has_mac=False, metered=(), mains=mains) as plug:
        client = await opened(http, plug)
        assert (await client.info()).serial == plug.mac
        assert (await client.read()).sockets[1] == SocketReading(on=True)
