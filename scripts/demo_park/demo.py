"""One demo: start everything, tell where it is, keep it, stop everything."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
import fcntl
from pathlib import Path
import shutil
import signal
import time

from scripts.postgres import DatabaseServer

from . import configuration, dashboard
from .emulation import Emulation
from .home import RESTART_EXIT_CODE, HomeAssistantProcess, PortTaken, check_port_free
from .park import create_park
from .process import ChildProcess
from .progress import say, step
from .state import State

LOCK = "lock"


class DemoError(Exception):
    """What keeps the demo from starting, in words for the user."""


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Keep a second demo out of the same directory."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoError("This demo is already running.") from None
        yield


class Demo:
    """The demo that keeps its files in one directory."""

    def __init__(self, directory: Path, port: int) -> None:
        """Take the directory and the port of Home Assistant's page."""
        self._directory = directory
        self._port = port
        self._state_file = directory / "state.json"

    async def run(self, *, plugs: int | None, fresh: bool) -> None:
        """Start the demo and keep it until it is cancelled.

        Raises `DemoError`, `ProcessFailed` or `FlowFailed` when it cannot go on.
        """
        _stop_on_signals()
        start = time.monotonic()
        self._check_port()
        state = self._recall(plugs, fresh=fresh)
        server = DatabaseServer(self._directory / "postgresql", state.database_port)
        emulation = self._emulation(state)
        home = HomeAssistantProcess(
            self._directory / "home-assistant", self._port, state.owner
        )
        async with AsyncExitStack() as running:
            with step("PostgreSQL"):
                await running.enter_async_context(server)
            with step("the emulated meter and plugs"):
                await running.enter_async_context(emulation)
            with step("Home Assistant"):
                if not state.park_created:
                    await _create_configuration(home, emulation)
                await running.enter_async_context(home)
            if not state.park_created:
                with step("the park, through Home Assistant's own forms"):
                    await _create_park(home, emulation, server)
                state.park_created = True
                state.save(self._state_file)
            self._tell(state, server, time.monotonic() - start)
            await _watch(home, emulation.process, server.process)

    def _check_port(self) -> None:
        try:
            check_port_free(self._port)
        except PortTaken as error:
            raise DemoError(
                f"{error}. Take another: scripts/demo --port {self._port + 1}"
            ) from error

    def _recall(self, plugs: int | None, *, fresh: bool) -> State:
        """Return the state of the last demo, or of a new one."""
        if fresh:
            for path in self._directory.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != LOCK:
                    path.unlink()
        state = State.load(self._state_file)
        if state is None:
            state = State.new(plugs)
            state.save(self._state_file)
        elif plugs not in (None, state.plugs):
            raise DemoError(
                "The last demo has another number of plugs. A new one is started by "
                f"scripts/demo --fresh --plugs {plugs}"
            )
        return state

    def _emulation(self, state: State) -> Emulation:
        arguments = ["--base-port", str(state.base_port)]
        if state.plugs is not None:
            arguments += ["--plugs", str(state.plugs)]
        return Emulation(
            [*arguments, "--state", self._directory / "emulation.json"],
            self._directory / "emulation.log",
        )

    def _tell(self, state: State, server: DatabaseServer, took_s: float) -> None:
        database = server.database
        say(f"""
Ready after {took_s:.0f} s.

  http://localhost:{self._port}
  user      {state.owner.username}
  password  {state.owner.password}

  PostgreSQL: host {database.host}, port {database.port}, database {database.name},
  user {database.user}, password in {database.password_file}

Ctrl-C stops everything; the next scripts/demo goes on from here.
""")


def _stop_on_signals() -> None:
    """Stop in order on Ctrl-C, and when the terminal closes or the system asks.

    Also where a shell in the background has told its children to ignore Ctrl-C.
    """
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def _create_configuration(
    home: HomeAssistantProcess, emulation: Emulation
) -> None:
    """Make Home Assistant's folder; a first run that was interrupted leaves a half."""
    if home.config_dir.exists():
        shutil.rmtree(home.config_dir)
    await configuration.create(
        home.config_dir, home.owner, control=emulation.announcement["control"]
    )


async def _create_park(
    home: HomeAssistantProcess, emulation: Emulation, server: DatabaseServer
) -> None:
    async with await home.login() as api, api.websocket() as websocket:
        park = await create_park(
            api, websocket, emulation.announcement, server.database, stations=True
        )
        await dashboard.install(websocket, park)


async def _watch(home: HomeAssistantProcess, *others: ChildProcess) -> None:
    """Wait; restart Home Assistant when its page asks for it, fail when one ends."""
    while True:
        ended = await _first_to_end(home.process, *others)
        if ended is not home.process or await ended.wait() != RESTART_EXIT_CODE:
            raise ended.failure("ended by itself")
        with step("Home Assistant again"):
            await home.start()


async def _first_to_end(*processes: ChildProcess) -> ChildProcess:
    waits = {asyncio.create_task(process.wait()): process for process in processes}
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return waits[done.pop()]
