"""Shelly Gen1: watt-minutes, meters that are none, HTTP Basic."""

from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.plug import (
    Credentials,
    PlugAuthError,
    identify,
    open_plug,
)
from custom_components.energy_park.plug.shelly_gen1 import describe, reading
from scripts.emulators import Mains, ShellyGen1

from .conftest import PASSWORD, Clock, http_answer, scripted
from .test_values import json_values

PLUG_S = {
    "relays": [{"ison": True, "has_timer": False, "overpower": False}],
    "meters": [{"power": 57.3, "is_valid": True, "counters": [1, 2, 3], "total": 90}],
    "mac": "A8032AB1C2D3",
    "temperature": 24.14,
}


def one(status: dict[str, Any]) -> SocketReading:
    return reading(status, (0,)).sockets[0]


def test_the_total_is_in_watt_minutes() -> None:
    assert one(PLUG_S) == SocketReading(on=True, power_w=57.3, energy_wh=1.5)


def test_an_invalid_meter_says_nothing() -> None:
    meter = {"power": 57.3, "is_valid": False, "total": 90}
    assert one(PLUG_S | {"meters": [meter]}) == SocketReading(on=True)


def test_a_meter_without_total_is_the_owner_s_guess() -> None:
    meter = {"power": 60.0, "is_valid": True}
    assert one(PLUG_S | {"meters": [meter]}) == SocketReading(on=True)


def test_one_meter_of_two_relays_belongs_to_none() -> None:
    relays = [{"ison": True}, {"ison": False}]
    assert reading(PLUG_S | {"relays": relays}, (0, 1)).sockets == {
        0: SocketReading(on=True),
        1: SocketReading(on=False),
    }


def test_an_energy_meter_beside_the_relay_is_not_the_socket_s() -> None:
    status = PLUG_S | {"meters": [], "emeters": [{"power": 3000.0, "total": 5.0}]}
    assert one(status) == SocketReading(on=True)


@given(
    st.dictionaries(
        st.sampled_from(["relays", "meters", "mac", "other"]),
        json_values
        | st.lists(
            st.dictionaries(
                st.sampled_from(["ison", "power", "total", "is_valid"]), json_values
            )
        ),
    )
)
def test_any_status_is_read(status: dict[str, Any]) -> None:
    assert list(reading(status, (0, 1, 7)).sockets) == [0, 1, 7]
    describe(status, status)


async def test_a_plug_s_is_read_and_switched(
    http: aiohttp.ClientSession, mains: Mains, clock: Clock
) -> None:
    async with ShellyGen1(password=PASSWORD, mains=mains) as plug:
        assert (await identify(http, plug.host)).needs_password
        credentials = Credentials(None, PASSWORD)
        info = await identify(http, plug.host, credentials)
        assert (info.dialect, info.serial) == ("shelly_gen1", plug.mac)
        assert (info.model, info.sockets) == ("SHPLG-S", (0,))
        client = open_plug(http, plug.host, info, credentials)
        clock.now += 3600
        before = (await client.read()).sockets[0]
        assert before.power_w == pytest.approx(60, rel=0.05)
        assert before.energy_wh == pytest.approx(60, rel=0.05)
        await client.switch(0, on=False)
        assert (await client.read()).sockets[0].power_w == 0
        assert await client.info() == info


async def test_a_wrong_password_is_told(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen1(password=PASSWORD, mains=mains) as plug:
        with pytest.raises(PlugAuthError, match="wrong password"):
            await identify(http, plug.host, Credentials("admin", "wrong"))
        info = await identify(http, plug.host)
        with pytest.raises(PlugAuthError, match="wants a password"):
            await open_plug(http, plug.host, info).read()


async def test_old_firmware_without_outputs_is_known(
    http: aiohttp.ClientSession,
) -> None:
    pages = {
        "/shelly": {"type": "SHPLG-S", "mac": "A8032AB1C2D3", "auth": False},
        "/status": PLUG_S,
    }
    async with scripted(lambda path: http_answer(pages[path])) as plug:
        assert (await identify(http, plug.host)).sockets == (0,)
