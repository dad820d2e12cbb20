"""Nothing moves under a thumb while the cards learn of something."""

import re
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect
import pytest

from scripts.demo_park.api import HomeAssistantApi
from tests.e2e.cards.common import CARDS, module, show, socket
from tests.e2e.common import RunningDemo

SIZES = [
    pytest.param({"width": 360, "height": 740}, id="phone"),
    pytest.param({"width": 1400, "height": 1000}, id="pc"),
]
WATCHED_MS = 8000

# What moved inside of one of our cards, not along with it.
WATCH = """() => {
    window.shifts = [];
    const cardOf = (node) => node?.getRootNode?.().host?.localName ?? "";
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries())
            for (const { node } of sources)
                if (!hadRecentInput && cardOf(node).startsWith("energy-park-"))
                    window.shifts.push(`${value} ${node.outerHTML.slice(0, 120)}`);
    }).observe({ type: "layout-shift" });
}"""


async def places(card: Locator) -> list[Any]:
    """Where everything is that a thumb may aim at."""
    found: list[Any] = await card.evaluate(
        """({ shadowRoot }) => [...shadowRoot.querySelectorAll(
                ".module .disc, button:not(.zone-cancel)")].map((node) => {
            const { x, y, width, height } = node.getBoundingClientRect();
            return [x, y, width, height].map(Math.round);
        })"""
    )
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_a_job_shows_on_its_zone_and_is_cancelled_there(
    browser: Browser,
    session: Any,
    demo: RunningDemo,
    api: HomeAssistantApi,
    size: Any,
) -> None:
    await api.post(
        "/api/services/number/set_value",
        {
            "entity_id": "number.centre_de_formation_warning_before_a_shutdown",
            "value": 120,
        },
    )
    context = await browser.new_context(storage_state=session, viewport=size)
    page = await context.new_page()
    card = await show(page, demo, "plan")
    await expect(module(card, "B1 computer")).to_have_attribute(
        "aria-pressed", "true", timeout=30_000
    )
    for name in ("B1 computer", "Printer", "Heater"):
        await module(card, name).locator(".disc").hover()
        await expect(card.locator(".about")).to_contain_text(name)
    before = await places(card)
    await page.evaluate(WATCH)

    await api.post("/api/services/switch/turn_off", {"entity_id": "switch.salle_b"})
    cancel = card.get_by_role("button", name="Cancel the switching of Salle B")
    await expect(cancel).to_be_visible(timeout=15_000)
    zone = card.locator(".zone-label").filter(has_text="Salle B")
    await expect(zone).to_contain_text(re.compile(r"\d+\s?%"))
    await module(card, "Printer").locator(".disc").hover()
    assert await places(card) == before

    await cancel.click()
    await expect(cancel).to_have_count(0, timeout=15_000)
    assert await places(card) == before
    assert await page.evaluate("window.shifts") == []
    assert (await socket(demo, "B1 computer"))["on"]
    await context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CARDS)
async def test_nothing_moves_when_states_change(
    browser: Browser, session: Any, demo: RunningDemo, size: Any, name: str
) -> None:
    context = await browser.new_context(storage_state=session, viewport=size)
    page: Page = await context.new_page()
    await show(page, demo, name)
    await page.evaluate(WATCH)
    await page.wait_for_timeout(WATCHED_MS)
    assert await page.evaluate("window.shifts") == []
    await context.close()
