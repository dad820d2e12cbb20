"""Time of `scripts/setup` in a copy of the project that has nothing yet."""

from pathlib import Path
import subprocess
from tempfile import TemporaryDirectory
import time

from . import Figure

ROOT = Path(__file__).parents[2]


def run(*, quick: bool) -> list[Figure]:
    """Prepare all environments; packages may come from the machine's own caches."""
    del quick
    return [
        Figure(
            name="setup.cold_s",
            value=round(measure(), 1),
            unit="s",
            better="lower",
        )
    ]


def measure() -> float:
    """Return the seconds that the first `scripts/setup` takes."""
    with TemporaryDirectory() as directory:
        copy = Path(directory, "project")
        subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
        start = time.monotonic()
        subprocess.run([copy / "scripts/setup"], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - start
