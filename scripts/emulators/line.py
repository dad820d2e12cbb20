"""The wire of the meter: bytes at their true pace to TCP clients and to a pty."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import os
from random import Random
import select
import tty
from typing import Protocol, override

from .tic_bytes import EOT

# 7E1: start bit, seven data bits, parity, stop bit.
BITS_PER_BYTE = 10
# A USB adapter hands over what came every 16 ms.
CHUNK_S = 0.016
# Silence between frames: 16.7 to 33.4 ms (Enedis-NOI-CPT_54E, 5.3).
FRAME_GAP_S = 0.025
BACKLOG_MAX = 65_536
LATE_MAX_S = 1.0


class Listener(Protocol):
    """Someone who takes the bytes; ``backlog`` is what waits for him."""

    @property
    def backlog(self) -> int:
        """Return the number of bytes not yet taken."""

    def send(self, data: bytes) -> None:
        """Hand over bytes."""


class TcpClient(asyncio.Protocol):
    """One TCP connection; it joins the line while it lasts."""

    def __init__(self, clients: set[TcpClient]) -> None:
        self._clients = clients
        self.transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._clients.add(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.discard(self)

    @property
    def backlog(self) -> int:
        """Return the number of bytes in the send buffer."""
        return self.transport.get_write_buffer_size() if self.transport else 0

    def send(self, data: bytes) -> None:
        """Write without waiting."""
        if self.transport is not None:
            self.transport.write(data)

    def close(self) -> None:
        """Drop the connection."""
        if self.transport is not None:
            self.transport.abort()


class Pty:
    """A pseudo-terminal in the place of a serial port."""

    def __init__(self) -> None:
        self._master, port = os.openpty()
        tty.setraw(port)
        self.path = os.ttyname(port)
        # With nobody at the port the bytes are lost, as on a real wire.
        os.close(port)
        os.set_blocking(self._master, False)
        self._poll = select.poll()
        self._poll.register(self._master, 0)
        self._pending = b""

    @property
    def open(self) -> bool:
        """Return whether somebody has opened the port."""
        return not any(event & select.POLLHUP for _, event in self._poll.poll(0))

    @property
    def backlog(self) -> int:
        """Return the number of bytes that the port has not taken."""
        return len(self._pending)

    def send(self, data: bytes) -> None:
        """Write what fits and keep the rest for the next time."""
        self._pending += data
        with suppress(BlockingIOError):
            written = os.write(self._master, self._pending)
            self._pending = self._pending[written:]

    def flush(self) -> None:
        """Forget what nobody took."""
        self._pending = b""

    def close(self) -> None:
        """Close both ends."""
        os.close(self._master)


class Line:
    """Sends frame after frame until it is closed.

    ``next_frame`` is asked at the moment a frame starts, ``baud`` too: the mode
    may change between two frames. ``pace`` "real" keeps the true rate without
    drift, "fast" sends as quickly as the listeners take it. ``last_frame`` and
    its times (loop time) tell what was sent last.
    """

    def __init__(
        self,
        next_frame: Callable[[], bytes],
        baud: Callable[[], int],
        *,
        pace: str = "real",
        rng: Random,
    ) -> None:
        self._next_frame = next_frame
        self._baud = baud
        self._real = pace == "real"
        self._rng = rng
        self._clients: set[TcpClient] = set()
        self._orphans: set[TcpClient] = set()
        self._server: asyncio.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.pty = Pty()
        self.port = 0
        self.silent = False
        self.corrupt_rate = 0.0
        self.cuts_left = 0
        self.last_frame = b""
        self.last_started_at = self.last_ended_at = 0.0

    async def open(self, port: int = 0) -> None:
        """Listen and start to send."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: TcpClient(self._clients), "127.0.0.1", port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._task = asyncio.create_task(self._run(), name="emulated meter")

    async def close(self) -> None:
        """Stop sending, close the port and every connection."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._server is not None:
            self._server.close()
        for client in (*self._clients, *self._orphans):
            client.close()
        # Aborted transports close at the next turn of the loop.
        await asyncio.sleep(0)
        self.pty.close()

    def abandon_clients(self) -> None:
        """Leave the present TCP clients connected to nothing (half-open)."""
        self._orphans |= self._clients
        self._clients.clear()

    def drop_clients(self) -> None:
        """Close every TCP connection."""
        for client in (*self._clients, *self._orphans):
            client.close()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if loop.time() - due > LATE_MAX_S:
                due = loop.time()
            started_at = loop.time()
            data = self._spoil(self._next_frame())
            if self._real:
                due = await self._send_paced(data, due)
            else:
                await self._send_fast(data)
            self.last_frame = data
            self.last_started_at, self.last_ended_at = started_at, loop.time()

    async def _send_paced(self, data: bytes, due: float) -> float:
        """Send at the true rate from ``due`` on; return when the next is due."""
        byte_s = BITS_PER_BYTE / self._baud()
        step = max(1, int(CHUNK_S / byte_s))
        for start in range(0, len(data), step):
            chunk = data[start : start + step]
            due += len(chunk) * byte_s
            await self._sleep_until(due)
            for listener in self._listeners():
                if listener.backlog < BACKLOG_MAX:
                    listener.send(chunk)
        return due + FRAME_GAP_S

    async def _send_fast(self, data: bytes) -> None:
        while not (listeners := self._listeners()):
            await asyncio.sleep(0.02)
        for listener in listeners:
            listener.send(data)
        await asyncio.sleep(0)
        while any(listener.backlog >= BACKLOG_MAX for listener in self._listeners()):
            await asyncio.sleep(0.001)
            if self.pty.open:
                self.pty.send(b"")

    @staticmethod
    async def _sleep_until(due: float) -> None:
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))

    def _listeners(self) -> list[Listener]:
        if self.silent:
            return []
        listeners: list[Listener] = [*self._clients]
        if self.pty.open:
            listeners.append(self.pty)
        else:
            self.pty.flush()
        return listeners

    def _spoil(self, data: bytes) -> bytes:
        """Apply the faults of the wire to a frame."""
        if self.cuts_left:
            self.cuts_left -= 1
            data = data[: self._rng.randrange(len(data) // 4, len(data) * 3 // 4)] + EOT
        if self.corrupt_rate:
            data = bytes(
                byte ^ (1 << self._rng.randrange(7))
                if self._rng.random() < self.corrupt_rate
                else byte
                for byte in data
            )
        return data
