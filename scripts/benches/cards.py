"""What the floor plan card costs a browser, beside a card that renders one template.

In Chromium, on the page of a real Home Assistant. Quickly: an invented park of 500
sockets on that page; else also a real one whose states change over the WebSocket.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
import shutil
import subprocess
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.entities import ParkEntities
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.park import create_park

from . import Figure
from ._live import OWNER, home_assistant

ROOT = Path(__file__).parents[2]
LOVELACE = ROOT / "lovelace"
SOCKETS = 500
SOCKETS_MANY = 2000
PEER = "one template"
DASHBOARD = "bench-cards"

ROUNDS = 31
# A repaint each half second.
REPAINTS_PER_HOUR = 7200
CHANGES_PER_S = 50
CPU_WINDOW_S = 20
PAN_S = 3
THROTTLE = 6


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


def lower(
    name: str,
    value: float,
    unit: str,
    target: float | None = None,
    peer_value: float | None = None,
) -> Figure:
    """Return a figure that is better when it is lower."""
    return Figure(
        name=f"cards.{name}",
        value=round(value, 2),
        unit=unit,
        better="lower",
        target=target,
        peer=None if peer_value is None else PEER,
        peer_value=None if peer_value is None else round(peer_value, 2),
    )


async def measure(*, quick: bool) -> list[Figure]:
    """Return the figures of a page of a running Home Assistant."""
    async with home_assistant() as home, AsyncExitStack() as stack:
        park = None if quick else await stack.enter_async_context(still_park(home))
        async with browser_page(home) as browser:
            figures = []
            if park is not None:
                figures += await cpu_figures(browser, home, park)
            await browser.load_bench()
            figures += await time_figures(browser, quick=quick, real=park is not None)
            figures += await pan_figures(browser)
            figures.append(await heap_figure(browser, quick=quick))
            return figures


@asynccontextmanager
async def still_park(home: HomeAssistantProcess) -> AsyncIterator[ParkEntities]:
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
            await make_dashboard(websocket)
            yield park


async def make_dashboard(websocket: HomeAssistantWebSocket) -> None:
    """Make one view without a card, and one with ours."""
    await websocket.call(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title="Bench",
        show_in_sidebar=False,
        require_admin=False,
    )
    card = {"type": "custom:energy-park-plan-card"}
    views = [
        {"path": "empty", "cards": [{"type": "markdown", "content": "."}]},
        {"path": "plan", "type": "panel", "cards": [card]},
    ]
    await websocket.call(
        "lovelace/config/save", url_path=DASHBOARD, config={"views": views}
    )


@dataclass(frozen=True, slots=True)
class Browser:
    """A page that is logged in to Home Assistant, and its developer tools."""

    page: Page
    tools: CDPSession
    url: str

    async def load_bench(self) -> None:
        """Load the cards and the bench's own scripts into the page."""
        await self.page.goto(f"{self.url}/energy")
        await self.page.wait_for_function(
            "!!document.querySelector('home-assistant')?.hass"
        )
        # Served from the bundle's own files: a park need not be set up for that.
        bundle = (LOVELACE / "dist/energy-park.js").read_text()
        await self.page.add_script_tag(content=bundle, type="module")
        await self.page.wait_for_function(
            "!!customElements.get('energy-park-plan-card')"
        )
        template = LOVELACE / "node_modules/.bench/template.iife.js"
        await self.page.add_script_tag(path=template)
        await self.page.add_script_tag(path=LOVELACE / "bench/page.js")

    async def throttle(self, rate: float) -> None:
        """Make the processor so many times slower."""
        await self.tools.send("Emulation.setCPUThrottlingRate", {"rate": rate})

    async def metric(self, name: str) -> float:
        """Return a figure of Chromium about the page."""
        answer = await self.tools.send("Performance.getMetrics")
        return next(
            float(one["value"]) for one in answer["metrics"] if one["name"] == name
        )


