"""The emulated plugs beyond Shelly and Tasmota show the quirks of their firmware."""

import asyncio
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest

from scripts.emulators import (
    Diy,
    EmulatedPark,
    EmulatedPlug,
    Lf2lStrip,
    Mains,
    MyStrom,
    Netio,
    OpenBeken,
    Outlet,
    ShellyGen1,
    ShellyGen2,
    ShellyPanel,
    Tasmota,
)
from scripts.emulators.description import DEVICES

from .conftest import ManualClock

type Json = dict[str, Any]


async def get(
    http: aiohttp.ClientSession, plug: EmulatedPlug, path: str, **headers: str
) -> Any:
    async with http.get(f"http://{plug.host}{path}", headers=headers) as response:
        assert response.status == HTTPStatus.OK, path
        return await response.json()


async def post(
    http: aiohttp.ClientSession, plug: Netio, user: str, document: object
) -> tuple[int, Json]:
    async with http.post(
        f"http://{plug.host}/netio.json",
        json=document,
        headers={"Authorization": aiohttp.encode_basic_auth(user, user)},
    ) as response:
        return response.status, await response.json()


async def test_openbeken_prints_wh_and_every_relay(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with OpenBeken(sockets=2, mains=mains) as plug:
        clock.advance(3600)
        reply = await get(http, plug, "/cm?cmnd=Power2%20Off")
        assert reply == {"POWER1": "ON", "POWER2": "OFF"}
        energy = (await get(http, plug, "/cm?cmnd=Status%208"))["StatusSNS"]["ENERGY"]
        assert energy["ConsumptionTotal"] == pytest.approx(120, rel=0.05)
        assert "Total" not in energy
        everything = await get(http, plug, "/cm?cmnd=Status%200")
        assert everything["StatusFWR"]["SDK"] == "obk"
        assert everything["Status"]["PowerOnState"] == 3


async def test_openbeken_carries_out_a_long_command_twice(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(mains=mains) as plug:
        await get(http, plug, "/cm?cmnd=Power%20Toggle")
        assert plug.sockets[1].switch_count == 1
        line = "Backlog Power Toggle" + " " * 120
        await get(http, plug, f"/cm?cmnd={line.replace(' ', '%20')}")
        assert plug.sockets[1].switch_count == 3


async def test_openbeken_prints_zeros_for_what_it_does_not_measure(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(metered=False, mains=mains) as plug:
        energy = (await get(http, plug, "/cm?cmnd=Status%208"))["StatusSNS"]["ENERGY"]
    assert set(energy.values()) == {0}


async def test_openbeken_looks_for_a_single_relay_on_its_channel(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(first_channel=2, mains=mains) as plug:
        assert await get(http, plug, "/cm?cmnd=Power1%20Off") == {"POWER": "ON"}
        assert await get(http, plug, "/cm?cmnd=Power%20Off") == {"POWER": "OFF"}


async def test_openbeken_reads_its_password_from_the_header(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with OpenBeken(password="secret", mains=mains) as plug:
        url = f"http://{plug.host}/cm?cmnd=Power&user=admin&password=secret"
        async with http.get(url) as response:
            assert response.status == HTTPStatus.UNAUTHORIZED
            assert "OpenBeken" in response.headers["WWW-Authenticate"]
        right = aiohttp.encode_basic_auth("admin", "secret")
        await get(http, plug, "/cm?cmnd=Power", Authorization=right)


async def test_netio_shows_the_old_state_for_a_moment(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with Netio(sockets=4, mains=mains) as plug:
        orders = {"Outputs": [{"ID": 1, "Action": 0}, {"ID": 3, "Action": 4}]}
        status, answer = await post(http, plug, "netio", orders)
        assert status == HTTPStatus.OK
        assert [output["State"] for output in answer["Outputs"]] == [1, 1, 1, 1]
        clock.advance(1)
        answer = await get(http, plug, "/netio.json")
        assert [output["State"] for output in answer["Outputs"]] == [0, 1, 0, 1]


async def test_netio_restarts_a_load_by_itself(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with Netio(mains=mains) as plug:
        await post(http, plug, "netio", {"Outputs": [{"ID": 1, "Action": 2}]})
        assert not plug.sockets[1].on
        clock.advance(6)
        assert plug.sockets[1].on


async def test_netio_measures_on_metered_outputs_only(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Netio(sockets=2, metered=[1], mains=mains) as plug:
        first, second = (await get(http, plug, "/netio.json"))["Outputs"]
    assert first["Current"] == pytest.approx(60 / 0.95 / 233 * 1000, rel=0.1)
    # The load leads by acos 0.95.
    assert first["Phase"] == pytest.approx(360 - 18.2, abs=1)
    assert "Load" not in second


@pytest.mark.parametrize(
    ("user", "document", "status"),
    [
        ("secret", {"Outputs": []}, HTTPStatus.UNAUTHORIZED),
        ("guest", {"Outputs": []}, HTTPStatus.FORBIDDEN),
        ("netio", {"Outputs": [{"ID": 1}]}, HTTPStatus.BAD_REQUEST),
        ("netio", {"Outputs": [{"ID": 9, "Action": 1}]}, HTTPStatus.BAD_REQUEST),
        ("netio", [], HTTPStatus.BAD_REQUEST),
    ],
)
async def test_netio_tells_what_was_wrong(
    http: aiohttp.ClientSession,
    mains: Mains,
    user: str,
    document: object,
    status: HTTPStatus,
) -> None:
    async with Netio(password="netio", reader="guest", mains=mains) as plug:
        found, answer = await post(http, plug, user, document)
    assert found == answer["result"]["error"]["code"] == status


async def test_mystrom_reports_the_mean_since_the_last_report(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    async with MyStrom(mains=mains) as plug:
        clock.advance(3600)
        report = await get(http, plug, "/report")
        assert report["Ws"] == pytest.approx(60, rel=0.05)
        assert report["energy_since_boot"] == pytest.approx(60 * 3600, rel=0.05)
        assert (await get(http, plug, "/report"))["Ws"] == 0
        await plug.fault("restart")
        after = await get(http, plug, "/report")
        assert after["boot_id"] != report["boot_id"]
        assert after["energy_since_boot"] == 0


async def test_mystrom_answers_an_order_with_nothing(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with MyStrom(password="token", zero=True, mains=mains) as plug:
        url = f"http://{plug.host}/relay?state=0"
        async with http.get(url) as response:
            assert response.status == HTTPStatus.UNAUTHORIZED
        async with http.get(url, headers={"Token": "token"}) as response:
            assert (response.status, await response.read()) == (HTTPStatus.OK, b"")
        assert await get(http, plug, "/report", Token="token") == {"relay": False}


async def test_the_strip_of_lf2l_toggles_and_hangs_up_on_all_else(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Lf2lStrip(mains=mains) as strip:
        answer = await get(http, strip, "/plug/2")
        assert answer["socket"] == [1, 0, 1, 1, 1, 1]
        assert (await get(http, strip, "/plug/2"))["socket"][1] == 1
        for path in ("/", "/plug/7", "/status", "/plug"):
            with pytest.raises(aiohttp.ServerDisconnectedError):
                await http.get(f"http://{strip.host}{path}")
        await strip.fault("restart")
        assert not any(outlet.on for outlet in strip.sockets.values())


async def test_the_strip_as_published_leaves_the_first_place_unused(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Lf2lStrip(shifted=True, sockets=3, mains=mains) as strip:
        assert (await get(http, strip, "/plug/1"))["socket"] == [0, 0, 1]


async def test_one_thread_answers_in_turn(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with Lf2lStrip(mains=mains) as strip:
        await strip.fault("late", delay_s=0.1, times=1)
        first, second = await asyncio.gather(
            get(http, strip, "/plug/1"), get(http, strip, "/plug/1")
        )
    assert {first["socket"][0], second["socket"][0]} == {0, 1}
    assert strip.sockets[1].switch_count == 2


async def test_a_plug_of_one_s_own(http: aiohttp.ClientSession, mains: Mains) -> None:
    async with Diy(auth="bearer", password="secret", mains=mains) as plug:
        headers = {"Authorization": "Bearer secret"}
        url = f"http://{plug.host}/api/socket/1"
        async with http.put(url, json={"power": "down"}, headers=headers) as response:
            assert response.status == HTTPStatus.NO_CONTENT
        async with http.get(f"http://{plug.host}/api/state") as response:
            assert response.status == HTTPStatus.UNAUTHORIZED
        state = await get(http, plug, "/api/state", **headers)
    assert state["sockets"][0]["power"] == "down"


async def test_a_panel_shows_its_circuits(
    http: aiohttp.ClientSession, mains: Mains, clock: ManualClock
) -> None:
    circuits = [Outlet(mains, n) for n in range(3)]
    async with ShellyPanel(circuits=circuits, mains=mains) as panel:
        clock.advance(3600)
        status = await get(http, panel, "/rpc/Shelly.GetStatus")
    assert not [name for name in status if name.startswith("switch")]
    assert status["em:0"]["total_act_power"] == pytest.approx(180, rel=0.05)
    assert status["emdata:0"]["total_act"] == pytest.approx(180, rel=0.05)


async def test_a_shelly_2_has_one_meter_for_two_relays(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen1(sockets=2, model="SHSW-21", mains=mains) as plug:
        status = await get(http, plug, "/status")
        assert (len(status["relays"]), len(status["meters"])) == (2, 1)
        assert status["meters"][0]["power"] == pytest.approx(120, rel=0.05)
        url = f"http://{plug.host}/settings/relay/0?default_state=maybe"
        async with http.get(url) as response:
            assert response.status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("default", ["off", "on", "last"])
@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("dialect", [ShellyGen1, ShellyGen2, Tasmota, Netio])
async def test_a_restart_follows_the_power_on_default(
    mains: Mains, dialect: type[EmulatedPlug], on: bool, default: str
) -> None:
    plug = dialect(power_on=default, mains=mains)
    (outlet,) = plug.sockets.values()
    outlet.switch(on)
    await plug.fault("restart")
    assert outlet.on is {"off": False, "on": True, "last": on}[default]


async def test_a_lost_answer_leaves_its_effect(
    http: aiohttp.ClientSession, mains: Mains
) -> None:
    async with ShellyGen1(mains=mains) as plug:
        await plug.fault("lose")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await http.get(f"http://{plug.host}/relay/0?turn=off")
        await plug.clear()
        assert (await get(http, plug, "/relay/0"))["ison"] is False


async def test_a_park_holds_every_device(clock: ManualClock) -> None:
    description: Json = {
        "sectors": ["Room"],
        "plugs": [
            {
                "name": device,
                "device": device,
                "sockets": [
                    {"name": f"{device} {n}", "sector": "Room"}
                    for n in range(2 if device == "shelly_25" else 1)
                ],
            }
            for device in DEVICES
        ],
    }
    async with EmulatedPark(description, clock=clock) as park:
        announced = {plug["name"]: plug for plug in park.announcement()["plugs"]}
    assert set(announced) == set(DEVICES)
    described = {name for name, plug in announced.items() if "rest" in plug}
    assert described == {"diy", "lf2l_strip"}
    assert announced["lf2l_strip"]["rest"]["toggle"] == {"path": "/plug/{socket}"}
    assert {plug["dialect"] for plug in announced.values()} == {
        "mystrom",
        "netio",
        "openbeken",
        "rest",
        "shelly_gen1",
        "shelly_rpc",
        "tasmota",
    }
