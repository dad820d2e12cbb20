"""The savings card: a baseline is days away from a demo, so its figures are set."""

from playwright.async_api import Page, expect

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.entities import ParkEntities
from scripts.pictures import ROOMS, make_up_history
from tests.e2e.cards.common import facts, show
from tests.e2e.common import RunningDemo, until

FIGURES = {
    "measured": ("8.0", "kWh"),
    "baseline": ("10.5", "kWh"),
    "avoided": ("2.5", "kWh"),
    "avoided_cost": ("0.5", "EUR"),
    "avoided_co2": ("0.15", "kg"),
    "coverage": ("92", "%"),
}
TOLD = {
    "Measured": "8.00 kWh",
    "Baseline": "10.5 kWh",
    "Share avoided": "24%",
    "CO₂ avoided": "0.2 kg",
    "Coverage": "92%",
}


async def test_what_was_saved_is_told_and_where_energy_went(
    desk: Page,
    demo: RunningDemo,
    api: HomeAssistantApi,
    websocket: HomeAssistantWebSocket,
    park: ParkEntities,
) -> None:
    await make_up_history(websocket, days=1)
    card = await show(desk, demo, "savings")

    async def told() -> bool:
        """Set the figures: the park knows none, and says so once a minute."""
        for key, (value, unit) in FIGURES.items():
            await api.post(
                f"/api/states/{park.by_unique_id[f'{park.entry_id}_{key}']}",
                {"state": value, "attributes": {"unit_of_measurement": unit}},
            )
        await desk.wait_for_timeout(1000)
        return await facts(card) == TOLD

    await until(told, timeout_s=15, what="the card shows the figures")
    await expect(card.locator(".avoided")).to_have_text("2.50 kWh avoided, €0.50")
    await expect(card.locator("h3")).to_have_text("Energy of this month")
    # The largest first.
    energies = [wh(told) for told in await card.locator("li strong").all_inner_texts()]
    assert len(energies) == len(ROOMS)
    assert energies == sorted(energies, reverse=True)


def wh(text: str) -> float:
    """Return the number of a text that ends with Wh or kWh."""
    number, unit = text.split()
    return float(number) * {"Wh": 1, "kWh": 1000}[unit]
