"""The main job, through the demo that everyone can start."""

import asyncio
from importlib.metadata import distributions
import re
import signal
import sysconfig

import asyncpg
from playwright.async_api import Page, expect
import pytest

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.dashboard import URL_PATH
from scripts.demo_park.entities import ParkEntities, Part
from tests.e2e.common import ROOT, RunningDemo, log_in, tile, until

TWO_FRAMES_S = 5
"""A frame takes 1.5 s at 1200 baud; one may have begun before the load changed."""
RUNNING_STATIONS = ("B1", "B2", "Office")
"""The computers that run in a new demo."""

SALLE_A = tuple(
    f"A{number} {device}"
    for number in range(1, 7)
    for device in ("computer", "monitor")
)
SALLE_A_VA = 160
"""What six monitors and six computers in standby draw at least."""


async def state_of(api: HomeAssistantApi, entity_id: str) -> str:
    return str((await api.get(f"/api/states/{entity_id}"))["state"])


async def keep_other_loads(demo: RunningDemo) -> None:
    """Let no computer begin to work while the meter is watched."""
    for station in RUNNING_STATIONS:
        await demo.control(f"/station/{station}", {"request": "idle"})


async def test_every_socket_has_its_entities(
    websocket: HomeAssistantWebSocket, park: ParkEntities
) -> None:
    states = {
        state["entity_id"]: state["state"]
        for state in await websocket.call("get_states")
    }

    switches = park.socket_switches
    assert len(switches) == 24
    assert len(park.sectors) == 4
    assert {states[switch] for switch in switches} == {"on"}
    for unique_id in park.by_unique_id:
        if unique_id.endswith("_socket"):
            socket = Part(unique_id.removesuffix("_socket"), "")
            assert float(states[park.find(socket, "power")]) >= 0
            assert states[park.find(socket, "reason")] == "as_found"
            assert states[park.find(socket, "protected")] in ("on", "off")
            assert 1 <= float(states[park.find(socket, "priority")]) <= 10


