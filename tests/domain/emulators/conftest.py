"""Emulators listen on real sockets and follow a clock that the test moves."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from scripts.emulators import Mains


class ManualClock:
    """Time that passes only when a test says so."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """Let the emulators listen on the loop-back address."""


@pytest.fixture
def clock() -> ManualClock:
    # 2026-11-20 10:00:00 in Paris, a Friday
    return ManualClock(1_795_165_200.0)


@pytest.fixture
def mains(clock: ManualClock) -> Mains:
    return Mains(clock)


@pytest.fixture
async def http() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session
