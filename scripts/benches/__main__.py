"""Lists or runs benches; prints a table, or the JSON that other tools read."""

import argparse
import ast
from dataclasses import asdict
import importlib
import json
import os
from pathlib import Path
import platform
import sys

from . import Figure

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("[!_]*.py"))


def list_benches() -> None:
    """Print what there is to run."""
    for name in NAMES:
        docstring = ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text()))
        print(f"{name:10} {(docstring or '').partition('\n')[0]}")


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.process_cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def processor() -> str:
    """Return the name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def as_json(figure: Figure) -> dict[str, object]:
    """Return a figure without what it does not have."""
    return {key: value for key, value in asdict(figure).items() if value is not None}


def number(value: float) -> str:
    """Return a number as a person reads it."""
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000 else f"{value:.3g}"


def row(figure: Figure) -> tuple[str, ...]:
    """Return a figure's line of the table."""
    relation = "≤" if figure.better == "lower" else "≥"
    goal = "" if figure.target is None else f"{relation} {number(figure.target)}"
    met = {None: "", True: "✓", False: "✗"}[figure.met]
    peer = ""
    if figure.peer is not None and figure.peer_value is not None:
        peer = f"{number(figure.peer_value)} ({figure.peer})"
    return figure.name, number(figure.value), figure.unit, f"{goal} {met}", peer


def table(figures: list[Figure]) -> str:
    """Return the figures as aligned text."""
    rows = [("figure", "value", "unit", "goal", "peer"), *map(row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()
        for cells in rows
    )


def main() -> None:
    """Run the benches that the command line names."""
    parser = argparse.ArgumentParser("scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument("--quick", action="store_true", help="each in a minute or two")
    pace.add_argument("--full", action="store_true", help="as without --quick")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    if not arguments.names:
        list_benches()
        return
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")

    host = machine()
    figures: list[Figure] = []
    for name in arguments.names:
        print(f"… {name}", file=sys.stderr)
        bench = importlib.import_module(f"{__package__}.{name}")
        figures += bench.run(quick=arguments.quick)
    if arguments.json:
        document = {"machine": host, "figures": [as_json(figure) for figure in figures]}
        print(json.dumps(document, indent=2))
    else:
        print(", ".join(f"{key} {value}" for key, value in host.items()))
        print(table(figures))


if __name__ == "__main__":
    main()
