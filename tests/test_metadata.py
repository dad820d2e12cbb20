"""What Home Assistant, HACS and the quality scale read beside the code."""

import json
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
import hass_frontend
from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.icon import async_get_icons
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.loader import async_get_custom_components
from homeassistant.setup import async_setup_component
from PIL import Image
import pytest
import yaml

from custom_components.energy_park import PLATFORMS
from custom_components.energy_park.const import DOMAIN

from . import source
from .parks import async_setup

ROOT = Path(__file__).parent.parent
MANIFEST = json.loads((source.PACKAGE / "manifest.json").read_text())
ENGLISH = json.loads((source.PACKAGE / "translations/en.json").read_text())
ICONS = json.loads((source.PACKAGE / "icons.json").read_text())
ACTIONS = yaml.safe_load((source.PACKAGE / "services.yaml").read_text())
QUALITY = yaml.safe_load((source.PACKAGE / "quality_scale.yaml").read_text())["rules"]
HACS = json.loads((ROOT / "hacs.json").read_text())
README = (ROOT / "README.md").read_text()

# Pixels of the shorter and the longer side, in the plain size.
ICON_SIZE = (256, 256)
LOGO_SHORT = range(128, 257)


# manifest.json, hacs.json


def test_the_manifest_is_in_order() -> None:
    domain, name, *others = MANIFEST
    assert (domain, name) == ("domain", "name")
    assert others == sorted(others)


def test_the_manifest_says_what_is_asked_before_publishing() -> None:
    assert MANIFEST["domain"] == DOMAIN == source.PACKAGE.name
    assert MANIFEST["name"] == HACS["name"]
    assert AwesomeVersion(MANIFEST["version"]).valid
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["codeowners"]
    assert MANIFEST["issue_tracker"] == f"{MANIFEST['documentation']}/issues"


async def test_home_assistant_finds_the_integration_with_its_pictures(
    hass: HomeAssistant,
) -> None:
    integration = (await async_get_custom_components(hass))[DOMAIN]
    assert integration.has_branding
    assert integration.has_translations
    assert integration.has_services


def test_hacs_knows_every_key_and_its_type() -> None:
    known: dict[str, type] = {
        "content_in_root": bool,
        "filename": str,
        "hacs": str,
        "hide_default_branch": bool,
        "homeassistant": str,
        "name": str,
        "persistent_directory": str,
        "zip_release": bool,
    }
    assert {key: type(value) for key, value in HACS.items()}.items() <= known.items()
    assert HACS["zip_release"] == HACS["filename"].endswith(".zip")


# Pictures


@pytest.mark.parametrize("scale", [1, 2])
def test_the_icon_has_its_size(scale: int) -> None:
    with Image.open(picture("icon", scale)) as icon:
        assert icon.format == "PNG"
        assert icon.size == tuple(scale * side for side in ICON_SIZE)
        assert icon.convert("RGBA").getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize("name", ["logo", "dark_logo"])
@pytest.mark.parametrize("scale", [1, 2])
def test_the_logo_has_its_size(name: str, scale: int) -> None:
    with Image.open(picture(name, scale)) as logo, Image.open(picture(name, 1)) as one:
        assert logo.format == "PNG"
        assert logo.size == tuple(scale * side for side in one.size)
        assert min(one.size) in LOGO_SHORT
        assert one.width > one.height


def test_no_picture_is_of_another_name() -> None:
    assert {path.name for path in (source.PACKAGE / "brand").iterdir()} == {
        picture(name, scale).name
        for name in ("icon", "logo", "dark_logo")
        for scale in (1, 2)
    }


def picture(name: str, scale: int) -> Path:
    return source.PACKAGE / "brand" / f"{name}{'@2x' if scale == 2 else ''}.png"


# icons.json


def icon_names(icons: Any) -> set[str]:
    if isinstance(icons, dict):
        return {name for part in icons.values() for name in icon_names(part)}
    return {icons}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_named_entity_has_an_icon(platform: str) -> None:
    texts = ENGLISH["entity"].get(platform, {})
    icons = ICONS["entity"].get(platform, {})
    assert icons.keys() == texts.keys()
    for key, icon in icons.items():
        assert "default" in icon
        states = texts[key].get("state") or {"on": "", "off": ""}
        assert icon.get("state", {}).keys() <= states.keys(), key


