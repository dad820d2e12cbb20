"""A real Home Assistant process."""

import asyncio
from importlib.util import find_spec
import os
from pathlib import Path
import socket
import sys
from types import TracebackType
from typing import Self

from aiohttp import ClientError

from .account import Account
from .api import HomeAssistantApi, LoginFailed
from .process import ChildProcess

RESTART_EXIT_CODE = 100
"""What Home Assistant ends with when it was asked to restart."""

VOICE_MODULES = ("pymicro_vad", "pyspeex_noise")
"""Modules of packages without a wheel for this Python.

Home Assistant's page does not load without them, and to build them takes a C++
compiler. They only clean the sound of a microphone.
"""
NO_VOICE = Path(__file__).with_name("no_voice")

POLL_S = 0.1


class PortTaken(Exception):
    """Another program listens on the wanted port."""


class HomeAssistantProcess:
    """Home Assistant on one configuration directory and one port."""

    def __init__(self, config_dir: Path, port: int, owner: Account) -> None:
        """Describe the process; nothing runs before `start`."""
        self.config_dir = config_dir
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.owner = owner
        self.process = ChildProcess(
            "Home Assistant",
            [
                *(sys.executable, "-m", "homeassistant"),
                *("--config", config_dir),
                # All it needs is locked and there: it must not install more.
                "--skip-pip",
            ],
            log=config_dir.parent / f"{config_dir.name}.out.log",
            env={
                # The port of a configuration without stored HTTP settings.
                "SETUP_PORT": str(port),
                "PYTHONPATH": os.pathsep.join(str(path) for path in _stand_ins()),
            },
        )

    async def __aenter__(self) -> Self:
        """Start, and return when Home Assistant runs."""
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.process.stop()

    async def start(self, *, timeout_s: float = 180) -> None:
        """Start and wait until every integration is set up.

        Raises `PortTaken`, or `ProcessFailed` when Home Assistant ends or does
        not run in time.
        """
        check_port_free(self.port)
        # Home Assistant keeps the port of its first start in this file, and asks
        # in a dialog to confirm any other: without it the port is a default.
        (self.config_dir / ".storage" / "http").unlink(missing_ok=True)
        await self.process.start()
        try:
            async with asyncio.timeout(timeout_s):
                async with await self.login() as api:
                    await self._wait_running(api)
        except TimeoutError:
            await self.process.stop()
            raise self.process.failure(f"did not start in {timeout_s} s") from None
        except BaseException:
            await self.process.stop()
            raise

    async def login(self) -> HomeAssistantApi:
        """Return an open API session of the owner, as soon as one can log in."""
        while True:
            try:
                return await HomeAssistantApi.login(self.url, self.owner)
            except ClientError, LoginFailed, OSError:
                if not self.process.running:
                    raise self.process.failure("ended at its start") from None
                await asyncio.sleep(POLL_S)

    async def _wait_running(self, api: HomeAssistantApi) -> None:
        while (await api.get("/api/config"))["state"] != "RUNNING":
            await asyncio.sleep(POLL_S)


def _stand_ins() -> list[Path]:
    """Return the folder of the packages that could not be built, if any."""
    complete = all(find_spec(module) for module in VOICE_MODULES)
    return [] if complete else [NO_VOICE]


def check_port_free(port: int) -> None:
    """Raise `PortTaken` when a program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise PortTaken(f"port {port} is taken by another program") from error
