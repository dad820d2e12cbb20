"""Resources that the user keeps in YAML: they are read, never written."""

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from scripts.demo_park import configuration
from scripts.demo_park.account import Account
from scripts.demo_park.api import HomeAssistantWebSocket
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.park import create_park
from scripts.demo_park.state import free_ports
from tests.e2e.cards.common import DASHBOARD

OWNER = Account(username="yaml", password="yaml-secret")
LINE = "/energy_park_static/latest/energy-park.js"
RESOURCES = """\
lovelace:
  resource_mode: yaml
  resources:
    - url: /local/users-card.js
      type: module
"""
OUR_LINE = f"""\
    - url: {LINE}
      type: module
"""


async def test_a_park_beside_resources_in_yaml(
    browser: Browser, tmp_path: Path
) -> None:
    config_dir = tmp_path / "config"
    await configuration.create(config_dir, OWNER)
    (config_dir / "www").mkdir()
    (config_dir / "www/users-card.js").write_text("window.usersCard = true;")
    settings = config_dir / "configuration.yaml"
    settings.write_text(settings.read_text() + RESOURCES)
    home = HomeAssistantProcess(config_dir, free_ports(1), OWNER)
    page = await browser.new_page(viewport={"width": 1400, "height": 1000})
    async with Emulation(["--plugs", "4"], tmp_path / "emulation.log") as emulation:
        async with home:
            async with await home.login() as api, api.websocket() as websocket:
                await create_park(api, websocket, emulation.announcement)
                await make_dashboard(websocket)
                assert await lines(websocket) == [LINE]
            await log_in(page, home)
            loaded = await show_cards(page, home)
            assert [url for url in loaded if "/latest/" in url] == []

            await page.goto(f"{home.url}/config/repairs")
            await page.get_by_text("The cards need a line").first.click(timeout=30_000)
            await expect(page.get_by_text(LINE).first).to_be_visible()

        settings.write_text(settings.read_text() + OUR_LINE)
        async with home:
            async with await home.login() as api, api.websocket() as websocket:
                assert await lines(websocket) == []
            loaded = await show_cards(page, home)
            assert [url for url in loaded if "/latest/" not in url] == []
    await page.context.close()


async def make_dashboard(websocket: HomeAssistantWebSocket) -> None:
    await websocket.call(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title=DASHBOARD,
        show_in_sidebar=False,
        require_admin=False,
    )
    view = {"type": "panel", "cards": [{"type": "custom:energy-park-plan-card"}]}
    await websocket.call(
        "lovelace/config/save", url_path=DASHBOARD, config={"views": [view]}
    )


async def lines(websocket: HomeAssistantWebSocket) -> list[Any]:
    """The lines that repairs ask to be written."""
    issues = (await websocket.call("repairs/list_issues"))["issues"]
    return [
        issue["translation_placeholders"]["url"]
        for issue in issues
        if issue["translation_key"] == "yaml_resources"
    ]


async def log_in(page: Page, home: HomeAssistantProcess) -> None:
    await page.goto(home.url)
    await page.locator("input[name=username]").fill(OWNER.username)
    await page.locator("input[name=password]").fill(OWNER.password)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_function("localStorage.hassTokens")


async def show_cards(page: Page, home: HomeAssistantProcess) -> list[str]:
    """Open the dashboard; return which files of the cards were loaded."""
    await page.goto(f"{home.url}/{DASHBOARD}")
    modules = page.locator("energy-park-plan-card .module")
    await expect(modules).to_have_count(4, timeout=30_000)
    await expect(page.locator("hui-error-card")).to_have_count(0)
    assert await page.evaluate("window.usersCard")
    loaded: list[str] = await page.evaluate(
        """() => performance.getEntriesByType("resource")
            .map(({ name }) => name)
            .filter((name) => name.includes("/energy_park_static/"))"""
    )
    assert loaded
    return loaded
