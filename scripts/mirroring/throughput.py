"""How fast rows get into the table: this mirror's ways, the raw limit, and others'."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import batched, count
from pathlib import Path
import time

from sqlalchemy import BigInteger, DateTime, Float, SmallInteger
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from custom_components.energy_park.mirror.connection import MirrorSettings, connect
from custom_components.energy_park.mirror.migrations import migrate
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.problems import Problems
from custom_components.energy_park.mirror.refusals import Refusals
from custom_components.energy_park.mirror.room import SpoolLimits
from custom_components.energy_park.mirror.rows import (
    ReadingRow,
    Series,
    SiteRow,
    SubjectKind,
)
from custom_components.energy_park.mirror.sender import Sender
from custom_components.energy_park.mirror.session import Session
from custom_components.energy_park.mirror.spool import Spool
from custom_components.energy_park.mirror.writer import LIVE_ROWS, read_ahead

from .access import Connection, connected

SITE = SiteRow(uid="bench", name="Bench", time_zone="Europe/Paris")
SERIES = [Series(SubjectKind.SOCKET, f"plug_{n}", "power_w", "W") for n in range(48)]
START = datetime(2026, 11, 1, tzinfo=UTC)
ORM_ROWS = 500

type Rows = Sequence[ReadingRow]
type Tuples = Sequence[tuple[int, int, datetime, float, int]]


def rows(number: int) -> list[ReadingRow]:
    """Return what a site with 48 sockets measures, every ten seconds."""
    return [
        ReadingRow(
            SERIES[index % 48],
            START + timedelta(seconds=index // 48 * 10, milliseconds=index % 48),
            float(index % 2_999),
        )
        for index in range(number)
    ]


def tuples(measured: Rows) -> list[tuple[int, int, datetime, float, int]]:
    """Return rows as the table's columns."""
    return [
        (1, 1 + index % 48, row.at, row.value, 0) for index, row in enumerate(measured)
    ]


