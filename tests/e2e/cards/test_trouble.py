"""What is broken or gone is told in words; nothing of the user's is lost."""

from playwright.async_api import Page, expect

from scripts.demo_park.api import HomeAssistantApi
from tests.e2e.cards.common import module, show
from tests.e2e.common import RunningDemo


async def test_a_page_survives_a_restart_of_home_assistant(
    desk: Page, demo: RunningDemo, api: HomeAssistantApi
) -> None:
    card = await show(desk, demo, "plan")
    await api.post("/api/services/homeassistant/restart")
    await demo.read_until("✓ Home Assistant again")
    # Until then the page shows what it knew before.
    await desk.wait_for_function(
        """() => {
            const { hass } = document.querySelector("home-assistant");
            return hass.connected && hass.config.state === "RUNNING";
        }""",
        timeout=60_000,
    )
    oven = module(card, "Drying oven")
    await expect(oven).to_have_attribute("aria-pressed", "true", timeout=60_000)
    await oven.locator(".disc").click()
    await expect(oven).to_have_attribute("aria-pressed", "false", timeout=30_000)
    await oven.locator(".disc").click()
    await expect(oven).to_have_attribute("aria-pressed", "true", timeout=30_000)
    await expect(desk.locator("hui-error-card")).to_have_count(0)
