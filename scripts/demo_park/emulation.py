"""The emulated meter and plugs, in a process of their own."""

import asyncio
from collections.abc import Sequence
import json
from pathlib import Path
import sys
from types import TracebackType
from typing import Any, Self

from .process import ChildProcess

ROOT = Path(__file__).parents[2]
READY_TIMEOUT_S = 30


class Emulation:
    """The program of `scripts/emulate`; ``announcement`` is what it tells at its start."""

    def __init__(self, arguments: Sequence[str | Path], log: Path) -> None:
        """Describe the process; ``arguments`` are the script's."""
        self.process = ChildProcess(
            "the emulated park",
            [sys.executable, "-m", "scripts.emulators", *arguments],
            log=log,
            env={"PYTHONPATH": str(ROOT)},
        )
        self.announcement: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        """Start, and return when meter and plugs answer."""
        await self.process.start(read_stdout=True)
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                self.announcement = json.loads(await self.process.read_line())
        except TimeoutError:
            await self.process.stop()
            raise self.process.failure("did not get ready") from None
        except BaseException:
            await self.process.stop()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.process.stop()
