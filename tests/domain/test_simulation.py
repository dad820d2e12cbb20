"""scripts/simulate: recorded loads, a meter that really opens, and what is told of it."""

import json
from pathlib import Path
from random import Random
import sys

import pytest

from scripts.simulation.__main__ import main, table
from scripts.simulation.avoidable import avoidable_trips
from scripts.simulation.days import CALM_FROM_S, random_day
from scripts.simulation.excursions import excursions, needless
from scripts.simulation.meter import HISTORIQUE, STANDARD, Feed, Meter
from scripts.simulation.none import NoRule
from scripts.simulation.ours import OurRule
from scripts.simulation.plugs import Faults
from scripts.simulation.recording import BASE, Appliance, Recording, Step
from scripts.simulation.rule import MakeRule
from scripts.simulation.run import Outcome, Run
from scripts.simulation.table import TableError, read_table

LOADS = (Appliance(name="boiler", priority=9), Appliance(name="oven", priority=3))
LIMIT_VA = 6000.0
EVENING = """time,site,boiler@9,oven@3
2026-01-12 18:00:00,2000,0,0
2026-01-12 18:01:00,6500,2500,2000
2026-01-12 18:10:00,9800,2500,3000
2026-01-12 18:15:00,3000,2500,0
2026-01-12 18:30:00,800,0,0
2026-01-12 21:00:00,800,0,0
"""


def recording(*steps: tuple[float, int, float], end_s: float) -> Recording:
    return Recording(
        name="",
        appliances=LOADS,
        steps=[Step(at_s=at_s, load=n, power_va=va) for at_s, n, va in steps],
        end_s=end_s,
    )


def outcome(
    demand: Recording,
    rule: MakeRule = OurRule,
    feed: Feed = STANDARD,
    faults: Faults | None = None,
) -> Outcome:
    made = rule(demand.appliances, LIMIT_VA, feed)
    return Run(demand, made, cut_off_va=LIMIT_VA, feed=feed, faults=faults).run()


# By Enedis-NOI-CPT_54E, section 7, from no power at all.
@pytest.mark.parametrize(
    ("ratio", "seconds"), [(1.31, 522), (1.4, 247), (2, 69), (2.5, 40), (5, 9)]
)
def test_the_meter_opens_when_the_specification_says(
    ratio: float, seconds: float
) -> None:
    meter = Meter(LIMIT_VA)
    meter.draw(ratio * LIMIT_VA, 0)
    meter.advance(seconds + 1)
    (trip_s,) = meter.trips_s
    assert trip_s == pytest.approx(seconds, abs=1)


def test_the_meter_bears_a_third_more_for_ever() -> None:
    meter = Meter(LIMIT_VA)
    meter.draw(1.3 * LIMIT_VA, 0)
    meter.advance(1e6)
    assert meter.trips_s == []


@pytest.mark.parametrize("feed", [HISTORIQUE, STANDARD])
def test_a_frame_tells_the_rms_of_a_second_that_is_over(feed: Feed) -> None:
    meter = Meter(LIMIT_VA)
    meter.draw(1000, 0)
    meter.draw(5000, 10)
    (at_s, before), *_ = meter.frame(feed, 10.5)
    assert at_s == 10.5 + feed.told_s
    assert before.va == 1000
    meter.draw(9000, 12)
    *warnings, (_, after) = meter.frame(feed, 13.2)
    assert after.va == 9000
    meter.draw(0, 13.25)
    *_, (_, ended) = meter.frame(feed, 14.1)
    # A load that ran for a quarter of that second.
    assert ended.va == 4500
    assert [one.early for _, one in warnings] == ([True] if feed.warned_s else [])


def test_a_demand_that_the_meter_does_not_bear_trips_and_shed_it_does_not() -> None:
    demand = recording((0, BASE, 5000), (900, 0, 6000), (1500, 0, 0), end_s=7200)
    assert outcome(demand, NoRule).trips_s
    ours = outcome(demand)
    assert ours.trips_s == []
    assert len(ours.sheds) == 1
    assert ours.left_off == 0
    assert 0 < ours.unserved_wh < ours.sheddable_wh


def test_a_cut_in_what_the_meter_bears_is_needless() -> None:
    demand = recording(
        (0, BASE, 5000),
        (900, 0, 2500),
        (960, 0, 0),
        (2000, 0, 6000),
        (2600, 0, 0),
        end_s=3000,
    )
    found = excursions(demand, LIMIT_VA)
    assert [one.trips for one in found] == [False, True]
    assert needless(found, 930)
    assert not needless(found, 2050)
    assert needless(found, 2700)
    assert needless(found, 100)


