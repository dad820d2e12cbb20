"""Shelly Gen2+: readings as recorded, and the digest rules of firmware 2.0."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.plug import (
    Credentials,
    PlugAuthError,
    PlugBusyError,
    PlugClient,
    PlugRefusedError,
    identify,
    open_plug,
)
from custom_components.energy_park.plug.shelly_rpc import (
    THROTTLE_S,
    Rpc,
    describe,
    reading,
    socket_reading,
)
from custom_components.energy_park.plug.transport import Transport
from scripts.emulators import EmulatedPlug, Mains, ShellyGen2

from .conftest import PASSWORD, Clock, http_answer, scripted, watch
from .test_values import json_values

CREDENTIALS = Credentials(None, PASSWORD)

PLUS_PLUG_S = {
    "id": 0,
    "source": "HTTP_in",
    "output": True,
    "apower": 2.7,
    "voltage": 230.4,
    "current": 0.12,
    "aenergy": {"total": 1234.567, "by_minute": [45.0, 45.1, 44.9], "minute_ts": 1},
    "temperature": {"tC": 32.1, "tF": 89.7},
}


def test_a_plus_plug_s_has_no_power_factor() -> None:
    assert socket_reading(PLUS_PLUG_S) == SocketReading(
        on=True, power_w=2.7, current_a=0.12, voltage_v=230.4, energy_wh=1234.567
    )


def test_a_strip_is_read_with_what_each_socket_gives() -> None:
    status = {
        "switch:0": PLUS_PLUG_S | {"pf": 0.1, "freq": 50.0},
        "switch:1": {"id": 1, "output": False, "new_in_3_0": {"deep": [1]}},
        "switch:10": {"id": 10, "output": True},
        "sys": {"mac": "A8032AB1C2D3"},
    }
    sockets = reading(status, (0, 1, 2, 10)).sockets
    assert sockets[0].power_factor == 0.1
    assert sockets[0].frequency_hz == 50.0
    assert sockets[1] == SocketReading(on=False)
    assert sockets[2] == SocketReading()
    assert describe({"mac": "A8032AB1C2D3"}, status).sockets == (0, 1, 10)


@pytest.mark.parametrize(
    ("energy", "expected_wh"),
    [
        ({"aenergy": {"total": 100.5}}, 100.5),
        ({"aenergy": {"total": 100.5}, "ret_aenergy": {"total": 0.4}}, 100.1),
        ({"aenergy": {"total": 0.0}}, 0.0),
        ({"aenergy": {"total": None}}, None),
        ({"aenergy": {}}, None),
        ({}, None),
        # Not known is not zero, and more cannot come back than went.
        ({"aenergy": {"total": 100.5}, "ret_aenergy": {"total": None}}, None),
        ({"aenergy": {"total": 100.5}, "ret_aenergy": {"total": 101}}, None),
    ],
)
def test_energy_drawn_is_the_total_less_what_came_back(
    energy: Mapping[str, object], expected_wh: float | None
) -> None:
    assert socket_reading(energy).energy_wh == expected_wh


def test_a_meter_in_trouble_gives_unknown_values() -> None:
    failed = {
        "output": True,
        "apower": None,
        "voltage": "230",
        "current": float("nan"),
        "pf": True,
        "errors": ["power_meter_failure"],
    }
    assert socket_reading(failed) == SocketReading(on=True)


@given(
    st.dictionaries(
        st.sampled_from(["switch:0", "switch:1", "sys", "switch:", "switch:x"])
        | st.text(),
        json_values
        | st.dictionaries(
            st.sampled_from(["output", "apower", "voltage", "aenergy", "ret_aenergy"]),
            json_values | st.fixed_dictionaries({"total": json_values}),
        ),
    )
)
def test_any_status_is_read(status: dict[str, Any]) -> None:
    for socket in reading(status, (0, 1)).sockets.values():
        assert socket.on in {True, False, None}
    describe(status, status)


@pytest.fixture
async def strip(mains: Mains) -> AsyncGenerator[ShellyGen2]:
    """A Power Strip 4 with firmware 2.0 and a password."""
    async with ShellyGen2(sockets=4, password=PASSWORD, mains=mains) as plug:
        yield plug


async def opened(http: aiohttp.ClientSession, plug: EmulatedPlug) -> PlugClient:
    credentials = CREDENTIALS if plug.password else None
    info = await identify(http, plug.host, credentials)
    return open_plug(http, plug.host, info, credentials)


async def test_a_strip_is_one_question(
    http: aiohttp.ClientSession, strip: ShellyGen2, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await opened(http, strip)
    await client.read()
    traffic = watch(strip, monkeypatch)
    sockets = (await client.read()).sockets
    assert list(sockets) == [0, 1, 2, 3]
    assert all(socket.power_w for socket in sockets.values())
    assert traffic.paths == ["/rpc/Shelly.GetStatus"]


async def test_one_nonce_serves_call_after_call(
    http: aiohttp.ClientSession, strip: ShellyGen2, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await opened(http, strip)
    traffic = watch(strip, monkeypatch)
    for _ in range(50):
        await client.read()
    await client.switch(2, on=False)
    # One challenge; the device itself checks that counts begin at 1 and grow.
    assert len(traffic.paths) == 50 + 1 + len(
        ["/shelly", "Switch.Set", "Switch.GetStatus"]
    )
    assert not strip.sockets[2].on


async def test_a_nonce_that_ran_out_is_no_failure(
    http: aiohttp.ClientSession, strip: ShellyGen2, clock: Clock, pauses: list[float]
) -> None:
    client = await opened(http, strip)
    for _ in range(3):
        clock.now += 3700
        await client.read()
        await strip.fault("stale_nonce")
        await client.switch(0, on=False)
        await strip.fault("stale_nonce")
        await client.switch(0, on=True)
    assert pauses == []


async def test_no_room_for_a_nonce_is_waited_for(
    http: aiohttp.ClientSession, strip: ShellyGen2, pauses: list[float]
) -> None:
    client = await opened(http, strip)
    for _ in range(32):
        async with http.get(f"http://{strip.host}/rpc/Sys.GetStatus") as response:
            assert response.status in {401, 429}
    await client.switch(3, on=False)
    assert not strip.sockets[3].on
    assert pauses == [THROTTLE_S]


async def test_a_throttled_device_is_busy_not_locked(
    http: aiohttp.ClientSession, strip: ShellyGen2, pauses: list[float]
) -> None:
    client = await opened(http, strip)
    await strip.fault("429")
    with pytest.raises(PlugBusyError):
        await client.read()
    with pytest.raises(PlugBusyError):
        await client.switch(0, on=False)
    assert strip.sockets[0].on
    await strip.clear()
    await client.read()


async def test_a_nonce_is_not_sent_again_once_throttled(
    http: aiohttp.ClientSession,
    strip: ShellyGen2,
    monkeypatch: pytest.MonkeyPatch,
    pauses: list[float],
) -> None:
    # Firmware 2.0 answers 429 for as long as a dead nonce is shown to it.
    client = await opened(http, strip)
    await client.read()
    await strip.fault("429", times=1)
    traffic = watch(strip, monkeypatch)
    await client.read()
    assert "Authorization" not in traffic.headers[0]
    assert "Authorization" in traffic.headers[1]


async def test_a_wrong_password_is_certain_after_two_fresh_nonces(
    http: aiohttp.ClientSession, strip: ShellyGen2, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = watch(strip, monkeypatch)
    with pytest.raises(PlugAuthError):
        await identify(http, strip.host, Credentials("admin", "wrong"))
    proofs = [
        head["Authorization"] for head in traffic.headers if "Authorization" in head
    ]
    nonces = {proof.split('nonce="')[1].split('"')[0] for proof in proofs}
    assert len(proofs) == len(nonces) == 2


CHALLENGE = 'WWW-Authenticate: Digest qop="auth", realm="s", nonce="bm9uY2U=", algorithm=SHA-256'
REFUSED = http_answer(b"", "401 Unauthorized", CHALLENGE)
STALE = http_answer(b"", "401 Unauthorized", f"{CHALLENGE}, stale=true")
THROTTLED = http_answer({"code": 429}, "429 Too Many Requests")
GRANTED = http_answer({"output": True})


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([GRANTED], None),
        ([REFUSED, GRANTED], None),
        ([REFUSED, STALE, REFUSED, GRANTED], None),
        ([REFUSED, REFUSED, REFUSED, GRANTED], None),
        ([THROTTLED, REFUSED, GRANTED], None),
        ([REFUSED, THROTTLED, REFUSED, GRANTED], None),
        ([THROTTLED, THROTTLED], PlugBusyError),
        ([REFUSED, STALE, REFUSED, STALE], PlugBusyError),
        ([REFUSED, STALE, REFUSED, REFUSED], PlugBusyError),
        ([REFUSED, REFUSED, REFUSED, STALE], PlugBusyError),
        ([REFUSED, REFUSED, THROTTLED], PlugBusyError),
        ([THROTTLED, REFUSED, REFUSED], PlugBusyError),
        ([REFUSED, REFUSED, REFUSED, REFUSED], PlugAuthError),
    ],
)
async def test_only_two_plain_refusals_condemn_a_password(
    http: aiohttp.ClientSession,
    pauses: list[float],
    answers: list[bytes],
    outcome: type[Exception] | None,
) -> None:
    left = iter(answers)
    async with scripted(lambda _: next(left)) as plug:
        rpc = Rpc(Transport(http, plug.host), PASSWORD)
        if outcome is None:
            assert await rpc.call("Switch.GetStatus", id="0") == {"output": True}
        else:
            with pytest.raises(outcome):
                await rpc.call("Switch.GetStatus", id="0")
    assert next(left, None) is None


@pytest.mark.parametrize("answers", [[REFUSED], [THROTTLED, REFUSED]])
async def test_without_a_password_a_challenge_asks_for_one(
    http: aiohttp.ClientSession, pauses: list[float], answers: list[bytes]
) -> None:
    left = iter(answers)
    async with scripted(lambda _: next(left)) as plug:
        with pytest.raises(PlugAuthError, match="wants a password"):
            await Rpc(Transport(http, plug.host), None).call("Switch.GetStatus")


async def test_nonces_of_firmware_2_keep_their_padding(
    http: aiohttp.ClientSession, strip: ShellyGen2, monkeypatch: pytest.MonkeyPatch
) -> None:
    traffic = watch(strip, monkeypatch)
    await opened(http, strip)
    assert 'nonce="' in traffic.headers[-1]["Authorization"]
    assert '=", uri=' in traffic.headers[-1]["Authorization"]


async def test_firmware_1_is_spoken_to_as_well(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen2(firmware="1.7.5", password=PASSWORD, mains=mains) as plug:
        client = await opened(http, plug)
        await client.switch(0, on=False)
        assert (await client.read()).sockets[0].on is False


async def test_a_refusal_names_the_code_and_not_the_device_s_words(
    http: aiohttp.ClientSession,
) -> None:
    answer = http_answer(
        {"code": -109, "message": PASSWORD}, "500 Internal Server Error"
    )
    async with scripted(lambda _: answer) as plug:
        with pytest.raises(PlugRefusedError, match="code -109") as caught:
            await Rpc(Transport(http, plug.host), None).call("Switch.Set")
    assert PASSWORD not in str(caught.value)


async def test_what_a_strip_tells_of_itself(
    http: aiohttp.ClientSession, strip: ShellyGen2
) -> None:
    client = await opened(http, strip)
    info = await client.info()
    assert info == await identify(http, strip.host, CREDENTIALS)
    assert info.serial == strip.mac
    assert info.dialect == "shelly_rpc"
    assert info.model == "S4PL-00416EU"
    assert info.firmware == "2.0.0"
    assert info.sockets == (0, 1, 2, 3)
    assert not info.needs_password


async def test_a_password_is_asked_for(
    http: aiohttp.ClientSession, strip: ShellyGen2
) -> None:
    info = await identify(http, strip.host)
    assert info.needs_password
    assert info.serial == strip.mac
