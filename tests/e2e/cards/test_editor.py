"""The plan's editor, by mouse and by finger."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
import re
from typing import Any

from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, expect
import pytest

from scripts.demo_park.api import HomeAssistantWebSocket
from tests.e2e.cards.common import centre, module, show, socket
from tests.e2e.common import RunningDemo, until


@pytest.fixture(autouse=True)
async def no_plans_left(websocket: HomeAssistantWebSocket) -> AsyncIterator[None]:
    """What these tests draw is taken away: all others see an arrangement."""
    yield
    document = await websocket.call("energy_park/plan/get")
    if not document["plans"]:
        return
    await websocket.call(
        "energy_park/plan/patch",
        revision=document["revision"],
        changes=[
            {"plan": plan, "kind": "plan", "id": plan, "value": None}
            for plan in document["plans"]
        ],
    )


async def test_a_plan_is_edited_and_others_see_it(
    desk: Page,
    context: BrowserContext,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
) -> None:
    wall = await context.new_page()
    watched = await show(wall, demo, "plan")
    card = await show(desk, demo, "plan")
    await expect(card.locator(".module")).to_have_count(24)
    await card.get_by_role("button", name="Edit the plan").click()
    await card.get_by_role("button", name="Keep this arrangement").click()
    await expect(card.get_by_text("All sockets are on a plan.")).to_be_visible()
    before = await module(watched, "Heater").get_attribute("transform")

    x, y = await centre(module(card, "Heater").locator(".disc"))
    await desk.mouse.move(x, y)
    await desk.mouse.down()
    await desk.mouse.move(x - 30, y + 12, steps=4)
    await desk.mouse.up()
    await expect(module(watched, "Heater")).not_to_have_attribute(
        "transform", before or ""
    )
    assert (await socket(demo, "Heater"))["on"], "an editor switches nothing"

    await card.get_by_role("button", name="Undo").click()
    await expect(module(watched, "Heater")).to_have_attribute("transform", before or "")

    picture = BytesIO()
    Image.new("RGB", (800, 600), "beige").save(picture, "PNG")
    await card.locator("input[type=file]").first.set_input_files(
        {"name": "plan.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    image = watched.locator("image.picture")
    await expect(image).to_have_attribute("href", re.compile("^blob:"), timeout=10_000)
    await card.get_by_role("button", name="Done").click()
    plans = (await websocket.call("energy_park/plan/get"))["plans"]
    [plan] = plans.values()
    assert (plan["height"], len(plan["modules"])) == (7500, 24)
    await wall.close()


async def test_a_plan_is_edited_by_finger_on_a_phone(
    browser: Browser,
    session: Path,
    demo: RunningDemo,
    websocket: HomeAssistantWebSocket,
) -> None:
    context = await browser.new_context(
        storage_state=session, viewport={"width": 360, "height": 740}, has_touch=True
    )
    page = await context.new_page()

    async def place() -> Any:
        [plan] = (await websocket.call("energy_park/plan/get"))["plans"].values()
        modules = await card.locator(".module").evaluate_all(
            "(nodes) => nodes.map(({dataset, ariaLabel}) => [dataset.device, ariaLabel])"
        )
        [device] = [one for one, label in modules if label.startswith("Printer,")]
        return plan["modules"][device]

    card = await show(page, demo, "plan")
    await expect(card.locator(".module")).to_have_count(24)
    await card.get_by_role("button", name="Edit the plan").tap()
    placed = card.get_by_text("All sockets are on a plan.")
    keep = card.get_by_role("button", name="Keep this arrangement")
    await expect(placed.or_(keep)).to_be_visible()
    if await keep.is_visible():
        await keep.tap()
    await expect(placed).to_be_visible()
    before = await place()
    x, y = await centre(module(card, "Printer").locator(".disc"))
    tools = await context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        *(("touchMove", [{"x": x + n * 6, "y": y}]) for n in range(1, 6)),
        ("touchEnd", []),
    ):
        await tools.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )

    async def moved() -> bool:
        return bool((await place())["x"] > before["x"])

    await until(moved, timeout_s=10, what="the module was moved")
    await card.get_by_role("button", name="Larger").tap()

    async def larger() -> bool:
        return bool((await place())["size"] == 120)

    await until(larger, timeout_s=10, what="the module is larger")
    await card.get_by_role("button", name="Undo").tap()
    await card.get_by_role("button", name="Undo").tap()

    async def back() -> bool:
        return bool(await place() == before)

    await until(back, timeout_s=10, what="all is as it was")
    assert (await socket(demo, "Printer"))["on"], "an editor switches nothing"
    await context.close()


async def test_an_editor_whose_file_is_gone_after_an_update_says_so(
    desk: Page, demo: RunningDemo
) -> None:
    await desk.route("**/panel-*.js", lambda route: route.abort())
    card = await show(desk, demo, "plan")
    await card.get_by_role("button", name="Edit the plan").click()
    told = desk.get_by_text("Energy Park was updated.")
    await expect(told.first).to_be_visible(timeout=10_000)
    await expect(card.locator(".module")).to_have_count(24)


async def test_a_picture_that_is_huge_or_hostile_does_no_harm(
    desk: Page, demo: RunningDemo
) -> None:
    huge = BytesIO()
    Image.new("1", (12_000, 12_000)).save(huge, "PNG")
    hostile = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600"
        onload="parent.harmed = 1"><script>parent.harmed = 1</script>
        <foreignObject><iframe src="javascript:parent.harmed = 1"/></foreignObject>
        <rect width="700" height="500" onclick="parent.harmed = 1"/></svg>"""
    card = await show(desk, demo, "plan")
    await card.get_by_role("button", name="Edit the plan").click()
    keep = card.get_by_role("button", name="Keep this arrangement")
    file = card.get_by_label(re.compile("(Add|Change) .*picture"))
    await expect(file.or_(keep).first).to_be_visible()
    if await keep.is_visible():
        await keep.click()
    await file.set_input_files(
        {"name": "huge.png", "mimeType": "image/png", "buffer": huge.getvalue()}
    )
    told = desk.get_by_text("The picture is too big")
    await expect(told.first).to_be_visible(timeout=15_000)

    await file.set_input_files(
        {
            "name": "hostile.svg",
            "mimeType": "image/svg+xml",
            "buffer": hostile.encode(),
        }
    )
    image = card.locator("image.picture")
    await expect(image).to_have_attribute("href", re.compile("^blob:"))
    served = await image.evaluate(
        "async (node) => (await fetch(node.getAttribute('href'))).text()"
    )
    assert "<rect" in served
    assert not re.search("script|onload|onclick|foreignObject|iframe", served)
    assert await desk.evaluate("window.harmed") is None
    await card.get_by_role("button", name="Remove the picture").click()
    await expect(image).to_have_count(0)
