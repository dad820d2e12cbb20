"""Meters without a switch, and devices of the first generation with several relays."""

from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.plug import (
    PlugRefusedError,
    identify,
    open_plug,
    shelly_gen1,
)
from custom_components.energy_park.plug.shelly_em import channel_reading, channels
from scripts.emulators import Mains, Outlet, ShellyGen1, ShellyPanel

from .conftest import Clock, opened
from .test_values import json_values

PRO_EM: dict[str, Any] = {
    "em1:0": {
        "id": 0,
        "current": 0.02,
        "voltage": 224.6,
        "act_power": 0.0,
        "aprt_power": 4.6,
        "pf": 0.0,
        "freq": 50.0,
        "calibration": "factory",
    },
    "em1:1": {
        "id": 1,
        "current": 22.78,
        "voltage": 224.6,
        "act_power": -5080.3,
        "aprt_power": 5142.4,
        "pf": 0.99,
        "freq": 50.0,
        "errors": ["out_of_range:current"],
    },
    "em1data:0": {"id": 0, "total_act_energy": 0.0, "total_act_ret_energy": 0.0},
    "em1data:1": {
        "id": 1,
        "total_act_energy": 6644.9,
        "total_act_ret_energy": 2595.26,
    },
    "switch:0": {"id": 0, "output": True},
}
PRO_3EM: dict[str, Any] = {
    "em:0": {
        "id": 0,
        "a_act_power": 375.5,
        "a_aprt_power": 547.4,
        "a_current": 2.392,
        "a_freq": 50.0,
        "a_pf": 0.76,
        "a_voltage": 229.0,
        "b_act_power": None,
        "b_errors": ["power_meter_failure"],
        "c_act_power": 12.7,
        "n_current": None,
        "total_act_power": 558.965,
    },
    "emdata:0": {"id": 0, "a_total_act_energy": 2034616.71, "total_act": 2589773.39},
}


def test_a_panel_has_channels_beyond_its_sockets() -> None:
    assert channels(PRO_EM) == (100, 101)
    assert channels(PRO_3EM) == (200, 201, 202)
    assert channels({"em:1": {"a_act_power": 1.0}, "em1:x": {}}) == (210,)


def test_energy_drawn_holds_nothing_of_what_flowed_back() -> None:
    assert channel_reading(PRO_EM, 101) == SocketReading(
        power_w=-5080.3,
        current_a=22.78,
        voltage_v=224.6,
        energy_wh=6644.9,
        power_factor=0.99,
        apparent_power_va=5142.4,
        frequency_hz=50.0,
    )


def test_each_phase_is_a_channel() -> None:
    assert channel_reading(PRO_3EM, 200) == SocketReading(
        power_w=375.5,
        current_a=2.392,
        voltage_v=229.0,
        energy_wh=2034616.71,
        power_factor=0.76,
        apparent_power_va=547.4,
        frequency_hz=50.0,
    )
    assert channel_reading(PRO_3EM, 201) == SocketReading()
    assert channel_reading(PRO_3EM, 202) == SocketReading(power_w=12.7)
    assert channel_reading(PRO_3EM, 203) == SocketReading()


@given(
    st.dictionaries(
        st.sampled_from(["em:0", "em1:0", "emdata:0", "em1data:0", "em1:99", "em:"]),
        json_values | st.dictionaries(st.sampled_from(["a_act_power"]), json_values),
    )
)
def test_any_panel_is_read(status: dict[str, Any]) -> None:
    for channel in (*channels(status), 100, 200, 209, 299):
        channel_reading(status, channel)


@pytest.mark.parametrize("count", [2, 3])
async def test_a_panel_is_read_and_not_switched(
    http: aiohttp.ClientSession, mains: Mains, clock: Clock, count: int
) -> None:
    circuits = [Outlet(mains, n, name="circuit") for n in range(count)]
    async with ShellyPanel(circuits=circuits, mains=mains) as panel:
        info = await identify(http, panel.host)
        assert info.sockets == (() if count == 3 else (0,))
        assert info.channels == ((200, 201, 202) if count == 3 else (100, 101))
        client = open_plug(http, panel.host, info)
        clock.now += 3600
        sockets = (await client.read()).sockets
        assert set(sockets) == {*info.sockets, *info.channels}
        for channel in info.channels:
            assert sockets[channel].energy_wh == pytest.approx(60, rel=0.05)
            assert sockets[channel].on is None
            with pytest.raises(PlugRefusedError, match="no socket"):
                await client.switch(channel, on=False)
        for number in info.sockets:
            await client.switch(number, on=False)
            assert not panel.sockets[number].on


@pytest.mark.parametrize(
    ("sockets", "model", "metered"),
    [(2, "SHSW-25", True), (4, "SHSW-44", True), (2, "SHSW-21", False)],
)
async def test_relays_of_the_first_generation_are_sockets(
    http: aiohttp.ClientSession,
    mains: Mains,
    clock: Clock,
    sockets: int,
    model: str,
    metered: bool,
) -> None:
    async with ShellyGen1(sockets=sockets, model=model, mains=mains) as plug:
        client = await opened(http, plug)
        info = await client.info()
        assert (info.model, info.sockets) == (model, tuple(range(sockets)))
        clock.now += 3600
        await client.switch(1, on=False)
        readings = (await client.read()).sockets
        assert [readings[n].on for n in readings][:2] == [True, False]
        if metered:
            assert readings[0].power_w == pytest.approx(60, rel=0.05)
            assert readings[1].power_w == 0
            assert readings[1].energy_wh == pytest.approx(60, rel=0.05)
        else:
            assert {(r.power_w, r.energy_wh) for r in readings.values()} == {
                (None, None)
            }


def test_relays_that_drive_a_shutter_are_no_sockets() -> None:
    shelly = {"type": "SHSW-25", "mac": "A8032AB1C2D3", "mode": "roller"}
    status = {"relays": [{"ison": False}] * 2, "rollers": [{"state": "stop"}]}
    assert shelly_gen1.describe(shelly, status).sockets == ()


def test_a_panel_of_the_first_generation_counts_in_wh() -> None:
    status = {
        "relays": [{"ison": True}],
        "emeters": [
            {
                "power": 321.5,
                "reactive": -120.4,
                "pf": 0.94,
                "voltage": 231.2,
                "is_valid": True,
                "total": 1234.5,
                "total_returned": 6.7,
            },
            {"power": 0.0, "is_valid": False, "total": 0.0},
        ],
    }
    assert shelly_gen1.describe({}, status).channels == (100, 101)
    readings = shelly_gen1.reading(status, (0,), (100, 101, 102)).sockets
    assert readings == {
        0: SocketReading(on=True),
        100: SocketReading(
            power_w=321.5,
            voltage_v=231.2,
            energy_wh=1234.5,
            power_factor=0.94,
            reactive_power_var=-120.4,
        ),
        101: SocketReading(),
        102: SocketReading(),
    }
