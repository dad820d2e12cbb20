"""Time from the command to a demo whose whole park answers, from nothing."""

from pathlib import Path
import signal
import subprocess
from tempfile import TemporaryDirectory
import time

from scripts.demo_park.state import free_ports

from . import Figure

DEMO = Path(__file__).parents[1] / "demo"
READY = "Ready after"


def run(*, quick: bool) -> list[Figure]:
    """Start one demo; what `scripts/setup` installs is there already."""
    del quick
    return [
        Figure(
            name="demo.ready_s",
            value=round(measure(), 1),
            unit="s",
            better="lower",
        )
    ]


def measure() -> float:
    """Return the seconds until the demo tells that it is ready."""
    with TemporaryDirectory() as directory:
        start = time.monotonic()
        demo = subprocess.Popen(
            [DEMO, "--directory", directory, "--port", str(free_ports(1))],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert demo.stdout is not None
        try:
            if not any(line.startswith(READY) for line in demo.stdout):
                raise RuntimeError("the demo ended before it was ready")
            return time.monotonic() - start
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate()
