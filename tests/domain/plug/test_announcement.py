"""Devices that announce themselves, as their sketches and their server spell it."""

from contextlib import suppress

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.plug.announcement import (
    Announcement,
    read_announcement,
)

STRIP = Announcement(
    host="192.168.42.17", serial="00001", device_type="PowerStrip", sockets=6
)


@pytest.mark.parametrize(
    "body",
    [
        (
            b'{"ip_address": "192.168.42.17", "id": "00001", "device_type": "PowerStrip",'
            b' "soc": 6}'
        ),
        (
            b'{"ip_adress": "192.168.42.17", "id": "00001", "device_type": "PowerStrip",'
            b' "nb_socket": "6", "password": "ignored"}'
        ),
        # As the sketch puts it together: no JSON.
        b'{"ip_adress": 192.168.42.17, "id": 00001,"device_type": PowerStrip,"soc":6}',
    ],
)
def test_every_spelling_is_read(body: bytes) -> None:
    assert read_announcement(body) == STRIP


@pytest.mark.parametrize("sockets", [b"0", b"99", b"-1", b"six", b"null", b"[6]"])
def test_a_number_of_sockets_that_is_none_is_unknown(sockets: bytes) -> None:
    body = b'{"ip_address":"10.0.0.7","id":7,"device_type":"strip","soc":' + sockets
    assert read_announcement(body + b"}").sockets is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"id": "1", "device_type": "x"}',
        b'{"ip_address": "plug.lan", "id": "1", "device_type": "x"}',
        b'{"ip_address": "127.0.0.1", "id": "1", "device_type": "x"}',
        b'{"ip_address": "::", "id": "1", "device_type": "x"}',
        b'{"ip_address": "224.0.0.1", "id": "1", "device_type": "x"}',
        b'{"ip_address": "10.0.0.7", "device_type": "x"}',
        b'{"ip_address": "10.0.0.7", "id": "1"}',
        b'{"ip_address": "10.0.0.7", "id": "1", "device_type": "a\\u0000b"}',
        b'{"ip_address": "10.0.0.7", "id": {}, "device_type": "x"}',
        b'{"ip_address": "10.0.0.7", "id": "1", "device_type": "' + b"x" * 65 + b'"}',
        b"[" * 4000,
    ],
)
def test_what_is_no_announcement_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="not"):
        read_announcement(body)


@given(st.binary())
def test_any_post_is_read_or_refused(body: bytes) -> None:
    with suppress(ValueError):
        read_announcement(body)
