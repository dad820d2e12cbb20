"""The meter card: what the emulated meter says."""

import re

from playwright.async_api import Locator, Page, expect

from scripts.demo_park.api import HomeAssistantApi
from scripts.demo_park.entities import ParkEntities
from tests.e2e.cards.common import facts, show
from tests.e2e.common import RunningDemo, until


def va(text: str) -> float:
    """Return the number of a text that ends with VA or kVA."""
    found = re.fullmatch(r"([\d.]+) (k?)VA", text)
    assert found, text
    return float(found[1]) * (1000 if found[2] else 1)


async def test_the_meter_is_told_as_it_is(
    desk: Page, demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    [meter] = park.meters

    async def state(key: str) -> str:
        entity_id = park.get(meter, key)
        assert entity_id is not None
        told: str = (await api.get(f"/api/states/{entity_id}"))["state"]
        return told

    for unique_id, entity_id in park.by_unique_id.items():
        if unique_id.startswith(f"{meter.id}_price_"):
            price = {"entity_id": entity_id, "value": 0.25}
            await api.post("/api/services/number/set_value", price)
    card = await show(desk, demo, "meter")
    subscribed = float(await state("subscribed_power"))
    await expect(card.locator(".of")).to_have_text(
        f"of {subscribed / 1000:.2f} kVA subscribed"
    )
    await expect(card.locator(".badge")).to_have_text(
        {"peak": "Peak", "off_peak": "Off-peak"}[await state("tariff")]
    )
    await expect(card.locator("dl")).to_contain_text("Cost today", timeout=15_000)
    told = await facts(card)
    assert re.fullmatch(r"€\d+\.\d\d", told["Cost today"])
    assert re.fullmatch(r"\d+%", told["Margin to cut-off"])
    assert re.fullmatch(r"[\d.]+ k?W", told["Active power"])

    async def agree() -> bool:
        """Whether the page, and the meter of a moment later, say the same."""
        shown = await drawn(card)
        left = va((await facts(card))["Headroom"])
        now = float(await state("apparent_power"))
        return abs(shown + left - subscribed) < 20 and abs(shown - now) < 0.05 * now

    await until(agree, timeout_s=15, what="the card shows what the meter says")


async def drawn(card: Locator) -> float:
    return va(await card.locator(".now").inner_text())
