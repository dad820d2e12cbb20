"""One demo and one browser for all end-to-end tests."""

from collections.abc import AsyncIterator
from pathlib import Path
import shutil

from playwright.async_api import Browser, Page, async_playwright
import pytest

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.entities import ParkEntities
from scripts.demo_park.state import free_ports
from tests.e2e.common import RunningDemo

PHONE_OR_PC = [
    pytest.param({"width": 1400, "height": 1000}, id="pc"),
    pytest.param({"width": 390, "height": 844}, id="phone"),
]


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningDemo]:
    """The demo, started from nothing; a test that stops it starts it again."""
    # The next two ports are for the tests that start a second demo.
    demo = RunningDemo(tmp_path_factory.mktemp("demo") / "files", free_ports(3))
    try:
        await demo.start()
        yield demo
    finally:
        await demo.interrupt()


@pytest.fixture
async def api(demo: RunningDemo) -> AsyncIterator[HomeAssistantApi]:
    """A REST session of the demo's owner."""
    async with await demo.login() as api:
        yield api


@pytest.fixture
async def websocket(api: HomeAssistantApi) -> AsyncIterator[HomeAssistantWebSocket]:
    """A WebSocket connection of the demo's owner."""
    async with api.websocket() as websocket:
        yield websocket


@pytest.fixture
async def park(websocket: HomeAssistantWebSocket) -> ParkEntities:
    """The demo's park as Home Assistant registered it."""
    return await ParkEntities.read(websocket)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, Playwright's own where there is none."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            # Root in a container has no sandbox; nothing foreign is opened.
            args=["--no-sandbox"],
        )
        yield browser
        await browser.close()


@pytest.fixture(params=PHONE_OR_PC)
async def any_page(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Page]:
    """A page on a computer's screen, then on a phone's."""
    page = await browser.new_page(viewport=request.param)
    yield page
    await page.screenshot(path=tmp_path / "last.png")
    await page.context.close()


@pytest.fixture
async def page(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """A page on a computer's screen; its last sight is kept for who looks for it."""
    page = await browser.new_page(viewport={"width": 1400, "height": 1000})
    yield page
    await page.screenshot(path=tmp_path / "last.png")
    await page.context.close()
