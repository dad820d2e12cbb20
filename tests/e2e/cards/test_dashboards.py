"""Dashboards that are made of the park, or ready to be pasted."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect
import pytest
import yaml

from scripts.demo_park.api import HomeAssistantWebSocket
from tests.e2e.cards.common import AUTOMATIC, DASHBOARD, show, socket
from tests.e2e.common import ROOT, RunningDemo, until

SCREENS = (("wall", 1920, 1080), ("pc", 1400, 1000), ("phone", 390, 844))


async def test_a_dashboard_is_made_of_the_park(desk: Page, demo: RunningDemo) -> None:
    await desk.goto(f"{demo.url}/{AUTOMATIC}")
    await expect(desk.locator("energy-park-plan-card .module")).to_have_count(
        24, timeout=30_000
    )
    for path, sign in (
        ("overview", "Salle A"),
        ("meter", "Headroom"),
        ("shedding", "Order of shedding"),
        ("history", "24 h"),
        ("savings", "no baseline to compare with"),
        ("settings", "Duration of manual orders"),
    ):
        await desk.goto(f"{demo.url}/{AUTOMATIC}/{path}")
        await expect(desk.get_by_text(sign).first).to_be_visible(timeout=30_000)
    await expect(desk.locator("hui-error-card")).to_have_count(0)


async def test_a_tile_switches_no_sector_without_a_question(
    desk: Page, demo: RunningDemo
) -> None:
    await desk.goto(f"{demo.url}/{AUTOMATIC}/overview")
    tile = desk.locator("hui-tile-card").filter(has_text="Salle A")
    await expect(tile).to_be_visible(timeout=30_000)
    await expect(tile.get_by_role("switch")).to_have_count(0)
    await tile.locator("ha-tile-icon").click()
    question = desk.get_by_text("Switch all sockets of Salle A?")
    await expect(question).to_be_visible()
    await desk.get_by_role("button", name="Cancel").click()
    await expect(question).to_have_count(0)
    assert (await socket(demo, "A1 monitor"))["on"]


async def test_a_dashboard_whose_file_is_gone_after_an_update_shows_the_plan(
    desk: Page, demo: RunningDemo
) -> None:
    await desk.route("**/dashboard-*.js", lambda route: route.abort())
    await desk.goto(f"{demo.url}/{AUTOMATIC}")
    await expect(desk.locator("energy-park-plan-card .module")).to_have_count(
        24, timeout=30_000
    )
    await expect(desk.locator("hui-error-card")).to_have_count(0)


async def test_the_dashboard_is_offered_in_home_assistants_picker(
    desk: Page, demo: RunningDemo, websocket: HomeAssistantWebSocket
) -> None:
    await desk.goto(f"{demo.url}/config/lovelace/dashboards")
    await desk.get_by_role("button", name="Add dashboard").click(timeout=30_000)
    offer = desk.locator("dashboard-card").filter(has_text="Plan, overview, meter")
    await expect(offer).to_be_visible(timeout=15_000)
    await offer.click()
    dialog = desk.locator("dialog-lovelace-dashboard-detail")
    await dialog.get_by_role("button", name="Create").click()

    async def created() -> list[Any]:
        return [
            one
            for one in await websocket.call("lovelace/dashboards/list")
            if one["title"] == "Energy Park" and one["url_path"] != "energy-park"
        ]

    [dashboard] = await until(created, timeout_s=10, what="the dashboard")
    await desk.goto(f"{demo.url}/{dashboard['url_path']}")
    await expect(desk.locator("energy-park-plan-card .module")).to_have_count(
        24, timeout=30_000
    )
    await websocket.call("lovelace/dashboards/delete", dashboard_id=dashboard["id"])


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("plan", "A tap on a socket"),
        ("meter", "Meter"),
        ("history", "Compared"),
        ("savings", "Title"),
        ("shedding", "Only to be looked at"),
    ],
)
async def test_a_card_has_a_visual_editor(
    desk: Page, demo: RunningDemo, name: str, field: str
) -> None:
    await show(desk, demo, name)
    await desk.goto(f"{demo.url}/{DASHBOARD}/{name}?edit=1")
    await desk.locator("hui-card-edit-mode").first.hover(timeout=30_000)
    await desk.locator("hui-card-edit-mode").first.click()
    dialog = desk.locator("hui-dialog-edit-card")
    await expect(dialog.get_by_text(field).first).to_be_visible(timeout=15_000)
    await expect(dialog.locator(f"energy-park-{name}-card h2")).to_be_visible()


@pytest.mark.parametrize("file", sorted((ROOT / "lovelace/dashboards").glob("*.yaml")))
async def test_a_ready_dashboard_shows_the_park(
    desk: Page,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
    file: Path,
    tmp_path: Path,
) -> None:
    config = yaml.safe_load(file.read_text())
    await websocket.call("lovelace/config/save", url_path=AUTOMATIC, config=config)
    await desk.goto(f"{demo.url}/{AUTOMATIC}")
    for name, width, height in SCREENS:
        await desk.set_viewport_size({"width": width, "height": height})
        await expect(desk.locator("energy-park-plan-card .module")).to_have_count(
            24, timeout=30_000
        )
        for card in await desk.locator("hui-card").all():
            await card.scroll_into_view_if_needed()
            box = await card.bounding_box()
            assert box is not None
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
        await desk.screenshot(path=tmp_path / f"{name}.png")
    await expect(desk.locator("hui-error-card")).to_have_count(0)


async def test_a_wall_screen_has_nothing_to_scroll(
    desk: Page, demo: RunningDemo, websocket: HomeAssistantWebSocket
) -> None:
    config = yaml.safe_load((ROOT / "lovelace/dashboards/wall.yaml").read_text())
    await websocket.call("lovelace/config/save", url_path=AUTOMATIC, config=config)
    await desk.set_viewport_size({"width": 1920, "height": 1080})
    await desk.goto(f"{demo.url}/{AUTOMATIC}")
    for name in ("plan", "meter"):
        card = desk.locator(f"energy-park-{name}-card")
        await expect(card.locator("h2")).to_be_visible(timeout=30_000)
        box = await card.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 1080
