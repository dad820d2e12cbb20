"""What is left when parts of the park are taken away, then all of it: this comes last."""

import re

from playwright.async_api import Page, expect

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.entities import ParkEntities
from tests.e2e.cards.common import CARDS, module, show
from tests.e2e.common import RunningDemo


async def test_a_socket_without_its_power_sensor_is_shown_as_far_as_it_is_known(
    desk: Page, demo: RunningDemo, websocket: HomeAssistantWebSocket
) -> None:
    card = await show(desk, demo, "plan")
    printer = module(card, "Printer")
    await expect(printer).to_have_attribute("aria-pressed", "true", timeout=30_000)
    await websocket.call(
        "config/entity_registry/update",
        entity_id="sensor.printer_power",
        disabled_by="user",
    )
    await expect(printer).to_have_attribute(
        "aria-label", re.compile("power unknown"), timeout=15_000
    )
    for name in CARDS:
        await show(desk, demo, name)
    await expect(desk.locator("hui-error-card")).to_have_count(0)


async def test_a_sector_that_is_removed_leaves_its_sockets(
    desk: Page,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
    park: ParkEntities,
) -> None:
    [sector] = [one for one in park.sectors if one.title == "Salle B"]
    card = await show(desk, demo, "plan")
    zone = card.locator(".zone-label").filter(has_text="Salle B")
    await expect(zone).to_be_visible()
    await websocket.call(
        "config_entries/subentries/delete",
        entry_id=park.entry_id,
        subentry_id=sector.id,
    )
    await expect(zone).to_have_count(0, timeout=30_000)
    await expect(card.locator(".module")).to_have_count(24, timeout=30_000)
    for name in CARDS:
        await show(desk, demo, name)
    await expect(desk.locator("hui-error-card")).to_have_count(0)


async def test_without_its_park_a_page_says_so_and_keeps_the_users_resources(
    desk: Page,
    demo: RunningDemo,
    api: HomeAssistantApi,
    websocket: HomeAssistantWebSocket,
    park: ParkEntities,
) -> None:
    await websocket.call(
        "lovelace/resources/create", res_type="module", url="/local/users-card.js"
    )
    card = await show(desk, demo, "plan")
    await card.get_by_role("button", name="Edit the plan").click()
    await card.get_by_role("button", name="Keep this arrangement").click()
    await expect(card.get_by_text("All sockets are on a plan.")).to_be_visible()
    await card.get_by_role("button", name="Done").click()
    await api.delete(f"/api/config/config_entries/entry/{park.entry_id}")
    await expect(card).to_contain_text("No park is set up yet.", timeout=15_000)
    urls = [item["url"] for item in await websocket.call("lovelace/resources")]
    assert urls == ["/local/users-card.js"]
    assert (await websocket.call("energy_park/plan/get"))["plans"] == {}