def test_a_trip_is_avoidable_if_the_ideal_actor_avoids_it() -> None:
    demand = recording((0, BASE, 5000), (900, 0, 6000), (1500, 0, 0), end_s=2000)
    nobody = outcome(demand, NoRule)
    avoidable = avoidable_trips(nobody, demand, cut_off_va=LIMIT_VA, feed=STANDARD)
    assert avoidable == nobody.trips_s
    # What no plug switches nobody can cut.
    base = recording((0, BASE, 5000), (900, BASE, 12000), end_s=1000)
    alone = outcome(base, NoRule)
    assert alone.trips_s
    assert avoidable_trips(alone, base, cut_off_va=LIMIT_VA, feed=STANDARD) == []


def test_a_dead_plug_and_a_silent_meter_are_heard_nowhere() -> None:
    faults = Faults(dead=((0, 10, 20),), silent=((30, 40),))
    assert [faults.is_dead(0, at_s) for at_s in (9, 10, 20)] == [False, True, False]
    assert not faults.is_dead(1, 15)
    assert faults.is_lost(Random(1), 35)
    assert not faults.is_lost(Random(1), 45)
    demand = recording((0, BASE, 5000), (900, 0, 6000), (1500, 0, 0), end_s=2000)
    dead = outcome(demand, faults=Faults(dead=((0, 0, 2000),)))
    assert dead.trips_s
    assert dead.unserved_wh == 0


def test_a_day_is_the_same_each_time_and_ends_in_peace() -> None:
    for number in range(20):
        day = random_day(number)
        assert day == random_day(number)
        spans = [*(span[1:] for span in day.faults.dead), *day.faults.silent]
        assert all(since_s < until_s <= CALM_FROM_S for since_s, until_s in spans)


# The table and the command -----------------------------------------------------


def test_a_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "evening.csv"
    path.write_text(EVENING)
    read = read_table(path)
    assert read.appliances == LOADS
    assert read.end_s == 3 * 3600
    assert read.steps[0] == Step(at_s=0, load=BASE, power_va=2000)
    semicolons = tmp_path / "semicolons.csv"
    semicolons.write_text("t;site;x\n0;100;\n60;200;50\n\n120;300;\n")
    read = read_table(semicolons)
    assert read.appliances == (Appliance(name="x", priority=5),)
    # What is empty is as it was.
    assert [s.power_va for s in read.steps] == [100, 0, 150, 50]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: name the time"),
        ("t,site\n0,1\n", "line 1: name the time"),
        ("t,site,x@11\n0,1,2\n", "a priority is 1"),
        ("t,site,x@-1\n0,1,2\n", "a priority is 1"),
        ("t,site,x\n0,1,2\n", "two moments"),
        ("t,site,x\n0,1,2\n1,1\n", "line 3: 2 columns instead of 3"),
        ("t,site,x\n0,1,2\n1,1,much\n", "line 3: could not convert"),
        ("t,site,x\n0,1,2\nyesterday,1,2\n", "line 3: Invalid isoformat"),
    ],
)
def test_a_table_of_another_form_is_told_by_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(TableError, match=message):
        read_table(path)


def test_a_recording_is_replayed_with_the_rule_and_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evening.csv"
    path.write_text(EVENING)
    options = ["--kva", "6", "--feed", "historique", "--json"]
    monkeypatch.setattr(sys, "argv", ["simulate", "shedding", str(path), *options])
    assert main() == 0
    results = json.loads(capsys.readouterr().out)
    assert results["no shedding"]["trips"] == 2
    assert results["shedding"]["trips"] == 0
    assert results["shedding"]["sheds"] == 1
    assert results["shedding"]["needless_sheds"] == 0
    assert results["shedding"]["unserved_wh"] > 0
    assert results["shedding"]["longest_off_s boiler"] >= 300
    assert results["shedding"]["longest_off_s oven"] == 0
    lines = table(results).splitlines()
    assert lines[0].split() == ["no", "shedding", "shedding"]
    assert lines[1].split() == ["trips", "2", "0"]


def test_what_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("missing.csv", "bad.csv"):
        path = tmp_path / name
        if name == "bad.csv":
            path.write_bytes(b"t,site,x\n0,1,\xff\n")
        monkeypatch.setattr(sys, "argv", ["simulate", "shedding", str(path)])
        assert main() == 1
        assert name in capsys.readouterr().err
