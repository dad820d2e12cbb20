"""The park as a whole: one description, one meter, many plugs, its controls."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from copy import deepcopy
from http import HTTPStatus
import json
from pathlib import Path
import signal
import socket
import sys
from typing import Any

import aiohttp
import pytest

from scripts.emulators import (
    DescriptionError,
    EmulatedPark,
    ShellyGen1,
    ShellyGen2,
    Tasmota,
    generate,
    load,
)
from scripts.emulators.control import Control

from .conftest import ManualClock
from .tic import values, whole_frames

type Json = dict[str, Any]


ROOM: Json = {
    "meter": {"contract": "hc", "serial": "041861204711", "base_load_w": 650},
    "sectors": ["Room", "Corridor"],
    "plugs": [
        {
            "name": "Strip",
            "device": "shelly_power_strip_4",
            "sockets": [
                {"name": "PC 1", "sector": "Room", "role": "computer", "station": "S1"},
                {"name": "TFT 1", "sector": "Room", "role": "monitor", "station": "S1"},
                {"name": "PC 2", "sector": "Room", "role": "computer", "station": "S2"},
                {"name": "PC 3", "sector": "Room", "role": "computer", "station": "S3"},
            ],
        },
        {
            "name": "Heater plug",
            "device": "tasmota",
            "password": "secret",
            "sockets": [
                {
                    "name": "Heater",
                    "sector": "Corridor",
                    "priority": 10,
                    "appliance": {"power_w": 750, "power_factor": 1},
                }
            ],
        },
        {
            "name": "Printer plug",
            "device": "shelly_plus_plug_s",
            "firmware": "2.0.0",
            "password": "secret",
            "sockets": [
                {"name": "Printer", "sector": "Corridor", "appliance": {"power_w": 12}}
            ],
        },
    ],
}


@pytest.fixture
async def park(clock: ManualClock) -> AsyncGenerator[EmulatedPark]:
    async with EmulatedPark(ROOM, clock=clock) as park:
        yield park


@pytest.fixture
async def control(park: EmulatedPark) -> AsyncGenerator[str]:
    control = Control(park)
    await control.start()
    yield control.url
    await control.stop()


async def post(http: aiohttp.ClientSession, url: str, order: Json) -> Json:
    async with http.post(url, json=order) as response:
        assert response.status == HTTPStatus.OK, await response.text()
        reply: Json = await response.json()
        return reply


def test_emulators_share_no_code_with_what_they_test() -> None:
    folder = Path(__file__).parents[3] / "scripts/emulators"
    sources = [path.read_text() for path in folder.glob("*.py")]
    assert sources
    assert not any("custom_components" in source for source in sources)


def test_demo_is_a_mixed_park_of_24_sockets_in_4_sectors() -> None:
    demo = load()
    sockets = [socket for plug in demo["plugs"] for socket in plug["sockets"]]
    assert len(sockets) == 24
    assert len(demo["sectors"]) == 4
    assert {socket["sector"] for socket in sockets} == set(demo["sectors"])
    assert {socket["role"] for socket in sockets} == {
        "computer",
        "monitor",
        "network",
        "other",
    }


async def test_demo_speaks_every_dialect() -> None:
    park = EmulatedPark(load())
    park.meter.line.pty.close()
    kinds = {(type(plug), len(plug.sockets)) for plug in park.plugs.values()}
    assert kinds == {
        (ShellyGen1, 1),
        (ShellyGen2, 1),
        (ShellyGen2, 4),
        (Tasmota, 1),
        (Tasmota, 4),
    }
    secrets = {type(plug) for plug in park.plugs.values() if plug.password}
    assert secrets == {ShellyGen2, Tasmota}
    macs = {plug.mac for plug in park.plugs.values()}
    assert len(macs) == len(park.plugs)


async def test_announcement_tells_what_a_client_needs(
    park: EmulatedPark, http: aiohttp.ClientSession
) -> None:
    told = json.loads(json.dumps(park.announcement()))
    assert told["sectors"] == ["Room", "Corridor"]
    assert told["meter"]["serial"] == "041861204711"
    assert told["meter"]["tcp"].startswith("socket://127.0.0.1:")
    assert Path(told["meter"]["pty"]).is_char_device()
    for plug in told["plugs"]:
        if plug["dialect"] == "shelly_rpc":
            async with http.get(f"http://{plug['host']}/shelly") as response:
                info = await response.json()
            assert info["mac"].lower() == plug["mac"]
            assert info["auth_en"] == ("password" in plug)
        first = 1 if plug["dialect"] == "tasmota" else 0
        assert [socket["number"] for socket in plug["sockets"]] == list(
            range(first, first + len(plug["sockets"]))
        )


async def test_switching_a_plug_over_http_changes_the_meter(
    park: EmulatedPark, http: aiohttp.ClientSession
) -> None:
    before = int(values(park.meter.frame())["PAPP"])
    heater = park.plugs["Heater plug"]
    query = {"cmnd": "Power Off", "user": "admin", "password": "secret"}
    headers = {"Referer": f"http://{heater.host}/"}
    async with http.get(
        f"http://{heater.host}/cm", params=query, headers=headers
    ) as reply:
        assert await reply.json() == {"POWER": "OFF"}
    after = int(values(park.meter.frame())["PAPP"])
    assert before - after == pytest.approx(750, abs=40)
    assert park.socket("Heater").power_w == 0


async def test_meter_counts_what_the_sockets_count(
    park: EmulatedPark, clock: ManualClock
) -> None:
    registers = park.meter.registers
    park.meter.frame()
    start_wh = registers.drawn_wh
    for second in range(1800):
        clock.advance(1)
        if second == 600:
            park.socket("Heater").switch(False)
        park.meter.frame()
    sockets_wh = sum(outlet.drawn_wh for outlet in park.sockets.values())
    base_wh = 650 / 2
    drawn_wh = registers.drawn_wh - start_wh
    assert drawn_wh == pytest.approx(sockets_wh + base_wh, rel=0.02)


async def test_shutdown_then_cut_harms_nobody(
    park: EmulatedPark, clock: ManualClock
) -> None:
    outlet, computer = park.socket("PC 1"), park.stations["S1"]
    assert park.request("S1", "shutdown")
    clock.advance(31)
    assert outlet.power_w < 5
    assert park.socket("TFT 1").power_w < 1
    outlet.switch(False)
    assert park.cut_while_running == 0
    outlet.switch(True)
    clock.advance(61)
    assert computer.running
    outlet.switch(False)
    assert park.cut_while_running == computer.cut_while_running == 1


async def test_control_shows_and_commands(
    park: EmulatedPark, control: str, http: aiohttp.ClientSession, clock: ManualClock
) -> None:
    reply = await post(http, f"{control}/station/S1", {"request": "shutdown"})
    assert reply == {"accepted": True, "state": "shutting_down"}
    clock.advance(31)
    reply = await post(http, f"{control}/station/S1", {"request": "shutdown"})
    assert reply == {"accepted": False, "state": "standby"}
    await post(http, f"{control}/plug/Printer plug", {"fault": "429", "times": 3})
    async with http.get(f"http://{park.plugs['Printer plug'].host}/shelly") as response:
        assert response.status == HTTPStatus.TOO_MANY_REQUESTS
    async with http.get(f"{control}/state") as response:
        state = await response.json()
    assert len(state["sockets"]) == 6
    assert state["stations"]["S1"]["state"] == "standby"
    assert state["cut_while_running"] == 0
    assert state["plugs"]["Printer plug"]["requests"] == 1
    assert state["plugs"]["Printer plug"]["faults"] == ["429"]
    total_w = sum(outlet["power_w"] for outlet in state["sockets"].values())
    assert state["power_w"] == pytest.approx(total_w)
    assert state["meter"]["power_w"] == pytest.approx(total_w + 650, rel=0.05)
    reply = await post(http, f"{control}/plug/Printer plug", {"clear": True})
    assert reply == {"faults": []}


async def test_control_commands_the_meter(
    park: EmulatedPark, control: str, http: aiohttp.ClientSession
) -> None:
    park.meter.frame()
    quiet_va = park.meter.registers.drawn_va
    await post(http, f"{control}/meter", {"extra_w": 4000})
    park.meter.frame()
    assert park.meter.registers.drawn_va - quiet_va == pytest.approx(4000, rel=0.1)
    for order, faults in (
        ({"fault": "corrupt", "rate": 0.5}, ["corrupt"]),
        ({"fault": "silence"}, ["silence", "corrupt"]),
        ({"clear": True}, []),
    ):
        reply = await post(http, f"{control}/meter", order)
        assert reply == {"mode": "historique", "faults": faults}
    reply = await post(http, f"{control}/meter", {"fault": "mode"})
    assert reply == {"mode": "standard", "faults": []}


async def test_control_gives_the_last_frame(
    control: str, http: aiohttp.ClientSession, park: EmulatedPark
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", park.meter.line.port)
    async with asyncio.timeout(5):
        await reader.readuntil(b"\x03")
        await reader.readuntil(b"\x02")
    writer.close()
    async with http.get(f"{control}/meter/last") as response:
        last = await response.json()
    assert whole_frames(last["frame"].encode()) == [last["frame"].encode()]
    took_s = last["ended_at_monotonic_s"] - last["started_at_monotonic_s"]
    assert took_s == pytest.approx(len(last["frame"]) / 120, rel=0.1)


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("/plug/Nobody", {"fault": "slow"}),
        ("/plug/Printer plug", {"fault": "explode"}),
        ("/station/S1", {"request": "dance"}),
        ("/station/S1", {}),
        ("/meter", {"fault": "explode"}),
    ],
)
async def test_control_explains_what_it_does_not_understand(
    control: str, http: aiohttp.ClientSession, path: str, order: Json
) -> None:
    async with http.post(control + path, json=order) as response:
        assert response.status == HTTPStatus.BAD_REQUEST
        assert (await response.json())["error"]


async def test_state_survives_a_restart(clock: ManualClock) -> None:
    async with EmulatedPark(ROOM, clock=clock) as park:
        park.meter.frame()
        park.socket("Heater").switch(False)
        park.socket("PC 2").switch(False)
        park.request("S3", "shutdown")
        clock.advance(3600)
        park.meter.frame()
        state = json.loads(json.dumps(park.state()))
        east_wh = park.meter.registers.drawn_wh
        energy_wh = park.socket("Printer").energy_wh
    assert energy_wh > 10
    async with EmulatedPark(ROOM, clock=clock, state=state) as park:
        assert not park.socket("Heater").on
        assert park.socket("PC 3").on
        assert park.socket("Printer").energy_wh == pytest.approx(energy_wh)
        assert park.stations["S2"].state == "unpowered"
        assert park.stations["S3"].state == "standby"
        assert park.cut_while_running == 1
        assert park.meter.registers.drawn_wh == pytest.approx(east_wh)


@pytest.mark.parametrize("sockets", [1, 3, 24, 25, 240])
def test_generated_park_has_the_size_asked_for(sockets: int) -> None:
    park = generate(sockets)
    names = [socket["name"] for plug in park["plugs"] for socket in plug["sockets"]]
    assert len(names) == len(set(names)) == sockets
    EmulatedPark(park).meter.line.pty.close()


async def test_240_sockets_are_there_at_once() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with EmulatedPark(generate(240)) as park:
        assert loop.time() - started < 2
        assert len(park.plugs) == 120
        started = loop.time()
        frame = values(park.meter.frame())
        assert loop.time() - started < 0.1
        assert 0 < int(frame["PAPP"]) < 36_000


def spoil(path: list[str | int], value: Any) -> Json:
    description = deepcopy(ROOM)
    place: Any = description
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return description


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (["plugs", 0, "device"], "toaster", "device is one of"),
        (["plugs", 1, "name"], "Strip", "name of its own"),
        (["plugs", 0, "sockets"], [], "has no sockets"),
        (["plugs", 0, "sockets", 0, "role"], "lamp", "role is one of"),
        (["plugs", 0, "sockets", 0, "sector"], "Attic", "not in sectors"),
        (["plugs", 0, "sockets", 0, "priority"], 11, "1 to 10"),
        (["plugs", 0, "sockets", 1, "name"], "PC 1", "name of its own"),
    ],
)
def test_wrong_descriptions_are_explained(
    path: list[str | int], value: Any, complaint: str
) -> None:
    with pytest.raises(DescriptionError, match=complaint):
        EmulatedPark(spoil(path, value))


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", ""])
def test_unreadable_descriptions_are_explained(tmp_path: Path, text: str) -> None:
    path = tmp_path / "park.yaml"
    path.write_text(text)
    with pytest.raises(DescriptionError, match=r"park\.yaml"):
        load(path)


def free_base_port() -> int:
    """Return a port that has its neighbours free, below the ephemeral ones."""
    for port in range(20_000, 32_000, 50):
        try:
            for offset in (0, 1, 10, 11):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise AssertionError("no free ports")


@asynccontextmanager
async def running(*arguments: str) -> AsyncGenerator[Json]:
    """Run the command; give its announcement; stop it as Ctrl-C does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scripts.emulators",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            yield json.loads(await process.stdout.readline())
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            rest, _ = await process.communicate()
        assert rest == b"", "one line only"
        assert process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_command_restarts_at_the_same_place_with_its_state(
    http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    base_port = free_base_port()
    description = tmp_path / "room.yaml"
    description.write_text(json.dumps(ROOM))
    arguments = [str(description), "--mode", "standard", "--pace", "fast"]
    arguments += ["--base-port", str(base_port), "--state", str(tmp_path / "state")]
    announced = []
    for run in range(2):
        async with running(*arguments) as told:
            announced.append(told)
            strip = told["plugs"][0]["host"]
            url = f"http://{strip}/rpc/Switch.Set?id=1&on=false"
            async with http.get(url) as response:
                assert await response.json() == {"was_on": run == 0}
            async with http.get(f"{told['control']}/state") as response:
                assert (await response.json())["meter"]["mode"] == "standard"
    first, second = announced
    assert first["control"] == second["control"] == f"http://127.0.0.1:{base_port}"
    assert first["meter"]["tcp"] == second["meter"]["tcp"]
    assert first["plugs"] == second["plugs"]
    assert first["plugs"][1]["host"] == f"127.0.0.1:{base_port + 11}"


async def test_command_explains_a_missing_description() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "scripts.emulators", "nowhere.yaml"),
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"nowhere.yaml" in errors
    assert b"Traceback" not in errors
