"""What the floor plan card adds to the work of a browser while states change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.entities import ParkEntities
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.park import create_park

from . import Figure
from ._cards_page import SOCKETS, THROTTLE, Browser, Work, lower

DASHBOARD = "bench-cards"
CHANGES_PER_S = 50
CPU_PAIRS = 7
CPU_PAIRS_SLOW = 3
CPU_WINDOW_S = 6
CPU_SETTLE_S = 2
CPU_WARM_UP_S = 10

APPEND = "([place, card]) => place.append(card)"
REMOVE = "([_, card]) => card.remove()"


@asynccontextmanager
async def still_park(home: HomeAssistantProcess) -> AsyncIterator[ParkEntities]:
    """Set up 500 sockets that nobody polls, so that only the bench changes states."""
    with TemporaryDirectory() as directory:
        arguments = ["--plugs", str(SOCKETS)]
        async with (
            Emulation(arguments, Path(directory, "emulation.log")) as emulation,
            await home.login() as api,
            api.websocket() as websocket,
        ):
            park = await create_park(api, websocket, emulation.announcement)
            await websocket.call(
                "config_entries/update",
                entry_id=park.entry_id,
                pref_disable_polling=True,
            )
            await make_dashboard(websocket)
            yield park


async def make_dashboard(websocket: HomeAssistantWebSocket) -> None:
    """Make a view with our card."""
    await websocket.call(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title="Bench",
        show_in_sidebar=False,
        require_admin=False,
    )
    view = {"type": "panel", "cards": [{"type": "custom:energy-park-plan-card"}]}
    await websocket.call(
        "lovelace/config/save", url_path=DASHBOARD, config={"views": [view]}
    )


async def cpu_figures(
    browser: Browser, home: HomeAssistantProcess, park: ParkEntities
) -> list[Figure]:
    """Return what the card adds to the browser's work while states change one by one.

    On one page, by turns with the card and without it: what else the page and the
    machine do falls into both, and a drift of it to both sides.
    """
    sensors = [
        entity_id
        for unique_id, entity_id in park.by_unique_id.items()
        if unique_id.endswith("_power") and entity_id.startswith("sensor.")
    ][:SOCKETS]
    await browser.page.goto(f"{browser.url}/{DASHBOARD}")
    card = browser.page.locator("energy-park-plan-card")
    await card.locator(".module").nth(SOCKETS - 1).wait_for()
    node = await card.element_handle()
    assert node is not None
    place = await node.evaluate_handle("(card) => card.parentNode")

    async def work_of(*, shown: bool) -> Work:
        await browser.page.evaluate(APPEND if shown else REMOVE, [place, node])
        await asyncio.sleep(CPU_SETTLE_S)
        before = await browser.work()
        await asyncio.sleep(CPU_WINDOW_S)
        return (await browser.work() - before).share(CPU_WINDOW_S)

    async def by_turns(pairs: int) -> list[tuple[Work, Work]]:
        """Return the work without the card, and what the card added, pair by pair."""
        found = []
        for pair in range(pairs):
            turns = (True, False) if pair % 2 else (False, True)
            busy = {shown: await work_of(shown=shown) for shown in turns}
            found.append((busy[False], busy[True] - busy[False]))
        return found

    async with await home.login() as api:
        changing = asyncio.create_task(change(api, sensors))
        await asyncio.sleep(CPU_WARM_UP_S)
        usual = await by_turns(CPU_PAIRS)
        await browser.throttle(THROTTLE)
        slow = await by_turns(CPU_PAIRS_SLOW)
        await browser.throttle(1)
        changing.cancel()
        await asyncio.gather(changing, return_exceptions=True)
    page = [added.page for _, added in usual]
    return [
        percent("cpu_added_percent_50_per_s", median(page), 5),
        percent("cpu_added_spread_percent_50_per_s", max(page) - min(page)),
        percent(
            "cpu_without_percent_50_per_s", median(without.page for without, _ in usual)
        ),
        percent(
            "cpu_added_to_all_processes_percent_50_per_s",
            median(added.processes for _, added in usual),
        ),
        percent(
            "cpu_added_x6_percent_50_per_s", median(added.page for _, added in slow)
        ),
        percent(
            "cpu_without_x6_percent_50_per_s",
            median(without.page for without, _ in slow),
        ),
    ]


def percent(name: str, share: float, target: float | None = None) -> Figure:
    """Return a share of a processor as a figure."""
    return lower(name, 100 * share, "%", target)


async def change(api: HomeAssistantApi, sensors: list[str]) -> None:
    """Change one state after the other, each by itself."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    for number, sensor in enumerate(cycle(sensors)):
        await api.post(
            f"/api/states/{sensor}",
            {
                "state": str(number % 190 + 5),
                "attributes": {"unit_of_measurement": "W", "device_class": "power"},
            },
        )
        due += 1 / CHANGES_PER_S
        await asyncio.sleep(max(0, due - loop.time()))
