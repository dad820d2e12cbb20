"""Child processes that never outlive their parent."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
import ctypes
import os
from pathlib import Path
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal a process gets when its parent dies (Linux only)."""

LOG_TAIL_LINES = 15

# The emulation announces a park of thousands of sockets in one line.
LINE_MAX = 2**24


class ProcessFailed(Exception):
    """A child process ended or stayed silent when it should have been working."""


class ChildProcess:
    """One program in its own process group, with its output in a log file.

    The group keeps a Ctrl-C of the terminal away from the child, so that its
    parent decides when and in which order the children stop.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Describe the child; ``env`` is added to this process's environment."""
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._env = {**os.environ, **(env or {})}
        self._stop_signal = stop_signal
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        if self._process is None:
            raise ProcessFailed(f"{self.name} has not been started")
        return self._process.pid

    @property
    def running(self) -> bool:
        """True from the start to the end of the process."""
        return self._process is not None and self._process.returncode is None

    async def start(self, *, read_stdout: bool = False) -> None:
        """Start the program; with ``read_stdout`` its output is for `read_line`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if read_stdout else log,
                stderr=log,
                env=self._env,
                limit=LINE_MAX,
                start_new_session=True,
                preexec_fn=_die_with_parent(self._stop_signal),
            )

    async def read_line(self) -> str:
        """Return the next line of the output; raise if the process ends instead."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            await self._process.wait()
            raise self.failure("ended before it was ready")
        return line.decode()

    async def wait(self) -> int:
        """Wait for the end of the process and return its exit code."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self, *, timeout_s: float = 30) -> None:
        """Ask the process to stop; kill its whole group when it does not."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(self._stop_signal)
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._process.wait()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    def failure(self, what: str) -> ProcessFailed:
        """Return the exception that tells what happened, with the end of the log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            lines = []
        tail = "\n".join(f"  {line}" for line in lines[-LOG_TAIL_LINES:])
        return ProcessFailed(f"{self.name} {what}; its log is {self.log}:\n{tail}")


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def request() -> None:
        prctl(PR_SET_PDEATHSIG, death_signal)

    return request
