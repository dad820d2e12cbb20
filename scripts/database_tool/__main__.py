"""Entry of `scripts/database`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import sys

import asyncpg

from custom_components.energy_park.mirror.connection import Engine, MirrorSettings
from custom_components.energy_park.mirror.errors import MirrorError
from custom_components.energy_park.mirror.migrations import migrate, script
from scripts.demo_park.process import ProcessFailed
from scripts.mirroring.access import Connection, connected

from . import export, files
from .server import DIRECTORY, database, settings_from

DEMO_UID = "demo"
DEMO_PERIOD = timedelta(days=30)
HAS_ROLES = """
SELECT EXISTS (
  SELECT FROM pg_roles
  WHERE rolname = 'energy_park_writer' AND has_schema_privilege(oid, $1, 'USAGE')
)
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One command on one database."""

    connection: Connection
    settings: MirrorSettings
    arguments: argparse.Namespace

    async def execute(self, file: str, **values: str | int) -> None:
        """Run one of the SQL files in one transaction."""
        async with self.connection.transaction():
            await self.connection.execute(files.read(file, **values), timeout=3600)


async def do_migrate(job: Job) -> None:
    """Make the schema, or bring it up to date."""
    schema = job.settings.schema
    done = await migrate(job.connection, schema)
    say("ran " + ", ".join(map(str, done)) if done else "nothing to do")
    # What is new is for those who could use the rest.
    if done and await job.connection.fetchval(HAS_ROLES, schema):
        await do_roles(job)


async def do_roles(job: Job) -> None:
    """Make the roles and give them their rights."""
    await migrate(job.connection, job.settings.schema)
    await job.execute("roles.sql", schema=job.settings.schema)
    say("roles: energy_park_owner, energy_park_writer, energy_park_reader")


async def do_demo(job: Job) -> None:
    """Fill in a plausible park."""
    await migrate(job.connection, job.settings.schema)
    arguments = job.arguments
    end = datetime.now(UTC).replace(microsecond=0)
    begin = end - timedelta(days=arguments.days)
    while begin < end:
        until = min(begin + DEMO_PERIOD, end)
        await job.execute(
            "demo.sql",
            uid=DEMO_UID,
            begin=begin.isoformat(),
            end=until.isoformat(),
            stations=arguments.stations,
            step=arguments.step,
        )
        say(f"filled in until {until:%Y-%m-%d}")
        begin = until
    await job.connection.execute("ANALYZE")
    readings = await job.connection.fetchval("SELECT sum(readings) FROM reading_day")
    say(f"{readings} readings")


async def do_query(job: Job) -> None:
    """Ask one of the questions, or tell what can be asked."""
    known = files.queries()
    name = job.arguments.name
    if name is None:
        print_table((name, text) for name, (text, _) in known.items())
    elif name not in known:
        raise SystemExit(f"There is no query {name}.")
    else:
        values = {"days": job.arguments.days, "limit": job.arguments.limit}
        rows = await job.connection.fetch(files.fill(known[name][1], values))
        if rows:
            print_table([[*rows[0].keys()], *rows])


async def do_export(job: Job) -> None:
    """Write a period to a file."""
    arguments = job.arguments
    count = await export.export(
        job.connection, arguments.file, arguments.first, arguments.end, arguments.by
    )
    say(f"{count} rows in {arguments.file}")


async def do_drop(job: Job) -> None:
    """Drop the raw rows of old months."""
    dropped = await job.connection.fetch(
        "SELECT drop_partitions($1::date::timestamptz)", job.arguments.before
    )
    names = [name for (name,) in dropped]
    say(*(names or ["nothing is that old"]))


async def do_fleet(job: Job) -> None:
    """Add a region's database to the fleet that this one reads."""
    remote = settings_from(job.arguments.remote, job.arguments.remote_schema)
    await migrate(job.connection, job.settings.schema)
    await job.execute(
        "fleet.sql",
        region=job.arguments.region,
        host=remote.host,
        port=remote.port,
        database=remote.database,
        schema=remote.schema,
        user=remote.user,
        password=remote.password,
    )
    say("views: fleet_site, fleet_hour, fleet_day")


async def do_serve(job: Job) -> None:
    """Keep the private server running."""
    settings = job.settings
    say(
        f"host {settings.host}, port {settings.port}, database {settings.database}, "
        f"user {settings.user}, password in {DIRECTORY / 'password'}; Ctrl-C stops it"
    )
    await asyncio.Event().wait()


COMMANDS: dict[str, Callable[[Job], Awaitable[None]]] = {
    "migrate": do_migrate,
    "roles": do_roles,
    "demo": do_demo,
    "query": do_query,
    "export": do_export,
    "drop": do_drop,
    "fleet": do_fleet,
    "serve": do_serve,
}


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the command line; `scripts/database` itself tells the help."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--dsn")
    common.add_argument("--schema", default="energy_park")
    parser = argparse.ArgumentParser(prog="scripts/database", add_help=False)
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {
        name: commands.add_parser(name, parents=[common], add_help=False)
        for name in (*COMMANDS, "sql")
    }
    parsers["sql"].add_argument(
        "engine", nargs="?", choices=[*Engine], default="postgresql"
    )
    demo = parsers["demo"]
    demo.add_argument("--days", type=int, default=30)
    demo.add_argument("--stations", type=int, default=24)
    demo.add_argument("--step", type=int, default=60)
    query = parsers["query"]
    query.add_argument("name", nargs="?")
    query.add_argument("--days", type=int, default=30)
    query.add_argument("--limit", type=int, default=20)
    out = parsers["export"]
    out.add_argument("file", type=Path)
    out.add_argument(
        "--from", type=date.fromisoformat, dest="first", default=date(2000, 1, 1)
    )
    tomorrow = date.today() + timedelta(days=1)
    out.add_argument("--to", type=date.fromisoformat, dest="end", default=tomorrow)
    out.add_argument("--by", choices=[*export.QUERIES], default="hour")
    parsers["drop"].add_argument("--before", type=date.fromisoformat, required=True)
    parsers["fleet"].add_argument("region")
    parsers["fleet"].add_argument("--remote", required=True)
    parsers["fleet"].add_argument("--remote-schema", default="energy_park")
    return parser.parse_args(arguments)


async def run(arguments: argparse.Namespace) -> None:
    """Carry out one command."""
    async with (
        database(arguments.dsn, arguments.schema) as settings,
        connected(settings) as connection,
    ):
        await COMMANDS[arguments.command](Job(connection, settings, arguments))


def print_table(rows: Iterable[Iterable[object]]) -> None:
    """Print rows as aligned text."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def say(*lines: str) -> None:
    """Tell a person what was done."""
    for line in lines:
        print(line, file=sys.stderr)


def main() -> None:
    """Do what the command line asks for."""
    arguments = read_arguments()
    if arguments.command == "sql":
        print(script(arguments.schema, Engine(arguments.engine)))
        return
    try:
        asyncio.run(run(arguments))
    except KeyboardInterrupt:
        say("stopped")
    except (MirrorError, ProcessFailed) as error:
        raise SystemExit(f"✗ {error}") from None
    except TimeoutError:
        raise SystemExit("✗ the database has not answered in time") from None
    except asyncpg.PostgresError as error:
        raise SystemExit(f"✗ {error} (SQLSTATE {error.sqlstate})") from None


if __name__ == "__main__":
    main()
