"""The blueprints: each makes an automation that works, in every language."""

from pathlib import Path
from typing import Any

from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.energy_park.blueprints import (
    FOLDER,
    async_install_blueprints,
    blueprint_names,
    blueprint_path,
)
from custom_components.energy_park.const import DOMAIN

from . import source
from .automations import async_automate
from .parks import async_setup

LANGUAGES = ("es", "fr")
NAMES = tuple(blueprint_names())

# What a user fills in, beside what has a default.
INPUTS: dict[str, dict[str, Any]] = {
    "evening_round": {"sectors": ["switch.room_a"]},
    "maintenance_window": {"sectors": ["switch.room_a"], "power": "sensor.power"},
    "sector_schedule": {"sectors": ["switch.room_a"], "schedule": "schedule.week"},
    "shed_on_prediction": {},
    "shed_on_request": {"when": {"trigger": "event", "event_type": "please"}},
    "sobriety": {"tempo": "sensor.colour"},
    "standby_killer": {"sectors": ["switch.room_a"]},
    "shedding_notify": {"started": [{"event": "started"}]},
    "turn_down_first": {"setting": "number.charger"},
}


@pytest.fixture(autouse=True)
def own_folder(hass: HomeAssistant, tmp_path: Path) -> None:
    """Keep what is written from the harness and from other tests."""
    hass.config.config_dir = str(tmp_path)


def texts(language: str) -> Any:
    return yaml.safe_load((FOLDER / "texts" / f"{language}.yaml").read_text())


def keys(tree: Any) -> Any:
    return {key: keys(part) for key, part in tree.items()} if type(tree) is dict else 0


def test_every_blueprint_is_tried_here() -> None:
    assert set(INPUTS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_says_where_it_is_imported_from(name: str) -> None:
    text = (FOLDER / "automation" / f"{name}.yaml").read_text()
    [link] = [line for line in text.splitlines() if "source_url" in line]
    file = f"custom_components/{DOMAIN}/blueprints/automation/{name}.yaml"
    assert link.endswith(f"/blob/main/{file}")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_texts_of_every_language_are_complete(
    hass: HomeAssistant, language: str
) -> None:
    await async_setup(hass)
    await async_setup_component(hass, "automation", {})
    await async_install_blueprints(hass)
    found = await async_get_blueprints(hass).async_get_blueprints()
    english = {}
    for name in NAMES:
        blueprint = found[blueprint_path(name)]
        assert isinstance(blueprint, Blueprint)
        english[name] = {
            "name": 0,
            "description": 0,
            "input": {key: {"name": 0, "description": 0} for key in blueprint.inputs},
        }
    assert keys(texts(language)) == english


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
async def test_the_action_installs_them_in_the_language_of_the_server(
    hass: HomeAssistant, language: str
) -> None:
    await async_setup(hass)
    await async_setup_component(hass, "automation", {})
    hass.config.language = language
    response = await hass.services.async_call(
        DOMAIN, "install_blueprints", {}, blocking=True, return_response=True
    )
    assert response == {"blueprints": [blueprint_path(name) for name in NAMES]}
    folder = Path(hass.config.path("blueprints/automation"))
    for name in NAMES:
        text = (folder / blueprint_path(name)).read_text()
        named = text.split("name: ")[1].splitlines()[0]
        said = texts(language)[name]["name"] if language in LANGUAGES else None
        assert said is None or said == named.strip("'\"")
    # Asked again, nothing is written again.
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")}
    await async_install_blueprints(hass)
    assert times == {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")}


@pytest.mark.parametrize("name", NAMES)
async def test_a_blueprint_makes_an_automation(hass: HomeAssistant, name: str) -> None:
    await async_setup(hass)
    made = await async_automate(hass, name, INPUTS[name])
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": made}, blocking=True
    )


async def test_without_automations_it_says_so(hass: HomeAssistant) -> None:
    await async_setup(hass)
    with pytest.raises(HomeAssistantError):
        await async_install_blueprints(hass)


async def test_what_the_disk_refuses_is_told(hass: HomeAssistant) -> None:
    await async_setup(hass)
    await async_setup_component(hass, "automation", {})
    Path(hass.config.path("blueprints/automation")).mkdir(parents=True, exist_ok=True)
    Path(hass.config.path("blueprints/automation", DOMAIN)).write_text("in the way")
    with pytest.raises(HomeAssistantError):
        await async_install_blueprints(hass)


def test_the_readme_links_to_every_blueprint() -> None:
    readme = (source.PACKAGE.parent.parent / "README.md").read_text()
    for name in NAMES:
        assert f"blueprints/automation/{name}.yaml" in readme
