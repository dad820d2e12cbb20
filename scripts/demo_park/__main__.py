"""Entry of `scripts/demo`."""

import argparse
import asyncio
from pathlib import Path
import sys

from .api import ApiError
from .demo import Demo, DemoError, only_one
from .flows import FlowFailed
from .process import ProcessFailed
from .progress import say

DIRECTORY = Path(__file__).parents[2] / ".demo"
DEFAULT_PORT = 8123


def main() -> None:
    """Run the demo until Ctrl-C."""
    arguments = read_arguments()
    try:
        with only_one(arguments.directory):
            asyncio.run(
                Demo(arguments.directory, arguments.port).run(
                    plugs=arguments.plugs, fresh=arguments.fresh
                )
            )
    except KeyboardInterrupt, asyncio.CancelledError:
        say("✓ stopped")
    except (ApiError, DemoError, FlowFailed, ProcessFailed) as error:
        sys.exit(f"✗ {error}")


def read_arguments() -> argparse.Namespace:
    """Return the command line; `scripts/demo` itself tells the help."""
    parser = argparse.ArgumentParser(prog="scripts/demo", add_help=False)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--plugs", type=int, metavar="N")
    parser.add_argument("--directory", type=Path, default=DIRECTORY)
    arguments = parser.parse_args()
    arguments.directory = arguments.directory.absolute()
    return arguments


if __name__ == "__main__":
    main()
