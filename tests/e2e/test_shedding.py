"""An overload that would open the demo's meter: shed in time, told, and given back."""

from typing import Any

from playwright.async_api import Page, expect
import pytest

from scripts.demo_park.api import HomeAssistantApi
from scripts.demo_park.dashboard import URL_PATH
from scripts.demo_park.entities import ParkEntities, Part
from tests.e2e.common import RunningDemo, log_in, until

# A Linky of 6 kVA bears 1.3 times that for ever, and this not.
BORNE_VA = 1.3 * 6000
OVERLOAD_VA = 8400
# So long a cold filter bears it: 124.5 s x ln(1.4^2 / (1.4^2 - 1.3^2)), and the load
# is not always quite so large.
BORNE_FOR_S = 420
# What is kept least here: together they are enough.
FIRST = ("Drying oven", "Heater")


async def keep_least(
    api: HomeAssistantApi, park: ParkEntities, names: tuple[str, ...]
) -> None:
    """Have sockets shed first, whatever was ordered and set before."""
    for name in names:
        [(socket, switch)] = [
            (Part(unique_id.removesuffix("_socket"), name), entity_id)
            for unique_id, entity_id in park.by_unique_id.items()
            if unique_id.endswith("_socket")
            and entity_id.endswith(name.lower().replace(" ", "_"))
        ]
        priority = {"entity_id": park.find(socket, "priority"), "value": 10}
        await api.post("/api/services/number/set_value", priority)
        await api.post("/api/services/energy_park/release", {"entity_id": switch})


@pytest.mark.timeout(900)
async def test_an_overload_is_shed_in_time_told_and_given_back(
    page: Page, demo: RunningDemo, api: HomeAssistantApi, park: ParkEntities
) -> None:
    (meter,) = park.meters
    shedding = park.find(meter, "shedding")

    async def state() -> Any:
        return await api.get(f"/api/states/{shedding}")

    async def on() -> set[str]:
        sockets = (await demo.control("/state"))["sockets"]
        return {name for name, socket in sockets.items() if socket["on"]}

    async def is_clear() -> bool:
        return bool((await state())["state"] == "clear")

    async def is_told() -> bool:
        return (await state())["state"] in {"predicted", "shedding"}

    async def first_are_told() -> bool:
        shed = (await state())["attributes"]["shed"]
        return set(FIRST) <= {one["socket"] for one in shed}

    async def first_are_off() -> bool:
        return not await on() & set(FIRST)

    async def is_borne() -> bool:
        measured = (await demo.control("/state"))["meter"]
        return bool(measured["apparent_power_va"] < BORNE_VA)

    async def all_are_back() -> bool:
        return shed <= await on()

    await until(is_clear, timeout_s=90, what="nothing is to be shed")
    await keep_least(api, park, FIRST)
    before = await on()
    assert set(FIRST) <= before
    usual_va = (await demo.control("/state"))["meter"]["apparent_power_va"]
    trips = (await demo.control("/state"))["meter"]["trip_count"]
    try:
        await demo.control("/meter", {"extra_w": OVERLOAD_VA - usual_va})
        assert not await is_borne()
        await until(is_told, timeout_s=20, what="the overload is told")
        # As late as is safe.
        await until(
            first_are_off, timeout_s=BORNE_FOR_S, what="the least important are off"
        )
        await until(is_borne, timeout_s=5, what="the meter bears what is left")
        # Who looks on is told once the orders are at their plugs.
        await until(first_are_told, timeout_s=5, what="what is shed is told")
        told = await state()
        assert told["state"] == "shedding"
        assert told["attributes"]["reason"] == "limit"
        shed = {one["socket"] for one in told["attributes"]["shed"]}
        # As little as is enough, and no computer.
        assert before - await on() == shed
        assert not any("computer" in name for name in shed)

        await log_in(page, demo, f"/{URL_PATH}/shedding")
        card = page.locator("energy-park-shedding-card")
        for name in FIRST:
            row = card.locator(".shed li").filter(has_text=name)
            await expect(row).to_contain_text("the contract's limit", timeout=30_000)
    finally:
        await demo.control("/meter", {"extra_w": 0})
    await card.get_by_role("button", name="Restore all").click()
    # A filter that was full needs minutes until there is room again.
    await until(all_are_back, timeout_s=300, what="all that was shed is on again")
    await expect(card.locator(".shed")).to_have_count(0, timeout=30_000)
    measured = (await demo.control("/state"))["meter"]
    assert measured["trip_count"] == trips
    assert (await demo.control("/state"))["cut_while_running"] == 0
