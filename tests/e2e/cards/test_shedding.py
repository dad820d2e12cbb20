"""The shedding card."""

from pathlib import Path
import re
from typing import Any

from playwright.async_api import Browser, Page, expect

from scripts.demo_park.api import HomeAssistantWebSocket
from tests.e2e.cards.common import module, show, socket, violations
from tests.e2e.common import RunningDemo, until


async def test_a_socket_is_dragged_to_another_priority(
    desk: Page,
    browser: Browser,
    session: Path,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
) -> None:
    async def priority() -> str:
        states = await websocket.call("get_states")
        [state] = [
            one["state"]
            for one in states
            if one["entity_id"] == "number.printer_priority"
        ]
        return str(float(state))

    before = await priority()
    card = await show(desk, demo, "shedding")
    chip = card.get_by_role("button", name=re.compile("^Printer, priority"))
    await chip.hover()
    await desk.mouse.down()
    await card.locator("[data-lane='2']").hover()
    await desk.mouse.up()

    async def is_two() -> bool:
        return await priority() == "2.0"

    await until(is_two, timeout_s=10, what="the printer has priority 2")
    await expect(card.locator("[data-lane='2']")).to_contain_text("Printer")

    # By keyboard, back to where it was.
    await chip.focus()
    await desk.keyboard.press("Enter")
    for _ in range(int(float(before)) - 2):
        await desk.keyboard.press("ArrowUp")
    await desk.keyboard.press("Enter")

    async def is_back() -> bool:
        return await priority() == before

    await until(is_back, timeout_s=10, what="the printer has its priority again")

    context = await browser.new_context(
        storage_state=session, viewport={"width": 360, "height": 740}, has_touch=True
    )
    phone = await context.new_page()
    card = await show(phone, demo, "shedding")
    await card.get_by_role("button", name=re.compile("^Printer, priority")).tap()
    await card.locator("[data-lane='3'] .level").tap()

    async def is_three() -> bool:
        return await priority() == "3.0"

    await until(is_three, timeout_s=10, what="the printer has priority 3")
    await context.close()
    await websocket.call(
        "call_service",
        domain="number",
        service="set_value",
        service_data={"value": float(before)},
        target={"entity_id": "number.printer_priority"},
    )


async def test_what_is_shed_is_told_with_its_reason_and_given_back(
    desk: Page, demo: RunningDemo, websocket: HomeAssistantWebSocket
) -> None:
    async def shed() -> list[Any]:
        [state] = [
            one
            for one in await websocket.call("get_states")
            if "shed" in one["attributes"]
        ]
        found: list[Any] = state["attributes"]["shed"]
        return found

    await websocket.call(
        "call_service",
        domain="energy_park",
        service="shed",
        service_data={"mode": "request", "power": 100},
    )
    [first] = await until(shed, timeout_s=10, what="something is shed")
    name = first["socket"]
    plan = await show(desk, demo, "plan")
    await expect(module(plan, name)).to_have_attribute(
        "aria-label", re.compile("Shed"), timeout=30_000
    )
    card = await show(desk, demo, "shedding")
    await expect(card.locator(".shed")).to_contain_text(f"{name}")
    await expect(card.locator(".shed")).to_contain_text("on request")
    assert not (await socket(demo, name))["on"]
    assert await violations(desk, card) == []
    await card.get_by_role("button", name=f"Restore {name}").click()

    async def may_come_back() -> bool:
        return all(one["until"] is not None for one in await shed())

    await until(may_come_back, timeout_s=10, what="it comes back when it fits")
