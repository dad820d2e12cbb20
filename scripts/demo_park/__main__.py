"""Entry of `scripts/demo`: start everything, tell where it is, stop everything."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
import fcntl
from pathlib import Path
import shutil
import signal
import sys
import time

from . import configuration
from .database import Database, DatabaseServer
from .emulation import Emulation
from .home import RESTART_EXIT_CODE, HomeAssistantProcess, PortTaken, check_port_free
from .flows import FlowFailed
from .park import create_park
from .process import ProcessFailed
from .progress import say, step
from .state import State

DIRECTORY = Path(__file__).parents[2] / ".demo"
STATE_FILE = DIRECTORY / "state.json"
EMULATION_STATE_FILE = DIRECTORY / "emulation.json"
CONFIG_DIR = DIRECTORY / "home-assistant"
DEFAULT_PORT = 8123


class DemoError(Exception):
    """What keeps the demo from starting, in words for the user."""


def main() -> None:
    """Run the demo until Ctrl-C."""
    arguments = _read_arguments()
    try:
        with _only_one():
            asyncio.run(_run(arguments))
    except KeyboardInterrupt, asyncio.CancelledError:
        say("✓ stopped")
    except (DemoError, FlowFailed, PortTaken, ProcessFailed) as error:
        sys.exit(f"✗ {error}")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--plugs", type=int, metavar="N")
    return parser.parse_args()


@contextmanager
def _only_one() -> Iterator[None]:
    """Keep a second demo out of the same directory."""
    DIRECTORY.mkdir(exist_ok=True)
    with (DIRECTORY / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoError("A demo of this folder is already running.") from None
        yield


async def _run(arguments: argparse.Namespace) -> None:
    """Start the demo and keep it until it is stopped."""
    _stop_on_signals()
    start = time.monotonic()
    _check_port(arguments.port)
    state = _recall(arguments)
    async with AsyncExitStack() as running:
        with step("PostgreSQL"):
            server = await running.enter_async_context(
                DatabaseServer(DIRECTORY / "postgresql", state.database_port)
            )
        with step("the emulated meter and plugs"):
            emulation = await running.enter_async_context(_emulation(state))
        home = HomeAssistantProcess(CONFIG_DIR, arguments.port, state.owner)
        if not state.park_created:
            await _create_configuration(state)
        with step("Home Assistant"):
            await running.enter_async_context(home)
        if not state.park_created:
            with step("the park, through Home Assistant's own forms"):
                await create_park(home, emulation.announcement)
            state.park_created = True
            state.save(STATE_FILE)
        _tell(home, state, server.database, time.monotonic() - start)
        await _watch(home, emulation, server)


def _stop_on_signals() -> None:
    """Stop in order when the terminal closes or the system asks, as on Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _check_port(port: int) -> None:
    try:
        check_port_free(port)
    except PortTaken as error:
        raise DemoError(f"{error}. Take another: scripts/demo --port {port + 1}") from error


def _emulation(state: State) -> Emulation:
    arguments = ["--base-port", str(state.base_port)]
    if state.plugs is not None:
        arguments += ["--plugs", str(state.plugs)]
    return Emulation(
        [*arguments, "--state", EMULATION_STATE_FILE], DIRECTORY / "emulation.log"
    )


def _recall(arguments: argparse.Namespace) -> State:
    """Return the state of the last demo, or of a new one."""
    if arguments.fresh:
        for path in DIRECTORY.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()
    state = State.load(STATE_FILE)
    if state is None:
        state = State.new(arguments.plugs)
        state.save(STATE_FILE)
    elif arguments.plugs not in (None, state.plugs):
        raise DemoError(
            "The demo that is here has another number of plugs: "
            f"scripts/demo --fresh --plugs {arguments.plugs} starts a new one."
        )
    return state


async def _create_configuration(state: State) -> None:
    """Make Home Assistant's folder; a first run that was interrupted leaves a half."""
    if CONFIG_DIR.exists():
        shutil.rmtree(CONFIG_DIR)
    await configuration.create(CONFIG_DIR, state.owner)


async def _watch(
    home: HomeAssistantProcess, emulation: Emulation, server: DatabaseServer
) -> None:
    """Wait; restart Home Assistant when its page asks for it, fail when one ends."""
    others = (emulation.process, server.process)
    while True:
        waits = {
            asyncio.create_task(process.wait()): process
            for process in (home.process, *others)
        }
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        ended = done.pop()
        if waits[ended] is not home.process or ended.result() != RESTART_EXIT_CODE:
            raise waits[ended].failure("ended by itself")
        with step("Home Assistant again"):
            await home.start()


def _tell(
    home: HomeAssistantProcess, state: State, database: Database, took_s: float
) -> None:
    password_file = database.password_file.relative_to(DIRECTORY.parent)
    say(f"""
Ready after {took_s:.0f} s.

  http://localhost:{home.port}
  user      {state.username}
  password  {state.password}

  PostgreSQL: host {database.host}, port {database.port}, database {database.name},
  user {database.user}, password in {password_file}

Ctrl-C stops everything; the next scripts/demo goes on from here.
""")


if __name__ == "__main__":
    main()
