"""Replays recorded loads through the rules that Home Assistant runs."""

import argparse
import json
from pathlib import Path
import sys

from .excursions import excursions, needless
from .meter import HISTORIQUE, STANDARD, Feed
from .none import NoRule
from .ours import OurRule
from .recording import Recording
from .rule import MakeRule
from .run import Outcome, Run
from .table import TableError, read_table

FEEDS = {feed.name: feed for feed in (STANDARD, HISTORIQUE)}
RULES: dict[str, MakeRule] = {"no shedding": NoRule, "shedding": OurRule}


def result(
    recording: Recording, rule: MakeRule, cut_off_va: float, feed: Feed
) -> dict[str, float]:
    """Return what a rule makes of a recording."""
    made = rule(recording.appliances, cut_off_va, feed)
    outcome: Outcome = Run(recording, made, cut_off_va=cut_off_va, feed=feed).run()
    found = excursions(recording, cut_off_va)
    served = outcome.sheddable_wh or 1.0
    return {
        "trips": len(outcome.trips_s),
        "sheds": len(outcome.sheds),
        "sheds_per_day": round(len(outcome.sheds) / max(outcome.days, 1e-9), 2),
        "needless_sheds": sum(needless(found, at_s) for at_s, _ in outcome.sheds),
        "unserved_wh": round(outcome.unserved_wh, 1),
        "unserved_percent": round(100 * outcome.unserved_wh / served, 2),
        "longest_off_s": round(max(outcome.longest_off_s)),
        **{
            f"longest_off_s {appliance.name}": round(off_s)
            for appliance, off_s in zip(
                recording.appliances, outcome.longest_off_s, strict=True
            )
        },
    }


def table(results: dict[str, dict[str, float]]) -> str:
    """Return the results side by side."""
    rules = list(results)
    names = list(results[rules[0]])
    width = max(map(len, names))
    lines = ["  ".join(("".ljust(width), *(rule.rjust(12) for rule in rules)))]
    for name in names:
        cells = (f"{results[rule][name]:g}".rjust(12) for rule in rules)
        lines.append("  ".join((name.ljust(width), *cells)))
    return "\n".join(lines)


def main() -> int:
    """Run the simulation that the command line names."""
    parser = argparse.ArgumentParser("scripts/simulate", description=__doc__)
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    shedding = kinds.add_parser("shedding", help="would the meter trip?")
    shedding.add_argument("csv", type=Path, metavar="CSV")
    shedding.add_argument("--kva", type=float, default=6.0)
    shedding.add_argument("--feed", choices=FEEDS, default=STANDARD.name)
    shedding.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    try:
        recording = read_table(arguments.csv)
    except (OSError, UnicodeDecodeError, TableError) as error:
        print(f"{arguments.csv}: {error}", file=sys.stderr)
        return 1
    feed = FEEDS[arguments.feed]
    results = {
        name: result(recording, rule, 1000 * arguments.kva, feed)
        for name, rule in RULES.items()
    }
    print(json.dumps(results, indent=2) if arguments.json else table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
