"""The cards are there on every screen, however late and whatever the version."""

import json
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page, Route, expect
import pytest

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.entities import ParkEntities
from tests.e2e.cards.common import (
    CARDS,
    DASHBOARD,
    lasting_violations,
    show,
    violations,
)
from tests.e2e.common import ROOT, RunningDemo

SCREENS = [
    pytest.param({"width": 360, "height": 740}, id="phone"),
    pytest.param({"width": 1024, "height": 768}, id="tablet"),
    pytest.param({"width": 1920, "height": 1080}, id="wall"),
]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("size", SCREENS)
async def test_every_card_shows_on_every_screen_by_day_and_by_night(
    browser: Browser, session: Path, demo: RunningDemo, size: Any, tmp_path: Path
) -> None:
    context = await browser.new_context(
        storage_state=session, viewport=size, has_touch=size["width"] < 1200
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
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            await page.wait_for_function(
                "(dark) => document.querySelector('home-assistant')"
                ".hass.themes.darkMode === dark",
                arg=scheme == "dark",
            )
            assert await lasting_violations(page, card) == []
            await page.screenshot(path=tmp_path / f"{name}-{scheme}.png")
    await expect(page.locator("hui-error-card")).to_have_count(0)
    await context.close()


@pytest.mark.parametrize("language", ["fr", "es"])
async def test_every_card_speaks_the_users_language(
    desk: Page,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
    language: str,
    tmp_path: Path,
) -> None:
    texts = json.loads((ROOT / f"lovelace/src/lang/{language}.json").read_text())
    kept = (await websocket.call("frontend/get_user_data", key="language"))["value"]
    chosen = {
        "language": language,
        "number_format": "language",
        "time_format": "language",
        "date_format": "language",
        "time_zone": "local",
        "first_weekday": "language",
    }
    await websocket.call("frontend/set_user_data", key="language", value=chosen)
    try:
        for name, text in (
            ("plan", "role_computer"),
            ("meter", "headroom"),
            ("history", "modules"),
            ("savings", "no_savings"),
            ("shedding", "shed_order"),
        ):
            card = await show(desk, demo, name)
            if name == "plan":
                await card.get_by_role("button", name=texts["show_table"]).click()
            told = card.get_by_text(texts[text], exact=True)
            await expect(told.first).to_be_visible(timeout=15_000)
            if name == "meter":
                # A comma, as both languages write it.
                await expect(card.locator(".of")).to_contain_text(",")
            await desk.screenshot(path=tmp_path / f"{name}.png")
    finally:
        await websocket.call("frontend/set_user_data", key="language", value=kept)


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


THEMES = """\
frontend:
  themes:
    School:
      primary-text-color: "rgb(80, 0, 40)"
      secondary-text-color: "rgb(70, 60, 60)"
      primary-color: "rgb(0, 90, 60)"
      ha-card-background: "rgb(255, 250, 205)"
"""


async def test_a_theme_of_the_users_own_colours_the_cards(
    desk: Page, demo: RunningDemo, api: HomeAssistantApi
) -> None:
    file = demo.directory / "home-assistant/configuration.yaml"
    before = file.read_text()
    file.write_text(before.replace("frontend:\n", THEMES))
    await api.post("/api/services/frontend/reload_themes")
    await api.post("/api/services/frontend/set_theme", {"name": "School"})
    try:
        for name in CARDS:
            card = await show(desk, demo, name)
            await expect(card.locator("h2")).to_have_css("color", "rgb(80, 0, 40)")
            await expect(card.locator("ha-card").first).to_have_css(
                "background-color", "rgb(255, 250, 205)"
            )
            assert await violations(desk, card) == []
    finally:
        await api.post("/api/services/frontend/set_theme", {"name": "default"})
        file.write_text(before)
        await api.post("/api/services/frontend/reload_themes")
