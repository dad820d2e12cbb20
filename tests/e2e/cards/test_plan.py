"""The plan: what a tap, a long press and a glance do."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from tests.e2e.cards.common import DASHBOARD, module, show, socket
from tests.e2e.common import RunningDemo, until


async def test_a_touch_switches_a_socket(
    browser: Browser, session: Path, demo: RunningDemo
) -> None:
    context = await browser.new_context(
        storage_state=session, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = await context.new_page()
    card = await show(page, demo, "plan")
    oven = module(card, "Drying oven")
    await expect(oven).to_have_attribute("aria-pressed", "true", timeout=15_000)
    await oven.locator(".disc").tap()

    async def is_off() -> bool:
        return not (await socket(demo, "Drying oven"))["on"]

    await until(is_off, timeout_s=5, what="the emulated plug is off")
    await expect(oven).to_have_attribute("aria-pressed", "false", timeout=15_000)
    await oven.locator(".disc").tap()
    await expect(oven).to_have_attribute("aria-pressed", "true", timeout=15_000)
    await context.close()


async def test_a_sector_is_switched_and_who_stayed_on_is_told(
    desk: Page, demo: RunningDemo, api: HomeAssistantApi
) -> None:
    for rule, seconds in (
        ("warning_before_a_shutdown", 5),
        ("off_before_its_socket_is_cut", 20),
    ):
        await api.post(
            "/api/services/number/set_value",
            {"entity_id": f"number.centre_de_formation_{rule}", "value": seconds},
        )
    card = await show(desk, demo, "plan")
    await card.get_by_role("button", name="Switch Salle B off").click()
    await card.get_by_role("button", name="Switch off", exact=True).click()

    report = card.locator("dialog")
    # The question names it, too.
    await expect(report).to_have_count(0)
    # Its system has shut down by then; how it starts was never tried.
    await expect(report).to_contain_text("B1 computer", timeout=150_000)
    await expect(report).to_contain_text("No proven way to start it again")
    assert not (await socket(demo, "B1 monitor"))["on"]
    assert (await demo.control("/state"))["cut_while_running"] == 0
    await report.get_by_role("button", name="Close").click()

    await card.get_by_role("button", name="Switch Salle B off").click()
    await desk.keyboard.press("Escape")
    await expect(report).to_have_count(0)
    switch = {"entity_id": "switch.salle_b"}
    await api.post("/api/services/switch/turn_on", switch)


async def test_a_key_that_is_held_switches_nothing(
    desk: Page, demo: RunningDemo
) -> None:
    card = await show(desk, demo, "plan")
    computer = module(card, "B1 computer")
    await expect(computer).to_have_attribute("aria-pressed", "true", timeout=40_000)
    await computer.focus()
    await desk.keyboard.down("Enter")
    question = card.get_by_role("dialog")
    await expect(question).to_be_visible()
    for _ in range(5):
        # As a keyboard repeats it.
        await desk.keyboard.down("Enter")
    await desk.keyboard.up("Enter")
    await expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    await desk.keyboard.press("Enter")
    await expect(question).to_have_count(0)
    await expect(computer).to_be_focused()
    assert (await socket(demo, "B1 computer"))["on"]


async def test_keys_on_a_plan_that_is_near_move_the_camera_and_nothing_else(
    desk: Page, demo: RunningDemo
) -> None:
    card = await show(desk, demo, "plan")
    await expect(card.locator(".module")).to_have_count(24)
    for _ in range(4):
        await card.get_by_role("button", name="Zoom in").click()
    await card.locator(".viewport [tabindex='0']").focus()
    for key in ("End", "Home", "End"):
        await desk.keyboard.press(key)
    last = card.locator(".viewport [tabindex='0']")
    viewport = card.locator(".viewport")
    assert await viewport.evaluate("(node) => node.scrollLeft + node.scrollTop") == 0
    room, box = await viewport.bounding_box(), await last.bounding_box()
    assert room is not None
    assert box is not None
    assert room["x"] <= box["x"]
    assert box["x"] + box["width"] <= room["x"] + room["width"]
    assert room["y"] <= box["y"]
    assert box["y"] + box["height"] <= room["y"] + room["height"]


async def test_a_long_press_shows_the_last_24_hours_in_home_assistants_dialog(
    desk: Page, demo: RunningDemo
) -> None:
    card = await show(desk, demo, "plan")
    await module(card, "Printer").locator(".disc").hover()
    await desk.mouse.down()
    dialog = desk.locator("ha-more-info-dialog")
    await expect(dialog).to_contain_text("History", timeout=10_000)
    await desk.mouse.up()
    assert (await socket(demo, "Printer"))["on"]


async def test_a_socket_that_is_not_heard_says_so_in_home_assistants_toast(
    desk: Page, demo: RunningDemo
) -> None:
    card = await show(desk, demo, "plan")
    printer = module(card, "Printer")
    await demo.control("/plug/Prise imprimante", {"fault": "vanish"})
    await expect(printer).to_have_attribute("aria-pressed", "mixed", timeout=40_000)
    await printer.locator(".disc").click()
    told = desk.get_by_text("Printer is not heard")
    await expect(told.first).to_be_visible(timeout=5000)
    await demo.control("/plug/Prise imprimante", {"clear": True})
    await expect(printer).to_have_attribute("aria-pressed", "true", timeout=40_000)


async def test_a_user_who_may_only_look_sees_the_plan(
    browser: Browser,
    demo: RunningDemo,
    dashboards: None,
    websocket: HomeAssistantWebSocket,
) -> None:
    user = (await websocket.call("config/auth/create", name="Wall"))["user"]
    await websocket.call(
        "config/auth_provider/homeassistant/create",
        user_id=user["id"],
        username="wall",
        password="wall-password",
    )
    await websocket.call(
        "config/auth/update", user_id=user["id"], group_ids=["system-users"]
    )
    page = await browser.new_page(viewport={"width": 1024, "height": 768})
    await page.goto(f"{demo.url}/{DASHBOARD}/plan")
    await page.locator("input[name=username]").fill("wall")
    await page.locator("input[name=password]").fill("wall-password")
    await page.get_by_role("button", name="Log in").click()
    card = page.locator("energy-park-plan-card")
    await expect(card.locator(".module")).to_have_count(24, timeout=30_000)
    await expect(card.get_by_role("button", name="Edit the plan")).to_have_count(0)
    await page.context.close()
    await websocket.call("config/auth/delete", user_id=user["id"])
