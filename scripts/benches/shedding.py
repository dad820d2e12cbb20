"""Load shedding on recorded sites and random days, beside others' rules and an ideal.

The meter really opens by Enedis's filter, the plugs have delays. What of each
recording may be shed is declared in ``_sites``, the others' rules are restated in
``_shedding_peers``. Each row of the table goes to stderr.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from statistics import quantiles

from scripts.simulation.meter import HISTORIQUE, STANDARD
from scripts.simulation.ours import OurRule
from scripts.simulation.steps import survivable_step

from . import Figure
from ._shedding import IDEAL, NONE, OURS, Row, random_days, recorded
from ._shedding_latency import latencies_ms
from ._shedding_peers import PEERS, ThresholdRule

QUICK_SITES = ("TFG 2022-07-02", "OGGA")
DAYS, DAYS_QUICK = 10_000, 100
# Sockets of the park, and how often it is measured.
LATENCY, LATENCY_QUICK = (500, 60), (24, 5)


def run(*, quick: bool) -> list[Figure]:
    """Run all recordings and days; a quick run takes two recordings and few days."""
    rows = recorded(QUICK_SITES if quick else None)
    return [
        *on_recordings(rows),
        *survived_steps(),
        *on_days(DAYS_QUICK if quick else DAYS, all_days=not quick),
        order_latency(*(LATENCY_QUICK if quick else LATENCY)),
    ]


def on_recordings(rows: list[Row]) -> list[Figure]:
    """Return the sums over all recordings and contracts, beside the best peer's."""
    calm = {(row.site, row.kva) for row in rows if row.rule == NONE and not row.trips}

    def total(rule: str, value: Callable[[Row], float]) -> float:
        return sum(value(row) for row in rows if row.rule == rule)

    def unserved_percent(rule: str) -> float:
        unserved_wh = total(rule, lambda row: row.unserved_wh)
        return 100 * unserved_wh / total(rule, lambda row: row.sheddable_wh)

    def trips(row: Row) -> float:
        return row.trips

    def needless(row: Row) -> float:
        return row.needless

    def in_calm(row: Row) -> float:
        return row.sheds if (row.site, row.kva) in calm else 0

    def per_day(rule: str) -> float:
        return total(rule, lambda row: row.sheds) / total(rule, lambda row: row.days)

    def longest_off_h(rule: str) -> float:
        return max(row.longest_off_h for row in rows if row.rule == rule)

    def figure(
        name: str,
        unit: str,
        value: Callable[[str], float],
        target: float | None = None,
    ) -> Figure:
        peer = min((peer.name for peer in PEERS), key=value)
        return Figure(
            name=f"shedding.{name}",
            value=round(value(OURS), 2),
            unit=unit,
            better="lower",
            target=target,
            peer=f"{peer}, {unserved_percent(peer):.1f} % not served",
            peer_value=round(value(peer), 2),
        )

    sums = {
        name: partial(total, value=value)
        for name, value in (("trips", trips), ("needless", needless), ("calm", in_calm))
    }
    ideal_needless = sums["needless"](IDEAL)
    return [
        figure("trips", "trips", sums["trips"]),
        _plain("ideal_trips", sums["trips"](IDEAL), "trips"),
        _plain("trips_without_shedding", sums["trips"](NONE), "trips"),
        _plain(
            "avoidable_trips", total(OURS, lambda row: row.avoidable), "trips", target=0
        ),
        figure("needless_sheds", "sheds", sums["needless"], ideal_needless),
        _plain("ideal_needless_sheds", ideal_needless, "sheds"),
        figure("sheds_where_nothing_trips", "sheds", sums["calm"], 0),
        figure("unserved_percent", "%", unserved_percent),
        _plain("ideal_unserved_percent", unserved_percent(IDEAL), "%"),
        figure("sheds_per_day", "sheds", per_day),
        _plain("ideal_sheds_per_day", per_day(IDEAL), "sheds"),
        figure("longest_off_h", "h", longest_off_h),
        _plain("ideal_longest_off_h", longest_off_h(IDEAL), "h"),
    ]


def survived_steps() -> list[Figure]:
    """Return the largest steps from the subscribed power, in shares of it."""
    figures = []
    for feed, target in ((STANDARD, 5), (HISTORIQUE, 4)):
        by_peer = {
            peer.name: survivable_step(partial(ThresholdRule, peer), feed)
            for peer in PEERS
        }
        best = max(by_peer, key=by_peer.__getitem__)
        figures.append(
            Figure(
                name=f"shedding.survivable_step_{feed.name}",
                value=round(survivable_step(OurRule, feed), 2),
                unit="x",
                better="higher",
                target=target,
                peer=best,
                peer_value=round(by_peer[best], 2),
            )
        )
    return figures


def on_days(days: int, *, all_days: bool) -> list[Figure]:
    """Return what became of random days with lost frames, dead plugs and restarts."""
    tally = random_days(days)
    return [
        Figure(
            name="shedding.random_days",
            value=days,
            unit="days",
            better="higher",
            target=DAYS if all_days else None,
        ),
        _plain("avoidable_trips_10000_days", tally.avoidable, "trips", target=0),
        _plain("trips_10000_days", tally.trips, "trips"),
        _plain("sheds_10000_days", tally.sheds, "sheds"),
        _plain("forbidden_sheds_10000_days", tally.forbidden, "sheds", target=0),
        _plain("left_off_10000_days", tally.left_off, "loads", target=0),
    ]


def order_latency(sockets: int, rounds: int) -> Figure:
    """Return how long after the meter's warning an order is at its plug."""
    found = asyncio.run(latencies_ms(sockets, rounds))
    return Figure(
        name="shedding.order_latency_p99_ms",
        value=round(quantiles(found, n=100, method="inclusive")[98], 1),
        unit="ms",
        better="lower",
        target=50,
    )


def _plain(name: str, value: float, unit: str, target: float | None = None) -> Figure:
    return Figure(
        name=f"shedding.{name}",
        value=round(value, 2),
        unit=unit,
        better="lower",
        target=target,
    )
