"""A REST plug in the words of a form."""

from contextlib import suppress
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.plug.rest_description import read_description
from custom_components.energy_park.plug.rest_settings import (
    RestFault,
    RestMeasure,
    RestRequest,
    RestSettings,
    RestSettingsError,
)
from scripts.emulators import Diy, Mains

from .conftest import Clock

PLUG = {"sockets": 1, "on": "/on", "off": "/off", "read": "/state", "state": "on"}
STRIP = {
    "sockets": 2,
    "on": 'put /api/socket/{socket} {"power": "up"}',
    "off": 'PUT /api/socket/{socket}  {"power": "down"}',
    "read": " /api/state ",
    "state": "sockets[{index}].power",
    "state_on": "up",
    "state_off": "down",
    "serial": "device.mac",
    "power_w": "sockets[{index}].watts",
    "current_a": "sockets[{index}].mA * 0.001",
    "voltage_v": "mains.volts",
    "power_factor": "sockets[{index}].pf×0.01",
    "energy_wh": "sockets[{index}].kWh *1000",
}


def test_one_pattern_describes_all_sockets(clock: Clock) -> None:
    described = Diy(sockets=2, mains=Mains(clock)).settings
    assert read_description(STRIP) == RestSettings.from_dict(described)


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("/on", RestRequest(path="/on")),
        ("GET /on", RestRequest(path="/on")),
        ("post /a", RestRequest(path="/a", method="POST")),
        ("/a on off", RestRequest(path="/a", body="on off")),
        ("PATCH /a?b=c on", RestRequest(path="/a?b=c", method="PATCH", body="on")),
    ],
)
def test_a_request_is_a_line(line: str, request_: RestRequest) -> None:
    assert read_description(PLUG | {"on": line}).on == request_


def test_sockets_are_numbered_from_the_first() -> None:
    described = PLUG | {"sockets": 3, "first_socket": 0, "state": "s[{index}]"}
    described |= {"on": "/on/{socket}", "off": "/off/{socket}"}
    sockets = read_description(described).sockets
    assert [socket.number for socket in sockets] == [0, 1, 2]
    assert [socket.state for socket in sockets] == ["s[0]", "s[1]", "s[2]"]


def test_what_is_empty_is_not_there() -> None:
    empty = {"toggle": " ", "serial": "", "state_on": None, "power_w": ""}
    assert read_description(PLUG | empty) == read_description(PLUG)


def test_a_factor_may_be_left_out() -> None:
    [socket] = read_description(PLUG | {"power_w": "a.w"}).sockets
    assert socket.power_w == RestMeasure(path="a.w")


@pytest.mark.parametrize(
    ("change", "field", "fault"),
    [
        ({"on": ""}, "on", RestFault.MISSING),
        ({"on": "on"}, "on", RestFault.PATH),
        ({"on": "GET"}, "on", RestFault.PATH),
        ({"on": "http://192.0.2.1/on"}, "on", RestFault.PATH),
        ({"read": "DELETE /a"}, "read", RestFault.METHOD),
        ({"toggle": "/t"}, "on", RestFault.UNEXPECTED),
        ({"hangs_up": True}, "hangs_up", RestFault.UNEXPECTED),
        ({"state": ""}, "state", RestFault.JSON_PATH),
        ({"state": "a..b"}, "state", RestFault.JSON_PATH),
        ({"serial": "["}, "serial", RestFault.JSON_PATH),
        ({"power_w": "a[ * 2"}, "power_w", RestFault.JSON_PATH),
        ({"power_w": "a * b"}, "power_w", RestFault.NUMBER),
        ({"energy_wh": "a * 0"}, "energy_wh", RestFault.NUMBER),
        ({"energy_wh": "a * inf"}, "energy_wh", RestFault.NUMBER),
        ({"first_socket": -1}, "first_socket", RestFault.NUMBER),
        ({"state_on": "up"}, "state_off", RestFault.MISSING),
        ({"sockets": 0}, "sockets", RestFault.MISSING),
        ({"sockets": 2}, "state", RestFault.NO_SOCKET),
        ({"sockets": 2, "state": "s[{index}]"}, "on", RestFault.NO_SOCKET),
    ],
)
def test_what_makes_no_plug_is_named_by_its_field(
    change: dict[str, Any], field: str, fault: RestFault
) -> None:
    with pytest.raises(RestSettingsError) as caught:
        read_description(PLUG | change)
    assert (caught.value.where, caught.value.fault) == (field, fault)


words = st.text(alphabet="/ aGET{}[]*1.", max_size=12) | st.sampled_from(
    ["", "/on", "GET /{socket}", "a[{index}] * 2", "$"]
)


@given(st.dictionaries(st.sampled_from([*STRIP, "toggle"]), words), st.integers(0, 33))
def test_any_description_is_a_plug_or_named_wrong(
    description: dict[str, Any], sockets: int
) -> None:
    with suppress(RestSettingsError):
        made = read_description(PLUG | description | {"sockets": sockets})
        assert len(made.sockets) == sockets
