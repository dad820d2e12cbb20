"""What the floor plan card costs a browser, beside a card that renders one template.

In Chromium, on the page of a real Home Assistant: a park that is invented on that page;
unless quickly, the times of repaints are those of a real one of 500 sockets.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
import subprocess
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Page

from scripts.demo_park.api import HomeAssistantWebSocket
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.park import create_park

from . import Figure
from ._cards_cpu import cpu_figures
from ._cards_page import (
    LOVELACE,
    ROOT,
    SOCKETS,
    SOCKETS_MANY,
    THROTTLE,
    Browser,
    browser_page,
    lower,
)
from ._live import home_assistant

ROUNDS = 31
# A repaint each half second.
REPAINTS_PER_HOUR = 7200
PAN_S = 3
PROMPT_S = 0.05
PROMPT_ANSWERS = 10
REST_MAX_S = 180


def run(*, quick: bool) -> list[Figure]:
    """Measure; needs Chromium and Node."""
    subprocess.run([ROOT / "scripts/setup", "e2e", "cards"], check=True)
    subprocess.run(
        ["npx", "vite", "build", "-c", "bench/vite.config.ts", "--logLevel", "error"],
        cwd=LOVELACE,
        check=True,
    )
    return [*size_figures(), *asyncio.run(measure(quick=quick))]


def size_figures() -> list[Figure]:
    """Return how much a browser loads at most, and to begin with."""
    sizes = {
        file.name: file.stat().st_size / 1024
        for file in (LOVELACE / "dist").glob("*.js.br")
    }
    return [
        lower("entry_brotli_kib", sizes["energy-park.js.br"], "KiB", 40),
        lower("total_brotli_kib", sum(sizes.values()), "KiB", 110),
    ]


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of a page of a running Home Assistant."""
    async with home_assistant() as home, browser_page(home) as browser:
        await browser.load_bench()
        others = [
            *await cpu_figures(browser, quick=quick),
            *await pan_figures(browser),
            *await heap_figures(browser, quick=quick),
        ]
        if quick:
            return [*await time_figures(browser, quick=True), *others]
        async with still_park(home):
            await browser.load_bench()
            return [*await time_figures(browser, quick=False), *others]


@asynccontextmanager
async def still_park(home: HomeAssistantProcess) -> AsyncIterator[None]:
    """Set up 500 sockets that nobody polls, so that only the bench changes states."""
    with TemporaryDirectory() as directory:
        arguments = ["--plugs", str(SOCKETS)]
        async with (
            Emulation(arguments, Path(directory, "emulation.log")) as emulation,
            await home.login() as api,
            api.websocket() as websocket,
        ):
            park = await create_park(api, websocket, emulation.announcement)
            await websocket.call(
                "config_entries/update",
                entry_id=park.entry_id,
                pref_disable_polling=True,
            )
            await rest(websocket)
            yield


async def rest(websocket: HomeAssistantWebSocket) -> None:
    """Wait until Home Assistant has digested the park and answers at once again."""
    loop = asyncio.get_running_loop()
    prompt = 0
    async with asyncio.timeout(REST_MAX_S):
        while prompt < PROMPT_ANSWERS:
            asked = loop.time()
            await websocket.call("energy_park/plan/get")
            prompt = prompt + 1 if loop.time() - asked < PROMPT_S else 0
            await asyncio.sleep(1)


