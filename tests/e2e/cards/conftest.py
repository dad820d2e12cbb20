"""One dashboard and one login for all tests of the cards."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
import re

from playwright.async_api import Browser, BrowserContext, Page, WebError
import pytest

from tests.e2e.cards.common import AUTOMATIC, CARDS, DASHBOARD
from tests.e2e.common import RunningDemo, log_in

VIEWS = [
    {
        "title": name,
        "path": name,
        "type": "sections",
        "sections": [
            {
                "type": "grid",
                "column_span": 4,
                "cards": [{"type": f"custom:energy-park-{name}-card"}],
            }
        ],
    }
    for name in CARDS
] + [
    {
        "title": "mirror",
        "path": "mirror",
        "type": "panel",
        "cards": [{"type": "custom:energy-park-history-card", "origin": "mirror"}],
    }
]


# Home Assistant's own files are not there while it restarts.
OTHERS_ERRORS = re.compile(
    "dynamically imported.*/frontend_latest/|register a ServiceWorker.*/sw-modern.js"
)


@pytest.fixture(autouse=True)
def no_page_errors(browser: Browser) -> Iterator[None]:
    """Fail when a script of any page that a test opens fails."""
    errors: list[str] = []

    def note(error: WebError) -> None:
        if not OTHERS_ERRORS.search(str(error.error)):
            errors.append(str(error.error))

    def follow(context: BrowserContext) -> None:
        context.on("weberror", note)

    browser.on("context", follow)
    yield
    browser.remove_listener("context", follow)
    assert errors == []


@pytest.fixture(scope="session")
async def dashboards(demo: RunningDemo) -> None:
    """A dashboard of each card, and one that is made of the park."""
    async with await demo.login() as api, api.websocket() as websocket:
        for url_path, config in (
            (DASHBOARD, {"views": VIEWS}),
            (AUTOMATIC, {"strategy": {"type": "custom:energy-park"}}),
        ):
            await websocket.call(
                "lovelace/dashboards/create",
                url_path=url_path,
                title=url_path,
                show_in_sidebar=False,
                require_admin=False,
            )
            await websocket.call(
                "lovelace/config/save", url_path=url_path, config=config
            )


@pytest.fixture(scope="session")
async def session(
    demo: RunningDemo,
    dashboards: None,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The storage of a browser that is logged in."""
    context = await browser.new_context()
    page = await context.new_page()
    await log_in(page, demo)
    await page.wait_for_function("localStorage.hassTokens")
    file = tmp_path_factory.mktemp("session") / "storage.json"
    await context.storage_state(path=file)
    await context.close()
    return file


@pytest.fixture
async def context(browser: Browser, session: Path) -> AsyncIterator[BrowserContext]:
    """A browser window that is logged in, on a computer."""
    context = await browser.new_context(
        storage_state=session, viewport={"width": 1400, "height": 1000}
    )
    yield context
    await context.close()


@pytest.fixture
async def desk(context: BrowserContext) -> Page:
    """A page of it."""
    return await context.new_page()
