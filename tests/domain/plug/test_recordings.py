"""Answers as devices in the field give them, and as tomorrow's firmware may.

Written after recordings; what stands under ``Tomorrow`` nobody has seen yet.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import aiohttp
from hypothesis import given, settings, strategies as st
import pytest
import pytest_socket

from custom_components.energy_park.model import PlugInfo, SocketReading
from custom_components.energy_park.plug import PlugError, identify, open_plug

from .conftest import http_answer, scripted

type Pages = Mapping[str, Any]

TOMORROW: dict[str, Any] = {"Tomorrow": {"nested": [{"deep": None}], "list": [1, "2"]}}

PLUS_PLUG_S: dict[str, Any] = {
    "/shelly": {
        "name": None,
        "id": "shellyplusplugs-b0b21c10b478",
        "mac": "B0B21C10B478",
        "slot": 0,
        "model": "SNPL-00112EU",
        "gen": 2,
        "fw_id": "20231219-134003/1.1.0-g34b5d4f",
        "ver": "1.1.0",
        "app": "PlusPlugS",
        "auth_en": False,
        "auth_domain": None,
    },
    "/rpc/Shelly.GetStatus": {
        "ble": {},
        "cloud": {"connected": True},
        "mqtt": {"connected": False},
        "plugs_ui": {},
        "switch:0": {
            "id": 0,
            "source": "init",
            "output": True,
            "apower": 2.7,
            "voltage": 230.2,
            "current": 0.12,
            "aenergy": {
                "total": 42.1,
                "by_minute": [44.37, 0.0, 49.98],
                "minute_ts": 1707326927,
            },
            "temperature": {"tC": 31.7, "tF": 89.0},
        },
        "sys": {
            "mac": "B0B21C10B478",
            "restart_required": False,
            "uptime": 2085615,
            "available_updates": {"beta": {"version": "1.2.0-beta1"}},
        },
        "wifi": {"sta_ip": "192.168.1.14", "status": "got ip", "rssi": -53},
        "ws": {"connected": False},
    },
}
STRIP_OF_TOMORROW: dict[str, Any] = {
    "/shelly": PLUS_PLUG_S["/shelly"]
    | {"gen": 5, "model": "S5PL-00416EU", "app": "PowerStripG5", "ver": "3.0.0"}
    | TOMORROW,
    "/rpc/Shelly.GetStatus": {
        "powerstrip_ui": {"leds": {"mode": "off"}},
        "matter": {"num_fabrics": 1},
        **{
            f"switch:{n}": {
                "id": n,
                "output": n % 2 == 0,
                "apower": -0.0,
                "voltage": None,
                "current": 0,
                "pf": 0.0,
                "aenergy": {"total": 0, "by_tariff": {"peak": 0}},
                "errors": ["overpower"],
                **TOMORROW,
            }
            for n in range(6)
        },
        "service:0": {"id": 0},
        "object:200": TOMORROW,
        "sys": {"mac": "B0B21C10B478", **TOMORROW},
    },
}
PLUG_S_OF_2019 = {
    "/shelly": {
        "type": "SHPLG-S",
        "mac": "7C87CEB4B0A4",
        "auth": False,
        "fw": "20190516-073020/master@ea1b23db",
        "num_outputs": 1,
        "num_meters": 1,
    },
    "/status": {
        "wifi_sta": {"connected": True, "ssid": "x", "ip": "10.0.0.4", "rssi": -71},
        "time": "18:28",
        "serial": 1,
        "mac": "7C87CEB4B0A4",
        "relays": [{"ison": False, "has_timer": False, "overpower": False}],
        "meters": [
            {
                "power": 0.0,
                "is_valid": True,
                "timestamp": 1558024081,
                "counters": [0.0, 0.0, 0.0],
                "total": 58211,
            }
        ],
        "temperature": 27.94,
        "overtemperature": False,
        **TOMORROW,
    },
}
ENERGY = {
    "TotalStartTime": "2023-02-01T12:00:00",
    "Total": 12.345,
    "Yesterday": 0.2,
    "Today": 0.1,
    "Period": 1,
    "Power": [31, 0, 4],
    "ApparentPower": [45, 0, 12],
    "ReactivePower": [32, 0, 11],
    "Factor": [0.69, 0.00, 0.33],
    "Frequency": 50,
    "Voltage": 229,
    "Current": [0.196, 0.000, 0.052],
    **TOMORROW,
}
TASMOTA_NETWORK = {"StatusNET": {"Hostname": "tasmota-4", "Mac": "A4:CF:12:C6:58:CC"}}
TASMOTA_STATE = {
    "StatusSTS": {"POWER1": "ON", "POWER2": "OFF", "POWER3": "ON", **TOMORROW}
}
TASMOTA_STRIP = {
    "/cm?cmnd=Status+0": {
        "Status": {
            "DeviceName": "Strip",
            "FriendlyName": ["a", "b", "c"],
            "Power": "101",
        },
        "StatusFWR": {"Version": "14.3.0(tasmota)", "Hardware": "ESP8266EX"},
        **TASMOTA_NETWORK,
        **TASMOTA_STATE,
        **TOMORROW,
    },
    "/cm?cmnd=Status+5": TASMOTA_NETWORK,
    "/cm?cmnd=Status+8": {"StatusSNS": {"Time": "2026-11-20", "ENERGY": ENERGY}},
    "/cm?cmnd=Status+11": TASMOTA_STATE,
}
OPENBEKEN_SENSORS = {
    "StatusSNS": {
        "Time": "1970-01-01T00:00:00",
        "ENERGY": {
            "Power": 61.2,
            "ApparentPower": 70.1,
            "ReactivePower": 34.2,
            "Factor": 0.873,
            "Voltage": 236.4,
            "Current": 0.296,
            "ConsumptionTotal": 1507.25,
            "Yesterday": 0.0,
            "ConsumptionLastHour": 12.5,
            **TOMORROW,
        },
    }
}
OPENBEKEN = {
    "/cm?cmnd=Status+0": {
        "Status": {"DeviceName": "obk1", "FriendlyName": ["obk1_1"], "PowerOnState": 3},
        "StatusFWR": {
            "Version": "OpenBK7231T_1.19.0",
            "SDK": "obk",
            "Hardware": "BK7231T",
        },
        **TASMOTA_NETWORK,
        "StatusSTS": {"POWER": "ON"},
        **OPENBEKEN_SENSORS,
        **TOMORROW,
    },
    "/cm?cmnd=Status+5": TASMOTA_NETWORK,
    "/cm?cmnd=Status+8": OPENBEKEN_SENSORS,
    "/cm?cmnd=Status+11": {"StatusSTS": {"POWER": "ON", **TOMORROW}},
}
NETIO_4ALL = {
    "/netio.json": {
        "Agent": {
            "Model": "NETIO 4All",
            "DeviceName": "NETIO 4ALL Demo",
            "JSONVer": "2.1",
            "NumOutputs": 4,
            "OemID": 0,
            "SerialNumber": "24:A4:2C:39:11:5A",
            "Time": "2018-08-15T18:44:28+01:00",
            "Uptime": 490866,
            "VendorID": 0,
            "Version": "3.1.0",
        },
        "GlobalMeasure": {
            "EnergyStart": "2018-01-19T13:30:26+00:00",
            "Frequency": 50.1,
            "OverallPowerFactor": 0,
            "TotalCurrent": 0,
            "TotalEnergy": 2253,
            "TotalLoad": 0,
            "Voltage": 239.1,
        },
        "Outputs": [
            {
                "Action": 6,
                "Current": 0,
                "Delay": 5000,
                "Energy": 2081,
                "ID": 3,
                "Load": 0,
                "Name": "output_3",
                "PowerFactor": 0,
                "State": 0,
                **TOMORROW,
            }
        ],
        "Inputs": [{"ID": 1, "State": 0, "S0Counter": 12}],
        **TOMORROW,
    }
}
MYSTROM = {
    "/api/v1/info": {
        "version": "3.82.60",
        "mac": "083AF2A1B2C3",
        "type": 106,
        "connectionStatus": {"ntp": True},
        **TOMORROW,
    },
    "/report": {
        "power": 240.67,
        "Ws": 226.89,
        "relay": True,
        "temperature": 25.72,
        "boot_id": "A425D9AD",
        "energy_since_boot": 299535913.95,
        "time_since_boot": 2234232,
        **TOMORROW,
    },
}

RECORDINGS: dict[str, tuple[Pages, str, dict[int, SocketReading]]] = {
    "Plus Plug S": (
        PLUS_PLUG_S,
        "b0b21c10b478",
        {
            0: SocketReading(
                on=True, power_w=2.7, current_a=0.12, voltage_v=230.2, energy_wh=42.1
            )
        },
    ),
    "a strip of tomorrow": (
        STRIP_OF_TOMORROW,
        "b0b21c10b478",
        {
            n: SocketReading(
                on=n % 2 == 0, power_w=0, current_a=0, energy_wh=0, power_factor=0
            )
            for n in range(6)
        },
    ),
    "Plug S of 2019": (
        PLUG_S_OF_2019,
        "7c87ceb4b0a4",
        {0: SocketReading(on=False, power_w=0, energy_wh=970.183)},
    ),
    "Tasmota strip": (
        TASMOTA_STRIP,
        "a4cf12c658cc",
        {
            n: SocketReading(
                on=on,
                power_w=power_w,
                current_a=current_a,
                voltage_v=229,
                power_factor=factor,
                apparent_power_va=apparent_va,
                reactive_power_var=reactive_var,
                frequency_hz=50,
            )
            for n, on, power_w, current_a, factor, apparent_va, reactive_var in (
                (1, True, 31, 0.196, 0.69, 45, 32),
                (2, False, 0, 0, 0, 0, 0),
                (3, True, 4, 0.052, 0.33, 12, 11),
            )
        },
    ),
    "OpenBeken": (
        OPENBEKEN,
        "a4cf12c658cc",
        {
            1: SocketReading(
                on=True,
                power_w=61.2,
                current_a=0.296,
                voltage_v=236.4,
                energy_wh=1507.25,
                power_factor=0.873,
                apparent_power_va=70.1,
                reactive_power_var=34.2,
            )
        },
    ),
    "NETIO 4All": (
        NETIO_4ALL,
        "24a42c39115a",
        {
            3: SocketReading(
                on=False,
                power_w=0,
                current_a=0,
                voltage_v=239.1,
                energy_wh=2081,
                power_factor=0,
                frequency_hz=50.1,
                energy_run="2018-01-19T13:30:26+00:00",
            )
        },
    ),
    "myStrom": (
        MYSTROM,
        "083af2a1b2c3",
        {
            0: SocketReading(
                on=True, power_w=240.67, energy_wh=83204.421, energy_run="A425D9AD"
            )
        },
    ),
}


@pytest.mark.parametrize("name", RECORDINGS)
async def test_what_is_recorded_is_read(http: aiohttp.ClientSession, name: str) -> None:
    pages, serial, readings = RECORDINGS[name]
    missing = http_answer(b"Not found", "404 Not Found")

    def answer(path: str) -> bytes:
        return http_answer(pages[path]) if path in pages else missing

    async with scripted(answer) as device:
        info = await identify(http, device.host)
        assert isinstance(info, PlugInfo)
        assert info.serial == serial
        assert info.sockets == tuple(readings)
        reading = await open_plug(http, device.host, info).read()
    assert reading.sockets == readings


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
# Values that are plainly of the wrong kind, and one that is a number all the same.
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, "text", [], {}, [1, "2"], True, "1e999", -0.0]
)


@st.composite
def firmwares(draw: st.DrawFn, document: Any) -> Any:
    """A document as another firmware may send it: less, more, and otherwise."""
    if not isinstance(document, dict):
        return document
    changed = {}
    for key, value in document.items():
        fate = draw(st.sampled_from(["kept"] * 6 + ["gone", "junk"]))
        if fate == "kept":
            changed[key] = draw(firmwares(value))
        elif fate == "junk":
            changed[key] = draw(JUNK)
    if draw(st.booleans()):
        changed["Unheard"] = draw(json_values)
    return changed


@pytest.mark.parametrize("name", RECORDINGS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_missing_is_unknown_and_what_is_new_is_ignored(
    name: str, data: st.DataObject
) -> None:
    pages, _, readings = RECORDINGS[name]
    known = {path: data.draw(firmwares(page)) for path, page in pages.items()}
    pytest_socket.enable_socket()
    found = asyncio.run(_read(pages, known))
    if found is None:
        return
    for number, reading in found.items():
        whole = asdict(readings[number])
        for field, value in asdict(reading).items():
            # Another counter may stand in for one that is gone.
            if not field.startswith("energy"):
                assert value in {whole[field], None, 0.0, True}, field


async def _read(pages: Pages, changed: Pages) -> Mapping[int, SocketReading] | None:
    """Identify a plug by what was recorded, and read what it sends later."""
    answers = dict(pages)

    def answer(path: str) -> bytes:
        missing = http_answer(b"Not found", "404 Not Found")
        return http_answer(answers[path]) if path in answers else missing

    async with aiohttp.ClientSession() as http, scripted(answer) as device:
        info = await identify(http, device.host)
        client = open_plug(http, device.host, info)
        answers |= changed
        try:
            return (await client.read()).sockets
        except PlugError:
            return None
