"""What a park measures and decides, in a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
import json
from types import MappingProxyType
from typing import Any

import asyncpg
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park import backup
from custom_components.energy_park.const import (
    DOMAIN,
    MIRROR_INTERVAL,
    MIRROR_LAG_MAX,
    PLUG_INTERVAL,
)
from custom_components.energy_park.control import mirror_plugs, mirroring
from custom_components.energy_park.control.mirror_issues import (
    LOSSES,
    PASSING,
    PATIENCE_S,
)
from custom_components.energy_park.control.mirror_past import Filled
from custom_components.energy_park.mirror import spool
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.rows import (
    EPOCH,
    ReadingRow,
    Series,
    SubjectKind,
)
from custom_components.energy_park.park.sleep_test import SleepTest
from scripts.emulators import Constant, Mains, Outlet, ShellyGen2, ShellyPanel
from scripts.emulators.meter import EmulatedMeter

from .common import (
    ClientSessionGenerator,
    MockConfigEntry,
    flush_store,
    get_diagnostics_for_config_entry,
    get_system_health_info,
)
from .databases import NO_DATABASE, TestDatabase, mirror
from .parks import (
    async_act,
    async_later,
    async_setup,
    async_wait,
    entity_id,
    meter,
    plug,
    sector,
)
from .rooms import PROVEN, ROOM, Room, build_strip, computers_of, speed_up
from .test_translations import ENGLISH

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A strip of two sockets."""
    async with ShellyGen2(mac=MAC, sockets=2) as emulated:
        yield emulated


async def answer(
    database: TestDatabase, schema: str, question: str, rows: int = 1, *values: object
) -> list[asyncpg.Record]:
    """The answer to a question, once it has enough rows."""
    connection = await database.connect()
    found: list[asyncpg.Record] = []
    try:
        async with asyncio.timeout(15):
            while len(found) < rows:
                await asyncio.sleep(0.05)
                try:
                    await connection.execute(f"SET search_path TO {schema}")
                    found = await connection.fetch(question, *values)
                except asyncpg.UndefinedTableError:
                    continue
    except TimeoutError:
        raise AssertionError(f"only {found} for {question}") from None
    finally:
        await connection.close()
    return found


def mirror_of(entry: MockConfigEntry) -> Mirror:
    found = entry.runtime_data.mirroring
    assert found is not None
    mirror: Mirror = found.mirror
    return mirror


