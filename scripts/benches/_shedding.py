"""Recordings and days through the rule, the others' rules and the ideal actor."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
import os
import sys

from custom_components.energy_park.model import Role
from scripts.simulation.avoidable import avoidable_trips
from scripts.simulation.days import random_day
from scripts.simulation.excursions import excursions, needless
from scripts.simulation.ideal import IdealRule
from scripts.simulation.meter import STANDARD
from scripts.simulation.none import NoRule
from scripts.simulation.ours import OurRule
from scripts.simulation.recording import Recording
from scripts.simulation.rule import MakeRule
from scripts.simulation.run import Run

from ._shedding_peers import PEERS, ThresholdRule
from ._sites import sites

OURS, IDEAL, NONE = "energy park", "ideal actor", "no shedding"
CONTRACTS_KVA = (9.0, 6.0, 4.5, 3.0)
SEED = 1

RULES: dict[str, MakeRule] = {
    NONE: NoRule,
    OURS: OurRule,
    IDEAL: IdealRule,
    **{peer.name: partial(ThresholdRule, peer) for peer in PEERS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a rule made of one recording at one contract, or of all (no ``kva``).

    Of its sockets ``longest_off`` was off for longest at a time.
    """

    site: str
    kva: float | None
    rule: str
    days: float
    trips: int
    avoidable: int
    sheds: int
    needless: int
    unserved_wh: float
    sheddable_wh: float
    longest_off_h: float
    longest_off: str


def recorded(names: Iterable[str] | None) -> list[Row]:
    """Return a row for each recording, contract and rule; print them as they come."""
    cases = [
        (recording, kva)
        for recording in sites()
        if names is None or recording.name in names
        for kva in CONTRACTS_KVA
    ]
    rows: list[Row] = []
    with ProcessPoolExecutor(os.process_cpu_count()) as pool:
        for found in pool.map(_rows, cases):
            for row in found:
                show(row)
            rows += found
    for rule in RULES:
        show(_in_all([row for row in rows if row.rule == rule]))
    return rows


def _rows(case: tuple[Recording, float]) -> list[Row]:
    return [_row(*case, rule) for rule in RULES]


def _row(recording: Recording, kva: float, rule: str) -> Row:
    cut_off_va = 1000 * kva
    made = RULES[rule](recording.appliances, cut_off_va, STANDARD)
    run = Run(recording, made, cut_off_va=cut_off_va, feed=STANDARD, seed=SEED)
    outcome = run.run()
    found = excursions(recording, cut_off_va)
    avoidable: Sequence[float] = ()
    if rule == OURS:
        avoidable = avoidable_trips(
            outcome, recording, cut_off_va=cut_off_va, feed=STANDARD, seed=SEED
        )
    longest = max(
        range(len(recording.appliances)), key=outcome.longest_off_s.__getitem__
    )
    return Row(
        site=recording.name,
        kva=kva,
        rule=rule,
        days=outcome.days,
        trips=len(outcome.trips_s),
        avoidable=len(avoidable),
        sheds=len(outcome.sheds),
        needless=sum(needless(found, at_s) for at_s, _ in outcome.sheds),
        unserved_wh=outcome.unserved_wh,
        sheddable_wh=outcome.sheddable_wh,
        longest_off_h=outcome.longest_off_s[longest] / 3600,
        longest_off=recording.appliances[longest].name,
    )


def _in_all(rows: list[Row]) -> Row:
    """Return the sums, and who was off for longest."""
    longest = max(rows, key=attrgetter("longest_off_h"))
    return Row(
        site="all",
        kva=None,
        rule=longest.rule,
        days=sum(row.days for row in rows),
        trips=sum(row.trips for row in rows),
        avoidable=sum(row.avoidable for row in rows),
        sheds=sum(row.sheds for row in rows),
        needless=sum(row.needless for row in rows),
        unserved_wh=sum(row.unserved_wh for row in rows),
        sheddable_wh=sum(row.sheddable_wh for row in rows),
        longest_off_h=longest.longest_off_h,
        longest_off=longest.longest_off,
    )


def show(row: Row) -> None:
    """Print what came about, if anything did."""
    if row.trips or row.sheds:
        contract = "" if row.kva is None else f"{row.kva:3g} kVA"
        off = f" {row.longest_off_h:6.1f} h off at most ({row.longest_off})"
        print(
            f"  {row.site:15} {contract:7}  {row.rule:23}"
            f" {row.trips:4} trips {row.sheds:4} sheds {row.sheds / row.days:6.1f} a day"
            f" {row.needless:4} needless {row.unserved_wh:7.0f} Wh not served"
            f"{off if row.sheds else ''}",
            file=sys.stderr,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of random days."""

    trips: int
    avoidable: int
    sheds: int
    forbidden: int
    left_off: int


def random_days(count: int) -> Tally:
    """Return the sums over so many days with all that fails."""
    with ProcessPoolExecutor(os.process_cpu_count()) as pool:
        tallies = list(pool.map(_day, range(count), chunksize=25))
    return Tally(
        trips=sum(tally.trips for tally in tallies),
        avoidable=sum(tally.avoidable for tally in tallies),
        sheds=sum(tally.sheds for tally in tallies),
        forbidden=sum(tally.forbidden for tally in tallies),
        left_off=sum(tally.left_off for tally in tallies),
    )


def _day(number: int) -> Tally:
    day = random_day(number)
    recording = day.recording
    rule = OurRule(recording.appliances, day.cut_off_va, day.feed)
    outcome = Run(
        recording,
        rule,
        cut_off_va=day.cut_off_va,
        feed=day.feed,
        faults=day.faults,
        seed=day.seed,
    ).run()
    avoidable = avoidable_trips(
        outcome,
        recording,
        cut_off_va=day.cut_off_va,
        feed=day.feed,
        faults=day.faults,
        seed=day.seed,
    )
    return Tally(
        trips=len(outcome.trips_s),
        avoidable=len(avoidable),
        sheds=len(outcome.sheds),
        forbidden=sum(_is_kept(recording, load) for _, load in outcome.sheds),
        left_off=outcome.left_off,
    )


def _is_kept(recording: Recording, load: int) -> bool:
    """Return whether a load must never be cut."""
    appliance = recording.appliances[load]
    return appliance.protected or appliance.role in {Role.COMPUTER, Role.NETWORK}
