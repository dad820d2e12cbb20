"""What the floor plan card adds to the work of a page while states change.

By turns with the card and without it, on one page that changes the states itself:
what else the page and the machine do falls into both, and a drift of it to both
sides. Were the states those of a running Home Assistant, its own page would work for
each of thousands of entities, and differ by more than the card from turn to turn.
"""

import asyncio
from statistics import median

from . import Figure
from ._cards_page import SOCKETS, SOCKETS_MANY, THROTTLE, Browser, Work, lower

CHANGES_PER_S = 50
PAIRS = 6
WINDOW_S = 5
SETTLE_S = 1


async def cpu_figures(browser: Browser, *, quick: bool) -> list[Figure]:
    """Return what is added with 500 sockets, with more, and when throttled."""
    pairs = 2 if quick else PAIRS
    usual = await added(browser, "show", SOCKETS, pairs)
    peer = await added(browser, "showTemplate", SOCKETS, 2)
    many = await added(browser, "show", SOCKETS_MANY, pairs // 2)
    await browser.throttle(THROTTLE)
    slow = await added(browser, "show", SOCKETS, pairs // 2)
    await browser.throttle(1)
    return [
        percent("cpu_added_percent_50_per_s", page(usual), 5, page(peer)),
        percent("cpu_added_to_chromium_percent_50_per_s", chromium(usual)),
        percent("cpu_added_of_2000_percent_50_per_s", page(many)),
        percent("cpu_added_of_500_x6_percent_50_per_s", page(slow)),
    ]


async def added(browser: Browser, show: str, sockets: int, pairs: int) -> list[Work]:
    """Return what a card adds to each second, pair of turns by pair."""
    await browser.page.evaluate(f"(count) => bench.{show}(count)", sockets)
    await browser.page.evaluate("(rate) => bench.drive(rate)", CHANGES_PER_S)

    async def turn(*, shown: bool) -> Work:
        await browser.page.evaluate("(shown) => bench.put(shown)", shown)
        await asyncio.sleep(SETTLE_S)
        before = await browser.work()
        await asyncio.sleep(WINDOW_S)
        return (await browser.work() - before).share(WINDOW_S)

    found = []
    for pair in range(pairs):
        turns = (True, False) if pair % 2 else (False, True)
        busy = {shown: await turn(shown=shown) for shown in turns}
        found.append(busy[True] - busy[False])
    await browser.page.evaluate("bench.drive(0)")
    return found


def page(works: list[Work]) -> float:
    """Return the share of the page's main thread."""
    return median(work.page for work in works)


def chromium(works: list[Work]) -> float:
    """Return the share of all its processes: that paints, too."""
    return median(work.processes for work in works)


def percent(
    name: str, share: float, target: float | None = None, peer: float | None = None
) -> Figure:
    """Return a share of a processor as a figure."""
    return lower(name, 100 * share, "%", target, None if peer is None else 100 * peer)
