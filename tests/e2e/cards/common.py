"""What all tests of the cards use."""

from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.e2e.common import ROOT, RunningDemo

DASHBOARD = "test-cards"
AUTOMATIC = "test-automatic"
CARDS = ("plan", "meter", "history", "savings", "shedding")
AXE = ROOT / "lovelace/node_modules/axe-core/axe.min.js"


async def show(page: Page, demo: RunningDemo, name: str) -> Locator:
    """Open the view of a card and return the card."""
    await page.goto(f"{demo.url}/{DASHBOARD}/{name}")
    card = page.locator(f"energy-park-{name}-card")
    await expect(card.locator("h2")).to_be_visible(timeout=30_000)
    return card


def module(card: Locator, name: str) -> Locator:
    return card.locator(f'.module[aria-label^="{name},"]')


async def socket(demo: RunningDemo, name: str) -> Any:
    return (await demo.control("/state"))["sockets"][name]


async def facts(card: Locator) -> dict[str, str]:
    """The facts that a card lists, by their names."""
    names = await card.locator("dt").all_inner_texts()
    return dict(zip(names, await card.locator("dd").all_inner_texts(), strict=True))


async def violations(page: Page, card: Locator) -> list[str]:
    """What axe finds wrong with a card on the page it stands on."""
    await page.add_script_tag(content=AXE.read_text())
    found: list[dict[str, Any]] = await card.evaluate(
        """async (node) => (await axe.run(node, {rules: {
            "label-content-name-mismatch": {enabled: false}}})).violations"""
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


async def lasting_violations(page: Page, card: Locator) -> list[str]:
    """What axe still finds once the colours have changed to another scheme."""
    for _ in range(10):
        if not (found := await violations(page, card)):
            break
        await page.wait_for_timeout(200)
    return found


async def centre(locator: Locator) -> tuple[float, float]:
    """Return where something is that has come to rest since the page was loaded."""
    await locator.hover()
    box = await locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
