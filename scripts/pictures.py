"""Takes the pictures of docs/pictures/ from a running demo.

    scripts/demo                                    in one terminal
    .venv-live/bin/python -m scripts.pictures       in another

The demo's history is as old as the demo: two weeks are made up for it. A dashboard is
made for the pictures and removed again.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import accumulate
from math import exp
from pathlib import Path
import shutil
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, StorageState, async_playwright

from .demo_park.account import Account
from .demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from .demo_park.state import State

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs/pictures"
DASHBOARD = "pictures"
# Off in the pictures: a plan on which everything is on tells little.
RESTING = ("video_projector", "drying_oven", "printer")
ROOMS = ("bureaux", "labo", "salle_a", "salle_b")
PLAN = "energy-park-plan-card"
# What the demo's meter bills by; it knows no price until somebody enters one.
PRICES = {"hchp": 0.27, "hchc": 0.21}
QUALITY = 82
SETTLE_MS = 4000


@dataclass(frozen=True, slots=True)
class Picture:
    """A view of the dashboard on a screen; ``part`` is what is cut out of it."""

    name: str
    view: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    part: str | None = None
    press: tuple[str, ...] = ()


TAKEN = (
    Picture("plan", "plan", 1280, 760),
    Picture("plan-dark", "plan", 1280, 760, "dark"),
    Picture("plan-phone", "plan", 390, 780),
    Picture("plan-phone-dark", "plan", 390, 780, "dark"),
    Picture("table", "plan", 1280, 760, press=("Show as a table",)),
    Picture("waste", "plan", 1280, 760, press=("Show what is wasted",)),
    Picture("meter", "meter", 860, 900, part="energy-park-meter-card"),
    Picture("shedding", "shedding", 1100, 1300, part="energy-park-shedding-card"),
    Picture(
        "history",
        "history",
        1280,
        1400,
        part="energy-park-history-card",
        # The last week is whole on any day of this one.
        press=("Week", "Earlier"),
    ),
)


async def take(url: str, account: Account, names: Sequence[str]) -> None:
    """Take pictures of the demo at an address; all when none is named."""
    PICTURES.mkdir(exist_ok=True)
    async with (
        await HomeAssistantApi.login(url, account) as api,
        api.websocket() as websocket,
        dashboard(websocket),
        resting(api),
        async_playwright() as playwright,
    ):
        await make_up_history(websocket, days=14)
        await enter_prices(api)
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            # Root in a container has no sandbox; nothing foreign is opened.
            args=["--no-sandbox"],
        )
        storage = await log_in(browser, url, account)
        for picture in TAKEN:
            if not names or picture.name in names:
                await save(browser, storage, url, picture)
        await browser.close()


@asynccontextmanager
async def dashboard(websocket: HomeAssistantWebSocket) -> AsyncIterator[None]:
    """Have a dashboard that is made of the park."""
    created = await websocket.call(
        "lovelace/dashboards/create",
        url_path=f"energy-{DASHBOARD}",
        title="Energy Park",
        show_in_sidebar=False,
        require_admin=False,
    )
    try:
        await websocket.call(
            "lovelace/config/save",
            url_path=f"energy-{DASHBOARD}",
            config={"strategy": {"type": "custom:energy-park"}},
        )
        yield
    finally:
        await websocket.call("lovelace/dashboards/delete", dashboard_id=created["id"])


@asynccontextmanager
async def resting(api: HomeAssistantApi) -> AsyncIterator[None]:
    """Have some sockets off."""
    target = {"entity_id": [f"switch.{name}" for name in RESTING]}
    await api.post("/api/services/switch/turn_off", target)
    try:
        yield
    finally:
        await api.post("/api/services/switch/turn_on", target)


async def enter_prices(api: HomeAssistantApi) -> None:
    """Enter what energy costs, as a person would."""
    for state in await api.get("/api/states"):
        for label, price in PRICES.items():
            if state["entity_id"].endswith(f"_price_{label}"):
                value = {"entity_id": state["entity_id"], "value": price}
                await api.post("/api/services/number/set_value", value)


async def make_up_history(websocket: HomeAssistantWebSocket, days: int = 7) -> None:
    """Import the hours of some days for each sector: busy by day, standby at night."""
    known = await websocket.call("recorder/list_statistic_ids")
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=back) for back in range(24 * days, -1, -1)]
    for number, room in enumerate(ROOMS, 1):
        powers_w = [made_up_w(hour, number) for hour in hours]
        ids = [one["statistic_id"] for one in known]
        if (power := f"sensor.{room}_power") in ids:
            means = [{"mean": power_w} for power_w in powers_w]
            await import_hours(websocket, power, "W", hours, means)
        if (energy := f"sensor.{room}_energy") in ids:
            sums = [{"sum": sum_wh / 1000} for sum_wh in accumulate(powers_w)]
            await import_hours(websocket, energy, "kWh", hours, sums)


async def import_hours(
    websocket: HomeAssistantWebSocket,
    statistic_id: str,
    unit: Literal["W", "kWh"],
    hours: Sequence[datetime],
    values: Sequence[dict[str, float]],
) -> None:
    """Import means, or sums, of an entity's hours."""
    sums = unit == "kWh"
    await websocket.call(
        "recorder/import_statistics",
        metadata={
            "has_mean": not sums,
            "mean_type": 0 if sums else 1,
            "has_sum": sums,
            "name": None,
            "source": "recorder",
            "statistic_id": statistic_id,
            "unit_class": "energy" if sums else "power",
            "unit_of_measurement": unit,
        },
        stats=[
            {"start": hour.isoformat(), **value}
            for hour, value in zip(hours, values, strict=True)
        ],
    )


