"""A station switched off: what is asked, what is waited for, what is cut."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.energy_park.model import Reason, Role
from custom_components.energy_park.park import switching
from custom_components.energy_park.park.effects import (
    Notice,
    Notify,
    Outcome,
    ShutDown,
    Switch,
)
from custom_components.energy_park.park.observation import AtLimit, Rules
from custom_components.energy_park.park.station import Learnt
from custom_components.energy_park.park.switch_off import OffPhase, OffRun
from scripts.benches._desks import Habit, System, World
from scripts.emulators import ComputerState, Outlet

from .room import EVENING, KNOWN, Room, desk, socket

PC, SCREEN = "desk", "desk monitor"
SCHEDULED = Reason.SCHEDULE
MINUTE = 60


@pytest.fixture
def world() -> World:
    return World(EVENING)


@pytest.fixture
def room(world: World) -> Room:
    return Room(desk(world))


def test_a_computer_left_on_is_warned_asked_watched_and_cut(room: Room) -> None:
    room.begin()
    room.run()
    (warned_at, notice), (asked_at, _) = (
        room.all(kind)[0] for kind in (Notify, ShutDown)
    )
    assert isinstance(notice, Notify)
    assert notice.notice is Notice.SHUTTING_DOWN_SOON
    assert asked_at - warned_at == pytest.approx(60, abs=5)
    cut_at = next(
        at for at, e in room.all(Switch) if isinstance(e, Switch) and e.socket == PC
    )
    # 10 to 30 s for the shutdown, 60 s held off
    assert 70 <= cut_at - asked_at <= 105
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    assert room.result(SCREEN) == (Outcome.OFF, SCHEDULED)
    assert room.desks[PC].computer.state is ComputerState.UNPOWERED
    assert room.cuts == 0
    assert room.job.progress == 1


def test_the_monitor_is_cut_early(room: Room) -> None:
    room.begin()
    room.run()
    times = {e.socket: at for at, e in room.all(Switch) if isinstance(e, Switch)}
    assert times[SCREEN] == room.all(ShutDown)[0][0]
    assert times[SCREEN] < times[PC]


def test_every_result_is_reported_once(room: Room) -> None:
    room.begin()
    room.run()
    assert {key: r for key, r in room.job.results.items() if r} == room.reported()


def test_a_computer_that_is_off_is_not_asked(room: Room) -> None:
    room.desks[PC].leave(Habit.SHUT_DOWN)
    room.world.run(EVENING + 60)
    room.begin()
    room.run()
    assert not room.all(ShutDown)
    assert not room.all(Notify)
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)


def test_what_has_no_mains_is_left_as_it_is(room: Room) -> None:
    for outlet in room.desks[PC].sockets.values():
        outlet.switch(False)
    room.begin()
    room.run()
    assert not room.all(Switch)
    assert room.result(PC) == (Outcome.OFF, Reason.AS_FOUND)


@pytest.mark.parametrize(
    ("system", "reason"),
    [
        (System.REFUSES, Reason.DID_NOT_SHUT_DOWN),
        (System.UNREACHABLE, Reason.ASK_FAILED),
    ],
)
def test_a_computer_that_stays_on_stays_powered_and_is_reported(
    room: Room, system: System, reason: Reason
) -> None:
    room.desks[PC].troubles.system = system
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, reason)
    assert room.switched(PC) == []
    assert room.result(SCREEN) == (Outcome.OFF, SCHEDULED)
    assert room.desks[PC].computer.running
    # asked again and again until the hard limit of two hours
    assert 5 <= len(room.all(ShutDown)) <= 30
    assert room.world.now - EVENING < 2.5 * 3600


def test_updates_may_take_their_time(room: Room) -> None:
    room.desks[PC].troubles.system = System.UPDATES
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    assert room.cuts == 0


def test_without_a_way_to_ask_it_is_left_on(room: Room) -> None:
    room.stations[PC] = replace(room.stations[PC], can_shut_down=False)
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.CANNOT_ASK)
    assert room.result(SCREEN) == (Outcome.OFF, SCHEDULED)


@pytest.mark.parametrize(
    ("learnt", "outcome"),
    [
        (Learnt(), (Outcome.SHUT_DOWN, Reason.WAKE_UNKNOWN)),
        (KNOWN, (Outcome.OFF, SCHEDULED)),
    ],
)
def test_only_what_was_commissioned_is_cut(
    world: World, learnt: Learnt, outcome: tuple[Outcome, Reason]
) -> None:
    room = Room(desk(world), learnt=learnt)
    room.begin()
    room.run()
    assert room.result(PC) == outcome
    assert room.desks[PC].computer.powered is (outcome[0] is Outcome.SHUT_DOWN)


def test_a_computer_asleep_keeps_its_session(room: Room) -> None:
    room.desks[PC].come()
    room.desks[PC].leave(Habit.SLEEP)
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.ASLEEP)
    assert not room.all(Notify)
    assert room.cuts == 0


@pytest.mark.parametrize(
    ("working", "reason"),
    [(True, Reason.WORKING), (None, Reason.PRESENCE_UNKNOWN)],
)
def test_who_works_is_not_disturbed_and_may_stay(
    room: Room, working: bool | None, reason: Reason
) -> None:
    room.working[PC] = working
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, reason)
    assert room.result(SCREEN) == (Outcome.LEFT_ON, reason)
    assert not room.all(Notify)
    assert room.world.now - EVENING == pytest.approx(7200, abs=10)


def test_who_leaves_late_is_switched_off_late(room: Room) -> None:
    room.working[PC] = True
    room.begin()
    room.world.after(3000, lambda: room.working.update({PC: False}))
    room.run()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    assert 3000 < room.world.now - EVENING < 3600


def test_a_rendering_computer_is_left_until_it_is_idle(room: Room) -> None:
    room.desks[PC].computer.work(ComputerState.BUSY)
    room.begin()
    room.world.after(1800, room.desks[PC].finish_rendering)
    room.run()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    assert room.all(Notify)[0][0] > EVENING + 1800


def test_the_hard_limit_may_force_the_question_but_not_the_cut(room: Room) -> None:
    room.desks[PC].present = True
    room.working[PC] = True
    room.begin(rules=Rules(limit=timedelta(minutes=20), at_limit=AtLimit.FORCE))
    room.run()
    assert len(room.all(ShutDown)) == 1
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.DID_NOT_SHUT_DOWN)
    # who is still there sees the question
    assert room.all(ShutDown)[0][0] < room.all(Switch)[0][0]
    assert room.switched(PC) == []


def test_a_postponed_station_waits_and_keeps_its_picture(room: Room) -> None:
    room.begin()
    for _ in range(4):
        room.step()
    until = room.now + timedelta(minutes=30)
    room.take(*switching.postpone(room.now, room.job, PC, until))
    room.world.run(until.timestamp() - 10)
    room.step()
    assert room.switched(SCREEN) == []
    room.run()
    assert room.all(ShutDown)[0][0] > until.timestamp()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)


def test_who_comes_back_while_it_is_asked_gets_the_picture_back(room: Room) -> None:
    room.desks[PC].troubles.system = System.REFUSES
    room.begin()
    while not room.all(ShutDown):
        room.step()
    room.step()
    room.working[PC] = True
    room.step()
    room.step()
    assert room.switched(SCREEN) == [False, True]
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.WORKING)


def test_who_presses_the_button_before_the_cut_keeps_the_computer(room: Room) -> None:
    room.begin()
    while room.desks[PC].computer.running:
        room.step()
    for _ in range(10):
        room.step()
    room.desks[PC].computer.press()
    for _ in range(20):
        room.step()
    assert room.switched(PC) == []
    assert room.desks[PC].computer.running
    assert room.job.stations[0].reason is Reason.STARTED_AGAIN


def test_a_persons_order_keeps_the_computer_on(room: Room) -> None:
    room.kept[PC] = Reason.OUTRANKED
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.OUTRANKED)
    assert not room.all(ShutDown)


def test_an_order_that_the_arbiter_refuses_is_not_repeated_blindly(room: Room) -> None:
    room.begin()
    while not room.switched(PC):
        room.step()
    order = Switch(PC, on=False)
    room.desks[PC].sockets[PC].switch(True)
    room.desks[PC].computer.press()
    room.take(*switching.refused(room.now, room.job, order, Reason.RUNNING))
    for _ in range(24):
        room.step()
    assert room.switched(PC) == [False]


def test_a_plug_that_vanishes_before_the_cut_is_not_cut(room: Room) -> None:
    room.begin()
    while room.desks[PC].computer.running:
        room.step()
    room.desks[PC].troubles.vanished = (room.world.now, room.world.now + 9e9)
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.UNREACHABLE)
    assert room.switched(PC) == []


def test_a_plug_that_does_not_obey_is_reported(room: Room) -> None:
    room.desks[PC].troubles.order_lost = True
    room.desks[PC].sockets[SCREEN].switch(False)
    room.begin()
    room.run()
    assert room.result(PC) == (Outcome.FAILED, Reason.NOT_CONFIRMED)


def test_a_dead_meter_shows_no_computer_off(room: Room) -> None:
    room.desks[PC].troubles.system = System.REFUSES
    room.begin()
    while not room.all(ShutDown):
        room.step()
    room.desks[PC].troubles.meter_dead_from = room.world.now
    room.run()
    assert room.switched(PC) == []
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.UNREACHABLE)


def test_a_system_that_answers_is_not_cut_whatever_the_watts_say(room: Room) -> None:
    room.desks[PC].leave(Habit.SHUT_DOWN)
    room.world.run(EVENING + 60)
    room.answers[PC] = True
    room.begin()
    room.run()
    assert room.switched(PC) == []


def test_a_restart_begins_again_at_the_guard(room: Room) -> None:
    room.begin()
    while room.desks[PC].computer.running:
        room.step()
    for _ in range(11):
        room.step()
    room.desks[PC].computer.press()
    room.restart()
    room.desks[PC].computer.work(ComputerState.BUSY)
    for _ in range(10):
        room.step()
    assert room.switched(PC) == []
    room.desks[PC].finish_rendering()
    room.run()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    assert room.cuts == 0


def test_a_job_can_be_stopped(room: Room) -> None:
    room.begin()
    while not room.all(ShutDown):
        room.step()
    room.desks[PC].computer.press()
    room.take(*switching.cancel(room.now, room.job))
    room.run()
    assert room.result(PC) == (Outcome.CANCELLED, Reason.CANCELLED)
    assert room.switched(PC) == []
    assert room.switched(SCREEN) == [False, True]


def test_observing_switches_nothing_and_tells_what_it_would_do(room: Room) -> None:
    room.begin(observe=True)
    room.run()
    assert room.result(PC) == (Outcome.OBSERVED, SCHEDULED)
    assert room.result(SCREEN) == (Outcome.OBSERVED, SCHEDULED)
    assert not room.all(Switch)
    assert not room.all(ShutDown)
    assert not room.all(Notify)


def test_one_bad_desk_holds_up_no_other(world: World) -> None:
    room = Room(*(desk(world, name, seed=n) for n, name in enumerate("abc")))
    room.desks["b"].troubles.vanished = (0, 9e12)
    room.begin()
    room.run()
    assert room.result("a") == room.result("c") == (Outcome.OFF, SCHEDULED)
    assert room.result("b") == (Outcome.LEFT_ON, Reason.UNREACHABLE)
    ends = {key[1]: result.at for key, result in room.reported().items()}
    assert max(ends["a"], ends["c"]).timestamp() - EVENING < 300


def test_what_must_stay_on_is_refused_with_its_reason(room: Room) -> None:
    room.begin(
        protected=["server", PC],
        more=[
            socket("switch", Role.NETWORK),
            socket("server", Role.OTHER),
            socket("lone pc", Role.COMPUTER),
        ],
    )
    room.run()
    assert {
        name: room.result(name) for name in ("switch", "server", "lone pc", PC)
    } == {
        "switch": (Outcome.REFUSED, Reason.PROTECTED),
        "server": (Outcome.REFUSED, Reason.PROTECTED),
        "lone pc": (Outcome.REFUSED, Reason.WAKE_UNKNOWN),
        PC: (Outcome.REFUSED, Reason.PROTECTED),
    }
    assert room.result(SCREEN) == (Outcome.REFUSED, Reason.PROTECTED)
    assert not room.all(Switch)
    assert {key[1] for key in room.reported()} == {
        "switch",
        "server",
        "lone pc",
        PC,
        SCREEN,
    }


def test_a_shared_monitor_stays_and_a_shared_computer_is_not_cut(world: World) -> None:
    room = Room(desk(world))
    shared = frozenset({PC, SCREEN})
    room.stations[PC] = replace(room.stations[PC], shared=shared)
    room.begin()
    room.run()
    assert room.result(SCREEN) == (Outcome.REFUSED, Reason.SHARED)
    assert room.result(PC) == (Outcome.SHUT_DOWN, Reason.SHARED)


def test_monitors_alone_are_cut_at_once(room: Room) -> None:
    room.begin(role=Role.MONITOR)
    room.run()
    assert room.result(SCREEN) == (Outcome.OFF, SCHEDULED)
    assert room.result(PC) is None
    assert room.world.now - EVENING < 20


def test_computers_alone_leave_their_monitors(room: Room) -> None:
    room.begin(role=Role.COMPUTER)
    room.run()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    assert room.result(SCREEN) is None
    assert room.desks[PC].sockets[SCREEN].on


def test_a_protected_monitor_stays_lit(room: Room) -> None:
    room.begin(protected=[SCREEN])
    room.run()
    assert room.result(SCREEN) == (Outcome.REFUSED, Reason.PROTECTED)
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)


def test_a_refused_monitor_is_told(room: Room) -> None:
    room.begin(role=Role.MONITOR)
    room.step(1)
    order = Switch(SCREEN, on=False)
    room.take(*switching.refused(room.now, room.job, order, Reason.OUTRANKED))
    room.run()
    assert room.result(SCREEN) == (Outcome.REFUSED, Reason.OUTRANKED)


def test_a_station_that_was_removed_ends_its_part(room: Room) -> None:
    room.begin()
    room.step()
    room.stations.clear()
    room.run()
    assert room.result(PC) == (Outcome.CANCELLED, Reason.CANCELLED)
    assert not room.all(Switch)


def test_a_station_that_moved_to_another_socket_is_left_alone(room: Room) -> None:
    room.begin()
    room.step()
    room.stations[PC] = replace(room.stations[PC], computer=SCREEN)
    room.run()
    assert room.result(PC) == (Outcome.CANCELLED, Reason.CANCELLED)
    assert not room.all(Switch)


def test_a_station_postponed_at_the_limit_is_left_on(room: Room) -> None:
    room.begin(rules=Rules(limit=timedelta(seconds=10)))
    for _ in range(5):
        room.step()
    until = room.now + timedelta(hours=1)
    room.take(*switching.postpone(room.now, room.job, None, until))
    room.run()
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.POSTPONED)
    assert not room.all(ShutDown)


def test_who_shuts_down_during_the_countdown_is_not_asked(room: Room) -> None:
    room.begin()
    room.step()
    room.desks[PC].leave(Habit.SHUT_DOWN)
    room.run()
    assert not room.all(ShutDown)
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)


def test_too_late_to_stop_or_to_postpone_is_seen_to_its_end(room: Room) -> None:
    room.begin()
    while not room.switched(PC):
        room.step(0)
        room.world.run(room.world.now + 1)
    until = room.now + timedelta(hours=1)
    room.take(*switching.postpone(room.now, room.job, PC, until))
    room.take(*switching.cancel(room.now, room.job))
    room.take(*switching.failed(room.now, room.job, ShutDown(PC)))
    room.run()
    assert room.result(PC) == (Outcome.OFF, SCHEDULED)


def test_a_presence_that_comes_during_the_countdown_counts(room: Room) -> None:
    room.begin()
    room.step()
    room.step()
    room.working[PC] = True
    room.run()
    assert not room.all(ShutDown)
    assert room.result(PC) == (Outcome.LEFT_ON, Reason.WORKING)


def test_loose_sockets_are_cut_at_once_and_can_be_stopped(room: Room) -> None:
    lamp = Outlet(room.desks[PC].computer.mains, 2, on=True)
    room.desks[PC].sockets["lamp"] = lamp
    room.begin(more=[socket("lamp", Role.OTHER)])
    room.take(*switching.cancel(room.now, room.job))
    room.run()
    assert room.result("lamp") == (Outcome.CANCELLED, Reason.CANCELLED)
    room.begin(more=[socket("lamp", Role.OTHER)])
    room.run()
    assert room.result("lamp") == (Outcome.OFF, SCHEDULED)


def look_away(room: Room, seconds: float) -> OffRun:
    """Go on with the job for a while without a reading; return the station's run."""
    ends = room.world.now + seconds
    while room.world.now < ends:
        room.take(*switching.step(room.now, room.job, room.known()))
        room.world.run(room.world.now + 5)
    (run,) = room.job.stations
    assert isinstance(run, OffRun)
    return run


@pytest.mark.parametrize("answers", [True, False])
def test_after_a_pause_a_fresh_reading_is_waited_for(
    room: Room, *, answers: bool
) -> None:
    """While a job pauses its plug is asked less often, and the last answer is old."""
    room.working[PC] = True
    room.begin()
    room.step()
    room.working[PC] = False
    rules = room.job.rules
    run = look_away(room, rules.retry.total_seconds() + 20)
    assert run.phase is OffPhase.GUARD
    if answers:
        room.run()
        assert room.result(PC) == (Outcome.OFF, SCHEDULED)
    else:
        run = look_away(room, rules.confirm.total_seconds())
        assert (run.phase, run.reason) == (OffPhase.DEFERRED, Reason.UNREACHABLE)
