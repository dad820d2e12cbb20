"""What the blueprints of a computer park do to real sockets."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from scripts.emulators import Computer, Constant, Mains, Monitor, Outlet, ShellyGen2

from .automations import async_automate
from .common import async_capture_events
from .parks import async_later, async_setup, async_wait, entity_id, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

COMPUTER, MONITOR, LAMP = range(3)
ROLES = ("computer", "monitor", "other")
AT_ONCE = {"minutes": 0}


@pytest.fixture(autouse=True)
def own_folder(hass: HomeAssistant, tmp_path: Path) -> None:
    """Keep what is written from the harness and from other tests."""
    hass.config.config_dir = str(tmp_path)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Schedules and automations wait for as long as Home Assistant runs."""
    return True


@pytest.fixture
async def strip() -> AsyncIterator[ShellyGen2]:
    """A computer that runs, the monitor of one that does not, and a lamp."""
    mains = Mains()
    off = Computer(mains, "off", running=False)
    appliances = [
        Computer(mains, "busy"),
        Monitor(mains, "monitor", computer=off, standby_w=1.5),
        Constant(mains, "lamp", power_w=20),
    ]
    outlets = [Outlet(mains, n, appliance=load) for n, load in enumerate(appliances)]
    async with ShellyGen2(mac="aa0000000001", sockets=outlets, mains=mains) as emulated:
        yield emulated


async def async_setup_room(hass: HomeAssistant, strip: ShellyGen2) -> str:
    """Set a room up; return its switch."""
    await async_setup(hass, sector("Room A", "room"), plug(strip, "room", ROLES))
    return entity_id(hass, "switch", "room_all")


def lit(strip: ShellyGen2) -> list[bool]:
    """Which sockets are on: the computer's, the monitor's, the lamp's."""
    return [socket.on for socket in strip.sockets.values()]


async def async_run(hass: HomeAssistant, automation: str) -> None:
    """Have an automation do what it does when its time has come."""
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": automation}, blocking=True
    )


async def test_a_schedule_is_applied_at_the_start_and_an_exception_breaks_it(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    room = await async_setup_room(hass, strip)
    assert await async_setup_component(
        hass, "schedule", {"schedule": {"never": {"name": "Never"}}}
    )
    dated = {"has_date": True, "has_time": True}
    assert await async_setup_component(
        hass, "input_datetime", {"input_datetime": {"start": dated, "end": dated}}
    )
    await async_automate(
        hass,
        "sector_schedule",
        {
            "sectors": [room],
            "schedule": "schedule.never",
            "exception_start": "input_datetime.start",
            "exception_end": "input_datetime.end",
            "ready_before": {"minutes": 10},
        },
    )
    # Nobody had to wait for the hours to change; the computer that runs stays on.
    await async_wait(hass, lambda: lit(strip) == [True, False, False], settle=False)

    soon = dt_util.now() + timedelta(minutes=8)
    for helper, at in (("end", soon + timedelta(hours=1)), ("start", soon)):
        await hass.services.async_call(
            "input_datetime",
            "set_datetime",
            {"entity_id": f"input_datetime.{helper}", "datetime": at.isoformat()},
            blocking=True,
        )
    await async_wait(hass, lambda: all(lit(strip)), settle=False)


async def test_the_evening_round_tells_and_switches_off_what_is_left_on(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    room = await async_setup_room(hass, strip)
    told = async_capture_events(hass, "told")
    round_ = await async_automate(
        hass,
        "evening_round",
        {
            "sectors": [room],
            "countdown": AT_ONCE,
            "tell": [
                {"event": "told", "event_data": {"names": "{{ left_on }}"}},
            ],
        },
    )
    await async_run(hass, round_)
    await async_wait(hass, lambda: lit(strip) == [True, False, False])
    assert [event.data["names"] for event in told] == [["Socket 0", "Socket 2"]]


async def test_what_is_in_standby_is_cut_and_a_computer_is_not(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    room = await async_setup_room(hass, strip)
    killer = await async_automate(
        hass, "standby_killer", {"sectors": [room], "standby_for": AT_ONCE}
    )
    await async_run(hass, killer)
    await async_wait(hass, lambda: lit(strip) == [True, False, True])


async def test_what_is_not_long_in_standby_is_left(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    room = await async_setup_room(hass, strip)
    killer = await async_automate(
        hass, "standby_killer", {"sectors": [room], "standby_for": {"hours": 1}}
    )
    await async_run(hass, killer)
    await hass.async_block_till_done()
    assert all(lit(strip))


async def test_a_window_wakes_does_and_ends_when_the_power_is_low(
    hass: HomeAssistant, strip: ShellyGen2
) -> None:
    room = await async_setup_room(hass, strip)
    strip.sockets[LAMP].switch(False)
    updates = async_capture_events(hass, "update")
    hass.states.async_set("sensor.room_power", "300")
    window = await async_automate(
        hass,
        "maintenance_window",
        {
            "sectors": [room],
            "power": "sensor.room_power",
            "start_up": AT_ONCE,
            "update": [{"event": "update"}],
            "low_for": 1,
        },
    )
    run = hass.async_create_task(async_run(hass, window))
    await async_wait(hass, lambda: updates, settle=False)
    assert all(lit(strip)), "all is on before anything is done"
    for power, done in (("300", False), ("unknown", False), ("50", True)):
        hass.states.async_set("sensor.room_power", power)
        async_later(hass, timedelta(seconds=61))
        if done:
            await run
        else:
            await async_wait(hass, lambda: not run.done(), settle=False)
            assert all(lit(strip)), "what is not known is not low"
    await async_wait(hass, lambda: lit(strip) == [True, False, False])


@pytest.mark.parametrize(
    ("inputs", "strained", "over"),
    [
        ({"tempo": "sensor.s"}, ("Rouge", {}), ("Bleu", {})),
        ({"tempo": "sensor.s"}, ("red", {}), ("white", {})),
        (
            {"ecowatt": "sensor.s"},
            ("Coupures possibles", {"level_code": 3}),
            ("Pas de coupure", {"level_code": 1}),
        ),
    ],
)
async def test_settings_are_stricter_while_the_grid_is_strained(
    hass: HomeAssistant,
    inputs: dict[str, Any],
    strained: tuple[str, dict[str, Any]],
    over: tuple[str, dict[str, Any]],
) -> None:
    await async_setup(hass)
    limits = {"min": 0, "max": 60, "initial": 20}
    assert await async_setup_component(
        hass, "input_number", {"input_number": {"hold": limits}}
    )
    said = async_capture_events(hass, "said")
    hass.states.async_set("sensor.s", *over)
    await async_automate(
        hass,
        "sobriety",
        {
            **inputs,
            "settings": ["input_number.hold"],
            "begins": [{"event": "said", "event_data": {"what": "begins"}}],
            "ends": [{"event": "said", "event_data": {"what": "ends"}}],
        },
    )

    def hold() -> str:
        state = hass.states.get("input_number.hold")
        assert state is not None
        return state.state

    for state, expected in (
        (strained, "5.0"),
        # What is not known is not over.
        (("unavailable", {}), "5.0"),
        (over, "30.0"),
    ):
        hass.states.async_set("sensor.s", *state)
        await hass.async_block_till_done()
        assert hold() == expected
    assert [event.data["what"] for event in said] == ["begins", "ends"]
