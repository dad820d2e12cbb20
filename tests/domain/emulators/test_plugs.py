"""The emulated plugs answer as the firmware they stand for."""

import asyncio
from hashlib import sha256
from http import HTTPStatus
import json
import re
from typing import Any

import aiohttp
import pytest

from scripts.emulators import (
    PLUS_PLUG_S,
    PRO_4PM,
    EmulatedPlug,
    Mains,
    ShellyGen1,
    ShellyGen2,
    Tasmota,
)

from .conftest import ManualClock

type Json = dict[str, Any]


async def get(http: aiohttp.ClientSession, plug: EmulatedPlug, path: str) -> Any:
    headers = {"Referer": f"http://{plug.host}/"}
    async with http.get(f"http://{plug.host}{path}", headers=headers) as response:
        assert response.status == HTTPStatus.OK, path
        return await response.json()


class DigestClient:
    """A minimal RFC 7616 client that can also do it wrong."""

    def __init__(self, http: aiohttp.ClientSession, plug: EmulatedPlug) -> None:
        self.http = http
        self.plug = plug
        self.challenge: dict[str, str] = {}

    async def ask(
        self, count: int | None = None, *, password: str = "secret"
    ) -> aiohttp.ClientResponse:
        """GET the status, with the last challenge and the count when given."""
        uri = "/rpc/Switch.GetStatus?id=0"
        headers = {}
        if count is not None:
            realm, nonce = self.challenge["realm"], self.challenge["nonce"]
            ha1 = sha256(f"admin:{realm}:{password}".encode()).hexdigest()
            ha2 = sha256(f"GET:{uri}".encode()).hexdigest()
            nc = f"{count:08x}"
            proof = sha256(f"{ha1}:{nonce}:{nc}:c:auth:{ha2}".encode()).hexdigest()
            headers["Authorization"] = (
                f'Digest username="admin", realm="{realm}", nonce="{nonce}", '
                f'uri="{uri}", algorithm=SHA-256, response="{proof}", qop=auth, '
                f'nc={nc}, cnonce="c"'
            )
        async with self.http.get(
            f"http://{self.plug.host}{uri}", headers=headers
        ) as response:
            if (header := response.headers.get("WWW-Authenticate")) is not None:
                self.challenge = {
                    name: quoted or bare
                    for name, quoted, bare in re.findall(
                        r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header
                    )
                }
            return response


@pytest.fixture
def plug_s(mains: Mains) -> ShellyGen2:
    return ShellyGen2(mac="a8032ab1c2d3", mains=mains)