async def time_figures(browser: Browser, *, quick: bool) -> list[Figure]:
    """Return the times of repaints of 500 sockets, and of more, and when throttled."""
    rounds = 11 if quick else ROUNDS
    usual = await compare(browser, SOCKETS, rounds, real=not quick)
    many = await compare(browser, SOCKETS_MANY, rounds)
    await browser.throttle(THROTTLE)
    slow = await compare(browser, SOCKETS, 7)
    await browser.throttle(1)
    none, one, fifty, all_ = usual["ours"]
    peer = usual["template"]
    figures = [
        lower("unrelated_tick_ms", none["script"], "ms", 0.3, peer[0]["script"]),
        lower("update_1_ms", one["script"], "ms", 0.6, peer[1]["script"]),
        lower("update_1_total_ms", one["total"], "ms", None, peer[1]["total"]),
        lower("update_50_ms", fifty["script"], "ms", 1.5, peer[2]["script"]),
        lower("update_50_total_ms", fifty["total"], "ms", None, peer[2]["total"]),
        lower("update_500_total_ms", all_["total"], "ms", 25, peer[3]["total"]),
        lower("first_paint_ms", usual["paint"], "ms", 150, usual["templatePaint"]),
    ]
    for suffix, times in (("2000", many), ("500_x6", slow)):
        names = ("unrelated_tick", "update_1", "update_50", "update_all")
        for name, ours, theirs in zip(
            names, times["ours"], times["template"], strict=True
        ):
            figures.append(
                lower(
                    f"{name}_of_{suffix}_total_ms",
                    ours["total"],
                    "ms",
                    None,
                    theirs["total"],
                )
            )
        figures.append(
            lower(
                f"first_paint_of_{suffix}_ms",
                times["paint"],
                "ms",
                None,
                times["templatePaint"],
            )
        )
    return figures


async def compare(
    browser: Browser, sockets: int, rounds: int, *, real: bool = False
) -> dict[str, Any]:
    """Return the times of our card and of the other, in ms."""
    result: dict[str, Any] = await browser.page.evaluate(
        "([sockets, rounds, real]) => bench.compare(sockets, rounds, real)",
        [sockets, rounds, real],
    )
    return result


async def pan_figures(browser: Browser) -> list[Figure]:
    """Return the frames a second while a zoomed plan is dragged about."""
    figures = []
    for sockets, rate, suffix, target in (
        (SOCKETS, 1, "", 50),
        (SOCKETS_MANY, 1, "_of_2000", None),
        (SOCKETS, THROTTLE, "_x6", 30),
    ):
        await browser.page.evaluate("(count) => bench.show(count)", sockets)
        card = browser.page.locator("energy-park-plan-card")
        for _ in range(3):
            await card.get_by_role("button", name="Zoom in").click()
        await browser.throttle(rate)
        fps = await pan(browser.page)
        await browser.throttle(1)
        figures.append(
            Figure(
                name=f"cards.pan_fps{suffix}",
                value=round(fps, 1),
                unit="frames/s",
                better="higher",
                target=target,
            )
        )
    return figures


async def pan(page: Page) -> float:
    """Drag here and there for a while; return the frames a second."""
    await page.mouse.move(700, 500)
    await page.mouse.down()
    await page.mouse.move(720, 510)
    await page.evaluate("bench.countFrames()")
    end = asyncio.get_running_loop().time() + PAN_S
    for step in cycle((*range(0, 300, 12), *range(300, 0, -12))):
        await page.mouse.move(720 - step, 510 - step / 2)
        if asyncio.get_running_loop().time() > end:
            break
    fps: float = await page.evaluate("bench.framesPerSecond()")
    await page.mouse.up()
    return fps


async def heap_figures(browser: Browser, *, quick: bool) -> list[Figure]:
    """Return what the repaints of an hour, run at once, leave behind."""
    figures = []
    for sockets, suffix, target in (
        (SOCKETS, "", 10),
        (SOCKETS_MANY, "_of_2000", None),
    ):
        part = 4 if quick or sockets > SOCKETS else 1
        await browser.page.evaluate("(count) => bench.show(count)", sockets)
        await browser.page.evaluate("bench.hour(200)")
        before = await used_heap(browser)
        await browser.page.evaluate(
            "(repaints) => bench.hour(repaints)", REPAINTS_PER_HOUR // part
        )
        grown = (await used_heap(browser) - before) * part
        figures.append(
            lower(f"heap_growth{suffix}_mib_per_h", max(0.0, grown), "MiB/h", target)
        )
    return figures


async def used_heap(browser: Browser) -> float:
    """Return the MiB of the page's objects after a collection."""
    await browser.tools.send("HeapProfiler.collectGarbage")
    return await browser.metric("JSHeapUsedSize") / 2**20
