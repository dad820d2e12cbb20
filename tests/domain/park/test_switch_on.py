"""A station switched on: fed, started, proven by its watts, its monitor last."""

from dataclasses import replace
from itertools import pairwise

import pytest

from custom_components.energy_park.model import Reason, Role
from custom_components.energy_park.park import switching
from custom_components.energy_park.park.effects import (
    Outcome,
    SendMagicPacket,
    Switch,
    WakeByAction,
)
from custom_components.energy_park.park.station import Learnt, Wake
from scripts.benches._desks import Habit, Hardware, World
from scripts.emulators import ComputerState, Outlet

from .room import EVENING, KNOWN, TOWER, Room, desk, socket

PC, SCREEN = "desk", "desk monitor"
BY_PACKET = replace(TOWER, on_ac=False)


def off(
    hardware: Hardware = TOWER, learnt: Learnt = KNOWN, *, cut: bool = True
) -> Room:
    """A desk whose computer is off, cut or fed."""
    left = desk(World(EVENING), hardware=hardware)
    left.leave(Habit.SHUT_DOWN)
    left.world.run(EVENING + 60)
    if cut:
        for outlet in left.sockets.values():
            outlet.switch(False)
    return Room(left, learnt=learnt)


def woken_by(wake: Wake, returns: bool = True) -> Learnt:
    return replace(KNOWN, wake=wake, returns=returns)


def test_mains_start_a_computer_and_its_monitor_comes_last() -> None:
    room = off()
    room.begin(on=True)
    room.run(seconds=1)
    assert room.result(PC) == (Outcome.ON, Reason.SCHEDULE)
    assert room.result(SCREEN) == (Outcome.ON, Reason.SCHEDULE)
    assert [e.socket for _, e in room.all(Switch) if isinstance(e, Switch)] == [
        PC,
        SCREEN,
    ]
    assert not room.all(SendMagicPacket)
    assert room.desks[PC].computer.running


def test_packets_start_a_computer_once_its_card_is_up() -> None:
    room = off(BY_PACKET, woken_by(Wake.PLUG_THEN_WOL))
    room.begin(on=True)
    room.run(seconds=1)
    packets = [at for at, _ in room.all(SendMagicPacket)]
    fed_at = room.all(Switch)[0][0]
    assert packets[0] - fed_at >= 10
    assert len(packets) == 3
    assert packets[2] - packets[0] == pytest.approx(4, abs=1)
    assert room.result(PC) == (Outcome.ON, Reason.SCHEDULE)


def test_packets_that_get_lost_are_sent_once_more_then_it_is_told() -> None:
    deaf = replace(BY_PACKET, wakes_after_cut=False)
    room = off(deaf, woken_by(Wake.PLUG_THEN_WOL))
    room.begin(on=True)
    room.run()
    assert len(room.all(SendMagicPacket)) == 6
    assert room.result(PC) == (Outcome.FAILED, Reason.DID_NOT_START)
    # whoever presses the button sees a picture
    assert room.result(SCREEN) == (Outcome.ON, Reason.SCHEDULE)


def test_an_action_starts_a_computer() -> None:
    room = off(BY_PACKET, woken_by(Wake.ACTION))
    room.stations[PC] = replace(room.stations[PC], can_wake=True, mac=None)
    room.begin(on=True)
    room.run()
    assert len(room.all(WakeByAction)) == 1
    assert room.result(PC) == (Outcome.ON, Reason.SCHEDULE)


def test_a_computer_that_runs_is_left_alone() -> None:
    room = Room(desk(World(EVENING)))
    room.begin(on=True)
    room.run()
    assert room.result(PC) == (Outcome.ON, Reason.AS_FOUND)
    assert room.result(SCREEN) == (Outcome.ON, Reason.AS_FOUND)
    assert not room.all(Switch)


def test_a_fed_computer_that_only_the_mains_start_is_fed_anew() -> None:
    room = off(cut=False)
    room.stations[PC] = replace(room.stations[PC], mac=None)
    room.begin(on=True)
    room.run()
    assert room.switched(PC) == [False, True]
    assert room.result(PC) == (Outcome.ON, Reason.SCHEDULE)
    assert room.cuts == 0


def test_a_power_cycle_waits_until_it_is_off_for_sure() -> None:
    room = off(cut=False)
    room.stations[PC] = replace(room.stations[PC], mac=None)
    room.begin(on=True)
    for _ in range(6):
        room.step()
    room.desks[PC].computer.press()
    room.run()
    assert room.switched(PC) == []
    assert room.cuts == 0


@pytest.mark.parametrize(
    ("learnt", "reason"),
    [
        (Learnt(), Reason.WAKE_UNKNOWN),
        (woken_by(Wake.WOL_ONLY, returns=False), Reason.WAKE_UNKNOWN),
        (replace(KNOWN, sleep_w=2.6), Reason.WAKE_UNKNOWN),
    ],
)
def test_without_a_proven_way_nothing_is_cut_to_start_it(
    learnt: Learnt, reason: Reason
) -> None:
    room = off(BY_PACKET, learnt, cut=False)
    room.stations[PC] = replace(room.stations[PC], mac=None)
    room.begin(on=True)
    room.run()
    assert room.result(PC) == (Outcome.FAILED, reason)
    assert room.switched(PC) == []


def test_a_sleeping_computer_is_woken_by_a_packet() -> None:
    left = desk(World(EVENING), hardware=BY_PACKET)
    left.come()
    left.leave(Habit.SLEEP)
    room = Room(left, learnt=woken_by(Wake.WOL_ONLY, returns=False))
    room.begin(on=True)
    room.run()
    assert room.result(PC) == (Outcome.ON, Reason.SCHEDULE)
    assert left.computer.state in {ComputerState.IDLE, ComputerState.BUSY}