@asynccontextmanager
async def browser_page(home: HomeAssistantProcess) -> AsyncIterator[Browser]:
    """Open Home Assistant's page as a person does."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            # Root in a container has no sandbox; nothing foreign is opened.
            args=["--no-sandbox", "--enable-precise-memory-info"],
        )
        page = await browser.new_page(
            viewport={"width": 1400, "height": 1000},
            # One that is installed meanwhile loads the page again.
            service_workers="block",
        )
        url = f"http://localhost:{home.port}"
        await page.goto(url)
        await page.locator("input[name=username]").fill(OWNER.username)
        await page.locator("input[name=password]").fill(OWNER.password)
        await page.get_by_role("button", name="Log in").click()
        await page.wait_for_function("localStorage.hassTokens")
        tools = await page.context.new_cdp_session(page)
        await tools.send("Performance.enable")
        yield Browser(page, tools, url)
        await browser.close()


async def time_figures(browser: Browser, *, quick: bool, real: bool) -> list[Figure]:
    """Return the times of repaints of 500 sockets, and of more, and when throttled."""
    rounds = 11 if quick else ROUNDS
    usual = await compare(browser, SOCKETS, rounds, real=real)
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
    for rate, suffix, target in ((1, "", 50), (THROTTLE, "_x6", 30)):
        await browser.page.evaluate("(count) => bench.show(count)", SOCKETS)
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


async def heap_figure(browser: Browser, *, quick: bool) -> Figure:
    """Return what the repaints of an hour, run at once, leave behind."""
    repaints = REPAINTS_PER_HOUR // (4 if quick else 1)
    await browser.page.evaluate("(count) => bench.show(count)", SOCKETS)
    await browser.page.evaluate("bench.hour(200)")
    before = await used_heap(browser)
    await browser.page.evaluate("(repaints) => bench.hour(repaints)", repaints)
    grown = (await used_heap(browser) - before) * REPAINTS_PER_HOUR / repaints
    return lower("heap_growth_mib_per_h", max(0.0, grown), "MiB/h", 10)


async def used_heap(browser: Browser) -> float:
    """Return the MiB of the page's objects after a collection."""
    await browser.tools.send("HeapProfiler.collectGarbage")
    return await browser.metric("JSHeapUsedSize") / 2**20


async def cpu_figures(
    browser: Browser, home: HomeAssistantProcess, park: ParkEntities
) -> list[Figure]:
    """Return what the card adds to the page's work while states change one by one."""
    sensors = [
        entity_id
        for unique_id, entity_id in park.by_unique_id.items()
        if unique_id.endswith("_power") and entity_id.startswith("sensor.")
    ][:SOCKETS]
    busy = {}
    async with await home.login() as api:
        for view in ("empty", "plan"):
            await browser.page.goto(f"{browser.url}/{DASHBOARD}/{view}")
            await asyncio.sleep(8)
            changing = asyncio.create_task(change(api, sensors))
            await asyncio.sleep(2)
            start = await browser.metric("TaskDuration")
            await asyncio.sleep(CPU_WINDOW_S)
            busy[view] = (await browser.metric("TaskDuration") - start) / CPU_WINDOW_S
            changing.cancel()
            await asyncio.gather(changing, return_exceptions=True)
    added = 100 * (busy["plan"] - busy["empty"])
    return [
        lower("cpu_added_percent_50_per_s", max(0.0, added), "%", 5),
        lower("cpu_without_percent_50_per_s", 100 * busy["empty"], "%"),
    ]


async def change(api: HomeAssistantApi, sensors: list[str]) -> None:
    """Change one state after the other, each by itself."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    for number, sensor in enumerate(cycle(sensors)):
        await api.post(
            f"/api/states/{sensor}",
            {
                "state": str(number % 190 + 5),
                "attributes": {"unit_of_measurement": "W", "device_class": "power"},
            },
        )
        due += 1 / CHANGES_PER_S
        await asyncio.sleep(max(0, due - loop.time()))
