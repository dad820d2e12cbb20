"""A room of eight desks: its hardware, its people, and the troubles of an evening."""

from random import Random

from custom_components.energy_park.park import commissioning, sleep_test
from custom_components.energy_park.park.commissioning import Commissioning
from custom_components.energy_park.park.effects import (
    Effect,
    Notice,
    Notify,
    SendMagicPacket,
    ShutDown,
    Switch,
)
from custom_components.energy_park.park.observation import Observations
from custom_components.energy_park.park.sleep_test import SleepTest
from custom_components.energy_park.park.station import Learnt, Station

from ._desks import HOUR_S, MINUTE_S, Desk, Habit, Hardware, System, Troubles, World

# Friday 20 November 2026, 18:00 in Paris: the room closes.
CLOSES = 1_795_194_000.0
OPENS = CLOSES + 13 * HOUR_S
BEGINS = CLOSES - 10 * MINUTE_S

ROOM = {
    "tower": Hardware(
        idle_w=50, busy_w=110, standby_w=2.5, sleep_w=4.0, on_ac=True, presence=True
    ),
    "tower by packet": Hardware(
        idle_w=45, busy_w=100, standby_w=1.8, sleep_w=3.2, on_ac=False
    ),
    "tower never cut": Hardware(
        idle_w=55,
        busy_w=120,
        standby_w=2.2,
        sleep_w=3.9,
        on_ac=False,
        wakes_after_cut=False,
    ),
    "mini": Hardware(
        idle_w=9, busy_w=25, standby_w=0.8, sleep_w=2.2, on_ac=True, presence=True
    ),
    "mini by packet": Hardware(
        idle_w=7, busy_w=18, standby_w=0.3, sleep_w=1.2, on_ac=False
    ),
    "workstation": Hardware(
        idle_w=70, busy_w=180, standby_w=4.2, sleep_w=5.5, on_ac=True, presence=True
    ),
    "sleeps like off": Hardware(
        idle_w=48, busy_w=105, standby_w=2.0, sleep_w=2.3, on_ac=True
    ),
    "not commissioned": Hardware(
        idle_w=50,
        busy_w=110,
        standby_w=2.5,
        sleep_w=4.0,
        on_ac=True,
        commissioned=False,
    ),
}


def build(world: World, evening: int) -> list[Desk]:
    """Return the room as one evening finds it, the same each time it is asked."""
    desks = []
    for name, hardware in ROOM.items():
        rng = Random(f"{evening}/{name}")
        desk = Desk(world=world, name=name, hardware=hardware, rng=rng)
        desk.troubles = _troubles(rng)
        desk.come()
        _live(desk)
        desks.append(desk)
    return desks


def _span(rng: Random) -> tuple[float, float]:
    """Return when something is out of order, mostly while the room is switched off."""
    begins = CLOSES + rng.choice((rng.uniform(-300, 600), rng.uniform(0, 4 * HOUR_S)))
    return begins, begins + rng.expovariate(1 / (20 * MINUTE_S))


def _troubles(rng: Random) -> Troubles:
    """Draw what fails this evening; mostly nothing does."""
    troubles = Troubles(
        system=rng.choices(list(System), weights=(82, 5, 5, 4, 4))[0],
        order_lost=rng.random() < 0.04,
        order_late_s=rng.uniform(0.5, 2) if rng.random() < 0.04 else 0.0,
        presence_silent=rng.random() < 0.05,
    )
    match rng.choices(("none", "gone", "stale", "dead", "silent"), (84, 6, 6, 2, 2))[0]:
        case "gone":
            troubles.vanished = _span(rng)
        case "stale":
            troubles.stale = _span(rng)
        case "dead":
            troubles.meter_dead_from = _span(rng)[0]
        case "silent":
            troubles.meter_silent_from = _span(rng)[0]
    return troubles


def _live(desk: Desk) -> None:
    """Plan when the person leaves, comes back, and leaves again."""
    rng, world = desk.rng, desk.world
    leaves = rng.uniform(BEGINS, CLOSES)
    if rng.random() < 0.45:
        leaves = CLOSES + rng.expovariate(1 / (40 * MINUTE_S))
    habits = rng.choices(list(Habit), weights=(55, 27, 12, 6), k=2)
    world.at(leaves, lambda: desk.leave(habits[0]))
    if habits[0] is Habit.RENDER:
        ends = leaves + rng.uniform(10 * MINUTE_S, 3 * HOUR_S)
        world.at(ends, desk.finish_rendering)
    if rng.random() < 0.1:
        comes = rng.choice(
            (
                CLOSES + rng.uniform(0, 10 * MINUTE_S),
                leaves + rng.uniform(10 * MINUTE_S, 3 * HOUR_S),
            )
        )
        if comes > leaves:
            world.at(comes, desk.come)
            stays = rng.uniform(5 * MINUTE_S, 60 * MINUTE_S)
            world.at(comes + stays, lambda: desk.leave(habits[1]))


def commission(hardware: Hardware, name: str) -> Learnt:
    """Find out how a computer starts and what it draws, by the runs a person starts."""
    world = World(CLOSES - 6 * HOUR_S)
    desk = Desk(world=world, name=name, hardware=hardware, rng=Random(name))
    desk.come()
    station = desk.station(Learnt(), None)
    run = Commissioning.of(station)
    while not run.done:
        run, effects = commissioning.step(world.time, run, _look(desk, station))
        _carry_out(desk, effects)
        world.run(world.now + 5)
    assert run.learnt is not None
    station = desk.station(run.learnt, None)
    desk.computer.press()
    world.run(world.now + 3 * MINUTE_S)
    test = SleepTest(station=station.id)
    while not test.done:
        test, effects = sleep_test.step(world.time, test, _look(desk, station))
        _carry_out(desk, effects)
        world.run(world.now + 5)
    assert test.learnt is not None
    return test.learnt


def _look(desk: Desk, station: Station) -> Observations:
    desk.poll()
    return Observations(stations={station.id: station}, samples=desk.samples)


def _carry_out(desk: Desk, effects: tuple[Effect, ...]) -> None:
    """Do for a test what is asked; nobody works here."""
    for effect in effects:
        match effect:
            case ShutDown():
                desk.present = False
                desk.ask_to_shut_down()
            case Switch(socket, on):
                desk.switch(socket, on)
            case SendMagicPacket():
                desk.computer.wake()
            case Notify(notice=Notice.START_BY_HAND):
                desk.world.after(MINUTE_S, desk.come)
            case Notify(notice=Notice.SEND_TO_SLEEP):
                desk.world.after(MINUTE_S, desk.computer.sleep)
            case _:
                pass