def test_a_gulp_of_the_supply_is_no_running_computer() -> None:
    room = off(BY_PACKET, woken_by(Wake.PLUG_THEN_WOL))
    room.begin(on=True)
    while not room.all(SendMagicPacket):
        room.step(1)
    room.desks[PC].computer.sleep()
    room.run()
    started = room.reported()[PC, PC].at.timestamp()
    assert started - room.all(SendMagicPacket)[0][0] >= 10


def test_computers_start_one_after_the_other() -> None:
    world = World(EVENING)
    desks = []
    for name in ("a", "b", "c"):
        left = desk(world, name)
        left.leave(Habit.SHUT_DOWN)
        desks.append(left)
    world.run(EVENING + 60)
    for left in desks:
        for outlet in left.sockets.values():
            outlet.switch(False)
    room = Room(*desks)
    room.begin(on=True)
    room.run(seconds=0.5)
    fed = [
        at for at, e in room.all(Switch) if isinstance(e, Switch) and e.socket in "abc"
    ]
    assert [b - a for a, b in pairwise(fed)] == [2, 2]


def test_the_network_comes_first_and_has_time_to_boot() -> None:
    room = off()
    sockets = room.desks[PC].sockets
    sockets["network"] = Outlet(room.desks[PC].computer.mains, 2, on=False)
    room.begin(on=True, more=[socket("network", Role.NETWORK)])
    room.run(seconds=1)
    at = {e.socket: at for at, e in room.all(Switch) if isinstance(e, Switch)}
    assert at[PC] - at["network"] >= 60
    assert room.result("network") == (Outcome.ON, Reason.SCHEDULE)


def test_a_network_that_is_up_holds_up_nothing() -> None:
    room = off()
    sockets = room.desks[PC].sockets
    sockets["network"] = Outlet(room.desks[PC].computer.mains, 2, on=True)
    room.begin(on=True, more=[socket("network", Role.NETWORK)])
    room.step(1)
    room.step(1)
    room.step(1)
    assert room.switched(PC) == [True]


def test_a_plug_that_is_gone_is_told() -> None:
    room = off()
    room.desks[PC].troubles.vanished = (0, 9e12)
    room.begin(on=True)
    room.run()
    assert room.result(PC) == (Outcome.FAILED, Reason.UNREACHABLE)


def test_a_restart_goes_on_switching_on() -> None:
    room = off()
    room.begin(on=True)
    room.step()
    room.step()
    room.restart()
    room.run()
    assert room.result(PC)[0] is Outcome.ON
    assert room.result(SCREEN) == (Outcome.ON, Reason.SCHEDULE)
    assert room.cuts == 0


def test_observing_feeds_nothing() -> None:
    room = off()
    room.begin(on=True, observe=True)
    room.run()
    assert room.result(PC) == (Outcome.OBSERVED, Reason.SCHEDULE)
    assert not room.all(Switch)


def test_loose_sockets_come_after_the_stations_in_turn() -> None:
    room = off()
    sockets = room.desks[PC].sockets
    for name in ("lamp", "printer"):
        sockets[name] = Outlet(room.desks[PC].computer.mains, 2, on=False)
    room.begin(
        on=True, more=[socket("lamp", Role.OTHER), socket("printer", Role.OTHER)]
    )
    room.run(seconds=1)
    at = {e.socket: at for at, e in room.all(Switch) if isinstance(e, Switch)}
    assert at[PC] < at["lamp"] < at["printer"]
    assert room.result("printer") == (Outcome.ON, Reason.SCHEDULE)


def test_a_refusal_ends_what_was_refused() -> None:
    room = off()
    room.begin(on=True)
    room.step(1)
    order = Switch(PC, on=True)
    room.take(*switching.refused(room.now, room.job, order, Reason.SHED))
    room.run()
    assert room.result(PC) == (Outcome.REFUSED, Reason.SHED)


def test_a_power_cycle_that_is_refused_is_told() -> None:
    room = off(cut=False)
    room.stations[PC] = replace(room.stations[PC], mac=None)
    room.begin(on=True)
    while not room.switched(PC):
        room.step()
    order = Switch(PC, on=False)
    room.take(*switching.refused(room.now, room.job, order, Reason.RUNNING))
    room.run()
    assert room.result(PC) == (Outcome.FAILED, Reason.RUNNING)


def test_switching_on_can_be_stopped() -> None:
    room = off()
    room.begin(on=True)
    room.take(*switching.cancel(room.now, room.job))
    room.run()
    assert room.result(PC) == (Outcome.CANCELLED, Reason.CANCELLED)
    assert room.result(SCREEN) == (Outcome.CANCELLED, Reason.CANCELLED)
    assert not room.all(Switch)


def test_a_station_that_was_removed_ends_its_part() -> None:
    room = off()
    room.begin(on=True)
    room.step(1)
    room.stations.clear()
    room.run()
    assert room.result(PC) == (Outcome.CANCELLED, Reason.CANCELLED)


def test_a_plug_that_vanishes_while_it_starts_is_told() -> None:
    room = off(BY_PACKET, woken_by(Wake.PLUG_THEN_WOL))
    room.begin(on=True)
    while not room.all(SendMagicPacket):
        room.step(1)
    room.desks[PC].computer.shut_down()
    room.desks[PC].troubles.vanished = (0, 9e12)
    room.run()
    assert room.result(PC) == (Outcome.FAILED, Reason.UNREACHABLE)
