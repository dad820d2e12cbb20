"""From the meter's warning to the order at the plug, through a real Home Assistant.

The emulated meter and plugs are in this process, Home Assistant in one of its own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
import time
from typing import override

from scripts.demo_park.api import HomeAssistantApi
from scripts.demo_park.park import create_park
from scripts.emulators import Constant, EmulatedMeter, Mains, Outlet, ShellyGen2, Site

from ._live import home_assistant

SUBSCRIBED_KVA = 3
# A power that is borne for ever, a leap that leaves no second, and what is left after
# the cut; one socket is enough for it.
WARM_W, LEAP_W, LEFT_W = 2500.0, 12000.0, 1000.0
SOCKET_W = 11000.0
STRIP = 4
FRAME_S = 1.3
WARM_FRAMES, LEFT_FRAMES = 3, 3
ORDER_TIMEOUT_S = 5.0
# Home Assistant has read all plugs and tidied its memory by then, as it has on most
# days of its life.
SETTLE_S = 60.0
SECTOR = "Room"
SHED_ON_PREDICTION = {
    "alias": "Shed before the meter opens",
    "triggers": [{"trigger": "energy_park.overload_predicted"}],
    "actions": [{"action": "energy_park.shed", "data": {"mode": "prediction"}}],
}


class Orders:
    """When the first order to switch off arrived."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.at_s = 0.0

    def note(self) -> None:
        """Remember an order, unless one was not yet taken note of."""
        if not self.arrived.is_set():
            self.at_s = time.perf_counter()
            self.arrived.set()


class Strip(ShellyGen2):
    """A power strip that notes an order before it carries it out."""

    def __init__(self, number: int, mains: Mains, orders: Orders) -> None:
        outlets = [
            Outlet(
                mains,
                socket,
                appliance=Constant(mains, "load", power_w=SOCKET_W, power_factor=1),
            )
            for socket in range(STRIP)
        ]
        super().__init__(mac=f"aa0000{number:06x}", sockets=outlets, mains=mains)
        self._orders = orders

    @override
    def switch(self, outlet: Outlet, on: bool, *, revert_s: float = 0) -> None:
        if not on:
            self._orders.note()
        super().switch(outlet, on, revert_s=revert_s)


class Meter:
    """A Linky in historique mode on a TCP port, frame by frame."""

    def __init__(self, mains: Mains) -> None:
        self._site = Site(mains, base_load_w=0)
        self._linky = EmulatedMeter(
            self._site, mode="historique", subscribed_kva=SUBSCRIBED_KVA
        )
        self._linky.line.pty.close()
        self._listeners: list[asyncio.StreamWriter] = []
        self.url = ""

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[None]:
        """Let Home Assistant connect."""
        async with await asyncio.start_server(self._take, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            self.url = f"socket://127.0.0.1:{port}"
            yield
            for listener in self._listeners:
                listener.close()

    async def _take(
        self, _: asyncio.StreamReader, listener: asyncio.StreamWriter
    ) -> None:
        self._listeners.append(listener)

    async def send(self, power_w: float) -> float:
        """Send a frame at this power; return when its warning, or it, had ended."""
        self._site.extra.power_w = power_w
        frame = self._linky.frame()
        warning = frame.find(b"\nADPS")
        end = frame.find(b"\r", warning) + 1 if warning >= 0 else len(frame)
        sent_s = self._write(frame[:end])
        await asyncio.sleep(FRAME_S / 4)
        self._write(frame[end:])
        await asyncio.sleep(FRAME_S * 3 / 4)
        return sent_s

    def _write(self, data: bytes) -> float:
        for listener in self._listeners:
            if data and not listener.is_closing():
                listener.write(data)
        return time.perf_counter()

    async def send_always(self, power_w: float) -> None:
        """Send the same until cancelled."""
        while True:
            await self.send(power_w)


async def latencies_ms(sockets: int, rounds: int) -> list[float]:
    """Return the milliseconds of each round; those of a timeout if nothing came."""
    mains, orders = Mains(), Orders()
    meter = Meter(mains)
    strips = [Strip(number, mains, orders) for number in range(sockets // STRIP)]
    async with AsyncExitStack() as stack:
        for strip in strips:
            await stack.enter_async_context(strip)
        await stack.enter_async_context(meter.listen())
        home = await stack.enter_async_context(home_assistant())
        api = await stack.enter_async_context(await home.login())
        speaking = asyncio.create_task(meter.send_always(LEFT_W))
        try:
            await _set_up(api, meter, strips)
            await asyncio.sleep(SETTLE_S)
        finally:
            speaking.cancel()
            with suppress(asyncio.CancelledError):
                await speaking
        return [1000 * await _round(meter, orders) for _ in range(rounds)]


async def _set_up(api: HomeAssistantApi, meter: Meter, strips: list[Strip]) -> None:
    announcement = {
        "meter": {"tcp": meter.url},
        "sectors": [SECTOR],
        "plugs": [
            {
                "host": strip.host,
                "sockets": [
                    {
                        "number": number,
                        "name": f"Socket {number}",
                        "sector": SECTOR,
                        "role": "other",
                        "priority": 5,
                    }
                    for number in range(STRIP)
                ],
            }
            for strip in strips
        ],
    }
    async with api.websocket() as websocket:
        await create_park(api, websocket, announcement)
    await api.post("/api/config/automation/config/shed", SHED_ON_PREDICTION)


async def _round(meter: Meter, orders: Orders) -> float:
    """Return how long after the warning the order arrived."""
    for _ in range(WARM_FRAMES):
        await meter.send(WARM_W)
    orders.arrived.clear()
    warned_s = await meter.send(LEAP_W)
    try:
        async with asyncio.timeout(ORDER_TIMEOUT_S):
            await orders.arrived.wait()
    except TimeoutError:
        return ORDER_TIMEOUT_S
    for _ in range(LEFT_FRAMES):
        await meter.send(LEFT_W)
    return orders.at_s - warned_s
