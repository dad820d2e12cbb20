"""What the demo tells while it works."""

from collections.abc import Iterator
from contextlib import contextmanager
import sys
import time


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Tell what is being done and, when it is done, how long it took."""
    start = time.monotonic()
    say(f"… {text}")
    yield
    say(f"✓ {text} ({time.monotonic() - start:.0f} s)")


def count(text: str, done: int, total: int) -> None:
    """Show how far a long step is, on a terminal only."""
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r\033[K"
        print(f"  {text} {done}/{total}", end=end, file=sys.stderr, flush=True)
