"""The cards are there on every screen, however late and whatever the version."""

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Route, expect
import pytest

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.entities import ParkEntities
from tests.e2e.cards.common import CARDS, DASHBOARD, show, violations
from tests.e2e.common import RunningDemo

SCREENS = [
    pytest.param({"width": 360, "height": 740}, "light", id="phone-light"),
    pytest.param({"width": 1024, "height": 768}, "dark", id="tablet-dark"),
    pytest.param({"width": 1920, "height": 1080}, "light", id="wall-light"),
]


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
async def test_every_card_shows_on_every_screen(
    browser: Browser,
    session: Path,
    demo: RunningDemo,
    size: Any,
    scheme: Any,
    tmp_path: Path,
) -> None:
    context = await browser.new_context(
        storage_state=session,
        viewport=size,
        color_scheme=scheme,
        has_touch=size["width"] < 1200,
    )
    page = await context.new_page()
    card = await show(page, demo, "plan")
    await expect(card.locator(".module")).to_have_count(24)
    for name, sign in (
        ("plan", ".zone-label"),
        ("meter", ".gauge"),
        ("history", ".legend"),
        ("savings", ".hint"),
        ("shedding", ".lane"),
    ):
        card = await show(page, demo, name)
        await expect(card.locator(sign).first).to_be_visible(timeout=15_000)
        box = await card.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
        assert await violations(page, card) == []
        await page.screenshot(path=tmp_path / f"{name}.png")
    await expect(page.locator("hui-error-card")).to_have_count(0)
    await context.close()


async def test_a_bundle_that_comes_late_heals_by_itself(
    desk: Page, demo: RunningDemo
) -> None:
    async def delay(route: Route) -> None:
        await desk.wait_for_timeout(4000)
        await route.continue_()

    await desk.route("**/energy_park_static/**", delay)
    await desk.goto(f"{demo.url}/{DASHBOARD}/plan")
    await expect(desk.locator("energy-park-plan-card .module")).to_have_count(
        24, timeout=30_000
    )
    await expect(desk.locator("hui-error-card")).to_have_count(0)


async def test_an_update_is_loaded_by_the_next_page(
    desk: Page,
    demo: RunningDemo,
    api: HomeAssistantApi,
    websocket: HomeAssistantWebSocket,
    park: ParkEntities,
) -> None:
    users = await websocket.call(
        "lovelace/resources/create", res_type="module", url="/local/users-card.js"
    )
    ours, *_ = [
        item
        for item in await websocket.call("lovelace/resources")
        if "energy_park_static" in item["url"]
    ]
    await websocket.call(
        "lovelace/resources/update",
        resource_id=ours["id"],
        res_type="module",
        url="/energy_park_static/000000000000/energy-park.js",
    )

    await api.post(f"/api/config/config_entries/entry/{park.entry_id}/reload")

    urls = [item["url"] for item in await websocket.call("lovelace/resources")]
    assert sorted(urls) == sorted([ours["url"], users["url"]])
    await show(desk, demo, "plan")
    await websocket.call("lovelace/resources/delete", resource_id=users["id"])


async def test_a_page_from_before_an_update_asks_to_be_loaded_again(
    desk: Page, demo: RunningDemo, websocket: HomeAssistantWebSocket
) -> None:
    older = "/energy_park_static/0123456789ab/"

    async def serve(route: Route) -> None:
        """Serve what is served now as if it were of another version."""
        latest = route.request.url.replace(older, "/energy_park_static/latest/")
        await route.fulfill(response=await route.fetch(url=latest))

    await desk.route(f"**{older}**", serve)
    [ours] = await websocket.call("lovelace/resources")
    update = {"resource_id": ours["id"], "res_type": "module"}
    await websocket.call(
        "lovelace/resources/update", **update, url=f"{older}energy-park.js"
    )
    try:
        card = await show(desk, demo, "meter")
    finally:
        await websocket.call("lovelace/resources/update", **update, url=ours["url"])
    await expect(card).to_contain_text("Energy Park was updated.", timeout=15_000)
    await expect(card.locator(".gauge")).to_be_visible()
    await card.get_by_role("button", name="Load the page again").click()
    await expect(card.locator(".gauge")).to_be_visible(timeout=30_000)
    await expect(card).not_to_contain_text("Energy Park was updated.")


async def test_a_theme_of_the_users_own_colours_the_cards(
    desk: Page, demo: RunningDemo
) -> None:
    colours = {
        "--primary-text-color": "rgb(80, 0, 40)",
        "--ha-card-background": "rgb(255, 250, 205)",
        "--primary-color": "rgb(0, 90, 60)",
        "--secondary-text-color": "rgb(70, 60, 60)",
    }
    for name in CARDS:
        card = await show(desk, demo, name)
        await desk.evaluate(
            """(colours) => {
              for (const [name, value] of Object.entries(colours))
                document.documentElement.style.setProperty(name, value);
            }""",
            colours,
        )
        await expect(card.locator("h2")).to_have_css(
            "color", colours["--primary-text-color"]
        )
        assert await violations(desk, card) == []
