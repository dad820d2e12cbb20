"""The cards are served and loaded, and the user's resources are never touched."""

from pathlib import Path
from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.energy_park import lovelace
from custom_components.energy_park.const import DOMAIN
from custom_components.energy_park.issues import YAML_RESOURCES

from .common import ClientSessionGenerator, MockConfigEntry
from .parks import async_setup

USERS = {"id": "users", "type": "module", "url": "/local/users-card.js"}


@pytest.fixture(autouse=True)
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of one file."""
    (tmp_path / "energy-park.js").write_text("1;")
    monkeypatch.setattr(lovelace, "FOLDER", tmp_path)
    return tmp_path


def stored(*resources: dict[str, str]) -> dict[str, Any]:
    return {"version": 1, "key": "lovelace_resources", "data": {"items": resources}}


def ours(number: int, digest: str) -> dict[str, str]:
    url = f"/energy_park_static/{digest}/energy-park.js"
    return {"id": f"ours{number}", "type": "module", "url": url}


def resource_urls(hass: HomeAssistant) -> list[str]:
    return [item["url"] for item in hass.data[LOVELACE_DATA].resources.async_items()]


def present_url(hass: HomeAssistant) -> str:
    return hass.data[lovelace.CARDS].url


def extra_urls(hass: HomeAssistant) -> set[str]:
    return set(hass.data[DATA_EXTRA_MODULE_URL].urls)


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, YAML_RESOURCES)


async def async_reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_the_bundle_is_served_for_good_under_its_digest(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await async_setup(hass)
    client = await hass_client_no_auth()

    response = await client.get(present_url(hass))

    assert await response.text() == "1;"
    assert response.content_type == "text/javascript"
    assert "max-age=2678400" in response.headers["Cache-Control"]
    latest = await client.get(lovelace.LATEST_URL)
    assert await latest.text() == "1;"
    assert "Cache-Control" not in latest.headers


async def test_another_bundle_has_another_address(
    hass: HomeAssistant, bundle: Path
) -> None:
    await async_setup(hass)
    before = present_url(hass)

    (bundle / "energy-park.js").write_text("2;")
    await lovelace.async_serve_cards(hass)

    assert present_url(hass) != before


async def test_a_checkout_without_a_bundle_works_without_cards(
    hass: HomeAssistant, bundle: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (bundle / "energy-park.js").unlink()

    entry = await async_setup(hass)

    assert "cards were not built" in caplog.text
    assert resource_urls(hass) == []
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_a_first_setup_adds_itself_beside_the_users_resources(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage["lovelace_resources"] = stored(USERS)

    await async_setup(hass)

    assert resource_urls(hass) == [USERS["url"], present_url(hass)]
    assert extra_urls(hass) == set()
    assert issue(hass) is None


async def test_an_update_moves_the_resource_and_leaves_one(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage["lovelace_resources"] = stored(
        ours(1, "0" * 12), USERS, ours(2, "1" * 12)
    )

    await async_setup(hass)

    assert resource_urls(hass) == [present_url(hass), USERS["url"]]


async def test_a_reload_writes_nothing(hass: HomeAssistant) -> None:
    entry = await async_setup(hass)
    before = hass.data[LOVELACE_DATA].resources.async_items()

    await async_reload(hass, entry)

    assert hass.data[LOVELACE_DATA].resources.async_items() == before


async def test_the_last_park_takes_its_resource_along(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage["lovelace_resources"] = stored(USERS)
    entry = await async_setup(hass)
    other = MockConfigEntry(domain=DOMAIN, entry_id="other", title="Other", data={})
    other.add_to_hass(hass)

    await hass.config_entries.async_remove(entry.entry_id)
    assert resource_urls(hass) == [USERS["url"], present_url(hass)]

    await hass.config_entries.async_remove(other.entry_id)
    assert resource_urls(hass) == [USERS["url"]]


async def test_a_park_that_is_added_again_has_its_cards_again(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)
    await hass.config_entries.async_remove(entry.entry_id)

    await async_setup(hass)

    assert resource_urls(hass) == [present_url(hass)]


async def test_a_list_that_cannot_be_written_does_not_cost_the_cards(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: ResourceStorageCollection, data: dict[str, Any]) -> None:
        raise HomeAssistantError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(ResourceStorageCollection, "async_create_item", fail)
        entry = await async_setup(hass)
    assert extra_urls(hass) == {present_url(hass)}

    await async_reload(hass, entry)

    assert extra_urls(hass) == set()
    assert resource_urls(hass) == [present_url(hass)]


@pytest.fixture
async def yaml_resources(hass: HomeAssistant) -> list[dict[str, str]]:
    """Resources that a user wrote in YAML."""
    resources = [{"type": "module", "url": "/local/users-card.js"}]
    config = {"lovelace": {"resource_mode": "yaml", "resources": resources}}
    assert await async_setup_component(hass, "lovelace", config)
    data: list[dict[str, str]] = hass.data[LOVELACE_DATA].resources.async_items()
    return data


async def test_yaml_resources_are_left_alone_and_the_line_is_shown(
    hass: HomeAssistant, yaml_resources: list[dict[str, str]]
) -> None:
    await async_setup(hass)

    assert [item["url"] for item in yaml_resources] == ["/local/users-card.js"]
    assert extra_urls(hass) == {present_url(hass)}
    assert issue(hass).translation_placeholders == {"url": lovelace.LATEST_URL}


async def test_the_repair_ends_when_the_line_is_there(
    hass: HomeAssistant, yaml_resources: list[dict[str, str]]
) -> None:
    entry = await async_setup(hass)
    yaml_resources.append({"type": "module", "url": lovelace.LATEST_URL})

    await async_reload(hass, entry)

    assert issue(hass) is None
    assert extra_urls(hass) == set()


@pytest.mark.usefixtures("yaml_resources")
async def test_nothing_of_it_is_left_when_the_park_is_removed(
    hass: HomeAssistant,
) -> None:
    entry = await async_setup(hass)

    await hass.config_entries.async_remove(entry.entry_id)

    assert extra_urls(hass) == set()
    assert issue(hass) is None
