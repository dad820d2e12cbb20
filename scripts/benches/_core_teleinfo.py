"""Home Assistant's own teleinfo integration, as far as its latency is concerned.

It opens the port every 10 s and reads one frame in an executor. A pseudo terminal has
neither seven bits nor RTS, so those two settings differ from the integration's.
"""

import asyncio
from collections.abc import Iterable
from itertools import pairwise
import time

from teleinfo import decode, read_frame
from teleinfo.settings import TeleinfoSettings

INTERVAL_S = 10.0


async def poll(port: str, seconds: float) -> list[float]:
    """Return the moments of the monotonic clock at which a poll gave a reading."""
    settings = TeleinfoSettings(bytesize=8, parity="N", rtscts=0)
    given = []
    end = time.monotonic() + seconds
    while (started := time.monotonic()) < end:
        try:
            decode(await asyncio.to_thread(read_frame, port, settings))
        except TimeoutError:
            continue
        finally:
            waited = time.monotonic() - started
        given.append(started + waited)
        # The interval counts from the end of a poll, as in the coordinator.
        await asyncio.sleep(max(0.0, min(INTERVAL_S, end - time.monotonic())))
    return given


def delays_ms(frame_ends: Iterable[float], polls: list[float]) -> list[float]:
    """Return how long each frame waited for the poll that showed it or a later one.

    Frames after the last poll are left out: they are not shown yet.
    """
    delays = []
    for before, after in pairwise([float("-inf"), *polls]):
        delays += [1000 * (after - end) for end in frame_ends if before < end <= after]
    return delays
