"""Computers and monitors behind the sockets behave as real ones."""

from typing import override

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
import pytest

from scripts.emulators import Computer, ComputerState, Constant, Mains, Monitor

from .conftest import ManualClock

RUNNING = {
    ComputerState.BOOTING,
    ComputerState.IDLE,
    ComputerState.BUSY,
    ComputerState.SHUTTING_DOWN,
}
WATTS = {
    ComputerState.UNPOWERED: (0, 0),
    ComputerState.STANDBY: (2, 5),
    ComputerState.BOOTING: (60, 100),
    ComputerState.IDLE: (45, 60),
    ComputerState.BUSY: (90, 135),
    ComputerState.SLEEPING: (3.5, 4.5),
    ComputerState.SHUTTING_DOWN: (45, 80),
}


class ComputerMachine(RuleBasedStateMachine):
    """Any order of mains, requests and time.

    ``rare`` lives the same life and is looked at only at the end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(1_795_165_200.0)
        self.computer = Computer(Mains(self.clock), "pc")
        self.rare = Computer(Mains(self.clock), "pc")
        self.cuts = 0
        self.energy_wh = 0.0

    @rule(seconds=st.floats(0, 1000))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(pieces=st.integers(2, 40))
    def pass_time_watched(self, pieces: int) -> None:
        for _ in range(pieces):
            self.clock.advance(7)
            self.computer.advance()

    @rule(on=st.booleans())
    def switch(self, on: bool) -> None:
        if not on and self.computer.powered:
            asleep = self.computer.state is ComputerState.SLEEPING
            self.cuts += self.computer.running or asleep
        self.computer.supply(on)
        self.rare.supply(on)

    @rule()
    def shut_down(self) -> None:
        heard = self.computer.state in {ComputerState.IDLE, ComputerState.BUSY}
        assert self.computer.shut_down() == self.rare.shut_down() == heard
        if heard:
            assert self.computer.state is ComputerState.SHUTTING_DOWN

    @rule()
    def wake(self) -> None:
        heard = self.computer.state in {ComputerState.STANDBY, ComputerState.SLEEPING}
        assert self.computer.wake() == self.rare.wake() == heard

    @rule()
    def sleep(self) -> None:
        heard = self.computer.state in {ComputerState.IDLE, ComputerState.BUSY}
        assert self.computer.sleep() == self.rare.sleep() == heard

    @rule(activity=st.sampled_from([ComputerState.IDLE, ComputerState.BUSY]))
    def work(self, activity: ComputerState) -> None:
        if self.computer.work(activity):
            assert self.computer.state is activity
        self.rare.work(activity)

    @invariant()
    def power_fits_the_state(self) -> None:
        low, high = WATTS[self.computer.state]
        assert low <= self.computer.load.real <= high

    @invariant()
    def unpowered_means_no_mains(self) -> None:
        unpowered = self.computer.state is ComputerState.UNPOWERED
        assert unpowered is not self.computer.powered

    @invariant()
    def cuts_are_counted(self) -> None:
        assert self.computer.cut_while_running == self.cuts
        assert self.computer.running == (self.computer.state in RUNNING)

    @invariant()
    def energy_only_grows(self) -> None:
        energy_wh = self.computer.drawn_wh
        assert energy_wh >= self.energy_wh
        self.energy_wh = energy_wh

    @override
    def teardown(self) -> None:
        assert self.rare.state is self.computer.state
        assert self.rare.drawn_wh == pytest.approx(self.computer.drawn_wh, rel=0.05)


TestComputer = ComputerMachine.TestCase


def test_shutting_down_takes_ten_to_thirty_seconds(
    mains: Mains, clock: ManualClock
) -> None:
    for number in range(20):
        computer = Computer(mains, f"pc {number}")
        assert computer.shut_down()
        clock.advance(9.9)
        assert computer.running
        clock.advance(20.2)
        assert computer.state is ComputerState.STANDBY


@pytest.mark.parametrize(
    ("on_ac", "state"),
    [(True, ComputerState.BOOTING), (False, ComputerState.STANDBY)],
)
def test_return_of_the_mains(mains: Mains, on_ac: bool, state: ComputerState) -> None:
    computer = Computer(mains, "pc", on_ac=on_ac, running=False)
    computer.supply(False)
    assert computer.cut_while_running == 0
    computer.supply(True)
    assert computer.state is state


def test_a_network_card_may_need_a_start_after_the_mains_return(
    mains: Mains, clock: ManualClock
) -> None:
    computer = Computer(mains, "pc", on_ac=False, wakes_after_cut=False, running=False)
    assert computer.wake()
    clock.advance(61)
    computer.shut_down()
    clock.advance(31)
    computer.supply(False)
    computer.supply(True)
    assert not computer.wake()
    assert computer.press()


def test_computer_alternates_between_idle_and_busy(
    mains: Mains, clock: ManualClock
) -> None:
    computer = Computer(mains, "pc")
    seen = set()
    for _ in range(240):
        clock.advance(15)
        seen.add(computer.state)
    assert seen == {ComputerState.IDLE, ComputerState.BUSY}


def test_monitor_follows_its_computer(mains: Mains, clock: ManualClock) -> None:
    computer = Computer(mains, "pc")
    monitor = Monitor(mains, "screen", computer=computer)
    assert 20 <= monitor.load.real <= 30
    computer.shut_down()
    clock.advance(31)
    assert monitor.load.real == pytest.approx(0.3, rel=0.05)
    monitor.supply(False)
    assert monitor.load == 0


def test_standby_has_a_poor_power_factor(mains: Mains) -> None:
    standby = Computer(mains, "pc", running=False).load
    working = Computer(mains, "pc").load
    assert standby.real / abs(standby) < 0.4
    assert working.real / abs(working) > 0.9


def test_constant_load_varies_little(mains: Mains, clock: ManualClock) -> None:
    switch = Constant(mains, "switch")
    for _ in range(100):
        clock.advance(13)
        assert switch.load.real == pytest.approx(8, rel=0.03)