class Course:
    """One server on which each way starts from an empty table."""

    def __init__(self, settings: MirrorSettings, directory: Path) -> None:
        """``directory`` takes the spools."""
        self._settings = settings
        self._directory = directory
        self._spools = (directory / f"spool-{number}" for number in count())

    async def prepare(self) -> None:
        """Make the schema."""
        async with connected(self._settings) as connection:
            await migrate(connection, self._settings.schema)

    async def timed(self, way: Callable[[Connection], Awaitable[int]]) -> float:
        """Return the rows per second of one way."""
        async with connected(self._settings) as connection:
            await connection.execute("TRUNCATE reading, reading_hour, reading_day")
            begun = time.perf_counter()
            number = await way(connection)
            return number / (time.perf_counter() - begun)

    async def spooled(self, measured: Rows) -> tuple[float, Path]:
        """Put rows into a new spool; return the rows per second, and where it is."""
        directory = next(self._spools)
        spool = Spool(directory, _nobody(), lambda: None)
        await spool.open()
        begun = time.perf_counter()
        for part in batched(measured, 1_000, strict=False):
            for row in part:
                spool.offer(row)
            await spool.flush()
        rate = len(measured) / (time.perf_counter() - begun)
        await spool.close()
        return rate, directory

    async def live(self, measured: Rows) -> float:
        """Return the rate of fresh rows: from the spool's file, batch by batch.

        Of many rows at once the oldest are a backlog, and not sent in this way.
        """

        async def send(connection: Connection) -> int:
            number = 0
            async for batch in read_ahead(partial(spool.take_live, LIVE_ROWS)):
                await sender.send_live(batch)
                number += len(batch)
            return number

        spool = Spool(next(self._spools), _nobody(), lambda: None)
        await spool.open()
        await spool.rewind()
        for row in measured:
            spool.offer(row)
        await spool.flush()
        connection = await connect(self._settings)
        session = Session(
            connection, self._settings.schema, SITE, _nobody(), _now, writer_id=1
        )
        await session.prepare(mend=False)
        sender = Sender(session, spool, Refusals())
        try:
            return await self.timed(send)
        finally:
            await connection.close()
            await spool.close()

    async def drain(self, measured: Rows) -> float:
        """Return the rate of a backlog, from the first batch that arrived on."""
        _, directory = await self.spooled(measured)
        async with connected(self._settings) as connection:
            await connection.execute("TRUNCATE reading, reading_hour, reading_day")
        async with mirror_on(self._settings, directory) as mirror:
            while not mirror.status().rows_sent:
                await mirror.progress()
            begun = time.perf_counter()
            number = mirror.status().rows_waiting
            while mirror.status().rows_waiting:
                await mirror.progress()
            return number / (time.perf_counter() - begun)

    async def copy(self, values: Tuples, size: int) -> float:
        """Return the rate of raw COPY into the same table, without any sums."""

        async def copy(connection: Connection) -> int:
            for part in batched(values, size, strict=False):
                await connection.copy_records_to_table(
                    "reading", schema_name=self._settings.schema, records=part
                )
            return len(values)

        return await self.timed(copy)

    async def executemany(self, values: Tuples) -> float:
        """Return the rate of executemany with ON CONFLICT, without any sums."""

        async def insert(connection: Connection) -> int:
            for part in batched(values, LIVE_ROWS, strict=False):
                await connection.executemany(
                    "INSERT INTO reading VALUES ($1, $2, $3, $4, $5)"
                    " ON CONFLICT DO NOTHING",
                    part,
                )
            return len(values)

        return await self.timed(insert)

    async def stage(self, values: Tuples) -> float:
        """Return the rate of COPY into a stage and from there, without any sums."""

        async def insert(connection: Connection) -> int:
            await connection.execute("CREATE TEMP TABLE stage (LIKE reading)")
            for part in batched(values, LIVE_ROWS, strict=False):
                async with connection.transaction():
                    await connection.copy_records_to_table("stage", records=part)
                    await connection.execute(
                        "INSERT INTO reading SELECT * FROM stage ON CONFLICT DO NOTHING"
                    )
                    await connection.execute("TRUNCATE stage")
            return len(values)

        return await self.timed(insert)

    async def orm(self, values: Tuples) -> float:
        """Return the rate of an ORM with one transaction for each row."""

        async def insert(connection: Connection) -> int:
            settings = self._settings
            url = URL.create(
                "postgresql+asyncpg",
                *(settings.user, settings.password, settings.host, settings.port),
                settings.database,
            )
            path = {"search_path": f'"{settings.schema}"'}
            engine = create_async_engine(url, connect_args={"server_settings": path})
            async with AsyncSession(engine) as session:
                for site_id, series_id, at, value, quality in values[:ORM_ROWS]:
                    session.add(
                        _Reading(
                            site_id=site_id,
                            series_id=series_id,
                            at=at,
                            value=value,
                            quality=quality,
                        )
                    )
                    await session.commit()
            await engine.dispose()
            return ORM_ROWS

        return await self.timed(insert)

    async def bytes_per_row(self) -> float:
        """Return the size of the table with its key, by row, as the last way left it."""
        async with connected(self._settings) as connection:
            size = await connection.fetchval(
                """
                SELECT sum(pg_total_relation_size(c.oid))::float8
                FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'
                  AND c.relname LIKE 'reading_20%'
                """
            )
            return float(
                size / await connection.fetchval("SELECT count(*) FROM reading")
            )


class _Base(DeclarativeBase):
    pass


class _Reading(_Base):
    __tablename__ = "reading"

    site_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    series_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    quality: Mapped[int] = mapped_column(SmallInteger)


def _now() -> datetime:
    return datetime.now(UTC)


def _nobody() -> Problems:
    return Problems(lambda problem, detail: None, lambda problem: None)


@asynccontextmanager
async def mirror_on(
    settings: MirrorSettings,
    directory: Path,
    site: SiteRow = SITE,
    limits: SpoolLimits | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[Mirror]:
    """Run a mirror that tells nobody of problems."""
    mirror = Mirror(
        settings,
        site,
        directory,
        on_problem=lambda problem, detail: None,
        on_solved=lambda problem: None,
        limits=limits,
        now=now,
    )
    await mirror.start()
    try:
        yield mirror
    finally:
        await mirror.stop()


def sites(number: int) -> Iterator[SiteRow]:
    """Yield sites that differ."""
    for index in range(number):
        yield replace(SITE, uid=f"site {index}", name=f"Site {index}")
