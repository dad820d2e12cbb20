"""A plug with a password, added in the browser by someone who mistypes it."""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page, expect
import pytest
import yaml

from scripts.demo_park.api import HomeAssistantWebSocket
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.entities import ParkEntities
from tests.e2e.common import RunningDemo, log_in

PASSWORD = "right-secret"
WORKSHOP = {
    "name": "Workshop",
    "meter": {"serial": "041861000001"},
    "sectors": ["Workshop"],
    "plugs": [
        {
            "name": "Prise atelier",
            "device": "shelly_plus_plug_s",
            "mac": "a8032affff01",
            "password": PASSWORD,
            "sockets": [{"name": "Workbench", "sector": "Workshop"}],
        }
    ],
}


@pytest.fixture
async def plug_host(tmp_path: Path) -> AsyncIterator[str]:
    """An emulated plug that the demo does not know yet."""
    description = tmp_path / "workshop.yaml"
    description.write_text(yaml.safe_dump(WORKSHOP))
    async with Emulation([description], tmp_path / "emulation.log") as emulation:
        yield emulation.announcement["plugs"][0]["host"]


async def test_a_wrong_password_is_told_and_mended_in_place(
    page: Page,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
    park: ParkEntities,
    plug_host: str,
) -> None:
    await log_in(page, demo, "/config/integrations/integration/energy_park")
    await page.locator("ha-button").filter(has_text="Add plug").click()
    dialog = page.locator("dialog-data-entry-flow")
    submit = dialog.get_by_role("button", name="Submit")
    password = dialog.locator("input[type=password]")

    await dialog.get_by_text("Ask a plug at its address").click()
    await dialog.locator("input").fill(plug_host)
    await submit.click()
    await password.fill("wrong-secret")
    await submit.click()
    await expect(dialog.locator("ha-alert")).to_contain_text("refuses this password")

    await password.fill(PASSWORD)
    await submit.click()
    # The plug's own name is proposed.
    await expect(dialog.locator("input").first).to_have_value("Prise atelier")
    await submit.click()
    await expect(dialog).to_contain_text("Created configuration for Prise atelier")

    subentries = await websocket.call(
        "config_entries/subentries/list", entry_id=park.entry_id
    )
    (added,) = [
        subentry for subentry in subentries if subentry["title"] == "Prise atelier"
    ]
    await websocket.call(
        "config_entries/subentries/delete",
        entry_id=park.entry_id,
        subentry_id=added["subentry_id"],
    )
