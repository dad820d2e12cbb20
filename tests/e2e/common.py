"""A demo under test: the real command, its page, its emulated park."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import os
from pathlib import Path
import re
import signal
from typing import Any

import aiohttp
from playwright.async_api import Locator, Page
import psutil

from scripts.demo_park.account import Account
from scripts.demo_park.api import HomeAssistantApi
from scripts.demo_park.state import State

ROOT = Path(__file__).parents[2]
READY_TIMEOUT_S = 120
POLL_S = 0.1


async def until[T](
    condition: Callable[[], Awaitable[T]], *, timeout_s: float, what: str
) -> T:
    """Return what the condition gives as soon as it is true."""
    try:
        async with asyncio.timeout(timeout_s):
            while not (result := await condition()):
                await asyncio.sleep(POLL_S)
            return result
    except TimeoutError:
        raise AssertionError(f"not within {timeout_s} s: {what}") from None


class RunningDemo:
    """`scripts/demo` in a directory of its own."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.port = port
        self.output = ""
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *arguments: str) -> None:
        """Start the command, and read what it tells until it is ready."""
        await self.launch(*arguments)
        await self.read_until("Ctrl-C stops everything")

    async def launch(self, *arguments: str) -> None:
        """Start the command."""
        self.output = ""
        self.process = await asyncio.create_subprocess_exec(
            ROOT / "scripts/demo",
            *("--directory", self.directory, "--port", str(self.port)),
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def read_until(self, text: str) -> None:
        """Read the output until it holds a text; fail when it ends without."""
        assert self.process is not None
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                while text not in self.output:
                    line = await self.process.stdout.readline()
                    assert line, f"the demo ended:\n{self.output}"
                    self.output += line.decode()
        except TimeoutError:
            raise AssertionError(f"the demo is not ready:\n{self.output}") from None

    async def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send what Ctrl-C sends, and return the exit code."""
        assert self.process is not None
        assert self.process.stdout is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        async with asyncio.timeout(60):
            self.output += (await self.process.stdout.read()).decode()
            return await self.process.wait()

    def leftovers(self) -> list[str]:
        """Return the processes that belong to this demo and still run."""
        own = {str(self.directory), f"--base-port {self.state.base_port}"}
        return [
            line
            for process in psutil.process_iter(["cmdline"])
            if (line := " ".join(process.info["cmdline"] or []))
            and any(mark in line for mark in own)
        ]

    @property
    def state(self) -> State:
        """What the demo remembers."""
        state = State.load(self.directory / "state.json")
        assert state is not None
        return state

    @property
    def url(self) -> str:
        """The address that the demo tells."""
        return self._told(r"(http://localhost:\d+)")

    @property
    def account(self) -> Account:
        """The account that the demo tells."""
        return Account(
            username=self._told(r"user +(\S+)"), password=self._told(r"password +(\S+)")
        )

    async def login(self) -> HomeAssistantApi:
        """Return an API session of the account that the demo tells."""
        return await HomeAssistantApi.login(self.url, self.account)

    async def control(self, path: str, order: dict[str, Any] | None = None) -> Any:
        """Ask the emulated park, or give it an order."""
        url = f"http://127.0.0.1:{self.state.base_port}{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.request("POST" if order else "GET", url, json=order) as response,
        ):
            response.raise_for_status()
            return await response.json()

    def _told(self, pattern: str) -> str:
        match = re.search(pattern, self.output)
        assert match, self.output
        return match[1]


async def log_in(page: Page, demo: RunningDemo, path: str = "/") -> None:
    """Log in by the login page and go where the path leads."""
    await page.goto(demo.url + path)
    await page.locator("input[name=username]").fill(demo.account.username)
    await page.locator("input[name=password]").fill(demo.account.password)
    await page.get_by_role("button", name="Log in").click()


def tile(page: Page, title: str) -> Locator:
    """Return the tile of the dashboard with this very title."""
    return page.locator("hui-tile-card").filter(has=page.get_by_text(title, exact=True))
