"""Entry of scripts/emulate: runs a park until it is told to stop."""

import argparse
import asyncio
from contextlib import suppress
import json
from pathlib import Path
import signal
import sys
from typing import Any

from .control import Control
from .description import DescriptionError, generate, load
from .park import EmulatedPark

SAVE_EVERY_S = 10


def parse_arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/emulate",
        description="Run an emulated Linky meter and computer park. When all "
        "listens, one line of JSON on stdout tells where.",
    )
    parser.add_argument(
        "description", nargs="?", type=Path, help="YAML file (default: the demo's)"
    )
    parser.add_argument(
        "--plugs", type=int, metavar="N", help="a park of N sockets of that pattern"
    )
    parser.add_argument(
        "--base-port", type=int, default=0, help="control here, meter next, plugs +10"
    )
    parser.add_argument("--pace", choices=("real", "fast"), default="real")
    parser.add_argument("--mode", choices=("historique", "standard"))
    parser.add_argument("--seed", type=int)
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep relays and counters there"
    )
    return parser.parse_args()


def read_state(path: Path | None) -> dict[str, Any] | None:
    """Return the state of an earlier run, if any."""
    if path is None or not path.exists():
        return None
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return state


def write_state(path: Path, park: EmulatedPark) -> None:
    """Keep the state so that a kill at any moment leaves a whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(park.state()), encoding="utf-8")
    draft.replace(path)


async def run(arguments: argparse.Namespace) -> None:
    """Run the park until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    pattern = load(arguments.description) if arguments.description else load()
    park = EmulatedPark(
        generate(arguments.plugs, pattern) if arguments.plugs else pattern,
        seed=arguments.seed,
        base_port=arguments.base_port,
        pace=arguments.pace,
        mode=arguments.mode,
        state=read_state(arguments.state),
    )
    control = Control(park)
    async with park:
        await control.start(arguments.base_port)
        try:
            print(
                json.dumps({"control": control.url} | park.announcement()), flush=True
            )
            while not stopped.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), SAVE_EVERY_S)
                if arguments.state:
                    write_state(arguments.state, park)
        finally:
            await control.stop()


def main() -> None:
    """Run and end with a message where the command line or the machine forbids it."""
    try:
        asyncio.run(run(parse_arguments()))
    except (DescriptionError, OSError, ValueError) as err:
        sys.exit(f"scripts/emulate: {err}")


main()
