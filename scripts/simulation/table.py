"""Recorded loads in a table, as a person may write them."""

from collections.abc import Iterator
import csv
from datetime import UTC, datetime
from math import inf
from pathlib import Path

from .recording import Appliance, Recording, from_samples

PRIORITY = 5


class TableError(ValueError):
    """A table that is not of this form; the message tells the line and what to do."""


def read_table(path: Path) -> Recording:
    """Read the power of a site and of its loads over time.

    The first line names time, site and the loads, each with its priority after an @.
    What is empty is as it was; each line holds until the next. Raises TableError.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        dialect = ";" if ";" in file.readline() else ","
        file.seek(0)
        lines = csv.reader(file, delimiter=dialect)
        names = next(lines, [])
        if len(names) < 3:
            raise TableError("line 1: name the time, the site and at least one load")
        appliances = [_appliance(name) for name in names[2:]]
        samples = list(_samples(lines, len(names)))
    if len(samples) < 2:
        raise TableError("there must be two moments at least")
    return from_samples(path.stem, appliances, samples, gap_s=inf)


def _appliance(text: str) -> Appliance:
    name, _, priority = text.strip().partition("@")
    if not priority:
        return Appliance(name=name, priority=PRIORITY)
    if not priority.isdecimal() or not 1 <= int(priority) <= 10:
        raise TableError(f"line 1: {text}: a priority is 1 (kept longest) to 10")
    return Appliance(name=name, priority=int(priority))


def _samples(
    lines: Iterator[list[str]], columns: int
) -> Iterator[tuple[float, float, list[float]]]:
    last = [0.0] * (columns - 1)
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        if len(line) != columns:
            raise TableError(f"line {number}: {len(line)} columns instead of {columns}")
        try:
            at_s = _seconds(line[0].strip())
            last = [
                float(text) if text.strip() else before
                for text, before in zip(line[1:], last, strict=True)
            ]
        except ValueError as error:
            raise TableError(f"line {number}: {error}") from error
        yield at_s, last[0], [max(0.0, power) for power in last[1:]]


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
