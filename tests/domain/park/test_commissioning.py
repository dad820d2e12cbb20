"""A commissioning run finds by the watts what starts a computer, and harms nobody."""

from dataclasses import replace

import pytest

from custom_components.energy_park.model import Reason
from custom_components.energy_park.park import commissioning, sleep_test
from custom_components.energy_park.park.commissioning import Commissioning
from custom_components.energy_park.park.effects import Effect, Notice, Notify, Switch
from custom_components.energy_park.park.sleep_test import SleepTest
from custom_components.energy_park.park.station import Learnt, Station, Wake
from scripts.benches._desks import Habit, Hardware, System, World
from scripts.benches._room import ROOM, commission

from .room import EVENING, KNOWN, TOWER, Room, desk


class Bench(Room):
    """One desk under test; ``hand`` presses the button when that is asked."""

    hand = True

    def commission(self, ticks: int = 2000) -> Commissioning:
        run = Commissioning.of(self.stations["desk"])
        for _ in range(ticks):
            if run.done:
                break
            run, effects = commissioning.step(self.now, run, self.look())
            self.carry_out(effects)
            self.world.run(self.world.now + 5)
        return run

    def carry_out(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            self.effects.append((self.world.now, effect))
            if isinstance(effect, Notify) and self.hand:
                self.desks["desk"].computer.press()
            self._carry_out(effect)


def bench(hardware: Hardware = TOWER) -> Bench:
    return Bench(desk(World(EVENING), hardware=hardware), learnt=Learnt())


@pytest.mark.parametrize(
    ("kind", "wake", "returns"),
    [
        ("tower", Wake.BIOS_ON_AC, True),
        ("tower by packet", Wake.PLUG_THEN_WOL, True),
        ("tower never cut", Wake.WOL_ONLY, False),
        ("mini", Wake.BIOS_ON_AC, True),
        ("mini by packet", Wake.PLUG_THEN_WOL, True),
    ],
)
def test_the_way_that_works_is_found(kind: str, wake: Wake, returns: bool) -> None:
    learnt = commission(ROOM[kind], kind)
    assert (learnt.wake, learnt.returns) == (wake, returns)
    hardware = ROOM[kind]
    off_w = hardware.standby_w if hardware.standby_w > 0.4 else 0
    assert learnt.off_w == pytest.approx((off_w, off_w), rel=0.05)
    assert learnt.sleep_w == pytest.approx(hardware.sleep_w, rel=0.05)


def test_an_action_that_works_after_a_cut_is_found() -> None:
    room = bench(replace(TOWER, on_ac=False, mac=False))
    room.stations["desk"] = replace(room.stations["desk"], can_wake=True)
    run = room.commission()
    assert run.learnt is not None
    assert (run.learnt.wake, run.learnt.returns) == (Wake.ACTION, True)


def test_nothing_that_works_is_a_finding_and_leaves_it_fed() -> None:
    room = bench(replace(TOWER, on_ac=False, mac=False))
    run = room.commission()
    assert run.learnt is not None
    assert (run.learnt.wake, run.learnt.returns) == (Wake.UNKNOWN, False)
    assert room.desks["desk"].computer.powered


def test_nobody_presses_the_button() -> None:
    room = bench(replace(TOWER, on_ac=False, wakes_after_cut=False))
    room.hand = False
    run = room.commission()
    assert run.learnt is not None
    assert run.learnt.wake is Wake.UNKNOWN


def test_a_computer_that_refuses_is_not_cut() -> None:
    room = bench()
    room.desks["desk"].troubles.system = System.REFUSES
    run = room.commission()
    assert run.failure is Reason.DID_NOT_SHUT_DOWN
    assert not room.all(Switch)


def test_a_computer_that_is_off_cannot_be_measured() -> None:
    room = bench()
    room.desks["desk"].leave(Habit.SHUT_DOWN)
    room.world.run(EVENING + 60)
    assert room.commission().failure is Reason.DID_NOT_START


def test_a_plug_that_is_silent_ends_the_run() -> None:
    room = bench()
    room.desks["desk"].troubles.meter_silent_from = 0
    assert room.commission().failure is Reason.UNREACHABLE


def test_a_plug_that_does_not_obey_proves_nothing() -> None:
    room = bench()
    room.desks["desk"].troubles.order_lost = True
    run = room.commission()
    assert run.failure is Reason.NOT_CONFIRMED


@pytest.mark.parametrize(
    ("station", "reason"),
    [
        (Station(id="desk", name="", computer="desk"), Reason.CANNOT_ASK),
        (
            Station(
                id="desk",
                name="",
                computer="desk",
                can_shut_down=True,
                shared=frozenset({"desk"}),
            ),
            Reason.SHARED,
        ),
    ],
)
def test_some_stations_are_refused(station: Station, reason: Reason) -> None:
    room = bench()
    room.stations["desk"] = station
    run = room.commission()
    assert run.failure is reason
    assert not room.effects


def test_a_cancelled_run_leaves_the_socket_fed() -> None:
    room = bench()
    run = room.commission(ticks=40)
    run, effects = commissioning.cancel(run)
    assert run.done
    assert effects == (Switch("desk", on=True),)
    assert commissioning.cancel(run) == (run, ())


def test_what_it_draws_asleep_is_measured() -> None:
    room = Bench(desk(World(EVENING)), learnt=replace(KNOWN, sleep_w=None))
    run = SleepTest(station="desk")
    for _ in range(60):
        run, effects = sleep_test.step(room.now, run, room.look())
        for effect in effects:
            assert isinstance(effect, Notify)
            assert effect.notice is Notice.SEND_TO_SLEEP
            room.desks["desk"].computer.sleep()
        room.world.run(room.world.now + 5)
    assert run.learnt is not None
    assert run.learnt.sleep_w == pytest.approx(4, rel=0.05)
    assert run.learnt.wake is KNOWN.wake


def test_who_does_not_sleep_within_the_time_is_not_measured() -> None:
    room = Bench(desk(World(EVENING)))
    run = SleepTest(station="desk")
    for _ in range(200):
        run, _ = sleep_test.step(room.now, run, room.look())
        room.world.run(room.world.now + 5)
    assert run.failure is Reason.DID_NOT_SHUT_DOWN
    assert run.learnt is None
