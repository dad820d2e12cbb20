"""How far a job has come, and a part of it that is left alone."""

import pytest

from custom_components.energy_park.model import Reason, Source
from custom_components.energy_park.park import switching
from custom_components.energy_park.park.arbiter import outranks
from custom_components.energy_park.park.effects import Outcome
from custom_components.energy_park.park.progress import Stage, reason_of, stage_of
from scripts.benches._desks import World

from .room import EVENING, Room, desk


@pytest.fixture
def room() -> Room:
    world = World(EVENING)
    return Room(desk(world, "left"), desk(world, "right", seed=1))


def test_the_stage_of_a_job_is_that_of_its_most_pressing_station(room: Room) -> None:
    room.begin()
    room.step()
    assert stage_of(room.job) is Stage.WARNING
    now = room.world.time
    until = now.replace(hour=23)
    room.job, _ = switching.postpone(now, room.job, "left", until)
    assert stage_of(room.job, "left") is Stage.DEFERRED
    assert stage_of(room.job) is stage_of(room.job, "right") is Stage.WARNING
    for _ in range(14):
        room.step()
    assert stage_of(room.job) is Stage.SHUTTING_DOWN
    assert [reason_of(run) for run in room.job.stations] == [Reason.POSTPONED, None]


def test_a_job_that_is_over_has_no_stage(room: Room) -> None:
    room.begin()
    room.run()
    assert room.job.done
    assert stage_of(room.job) is stage_of(room.job, "left") is Stage.IDLE
    assert [reason_of(run) for run in room.job.stations] == [Reason.SCHEDULE] * 2


def test_one_station_is_left_alone_and_the_others_go_on(room: Room) -> None:
    room.begin()
    room.step()
    room.job, _ = switching.cancel(room.world.time, room.job, {"left"})
    room.run()
    assert room.result("left") == (Outcome.CANCELLED, Reason.CANCELLED)
    assert room.result("left monitor") == (Outcome.CANCELLED, Reason.CANCELLED)
    assert room.result("right") == (Outcome.OFF, Reason.SCHEDULE)
    assert room.cuts == 0


def test_each_source_outranks_those_after_it() -> None:
    sources = list(Source)
    for rank, source in enumerate(sources):
        assert [outranks(source, other) for other in sources] == [
            other in sources[rank + 1 :] for other in sources
        ]
