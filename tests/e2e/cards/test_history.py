"""The history card."""

from playwright.async_api import Page, expect

from tests.e2e.cards.common import no_errors, show
from tests.e2e.common import RunningDemo


async def test_the_history_of_each_socket_is_there(
    desk: Page, demo: RunningDemo
) -> None:
    with no_errors(desk):
        card = await show(desk, demo, "history")
        for name in ("Day", "Week", "Month", "Year", "24 h"):
            await card.get_by_role("button", name=name, exact=True).click()
            await expect(card.locator(".chart").first).to_be_visible()
        await card.get_by_role("button", name="Each socket").click()
        await expect(card.locator(".modules li")).to_have_count(12)
