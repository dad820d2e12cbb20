"""Disks that are really full: small file systems in memory, which need root."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
import shutil
import subprocess

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.room import SpoolLimits
from custom_components.energy_park.mirror.rows import ReadingRow
from scripts.demo_park.state import free_ports
from scripts.postgres import DatabaseServer

from .access import connected, settings_of
from .throughput import mirror_on, rows

SERVER_MB = 110
OWN_MB = 200
ROWS = 600_000
CHUNK = 3_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What was offered, and what is missing or too much in the database's sums."""

    offered: int
    lost: int
    duplicates: int


async def server_full(directory: Path) -> Kept:
    """Write until the server's disk is full, give it room, and count."""
    with _file_system(directory / "small", SERVER_MB) as (small, grow):
        server = DatabaseServer(
            small / "postgresql", free_ports(1), settings={"max_wal_size": "32MB"}
        )
        async with server:
            settings = settings_of(server)
            async with mirror_on(settings, directory / "spool") as mirror:
                for part in _parts():
                    mirror.offer_many(part)
                    await mirror.flush()
                # More than it has room for.
                while mirror.status().last_error is None:
                    await mirror.progress()
                grow(4 * SERVER_MB)
                while mirror.status().rows_waiting:
                    # It ends by itself where it was its own log that had no room.
                    if not server.process.running:
                        await server.start()
                    await mirror.progress()
            return await _count(settings)


async def own_full(settings: MirrorSettings, directory: Path) -> Kept:
    """Fill this side's disk while the database is away; send from it, and count."""
    limits = SpoolLimits(disk_share=1)
    with _file_system(directory / "small", OWN_MB) as (small, _):
        spool = small / "spool"
        away = replace(settings, port=1)
        async with mirror_on(away, spool, limits=limits) as mirror:
            for number, part in enumerate(_parts()):
                mirror.offer_many(part)
                await mirror.flush()
                if number == 50:
                    _fill(small / "somebody else's")
        _fill(small / "the rest")
        async with mirror_on(settings, spool, limits=limits) as mirror:
            while not mirror.status().connected or mirror.status().rows_waiting:
                await mirror.progress()
    return await _count(settings)


def _parts() -> Iterator[list[ReadingRow]]:
    measured = rows(ROWS)
    for first in range(0, ROWS, CHUNK):
        yield measured[first : first + CHUNK]


def _fill(file: Path) -> None:
    file.write_bytes(bytes(shutil.disk_usage(file.parent).free))


@contextmanager
def _file_system(
    directory: Path, size_mb: int
) -> Iterator[tuple[Path, Callable[[int], None]]]:
    directory.mkdir(parents=True)

    def mount(how: str) -> None:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", how, "tmpfs", directory], check=True
        )

    mount(f"size={size_mb}m")
    try:
        yield directory, lambda size_mb: mount(f"remount,size={size_mb}m")
    finally:
        subprocess.run(["umount", directory], check=True)


async def _count(settings: MirrorSettings) -> Kept:
    async with connected(settings) as connection:
        counted, total, raw, thinned = await connection.fetchrow(
            """
            SELECT sum(readings)::int8, sum(value_sum)::int8,
              (SELECT count(*) FROM reading), sum(thinned)::int8
            FROM reading_hour
            """
        ) or (0, 0, 0, 0)
    wrong = int(total != sum(int(row.value) for row in rows(ROWS)))
    return Kept(
        offered=ROWS,
        lost=max(ROWS - counted, 0) or wrong,
        duplicates=max(counted - ROWS, 0) + abs(raw + thinned - counted),
    )