async def test_the_meter_follows_the_load_frame_by_frame(
    demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    (meter,) = park.meters
    sensor = park.find(meter, "apparent_power")

    async def shown() -> bool:
        measured = (await demo.control("/state"))["meter"]["apparent_power_va"]
        return bool(abs(measured - float(await state_of(api, sensor))) < 60)

    await keep_other_loads(demo)
    await until(shown, timeout_s=TWO_FRAMES_S, what="the first apparent power")
    for extra_w in (1000, 0, 1000, 0):
        await demo.control("/meter", {"extra_w": extra_w})
        assert not await shown()
        await until(shown, timeout_s=TWO_FRAMES_S, what="the new apparent power")


async def test_the_page_opens_on_the_park(any_page: Page, demo: RunningDemo) -> None:
    errors: list[str] = []
    any_page.on("pageerror", lambda error: errors.append(str(error)))
    await log_in(any_page, demo)

    plan = any_page.locator("energy-park-plan-card")
    await expect(plan.locator(".module")).to_have_count(24, timeout=30_000)
    for sector in ("Salle A", "Salle B", "Bureaux", "Labo"):
        await expect(plan.get_by_text(sector).first).to_be_visible()
    assert f"/{URL_PATH}" in any_page.url
    await expect(any_page.locator("hui-error-card")).to_have_count(0)
    assert errors == []


async def test_a_sector_switched_off_in_the_page_lowers_the_meter(
    page: Page, demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    (meter,) = park.meters
    power = park.find(meter, "apparent_power")
    await keep_other_loads(demo)
    await log_in(page, demo, f"/{URL_PATH}/overview")
    room = tile(page, "Salle A")
    await expect(room).to_be_visible(timeout=30_000)
    before = float(await state_of(api, power))

    async def switch() -> None:
        """Tap the icon, and answer the question."""
        await room.locator("ha-tile-icon").click()
        question = page.locator("dialog-box")
        await expect(question).to_contain_text("Salle A")
        await question.get_by_role("button", name="OK").click()

    await switch()

    async def sector_is_off() -> bool:
        sockets = (await demo.control("/state"))["sockets"]
        return not any(sockets[name]["on"] for name in SALLE_A)

    async def meter_fell() -> bool:
        return float(await state_of(api, power)) < before - SALLE_A_VA / 2

    await until(sector_is_off, timeout_s=5, what="the emulated plugs are off")
    await until(meter_fell, timeout_s=5, what="the meter's apparent power fell")
    assert (await demo.control("/state"))["cut_while_running"] == 0

    await expect(room).to_contain_text("Off", timeout=5_000)

    await switch()

    async def sector_is_on() -> bool:
        sockets = (await demo.control("/state"))["sockets"]
        return all(sockets[name]["on"] for name in SALLE_A)

    # Its computers come on one after the other.
    await until(sector_is_on, timeout_s=60, what="the emulated plugs are on again")


async def test_a_sector_shuts_its_computers_down_and_starts_them_again(
    demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    sector = next(sector for sector in park.sectors if sector.title == "Salle B")
    entity = {"entity_id": park.find(sector, "all")}
    job = park.find(sector, "job")
    rules = Part(park.entry_id, park.title)
    for rule, seconds in (("warn", 5), ("hold", 20)):
        await api.post(
            "/api/services/number/set_value",
            {"entity_id": park.find(rules, rule), "value": seconds},
        )
    stations = (await demo.control("/state"))["stations"]
    assert stations["B1"]["state"] in ("idle", "busy")

    async def job_is_over() -> bool:
        return await state_of(api, job) == "idle"

    await api.post("/api/services/switch/turn_off", entity)
    assert await state_of(api, job) == "warning"
    await until(job_is_over, timeout_s=150, what="the sector is switched off")

    state = await demo.control("/state")
    on = {name for name, socket in state["sockets"].items() if socket["on"]}
    # How they start was never tried: they are shut down, and stay fed.
    assert {"B1 computer", "B2 computer", "Salle B switch"} <= on
    assert not {"B1 monitor", "B2 monitor", "Video projector"} & on
    assert {state["stations"][name]["state"] for name in ("B1", "B2")} == {"standby"}
    assert state["cut_while_running"] == 0
    results = (await api.get(f"/api/states/{job}"))["attributes"]["results"]
    assert results == {
        "B1 computer": "shut_down",
        "B1 monitor": "off",
        "B2 computer": "shut_down",
        "B2 monitor": "off",
        "Video projector": "off",
        "Salle B switch": "refused",
    }

    await api.post("/api/services/switch/turn_on", entity)
    await until(job_is_over, timeout_s=150, what="the sector is switched on")
    state = await demo.control("/state")
    assert all(state["sockets"][name]["on"] for name in ("B1 monitor", "B2 monitor"))
    assert {state["stations"][name]["state"] for name in ("B1", "B2")} <= {
        "booting",
        "idle",
        "busy",
    }
    assert state["cut_while_running"] == 0


async def test_the_database_takes_its_password_only(demo: RunningDemo) -> None:
    address = {
        "host": "127.0.0.1",
        "port": demo.state.database_port,
        "user": "energy_park",
        "database": "energy_park",
    }
    told = re.search(r"password in (.*/postgresql/password)", demo.output)
    assert told
    password_file = demo.directory / "postgresql/password"
    assert told[1] == str(password_file)
    assert password_file.stat().st_mode & 0o077 == 0

    connection = await asyncpg.connect(**address, password=password_file.read_text())
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(**address, password="wrong")


async def test_what_is_measured_arrives_in_the_database(
    demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    connection = await asyncpg.connect(
        host="127.0.0.1",
        port=demo.state.database_port,
        user="energy_park",
        database="energy_park",
        password=(demo.directory / "postgresql/password").read_text(),
    )
    await connection.execute("SET search_path TO energy_park")
    (meter,) = park.meters

    async def measured() -> set[tuple[str, str]]:
        rows = await connection.fetch("""
            SELECT DISTINCT subject_kind, subject_id FROM series
            JOIN reading USING (site_id, series_id)
            WHERE at > now() - interval '1 minute'
        """)
        return {(row["subject_kind"], row["subject_id"]) for row in rows}

    async def all_arrived() -> bool:
        kinds = [kind for kind, _ in await measured()]
        return kinds.count("socket") == 24 and kinds.count("meter") == 1

    await until(all_arrived, timeout_s=60, what="readings of the meter and all sockets")
    assert ("meter", meter.id) in await measured()
    [site] = await connection.fetch("SELECT name, country, time_zone FROM site")
    assert tuple(site) == ("Centre de formation", "FR", "Europe/Paris")
    await connection.close()
    [connected] = [
        entity_id
        for unique_id, entity_id in park.by_unique_id.items()
        if unique_id.endswith("_connected")
    ]

    async def shown() -> bool:
        return await state_of(api, connected) == "on"

    await until(shown, timeout_s=20, what="the page tells of it")


async def test_the_energy_dashboard_takes_meter_and_sectors(
    websocket: HomeAssistantWebSocket,
) -> None:
    validation = await websocket.call("energy/validate")

    issues = {
        issue["type"]
        for kind in ("energy_sources", "device_consumption")
        for source in validation[kind]
        for issue in source
    }
    # The first statistics come within five minutes.
    assert issues <= {"statistics_not_defined"}


async def test_home_assistant_has_nothing_to_complain_about(demo: RunningDemo) -> None:
    logs = (demo.directory / "home-assistant").glob("home-assistant.log*")
    complaints = [
        line
        for log in logs
        for line in log.read_text().splitlines()
        if "energy_park" in line
        and re.search("WARNING|ERROR", line)
        and "has not been tested by Home Assistant" not in line
    ]
    assert complaints == []


def test_home_assistant_installed_nothing_by_itself(demo: RunningDemo) -> None:
    lock = (ROOT / "requirements/live.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))
    installed = {
        re.sub("[-_.]+", "-", distribution.name).lower()
        for distribution in distributions(path=[sysconfig.get_path("purelib")])
    }
    assert installed <= locked


async def test_a_restart_of_home_assistant_keeps_the_park(
    demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    oven = next(
        Part(unique_id.removesuffix("_socket"), "Drying oven")
        for unique_id, entity_id in park.by_unique_id.items()
        if unique_id.endswith("_socket") and entity_id.endswith("drying_oven")
    )
    switch, priority = park.find(oven, "socket"), park.find(oven, "priority")
    (meter,) = park.meters
    drawn = park.find(meter, "energy_drawn")
    await api.post("/api/services/switch/turn_off", {"entity_id": switch})
    await api.post(
        "/api/services/number/set_value", {"entity_id": priority, "value": 3}
    )
    drawn_before = float(await state_of(api, drawn))

    await api.post("/api/services/homeassistant/restart")
    await demo.read_until("✓ Home Assistant again")

    async with await demo.login() as again, again.websocket() as websocket:

        async def heard() -> bool:
            states = {await state_of(again, entity) for entity in park.socket_switches}
            return states <= {"on", "off"} and await state_of(again, drawn) not in (
                "unknown",
                "unavailable",
            )

        await until(heard, timeout_s=30, what="all sockets and the meter heard again")
        park_again = await ParkEntities.read(websocket)
        assert park.by_unique_id.items() <= park_again.by_unique_id.items()
        assert await state_of(again, switch) == "off"
        assert float(await state_of(again, priority)) == 3
        assert float(await state_of(again, drawn)) >= drawn_before
        await again.post("/api/services/switch/turn_on", {"entity_id": switch})


async def test_a_second_demo_says_what_is_in_its_way(demo: RunningDemo) -> None:
    same_directory = RunningDemo(demo.directory, demo.port + 1)
    await same_directory.launch()
    assert await ended(same_directory) == 1
    assert "✗ This demo is already running." in same_directory.output

    same_port = RunningDemo(demo.directory.parent / "second", demo.port)
    await same_port.launch()
    assert await ended(same_port) == 1
    assert f"✗ port {demo.port} is taken by another program" in same_port.output
    assert f"--port {demo.port + 1}" in same_port.output


async def ended(demo: RunningDemo) -> int:
    assert demo.process is not None
    assert demo.process.stdout is not None
    async with asyncio.timeout(30):
        demo.output = (await demo.process.stdout.read()).decode()
        return await demo.process.wait()


async def test_ctrl_c_stops_everything_and_the_next_start_goes_on(
    demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    account = demo.account
    assert len(demo.leftovers()) >= 4

    assert await demo.interrupt() == 0

    assert demo.output.endswith("✓ stopped\n")
    assert demo.leftovers() == []

    await demo.start()
    assert demo.account == account
    assert "own forms" not in demo.output
    async with await demo.login() as again, again.websocket() as websocket:
        park_again = await ParkEntities.read(websocket)
        assert park.by_unique_id.items() <= park_again.by_unique_id.items()


async def test_a_demo_killed_at_its_start_leaves_nothing(demo: RunningDemo) -> None:
    victim = RunningDemo(demo.directory.parent / "victim", demo.port + 2)
    await victim.launch()
    await victim.read_until("… Home Assistant")
    assert victim.leftovers()

    await victim.interrupt(signal.SIGKILL)

    async def nothing_is_left() -> bool:
        return not victim.leftovers()

    await until(nothing_is_left, timeout_s=15, what="its processes have ended")