def test_every_action_has_an_icon() -> None:
    assert ICONS["services"].keys() == ACTIONS.keys()
    assert all(icon.keys() == {"service"} for icon in ICONS["services"].values())


def test_every_trigger_and_condition_has_an_icon() -> None:
    for category, kind in (("triggers", "trigger"), ("conditions", "condition")):
        assert ICONS[category].keys() == ENGLISH[category].keys()
        assert all(icon.keys() == {kind} for icon in ICONS[category].values())


def test_the_frontend_has_every_icon() -> None:
    folder = Path(hass_frontend.where()) / "static/mdi"
    files = {path for path in folder.glob("*.json") if path.name != "iconList.json"}
    known = {f"mdi:{name}" for path in files for name in json.loads(path.read_text())}
    assert icon_names(ICONS) <= known


async def test_home_assistant_loads_the_icons(hass: HomeAssistant) -> None:
    await async_setup(hass)
    for category, icons in ICONS.items():
        assert await async_get_icons(hass, category, [DOMAIN]) == {DOMAIN: icons}


# services.yaml


async def test_home_assistant_accepts_the_actions(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await async_setup(hass)
    described = (await async_get_all_descriptions(hass))[DOMAIN]
    assert "services.yaml" not in caplog.text
    for name, action in ACTIONS.items():
        if "target" in action:
            [entity] = described[name]["target"]["entity"]
            assert entity["integration"] == DOMAIN
        assert described[name]["fields"].keys() == action.get("fields", {}).keys()
        for field in action.get("fields", {}).values():
            validate_selector(field["selector"])
            cv.boolean(field.get("required", False))


# quality_scale.yaml


def test_the_ledger_has_the_rules_of_home_assistant() -> None:
    folder = Path(components.__path__[0])
    core = yaml.safe_load((folder / "shelly/quality_scale.yaml").read_text())["rules"]
    assert len(core) == 54
    assert set(QUALITY) == set(core)


@pytest.mark.parametrize("rule", QUALITY)
def test_an_entry_of_the_ledger_is_one_of_three(rule: str) -> None:
    entry = QUALITY[rule]
    if entry == "done":
        return
    assert entry.keys() == {"status", "comment"}
    assert entry["status"] in ("done", "todo", "exempt")
    assert entry["comment"].endswith(".")


# README.md


@pytest.mark.parametrize(
    ("rule", "heading"),
    [
        ("docs-actions", "Actions"),
        ("docs-configuration-parameters", "Configuration"),
        ("docs-data-update", "How data is updated"),
        ("docs-examples", "Examples"),
        ("docs-installation-instructions", "Installation"),
        ("docs-installation-parameters", "Configuration"),
        ("docs-known-limitations", "Known limitations"),
        ("docs-removal-instructions", "Removal"),
        ("docs-supported-devices", "Supported devices"),
        ("docs-supported-functions", "Entities"),
        ("docs-troubleshooting", "Troubleshooting"),
        ("docs-use-cases", "Use cases"),
    ],
)
def test_what_is_documented_has_its_section(rule: str, heading: str) -> None:
    assert QUALITY[rule] == "done"
    assert f"\n## {heading}\n" in README


def test_the_readme_names_every_action_and_entity() -> None:
    assert {f"`{DOMAIN}.{action}`" for action in ACTIONS} <= set(
        re.findall(r"`[a-z_.]+`", README)
    )
    for platform in ENGLISH["entity"].values():
        for entity in platform.values():
            assert re.sub(r"{\w+}", "", entity["name"]).strip() in README


@pytest.mark.parametrize(
    "example",
    [
        yaml.safe_load(text)
        for text in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    ],
    ids=lambda example: example["alias"],
)
async def test_home_assistant_accepts_the_examples(
    hass: HomeAssistant, example: dict[str, Any]
) -> None:
    await async_setup(hass)
    assert await async_setup_component(hass, "automation", {"automation": example})
    [automation] = hass.states.async_all("automation")
    assert automation.state == "on"
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": automation.entity_id}, blocking=True
    )


def test_the_tables_of_the_readme_are_whole() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", README, re.MULTILINE):
        rows = table.splitlines()
        assert re.fullmatch(r"\|(-+\|)+", rows[1]), rows[0]
        assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {
            rows[1].count("|")
        }, rows[0]


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
    headings = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.*)", README, re.MULTILINE)
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", README):
        assert anchor in headings
