"""Serves the cards and has dashboards load them.

The address holds a digest of the bundle: what a browser or a service worker keeps
can never be an older one. Home Assistant's list of resources is the user's: only
what begins with our own path is ever touched.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .issues import YAML_RESOURCES

FOLDER: Final = Path(__file__).parent / "cards"
ENTRY: Final = "energy-park.js"
STATIC_PATH: Final = f"/{DOMAIN}_static"

# For who writes resources in YAML: an address that outlives updates.
LATEST_URL: Final = f"{STATIC_PATH}/latest/{ENTRY}"


@dataclass(slots=True)
class Cards:
    """The bundle that is served; ``extra_url`` is what the frontend loads itself."""

    digest: str
    extra_url: str | None = None

    @property
    def url(self) -> str:
        """The address of the entry."""
        return f"{STATIC_PATH}/{self.digest}/{ENTRY}"


CARDS: HassKey[Cards] = HassKey(f"{DOMAIN}_cards")


async def async_serve_cards(hass: HomeAssistant) -> None:
    """Serve the bundle; once, for a path cannot be taken back."""
    digest = await hass.async_add_executor_job(_digest, FOLDER / ENTRY)
    if digest is None:
        LOGGER.warning("The cards were not built: there is no %s", FOLDER / ENTRY)
        return
    await hass.http.async_register_static_paths(
        [
            StaticPathConfig(f"{STATIC_PATH}/{digest}", str(FOLDER)),
            StaticPathConfig(f"{STATIC_PATH}/latest", str(FOLDER), cache_headers=False),
        ]
    )
    hass.data[CARDS] = Cards(digest)


async def async_register_cards(hass: HomeAssistant) -> None:
    """Have dashboards load the bundle, whichever way resources are kept."""
    if (cards := hass.data.get(CARDS)) is None:
        return
    resources = hass.data[LOVELACE_DATA].resources
    if isinstance(resources, ResourceStorageCollection):
        try:
            await _async_store(resources, cards.url)
        except Exception:
            # Whatever befell the user's list, the cards must not be missing.
            LOGGER.exception("The cards could not be added to the resources")
        else:
            _async_drop_extra(hass, cards)
            return
    elif any(_is_ours(item) for item in resources.async_items()):
        ir.async_delete_issue(hass, DOMAIN, YAML_RESOURCES)
        _async_drop_extra(hass, cards)
        return
    else:
        ir.async_create_issue(
            hass,
            DOMAIN,
            YAML_RESOURCES,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=YAML_RESOURCES,
            translation_placeholders={"url": LATEST_URL},
        )
    if cards.extra_url is None:
        cards.extra_url = cards.url
        add_extra_js_url(hass, cards.extra_url)


async def async_unregister_cards(hass: HomeAssistant) -> None:
    """Take back what was registered, when the last park is removed."""
    ir.async_delete_issue(hass, DOMAIN, YAML_RESOURCES)
    if (cards := hass.data.get(CARDS)) is not None:
        _async_drop_extra(hass, cards)
    # A park may be removed in a Home Assistant that never had it running.
    dashboards = hass.data.get(LOVELACE_DATA)
    resources = dashboards and dashboards.resources
    if isinstance(resources, ResourceStorageCollection):
        await resources.async_get_info()
        for item in [item for item in resources.async_items() if _is_ours(item)]:
            await resources.async_delete_item(item["id"])


async def _async_store(resources: ResourceStorageCollection, url: str) -> None:
    """Keep exactly one resource of ours, at its present address."""
    # Loads the list: before that, it looks empty and would be written so.
    await resources.async_get_info()
    ours = [item for item in resources.async_items() if _is_ours(item)]
    resource = {"res_type": "module", "url": url}
    if not ours:
        await resources.async_create_item(resource)
        return
    kept, *others = ours
    if kept["url"] != url:
        await resources.async_update_item(kept["id"], resource)
    for item in others:
        await resources.async_delete_item(item["id"])


@callback
def _async_drop_extra(hass: HomeAssistant, cards: Cards) -> None:
    if cards.extra_url is not None:
        remove_extra_js_url(hass, cards.extra_url)
        cards.extra_url = None


def _is_ours(item: dict[str, str]) -> bool:
    return item["url"].startswith(f"{STATIC_PATH}/")


def _digest(file: Path) -> str | None:
    """Return what tells one bundle from another; None when there is none.

    The entry names its parts by their own digests, so its own stands for all.
    """
    try:
        return sha256(file.read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        return None
