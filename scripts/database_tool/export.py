"""A period of the mirror in a file."""

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg

type Connection = asyncpg.Connection[asyncpg.Record]

QUERIES = {
    "raw": """
SELECT site, subject_kind, subject_id, subject, sector, role, metric, unit,
  at, value, quality
FROM named_reading
WHERE at >= $1::date AT TIME ZONE time_zone AND at < $2::date AT TIME ZONE time_zone
  -- No zone is further away; what a partition can be left out by must be constant.
  AND at >= $1::timestamp - interval '1 day' AND at < $2::timestamp + interval '1 day'
ORDER BY site_id, series_id, at
""",
    "hour": """
SELECT site, subject_kind, subject_id, subject, sector, role, metric, unit,
  hour_at, readings, thinned, value_mean, value_min, value_max
FROM named_hour
WHERE hour_at >= $1::date AT TIME ZONE time_zone
  AND hour_at < $2::date AT TIME ZONE time_zone
ORDER BY site_id, series_id, hour_at
""",
    "day": """
SELECT site, subject_kind, subject_id, subject, sector, role, metric, unit,
  day, readings, thinned, value_mean, value_min, value_max
FROM named_day
WHERE day >= $1 AND day < $2
ORDER BY site_id, series_id, day
""",
    "event": """
SELECT site, kind, subject_kind, subject_id, subject, sector, role,
  at, is_on, source, reason, until, detail::text
FROM named_event
WHERE at >= $1::date AT TIME ZONE time_zone AND at < $2::date AT TIME ZONE time_zone
  AND at >= $1::timestamp - interval '1 day' AND at < $2::timestamp + interval '1 day'
ORDER BY site_id, at, event_id
""",
}
_CHUNK = 50_000


async def export(
    connection: Connection, file: Path, first: date, end: date, by: str
) -> int:
    """Write readings or events from a day to before another; return how many rows.

    Days are those of each site.
    """
    if file.suffix == ".parquet":
        return await _parquet(connection, file, QUERIES[by], first, end)
    if file.suffix == ".csv":
        status = await connection.copy_from_query(
            QUERIES[by], first, end, output=file, format="csv", header=True
        )
        return int(status.split()[-1])
    raise SystemExit("FILE ends in .csv or .parquet")


async def _parquet(
    connection: Connection, file: Path, query: str, first: date, end: date
) -> int:
    # Here, and not above: it is large, and nothing else needs it.
    pa: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    count = 0
    async with connection.transaction():
        statement = await connection.prepare(query)
        types = {
            "timestamptz": pa.timestamp("us", tz="UTC"),
            "date": pa.date32(),
            "float8": pa.float64(),
            "int8": pa.int64(),
            "int2": pa.int16(),
            "text": pa.string(),
            "bool": pa.bool_(),
        }
        schema = pa.schema(
            [
                (column.name, types[column.type.name])
                for column in statement.get_attributes()
            ]
        )
        cursor = await statement.cursor(first, end)
        with parquet.ParquetWriter(file, schema) as writer:
            while rows := await cursor.fetch(_CHUNK):
                writer.write_table(pa.Table.from_pylist([*map(dict, rows)], schema))
                count += len(rows)
    return count