async def test_shelly_gen2_tells_what_it_is(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen2(sockets=4, password="secret", mains=mains) as strip:
        info = await get(http, strip, "/shelly")
        assert info == await get(http, strip, "/rpc/Shelly.GetDeviceInfo")
    assert info["id"] == "shellypstripg4-a8032ab1c2d3"
    assert info["mac"] == "A8032AB1C2D3"
    assert info["gen"] == 4
    assert info["auth_en"] is True
    assert info["auth_domain"] == info["id"]


async def test_shelly_gen2_status_has_each_socket(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen2(sockets=4, mains=mains) as strip:
        status = await get(http, strip, "/rpc/Shelly.GetStatus")
        assert [name for name in status if name.startswith("switch:")] == [
            f"switch:{number}" for number in range(4)
        ]
        switch = status["switch:2"]
        assert switch == await get(http, strip, "/rpc/Switch.GetStatus?id=2")
    assert switch["apower"] == pytest.approx(60, rel=0.05)
    assert switch["voltage"] == pytest.approx(233, abs=5)
    assert switch["pf"] == pytest.approx(0.95)
    assert switch["current"] * switch["voltage"] * switch["pf"] == pytest.approx(
        switch["apower"], rel=0.02
    )


async def test_plus_plug_s_shows_no_power_factor(
    http: aiohttp.ClientSession, plug_s: ShellyGen2
) -> None:
    async with plug_s:
        switch = await get(http, plug_s, "/rpc/Switch.GetStatus?id=0")
    assert plug_s.model is PLUS_PLUG_S
    assert not {"pf", "freq", "ret_aenergy"} & switch.keys()


async def test_shelly_gen2_switches_and_counts_energy(
    http: aiohttp.ClientSession, plug_s: ShellyGen2, clock: ManualClock
) -> None:
    async with plug_s:
        clock.advance(3600)
        reply = await get(http, plug_s, "/rpc/Switch.Set?id=0&on=false")
        assert reply == {"was_on": True}
        clock.advance(3600)
        switch = await get(http, plug_s, "/rpc/Switch.GetStatus?id=0")
    assert switch["output"] is False
    assert switch["source"] == "HTTP_in"
    assert switch["apower"] == 0
    assert switch["aenergy"]["total"] == pytest.approx(60, rel=0.05)
    assert plug_s.sockets[0].switch_count == 1


async def test_shelly_gen2_timer_turns_back(
    http: aiohttp.ClientSession, plug_s: ShellyGen2, clock: ManualClock
) -> None:
    async with plug_s:
        await get(http, plug_s, "/rpc/Switch.Set?id=0&on=false&toggle_after=5")
        clock.advance(4)
        assert not plug_s.sockets[0].on
        clock.advance(2)
        assert plug_s.sockets[0].on


async def test_shelly_gen2_rpc_frames(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen2(sockets=4, model=PRO_4PM, mains=mains) as plug:

        async def call(method: str, **params: Any) -> Json:
            frame = {"id": 7, "method": method, "params": params}
            async with http.post(f"http://{plug.host}/rpc", json=frame) as response:
                assert response.status == HTTPStatus.OK
                reply: Json = await response.json()
                assert reply["id"] == 7
                return reply

        assert (await call("Switch.Set", id=3, on=False))["result"] == {"was_on": True}
        assert not plug.sockets[3].on
        assert (await call("Nothing.Do"))["error"]["code"] == HTTPStatus.NOT_FOUND
        assert (await call("Switch.Set", id=9, on=True))["error"]["code"] == -105
        assert (await call("Switch.Set", id=1))["error"]["code"] == -103
        await call("Switch.SetConfig", id=1, config={"initial_state": "off"})
        config = (await call("Switch.GetConfig", id=1))["result"]
        assert config["initial_state"] == "off"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rpc/Switch.GetStatus?id=5", HTTPStatus.INTERNAL_SERVER_ERROR),
        ("/rpc/Light.GetStatus?id=0", HTTPStatus.NOT_FOUND),
        ("/elsewhere", HTTPStatus.NOT_FOUND),
    ],
)
async def test_shelly_gen2_errors(
    http: aiohttp.ClientSession, plug_s: ShellyGen2, path: str, status: HTTPStatus
) -> None:
    async with plug_s, http.get(f"http://{plug_s.host}{path}") as response:
        assert response.status == status


async def test_shelly_gen2_is_understood_by_a_standard_digest_client(
    mains: Mains,
) -> None:
    middleware = aiohttp.DigestAuthMiddleware("admin", "secret")
    async with (
        ShellyGen2(password="secret", firmware="2.0.0", mains=mains) as plug,
        aiohttp.ClientSession(middlewares=(middleware,)) as session,
    ):
        for _ in range(3):
            assert (await get(session, plug, "/rpc/Switch.GetStatus?id=0"))["output"]


@pytest.mark.parametrize(
    ("firmware", "replayed"),
    [("1.7.5", HTTPStatus.OK), ("2.0.0", HTTPStatus.UNAUTHORIZED)],
)
async def test_digest_count_must_grow_since_firmware_2(
    http: aiohttp.ClientSession, mains: Mains, firmware: str, replayed: HTTPStatus
) -> None:
    async with ShellyGen2(password="secret", firmware=firmware, mains=mains) as plug:
        client = DigestClient(http, plug)
        assert (await client.ask()).status == HTTPStatus.UNAUTHORIZED
        assert (await client.ask(1)).status == HTTPStatus.OK
        assert (await client.ask(2)).status == HTTPStatus.OK
        assert (await client.ask(2)).status == replayed
        assert "stale" not in client.challenge


async def test_digest_count_must_start_at_one(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen2(password="secret", firmware="2.0.0", mains=mains) as plug:
        client = DigestClient(http, plug)
        await client.ask()
        assert client.challenge["nonce"].endswith("=")
        assert (await client.ask(2)).status == HTTPStatus.UNAUTHORIZED


async def test_digest_nonce_gets_stale(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with ShellyGen2(password="secret", firmware="2.0.0", mains=mains) as plug:
        client = DigestClient(http, plug)
        await client.ask()
        assert (await client.ask(1)).status == HTTPStatus.OK
        await plug.fault("stale_nonce")
        assert (await client.ask(2)).status == HTTPStatus.UNAUTHORIZED
        assert client.challenge["stale"] == "true"
        assert (await client.ask(1)).status == HTTPStatus.OK
        clock.advance(3601)
        assert (await client.ask(2)).status == HTTPStatus.UNAUTHORIZED
        assert client.challenge["stale"] == "true"


async def test_digest_wrong_password_is_not_stale_and_ends_in_429(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with ShellyGen2(password="secret", firmware="2.0.0", mains=mains) as plug:
        client = DigestClient(http, plug)
        await client.ask()
        for _ in range(10):
            wrong = await client.ask(1, password="guess")
            assert wrong.status == HTTPStatus.UNAUTHORIZED
            assert "stale" not in client.challenge
        assert (await client.ask(1)).status == HTTPStatus.TOO_MANY_REQUESTS
        clock.advance(601)
        assert (await client.ask(1)).status == HTTPStatus.OK


async def test_digest_slots_run_out_and_throttle(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with ShellyGen2(password="secret", firmware="2.0.0", mains=mains) as plug:
        client = DigestClient(http, plug)
        for _ in range(32):
            assert (await client.ask()).status == HTTPStatus.UNAUTHORIZED
        assert (await client.ask()).status == HTTPStatus.TOO_MANY_REQUESTS
        clock.advance(1)
        assert (await client.ask()).status == HTTPStatus.TOO_MANY_REQUESTS
        assert (await client.ask(1)).status == HTTPStatus.OK, "a held nonce is good"
        clock.advance(1.5)
        assert (await client.ask()).status == HTTPStatus.UNAUTHORIZED


async def test_shelly_gen1(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with ShellyGen1(mac="a8032ab1c2d3", mains=mains) as plug:
        info = await get(http, plug, "/shelly")
        assert (info["type"], info["mac"]) == ("SHPLG-S", "A8032AB1C2D3")
        clock.advance(3600)
        assert (await get(http, plug, "/relay/0?turn=off"))["ison"] is False
        status = await get(http, plug, "/status")
        assert status["relays"][0]["ison"] is False
        assert status["meters"][0]["power"] == 0
        watt_minutes = status["meters"][0]["total"]
        assert watt_minutes == pytest.approx(60 * 60, rel=0.05)
        assert (await get(http, plug, "/relay/0?turn=toggle"))["ison"] is True
        settings = await get(http, plug, "/settings/relay/0?default_state=last")
        assert settings["default_state"] == "last"


async def test_shelly_gen1_basic_authentication(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen1(password="secret", mains=mains) as plug:
        url = f"http://{plug.host}/status"
        async with http.get(url) as response:
            assert response.status == HTTPStatus.UNAUTHORIZED
        right = {"Authorization": aiohttp.encode_basic_auth("admin", "secret")}
        async with http.get(url, headers=right) as response:
            assert response.status == HTTPStatus.OK
        assert (await get(http, plug, "/shelly"))["auth"] is True


async def test_tasmota_single(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with Tasmota(mac="a8032ab1c2d3", mains=mains) as plug:
        clock.advance(3600)
        energy = (await get(http, plug, "/cm?cmnd=Status%208"))["StatusSNS"]["ENERGY"]
        assert energy["Power"] == pytest.approx(60, abs=3)
        assert energy["Total"] == pytest.approx(0.06, abs=0.003)
        assert energy["ApparentPower"] >= energy["Power"]
        assert await get(http, plug, "/cm?cmnd=Power1%20Off") == {"POWER": "OFF"}
        state = (await get(http, plug, "/cm?cmnd=Status%2011"))["StatusSTS"]
        assert state["POWER"] == "OFF"
        network = (await get(http, plug, "/cm?cmnd=Status%205"))["StatusNET"]
        assert network["Mac"] == "A8:03:2A:B1:C2:D3"
        assert await get(http, plug, "/cm?cmnd=Dance") == {"Command": "Unknown"}


async def test_tasmota_strip_gives_arrays(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Tasmota(sockets=4, mains=mains) as plug:
        assert await get(http, plug, "/cm?cmnd=Power3%20OFF") == {"POWER3": "OFF"}
        everything = await get(http, plug, "/cm?cmnd=Status%200")
        energy = everything["StatusSNS"]["ENERGY"]
        assert energy["Power"][2] == 0
        assert len(energy["Power"]) == len(energy["Current"]) == 4
        assert isinstance(energy["Voltage"], int)
        assert isinstance(energy["Total"], float)
        assert everything["Status"]["Power"] == "1011"
        assert everything["StatusSTS"]["POWER3"] == "OFF"
        assert "POWER" not in everything["StatusSTS"]
    async with Tasmota(sockets=4, split_totals=True, mains=mains) as plug:
        sensors = await get(http, plug, "/cm?cmnd=Status%2010")
        assert len(sensors["StatusSNS"]["ENERGY"]["Total"]) == 4


async def test_tasmota_15_5_wants_its_own_referer(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Tasmota(mains=mains) as plug:
        url = f"http://{plug.host}/cm?cmnd=Power"
        for headers in ({}, {"Referer": "http://homeassistant.local/"}):
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await http.get(url, headers=headers)
        assert await get(http, plug, "/cm?cmnd=SetOption128%201") == {
            "SetOption128": "ON"
        }
        async with http.get(url) as response:
            assert await response.json() == {"POWER": "ON"}


async def test_tasmota_before_15_5_is_open(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with (
        Tasmota(firmware="14.6.0", mains=mains) as plug,
        http.get(f"http://{plug.host}/cm?cmnd=Power") as response,
    ):
        assert response.status == HTTPStatus.OK


async def test_tasmota_password_in_the_query(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Tasmota(password="secret", open_api=True, mains=mains) as plug:
        url = f"http://{plug.host}/cm"
        async with http.get(url, params={"cmnd": "Power"}) as response:
            assert response.status == HTTPStatus.UNAUTHORIZED
            assert "Need user" in (await response.json())["WARNING"]
        params = {"cmnd": "Power", "user": "admin", "password": "secret"}
        async with http.get(url, params=params) as response:
            assert await response.json() == {"POWER": "ON"}


@pytest.fixture(params=[ShellyGen1, ShellyGen2, Tasmota])
def any_plug(request: pytest.FixtureRequest, mains: Mains) -> EmulatedPlug:
    plug: EmulatedPlug = request.param(mains=mains)
    return plug


def reading(plug: EmulatedPlug) -> str:
    return {
        "shelly_gen1": "/status",
        "shelly_rpc": "/rpc/Shelly.GetStatus",
        "tasmota": "/cm?cmnd=Status%200",
    }[plug.dialect]


def turning_off(plug: EmulatedPlug) -> str:
    return {
        "shelly_gen1": "/relay/0?turn=off",
        "shelly_rpc": "/rpc/Switch.Set?id=0&on=false",
        "tasmota": "/cm?cmnd=Power1%20Off",
    }[plug.dialect]


async def test_vanished_plug_refuses_connections_and_comes_back(
    http: aiohttp.ClientSession, any_plug: EmulatedPlug
) -> None:
    async with any_plug as plug:
        host = plug.host
        await get(http, plug, reading(plug))
        await plug.fault("vanish")
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(http, plug, reading(plug))
        await plug.clear()
        await get(http, plug, reading(plug))
        assert plug.host == host


async def test_refusing_plug_keeps_its_relay(
    http: aiohttp.ClientSession, any_plug: EmulatedPlug
) -> None:
    async with any_plug as plug:
        outlet = plug.sockets[plug.first_number]
        await plug.fault("refuse")
        await get(http, plug, turning_off(plug))
        assert outlet.on
        await plug.clear()
        await get(http, plug, turning_off(plug))
        assert not outlet.on


async def test_wrong_mac_is_shown_until_cleared(
    http: aiohttp.ClientSession, any_plug: EmulatedPlug
) -> None:
    async with any_plug as plug:
        true_status = json.dumps(await get(http, plug, reading(plug))).replace(":", "")
        await plug.fault("wrong_mac")
        status = json.dumps(await get(http, plug, reading(plug))).replace(":", "")
        assert "A8032AB1C2D3" in true_status
        assert "A8032AB1C2D3" not in status
        assert "02005E100001" in status


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("429", HTTPStatus.TOO_MANY_REQUESTS),
        ("500", HTTPStatus.INTERNAL_SERVER_ERROR),
        ("garbage", HTTPStatus.OK),
    ],
)
async def test_bad_answers_last_as_many_requests_as_asked(
    http: aiohttp.ClientSession, any_plug: EmulatedPlug, fault: str, status: HTTPStatus
) -> None:
    async with any_plug as plug:
        await plug.fault(fault, times=2)
        for _ in range(2):
            async with http.get(f"http://{plug.host}{reading(plug)}") as response:
                assert response.status == status
                with pytest.raises(ValueError):
                    json.loads(await response.text())
        assert isinstance(await get(http, plug, reading(plug)), dict)
        assert plug.requests[reading(plug).split("?")[0]] == 3


async def test_slow_plug_answers_late(
    http: aiohttp.ClientSession, any_plug: EmulatedPlug
) -> None:
    async with any_plug as plug:
        await plug.fault("slow", delay_s=0.2)
        started = asyncio.get_running_loop().time()
        await get(http, plug, reading(plug))
        assert asyncio.get_running_loop().time() - started >= 0.19


async def test_reset_counter_starts_from_zero(
    http: aiohttp.ClientSession, any_plug: EmulatedPlug, clock: ManualClock
) -> None:
    async with any_plug as plug:
        outlet = plug.sockets[plug.first_number]
        clock.advance(7200)
        assert outlet.energy_wh == pytest.approx(120, rel=0.05)
        await plug.fault("reset_counter")
        clock.advance(60)
        assert outlet.energy_wh == pytest.approx(1, rel=0.05)
        await get(http, plug, reading(plug))
