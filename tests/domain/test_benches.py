"""scripts/bench: one contract for every bench's figures."""

import ast
import json
import subprocess
import sys

import pytest

from scripts.benches import Figure
from scripts.benches.__main__ import HERE, NAMES, as_json, machine, table

FAST = Figure(
    name="tic.frames_per_s",
    value=141422.0,
    unit="frames/s",
    better="higher",
    target=80000,
    peer="other",
    peer_value=50677,
)
SLOW = Figure(
    name="meter.latency_p99_ms", value=6.25, unit="ms", better="lower", target=5
)
FREE = Figure(name="setup.cold_s", value=90, unit="s", better="lower")


def test_a_figure_knows_whether_its_goal_is_met() -> None:
    assert [figure.met for figure in (FAST, SLOW, FREE)] == [True, False, None]


def test_the_json_leaves_out_what_is_not_there() -> None:
    assert as_json(FREE) == {
        "name": "setup.cold_s",
        "value": 90,
        "unit": "s",
        "better": "lower",
    }
    assert as_json(FAST)["peer_value"] == 50677
    assert json.loads(json.dumps(machine())).keys() >= {"processor", "cores", "python"}


def test_the_table_shows_value_goal_and_peer() -> None:
    _, *rows = table([FAST, SLOW, FREE]).splitlines()
    assert [row.split("  ")[0] for row in rows] == [FAST.name, SLOW.name, FREE.name]
    assert "141 422" in rows[0] and "≥ 80 000 ✓" in rows[0]
    assert rows[0].endswith("50 677 (other)")
    assert "6.25" in rows[1] and "≤ 5 ✗" in rows[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_bench_says_what_it_measures_and_runs_quickly_on_demand(name: str) -> None:
    tree = ast.parse((HERE / f"{name}.py").read_text())
    assert ast.get_docstring(tree)
    runs = [f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name == "run"]
    assert [arg.arg for run in runs for arg in run.args.kwonlyargs] == ["quick"]


def test_without_a_name_the_benches_are_listed() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "scripts.benches"],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split()[0] for line in listed.stdout.splitlines()] == NAMES
    assert "tic" in NAMES


def test_an_unknown_bench_is_refused() -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "scripts.benches", "nonsense"],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "nonsense" in refused.stderr