def made_up_w(hour: datetime, number: int) -> float:
    """Return the power of a room in an hour of its week, in W."""
    standby_w, busy_w = 18.0 * number, 230.0 * number
    if hour.weekday() >= 5:
        return standby_w
    noon = 12.0 + number / 2
    wave = exp(-(((hour.hour - noon) / 3.5) ** 4))
    jitter = 1 + ((hour.day * 7 + hour.hour * 13 + number * 5) % 11 - 5) / 60
    return standby_w + busy_w * wave * jitter


async def log_in(browser: Browser, url: str, account: Account) -> StorageState:
    """Log in by the login page; return what the browser keeps of it."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(url)
    await page.locator("input[name=username]").fill(account.username)
    await page.locator("input[name=password]").fill(account.password)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_function("localStorage.hassTokens")
    storage = await context.storage_state()
    await context.close()
    return storage


async def save(
    browser: Browser, storage: StorageState, url: str, picture: Picture
) -> None:
    """Take one picture."""
    context = await browser.new_context(
        storage_state=storage,
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
    )
    page = await context.new_page()
    # The menu beside the dashboard is not ours to show.
    await page.add_init_script("localStorage.dockedSidebar = '\"always_hidden\"'")
    await page.goto(f"{url}/energy-{DASHBOARD}/{picture.view}")
    card = page.locator(picture.part or PLAN).first
    await card.locator("h2").wait_for()
    for name in picture.press:
        await card.get_by_role("button", name=name, exact=True).click()
    await page.wait_for_timeout(SETTLE_MS)
    shot = await (card.screenshot() if picture.part else page.screenshot())
    await context.close()
    file = PICTURES / f"{picture.name}.webp"
    Image.open(BytesIO(shot)).save(file, quality=QUALITY, method=6)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} KiB")


def main() -> None:
    """Take the pictures of the demo that runs."""
    parser = argparse.ArgumentParser(prog="scripts.pictures")
    parser.add_argument("names", nargs="*", help="only these pictures")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--directory", type=Path, default=ROOT / ".demo")
    arguments = parser.parse_args()
    state = State.load(arguments.directory / "state.json")
    if state is None:
        parser.error("start scripts/demo first")
    asyncio.run(
        take(f"http://localhost:{arguments.port}", state.owner, arguments.names)
    )


if __name__ == "__main__":
    main()
