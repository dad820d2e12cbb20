"""The history card: from Home Assistant's recorder and from the mirror."""

import re

from playwright.async_api import Locator, Page, expect

from scripts.demo_park.api import HomeAssistantWebSocket
from scripts.pictures import ROOMS, make_up_history
from tests.e2e.cards.common import DASHBOARD, show
from tests.e2e.common import RunningDemo

DAYS = 14


async def choose(card: Locator, name: str) -> None:
    await card.get_by_role("button", name=name, exact=True).click()


async def test_a_week_is_drawn_as_the_recorder_knows_it(
    desk: Page, demo: RunningDemo, websocket: HomeAssistantWebSocket
) -> None:
    await make_up_history(websocket, DAYS)
    card = await show(desk, demo, "history")
    await choose(card, "Week")
    await choose(card, "Earlier")
    lines = card.locator(".chart .line")
    await expect(card.locator(".chart rect")).to_have_count(
        7 * len(ROOMS), timeout=15_000
    )
    await expect(lines).to_have_count(len(ROOMS))
    for line in await lines.all():
        drawn = await line.get_attribute("d")
        assert drawn is not None
        # Every hour of it, without a gap.
        assert (drawn.count("M"), drawn.count("L")) == (1, 7 * 24 - 1)
    for told in await card.locator(".legend strong").all_inner_texts():
        assert re.fullmatch(r"⌀ [\d.]+ k?W · [\d.]+ kWh", told)

    await choose(card, "Show as a table")
    for table in await card.locator("table").all():
        assert len(await table.locator("tbody tr").all()) >= 7
        await expect(table.locator("td").first).to_have_text(re.compile(r"\d k?Wh?$"))


async def test_each_range_and_each_socket_can_be_chosen(
    desk: Page, demo: RunningDemo
) -> None:
    card = await show(desk, demo, "history")
    for name in ("Day", "Week", "Month", "Year", "24 h"):
        await choose(card, name)
        await expect(card.locator(".chart").first).to_be_visible()
    await choose(card, "Each socket")
    await expect(card.locator(".modules li")).to_have_count(12)


async def test_the_mirror_tells_the_same_by_its_own_readings(
    desk: Page, demo: RunningDemo
) -> None:
    await desk.goto(f"{demo.url}/{DASHBOARD}/mirror")
    card = desk.locator("energy-park-history-card")
    salle = card.locator(".legend li").filter(has_text="Salle A")
    await expect(salle).to_contain_text(
        re.compile(r"⌀ [1-9][\d.]* k?W"), timeout=30_000
    )
    await expect(card.locator(".chart .line").first).to_have_attribute(
        "d", re.compile(r"^M\d")
    )
    await choose(card, "Month")
    await expect(salle).to_contain_text(re.compile(r"W · [\d.]+ k?Wh"))
    await expect(card.locator(".chart rect").first).to_be_visible()
