"""A process that measures: rows that can be told apart, offered at a steady pace."""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta
import json
import mmap
from pathlib import Path
import struct
import sys
import time
from typing import Any

from custom_components.energy_park.mirror.connection import MirrorSettings, TlsMode
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.rows import (
    EventKind,
    EventRow,
    ReadingRow,
    Row,
    Series,
    SiteRow,
    SubjectKind,
)

SITE = SiteRow(uid="under fire", name="Under fire", time_zone="Europe/Paris")
SERIES = [Series(SubjectKind.SOCKET, f"plug_{n}", "power_w", "W") for n in range(48)]
START = datetime(2026, 11, 1, tzinfo=UTC)
EVENT_EVERY = 50
TICK_S = 0.01

# Rows offered, rows on disk, when the oldest one that is not on disk was offered.
COUNTERS = struct.Struct("qqd")


class Counters:
    """Numbers in a file that outlive the process that writes them."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(COUNTERS.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), COUNTERS.size)

    def write(self, offered: int, kept: int, unkept_since: float) -> None:
        """Note the numbers; a kill cannot undo it."""
        COUNTERS.pack_into(self._map, 0, offered, kept, unkept_since)

    def read(self) -> tuple[int, int, float]:
        """Return the numbers as they were noted last."""
        offered, kept, since = COUNTERS.unpack_from(self._map)
        return offered, kept, since


def row(number: int) -> Row:
    """Return the one row of a number; every fiftieth is an event."""
    at = START + timedelta(milliseconds=number)
    if number % EVENT_EVERY == 0:
        return EventRow(
            at=at,
            kind=EventKind.ALARM,
            subject_kind=SubjectKind.SITE,
            subject_id="",
            detail={"number": number},
        )
    return ReadingRow(SERIES[number % len(SERIES)], at, number)


async def measure(mirror: Mirror, counters: Counters, first: int, rate: int) -> None:
    """Offer rows from a number on, until the process is killed."""
    begun = time.monotonic()
    pending: list[tuple[int, float]] = []
    offered = 0
    while True:
        due = int((time.monotonic() - begun) * rate)
        mirror.offer_many(map(row, range(first + offered, first + due)))
        if due > offered:
            pending.append((due, time.time()))
        offered = due
        kept = mirror.rows_kept
        while pending and pending[0][0] <= kept:
            pending.pop(0)
        counters.write(offered, kept, pending[0][1] if pending else 0.0)
        await asyncio.sleep(TICK_S)


async def run(arguments: argparse.Namespace) -> None:
    """Run until killed; the settings come as JSON on standard input."""
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    settings = MirrorSettings(**(told | {"tls": TlsMode(told["tls"])}))
    mirror = Mirror(
        settings,
        SITE,
        arguments.directory / "spool",
        on_problem=lambda problem, detail: None,
        on_solved=lambda problem: None,
    )
    await mirror.start()
    counters = Counters(arguments.directory / f"counters-{arguments.first}")
    await measure(mirror, counters, arguments.first, arguments.rate)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mirroring.load")
    parser.add_argument("directory", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("rate", type=int)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
