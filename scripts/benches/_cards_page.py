"""A page of Home Assistant in Chromium, for the bench of the cards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import shutil

from playwright.async_api import CDPSession, Page, async_playwright

from scripts.demo_park.home import HomeAssistantProcess

from . import Figure
from ._live import OWNER

ROOT = Path(__file__).parents[2]
LOVELACE = ROOT / "lovelace"
SOCKETS = 500
SOCKETS_MANY = 2000
THROTTLE = 6
PEER = "one template"


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


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of processor: of the page's main thread, and of all of Chromium."""

    page: float
    processes: float

    def __sub__(self, other: Work) -> Work:
        """Return what was added since."""
        return Work(self.page - other.page, self.processes - other.processes)

    def share(self, seconds: float) -> Work:
        """Return it of one second."""
        return Work(self.page / seconds, self.processes / seconds)


@dataclass(frozen=True, slots=True)
class Browser:
    """A page that is logged in to Home Assistant, and its developer tools."""

    page: Page
    tools: CDPSession
    all_tools: CDPSession
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

    async def work(self) -> Work:
        """Return what was worked so far."""
        answer = await self.all_tools.send("SystemInfo.getProcessInfo")
        processes = sum(float(one["cpuTime"]) for one in answer["processInfo"])
        return Work(await self.metric("TaskDuration"), processes)


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
        yield Browser(page, tools, await browser.new_browser_cdp_session(), url)
        await browser.close()