async def test_what_is_measured_arrives(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data(region="Grand Est", city="Nancy")
    async with EmulatedMeter(mode="standard", contract="hc") as linky:
        entry = await async_setup(
            hass,
            mirror(data),
            sector("Room", "room"),
            plug(strip, "room", roles=("computer", "monitor")),
            meter(linky.url, linky.serial),
        )
        ask = answer
        [site] = await ask(database, data["schema"], "SELECT * FROM site")
        assert (site["uid"], site["name"]) == ("park", "School")
        assert (site["country"], site["region"]) == ("FR", "Grand Est")
        assert (site["city"], site["district"]) == ("Nancy", None)
        metrics = """
            SELECT DISTINCT subject_kind, metric, unit FROM series JOIN reading
            USING (site_id, series_id)
        """
        known = {tuple(row) for row in await ask(database, data["schema"], metrics, 14)}
        assert ("meter", "apparent_power_va", "VA") in known
        assert ("meter", "power_w", "W") in known
        assert ("socket", "power_w", "W") in known
        assert ("socket", "energy_wh", "Wh") in known
        whole = "SELECT * FROM meter_frame WHERE complete AND labels ? 'SINSTS'"
        [frame, *_] = await ask(database, data["schema"], whole)
        assert frame["meter_id"] == linky.serial
        [described] = await ask(database, data["schema"], "SELECT * FROM meter")
        assert described["subscribed_power_va"] == 9000
        # What hardly changes is not told with each frame.
        often = "SELECT count(*) FROM reading JOIN series USING (site_id, series_id)"
        often += " WHERE metric = $1 HAVING count(*) > 3"
        await ask(database, data["schema"], often, 1, "apparent_power_va")
        [slow] = await ask(
            database, data["schema"], often.replace("> 3", "> 0"), 1, "max_power_va"
        )
        assert slow["count"] <= 3
        told = "SELECT detail ->> 'tariff' FROM event WHERE subject_id = $1"
        told += " AND kind = 'state' AND detail ? 'tariff'"
        [tariff] = await ask(database, data["schema"], told, 1, linky.serial)
        assert tariff[0] in {"peak", "off_peak"}
        [room] = await ask(database, data["schema"], "SELECT * FROM sector")
        assert (room["sector_id"], room["name"]) == ("room", "Room")
        sockets = await ask(
            database, data["schema"], "SELECT * FROM socket ORDER BY number", 2
        )
        assert [socket["role"] for socket in sockets] == ["computer", "monitor"]
        assert {socket["sector_id"] for socket in sockets} == {"room"}
        await hass.config_entries.async_unload(entry.entry_id)


async def test_the_circuits_of_a_panel_arrive_under_their_names(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data()
    mains = Mains()
    circuits = [
        Outlet(mains, number, appliance=Constant(mains, "oven", power_w=power_w))
        for number, power_w in enumerate((1500, 300))
    ]
    async with ShellyPanel(circuits=circuits, mac=MAC, mains=mains) as panel:
        part = plug(panel)
        channels = MappingProxyType({**part.data, "channels": [100, 101]})
        entry = await async_setup(
            hass, mirror(data), ConfigSubentry(**vars(part) | {"data": channels})
        )
    question = """
        SELECT subject_id, subject, metric, value, unit FROM named_reading
        WHERE subject_kind = 'channel' AND metric IN ('power_w', 'energy_wh')
        ORDER BY subject_id, metric
    """
    rows = await answer(database, data["schema"], question, 4)
    values = {(row["subject"], row["metric"]): row["value"] for row in rows}
    assert values == {
        ("Plug 1", "energy_wh"): pytest.approx(0, abs=5),
        ("Plug 1", "power_w"): pytest.approx(1500, abs=50),
        ("Plug 2", "energy_wh"): pytest.approx(0, abs=5),
        ("Plug 2", "power_w"): pytest.approx(300, abs=20),
    }
    power = entity_id(hass, "sensor", f"{MAC}_100_power")
    series = entry.runtime_data.mirroring.series_of(power)
    assert series == Series(SubjectKind.CHANNEL, f"{MAC}_100", "power_w", "W")
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_a_meter_tells_in_words_is_told_when_it_changes(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data()
    async with EmulatedMeter(mode="standard", contract="tempo") as linky:
        entry = await async_setup(hass, mirror(data), meter(linky.url, linky.serial))
        question = """
            SELECT detail FROM event WHERE subject_id = $1 AND kind = 'state'
        """
        rows = await answer(database, data["schema"], question, 3, linky.serial)
        found: dict[str, Any] = {}
        for row in rows:
            found |= json.loads(row["detail"])
        assert found["color_today"] in {"blue", "white", "red"}
        assert found["label"]
        assert len(found["relays_closed"]) == 8
        often = "SELECT count(*) FROM meter_frame HAVING count(*) > 4"
        await answer(database, data["schema"], often)
        rows = await answer(database, data["schema"], question, 3, linky.serial)
        assert len(rows) < 6
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_order_is_told_with_its_reason(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data), plug(strip, roles=("computer",) * 2))
    first, second = entry.runtime_data.switchboard.sockets
    switch = entity_id(hass, "switch", f"{first.id}_socket")
    user = await hass.auth.async_create_user("Zoé")
    await async_act(hass, "switch.turn_off", switch, by=user)
    await async_wait(hass, lambda: hass.states.get(switch).state == "off")
    rows = await answer(
        database,
        data["schema"],
        """
        SELECT kind, is_on, source, reason, until IS NOT NULL AS ends FROM event
        WHERE subject_id = $1 AND kind <> 'actual' ORDER BY kind, at
        """,
        3,
        first.id,
    )
    assert [tuple(row) for row in rows] == [
        ("order", False, "person", "person", True),
        ("wanted", True, None, "as_found", False),
        ("wanted", False, "person", "person", True),
    ]
    rows = await answer(
        database,
        data["schema"],
        """
        SELECT is_on, reason FROM event
        WHERE subject_id = $1 AND kind = 'actual' ORDER BY at
        """,
        2,
        first.id,
    )
    assert [tuple(row) for row in rows] == [(True, "as_found"), (False, "person")]
    # What is protected refuses an automation, each time that it asks.
    protected = entity_id(hass, "switch", f"{second.id}_protected")
    await async_act(hass, "switch.turn_on", protected)
    for _ in range(2):
        with pytest.raises(HomeAssistantError) as raised:
            await async_act(
                hass,
                "switch.turn_off",
                entity_id(hass, "switch", f"{second.id}_socket"),
            )
        assert raised.value.translation_key == "refused_protected"
    rows = await answer(
        database,
        data["schema"],
        """
        SELECT is_on, source, reason, detail ->> 'refused' FROM event
        WHERE subject_id = $1 AND kind = 'order'
        """,
        2,
        second.id,
    )
    assert [tuple(row) for row in rows] == [
        (False, "schedule", "automation", "protected")
    ] * 2
    [told] = await answer(
        database, data["schema"], "SELECT socket_id FROM socket WHERE protected"
    )
    assert told["socket_id"] == second.id
    await hass.config_entries.async_unload(entry.entry_id)


async def test_shedding_is_told_with_its_cause(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    async with EmulatedMeter(mode="historique", contract="hc") as linky:
        entry = await async_setup(
            hass, mirror(data), meter(linky.url, linky.serial), plug(strip)
        )
        heard = entry.runtime_data.meters["meter"]
        await async_wait(hass, lambda: heard.heard, within_s=30)
        await hass.services.async_call(
            DOMAIN, "shed", {"mode": "request"}, blocking=True
        )
        question = "SELECT * FROM event WHERE kind = 'shed' AND is_on = false"
        rows = await answer(database, data["schema"], question, 2)
        sockets = {socket.id for socket in entry.runtime_data.switchboard.sockets}
        assert {row["subject_id"] for row in rows} == sockets
        assert {(row["source"], row["reason"]) for row in rows} == {("safety", "shed")}
        assert linky.serial in rows[0]["detail"]
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_job_is_told_with_what_it_came_to(
    hass: HomeAssistant, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = database.data()
    clock = speed_up(monkeypatch)
    async with build_strip(clock) as emulated:
        room = Room(hass, emulated, computers_of(emulated), refuses={"desk1"})
        await room.async_add(mirror(data))
        room.prove()
        await async_act(hass, "switch.turn_off", room.entity("switch", f"{ROOM}_all"))
        await room.async_until(lambda: room.result("desk0")[0] == "off")
        room.entry.runtime_data.jobs.async_cancel(ROOM)
        await room.async_ended()
        question = """
            SELECT kind, subject_kind, subject_id, is_on, source, reason,
              detail ->> 'outcome' AS outcome, detail ->> 'station' AS station,
              detail ->> 'job' AS job
            FROM event WHERE kind IN ('job', 'result') ORDER BY kind, subject_id, at
        """
        rows = await answer(database, data["schema"], question, 6)
        job, *results = rows
        assert (job["subject_kind"], job["subject_id"]) == ("sector", ROOM)
        assert (job["is_on"], job["source"]) == (False, "schedule")
        told = {row["subject_id"]: (row["outcome"], row["station"]) for row in results}
        assert told[f"{MAC}_0"] == told[f"{MAC}_1"] == ("off", "Desk0")
        assert told[f"{MAC}_2"] == ("cancelled", "Desk1")
        # The monitor of who works on came back.
        outcomes = [r["outcome"] for r in results if r["subject_id"] == f"{MAC}_3"]
        assert outcomes == ["off", "on"]
        assert {row["job"] for row in results} == {job["job"]}
        # What is told again after a restart is known already.
        assert await hass.config_entries.async_reload(room.entry.entry_id)
        await async_wait(hass, lambda: mirror_of(room.entry).status().connected)
        await mirror_of(room.entry).arrived()
        assert await answer(database, data["schema"], question, 6) == rows
        await hass.config_entries.async_unload(room.entry.entry_id)


async def test_a_test_run_is_told_with_what_it_found_out(
    hass: HomeAssistant, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = database.data()
    clock = speed_up(monkeypatch)
    async with build_strip(clock) as emulated:
        room = Room(hass, emulated, computers_of(emulated))
        await room.async_add(mirror(data))
        trials = room.entry.runtime_data.trials
        trials.async_measure_sleep("desk0", None)
        assert trials.async_cancel("desk0")
        trials._async_begin(SleepTest(station="desk1", learnt=PROVEN), None)
        question = """
            SELECT subject_id, source, reason, detail FROM event
            WHERE kind = 'trial' ORDER BY subject_id
        """
        rows = await answer(database, data["schema"], question, 2)
        assert [tuple(row)[:3] for row in rows] == [
            (f"{MAC}_0", "person", "cancelled"),
            (f"{MAC}_2", "person", None),
        ]
        learnt = json.loads(rows[1]["detail"])
        assert (learnt["trial"], learnt["station"]) == ("sleep", "Desk1")
        assert learnt["learnt"]["sleep_w"] == PROVEN.sleep_w
        await hass.config_entries.async_unload(room.entry.entry_id)


async def test_a_meter_that_falls_silent_is_told(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data()
    async with EmulatedMeter(mode="historique", contract="hc") as linky:
        entry = await async_setup(hass, mirror(data), meter(linky.url, linky.serial))
        heard = entry.runtime_data.meters["meter"]
        await async_wait(hass, lambda: heard.heard, within_s=30)
    question = "SELECT is_on FROM event WHERE subject_id = $1 AND reason = 'silence'"
    rows = await answer(database, data["schema"], question, 1, linky.serial)
    assert rows[-1]["is_on"] is True
    await hass.config_entries.async_unload(entry.entry_id)


LATEST = """
    SELECT value, quality FROM reading JOIN series USING (site_id, series_id)
    WHERE subject_kind = $1 AND subject_id = $2 AND metric = $3 ORDER BY at DESC LIMIT 1
"""


async def test_sums_of_sectors_and_of_the_park_arrive(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    parts = (mirror(data), sector("Room", "room"), plug(strip, "room"))
    entry = await async_setup(hass, *parts)
    async_later(hass, PLUG_INTERVAL)
    question = (database, data["schema"], LATEST, 1)
    for subject in (("sector", "room"), ("site", "")):
        [power] = await answer(*question, *subject, "power_w")
        assert (power["value"], power["quality"]) == (pytest.approx(120, abs=1), 0)
        [energy] = await answer(*question, *subject, "energy_wh")
        assert energy["value"] >= 0
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_sum_that_lacks_a_socket_says_so(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    async with ShellyGen2(mac="aa0000000002") as silent:
        quiet = plug(silent)
    entry = await async_setup(hass, mirror(data), plug(strip), quiet)
    async_later(hass, PLUG_INTERVAL)
    [power] = await answer(database, data["schema"], LATEST, 1, "site", "", "power_w")
    assert power["quality"] == 4
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_energy_of_a_socket_survives_its_counter(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    strip.sockets[0].energy_wh = 500.0
    entry = await async_setup(hass, mirror(data), plug(strip))
    socket = entry.runtime_data.switchboard.sockets[0]
    [coordinator] = entry.runtime_data.plugs.values()
    strip.sockets[0].energy_wh = 3.0
    await coordinator.async_refresh()
    question = """
        SELECT value FROM reading JOIN series USING (site_id, series_id)
        WHERE subject_id = $1 AND metric = 'energy_wh' ORDER BY at
    """
    rows = await answer(database, data["schema"], question, 2, socket.id)
    values = [row["value"] for row in rows]
    assert values == sorted(values)
    assert values[0] >= 500
    await hass.config_entries.async_unload(entry.entry_id)


async def test_rows_wait_for_a_database_that_is_away(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data | {"port": 1}), plug(strip))
    socket = entry.runtime_data.switchboard.sockets[0]
    switch = entity_id(hass, "switch", f"{socket.id}_socket")
    await async_act(hass, "switch.turn_off", switch)
    await async_wait(hass, lambda: hass.states.get(switch).state == "off")
    status = mirror_of(entry).status()
    assert status.rows_waiting > 5
    assert not status.connected
    assert not ir.async_get(hass).issues
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["mirror"], data=data
    )
    rows = await answer(
        database,
        data["schema"],
        "SELECT DISTINCT is_on FROM event WHERE kind = 'actual' AND subject_id = $1",
        2,
        socket.id,
    )
    assert {row["is_on"] for row in rows} == {True, False}
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_database_that_stays_away_is_told_once_and_taken_back(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass, mirror(database.data(port=1)))
    running = mirror_of(entry)
    await async_wait(hass, lambda: running.status().problems)
    issues = ir.async_get(hass).issues
    assert not issues
    async_later(hass, timedelta(seconds=PATIENCE_S))
    await async_wait(hass, lambda: issues)
    issue = issues[DOMAIN, f"mirror_unreachable_{entry.entry_id}"]
    assert issue.translation_placeholders == {"database": "energy_park (127.0.0.1)"}
    await hass.config_entries.async_unload(entry.entry_id)
    assert not issues


async def test_a_refused_password_is_asked_for_and_never_shown(
    hass: HomeAssistant, database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    data = database.data()
    entry = await async_setup(hass, mirror(data | {"password": "wr0ng+secret"}))
    await async_wait(hass, lambda: list(entry.async_get_active_flows(hass, {"reauth"})))
    [flow] = entry.async_get_active_flows(hass, {"reauth"})
    assert flow["step_id"] == "reauth_mirror"
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"username": data["username"], "password": database.password}
    )
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    await async_wait(hass, lambda: mirror_of(entry).status().connected)
    assert "wr0ng+secret" not in caplog.text
    assert database.password not in caplog.text
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_leaves_the_park_is_told_to_have_left(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    gone = plug(strip, "room")
    entry = await async_setup(hass, mirror(data), sector("Room", "room"), gone)
    await answer(database, data["schema"], "SELECT * FROM socket", 2)
    hass.config_entries.async_remove_subentry(entry, gone.subentry_id)
    await hass.async_block_till_done()
    question = "SELECT * FROM socket JOIN plug p USING (site_id, plug_id)"
    question += " WHERE socket.removed_at IS NOT NULL AND p.removed_at IS NOT NULL"
    await answer(database, data["schema"], question, 2)
    [room] = await answer(database, data["schema"], "SELECT * FROM sector")
    assert room["removed_at"] is None
    spool = mirroring.spool_directory(hass, entry.entry_id)
    assert spool.is_dir()
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not spool.exists()


async def test_home_assistant_ends_with_everything_sent(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data), plug(strip))
    await async_wait(hass, lambda: mirror_of(entry).status().connected)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert mirror_of(entry).status().rows_waiting == 0
    await answer(database, data["schema"], "SELECT * FROM socket", 2)
    # Unloading after that has nothing left to do.
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_mirror_that_cannot_start_stops_nothing(
    hass: HomeAssistant,
    database: TestDatabase,
    strip: ShellyGen2,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(self: Any) -> None:
        raise RuntimeError("no spool today")

    monkeypatch.setattr(Mirror, "start", fail)
    entry = await async_setup(hass, mirror(database.data()), plug(strip))
    issues = ir.async_get(hass).issues
    await async_wait(hass, lambda: issues)
    [issue] = issues.values()
    assert issue.translation_key in ENGLISH["issues"]
    await async_switch_off_and_unload(hass, entry)
    assert "The mirror cannot start" in caplog.text
    assert not issues


async def test_a_fault_in_the_rows_stops_nothing_and_is_told_once(
    hass: HomeAssistant,
    database: TestDatabase,
    strip: ShellyGen2,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("no rows today")

    monkeypatch.setattr(mirror_plugs, "socket_rows", fail)
    entry = await async_setup(hass, mirror(database.data()), plug(strip))
    await async_switch_off_and_unload(hass, entry)
    assert caplog.text.count("The mirror misses something") == 1


async def async_switch_off_and_unload(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    socket = entry.runtime_data.switchboard.sockets[0]
    switch = entity_id(hass, "switch", f"{socket.id}_socket")
    await async_act(hass, "switch.turn_off", switch)
    await async_wait(hass, lambda: hass.states.get(switch).state == "off")
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("problem", sorted(set(Problem) - {Problem.WRONG_PASSWORD}))
async def test_every_problem_has_a_text(
    hass: HomeAssistant, database: TestDatabase, problem: Problem
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await async_setup(hass, mirror(database.data()))
    told = entry.runtime_data.mirroring
    assert told is not None
    told._issues.problem(problem, MappingProxyType({}))
    issues = ir.async_get(hass).issues
    if problem in PASSING:
        assert not issues
        async_later(hass, timedelta(seconds=PATIENCE_S))
        await async_wait(hass, lambda: issues)
    [issue] = issues.values()
    text = ENGLISH["issues"][issue.translation_key]
    assert issue.is_fixable == (problem in LOSSES) == ("fix_flow" in text)
    told._issues.solved(problem)
    assert not issues
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_loss_is_told_beyond_a_restart_until_a_person_confirms_and_then_anew(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "OFFERED_MAX", 0)
    assert await async_setup_component(hass, "repairs", {})
    entry = await async_setup(hass, mirror(NO_DATABASE))
    row = ReadingRow(Series(SubjectKind.SITE, "", "power_w", "W"), EPOCH, 1)
    registry = ir.async_get(hass)
    key = (DOMAIN, f"mirror_rows_lost_{entry.entry_id}")
    for _ in range(2):
        mirror_of(entry).offer(row)
        await async_wait(hass, lambda: key in registry.issues)
        await flush_store(registry._store)
        restarted = ir.IssueRegistry(hass)
        await restarted.async_load()
        assert restarted.issues[key].active
        # As the flow does that a person confirms.
        ir.async_delete_issue(hass, *key)
        await hass.async_block_till_done()
    mirror_of(entry).offer(row)
    await async_wait(hass, lambda: key in registry.issues)
    await hass.config_entries.async_remove(entry.entry_id)
    assert key not in registry.issues


async def test_a_backup_copies_the_spool_of_one_moment(hass: HomeAssistant) -> None:
    entry = await async_setup(hass, mirror(NO_DATABASE))
    running = mirror_of(entry)
    file = mirroring.spool_directory(hass, entry.entry_id) / "spool.sqlite"
    power = Series(SubjectKind.SITE, "", "power_w", "W")
    # Once a row is kept, the file is there.
    running.offer(ReadingRow(power, EPOCH, 0))
    await running.flush()
    await backup.async_pre_backup(hass)
    copied = file.read_bytes()
    for number in range(300_000):
        running.offer(ReadingRow(power, EPOCH + timedelta(seconds=number), number))
        if number % 100_000 == 0:
            await running.flush()
    await running.flush()
    assert file.read_bytes() == copied
    await backup.async_post_backup(hass)
    running.offer(ReadingRow(power, EPOCH, 0))
    await running.flush()
    assert file.read_bytes() != copied
    await hass.config_entries.async_unload(entry.entry_id)


def state(hass: HomeAssistant, platform: str, key: str) -> str:
    found = hass.states.get(entity_id(hass, platform, f"mirror_{key}"))
    assert found is not None
    return found.state


async def test_the_entities_follow_the_mirror(
    hass: HomeAssistant, database: TestDatabase, strip: ShellyGen2
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data | {"port": 1}), plug(strip))
    await async_wait(hass, lambda: mirror_of(entry).status().last_error)
    async_later(hass, MIRROR_INTERVAL)
    await async_wait(hass, lambda: state(hass, "sensor", "last_error") != "unknown")
    assert state(hass, "sensor", "last_error") == "unreachable"
    assert state(hass, "binary_sensor", "connected") == "off"
    assert float(state(hass, "sensor", "rows_waiting")) > 5
    assert float(state(hass, "sensor", "lag")) >= 0
    hass.config_entries.async_update_subentry(
        entry, entry.subentries["mirror"], data=data
    )
    await answer(database, data["schema"], "SELECT * FROM socket", 2)
    await async_wait(hass, lambda: not mirror_of(entry).status().rows_waiting)
    await entry.runtime_data.mirroring.coordinator.async_refresh()
    await async_wait(hass, lambda: state(hass, "binary_sensor", "connected") == "on")
    assert float(state(hass, "sensor", "rows_per_minute")) > 5
    assert float(state(hass, "sensor", "rows_waiting")) == 0
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_mirror_that_falls_behind_is_told(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass, mirror(database.data()))
    coordinator = entry.runtime_data.mirroring.coordinator
    issues = ir.async_get(hass).issues
    now = coordinator.mirror.status()
    slow = replace(now, connected=True, lag_s=MIRROR_LAG_MAX.total_seconds() + 1)
    coordinator.async_set_updated_data(slow)
    [issue] = issues.values()
    assert issue.translation_key in ENGLISH["issues"]
    coordinator.async_set_updated_data(replace(slow, lag_s=1))
    assert not issues
    # While the past is filled in, it is the past that lags.
    coordinator.async_show(Filled(50, 1_000_000))
    coordinator.async_set_updated_data(slow)
    assert not issues
    coordinator.async_show(Filled(100, 1_000_000))
    assert len(issues) == 1
    coordinator.async_set_updated_data(now)
    assert not issues
    await hass.config_entries.async_unload(entry.entry_id)


async def test_diagnostics_and_health_tell_the_state_and_no_secret(
    hass: HomeAssistant,
    database: TestDatabase,
    strip: ShellyGen2,
    hass_client: ClientSessionGenerator,
) -> None:
    secret = {"ca": "PEM text", "city": "Sarlat"}
    entry = await async_setup(hass, mirror(NO_DATABASE | secret), plug(strip))
    await async_wait(hass, lambda: mirror_of(entry).status().last_error)
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    shown: Any = told["mirror"]
    assert shown["last_error"] == "unreachable"
    assert shown["rows_waiting"] > 5
    assert shown["problems"] == {"unreachable": {}}
    assert shown["set_aside"] == []
    nul = Series(SubjectKind.ENTITY, "sensor.nul\0", "state")
    running = mirror_of(entry)
    running.offer_many(ReadingRow(nul, EPOCH, value) for value in range(3))
    await running.flush()
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    shown = told["mirror"]
    cause = {"table": "reading", "cause": "NUL in a name", "rows": 3}
    assert shown["set_aside"] == [cause]
    assert "sensor.nul" not in str(shown)
    for hidden in ("secret", *secret.values(), "127.0.0.1"):
        assert hidden not in str(told)
    assert await async_setup_component(hass, "system_health", {})
    info = await get_system_health_info(hass, DOMAIN)
    assert info["mirrors_connected"] == "0 / 1"
    assert info["mirror_rows_waiting"] > 5
    await hass.config_entries.async_unload(entry.entry_id)
