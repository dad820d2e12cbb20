"""The automation blueprints, put among those of Home Assistant.

``automation`` holds them in English, as they are imported by their links;
``texts`` their names and explanations in other languages.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import yaml as yaml_util

from ..const import DOMAIN

FOLDER: Final = Path(__file__).parent


def blueprint_path(name: str) -> str:
    """Return where a blueprint of ours is among those of automations."""
    return f"{DOMAIN}/{name}.yaml"


def blueprint_names() -> list[str]:
    """Return the names of all blueprints; reads the disk."""
    return sorted(path.stem for path in (FOLDER / "automation").glob("*.yaml"))


async def async_install_blueprints(
    hass: HomeAssistant, *, overwrite: bool = True
) -> list[str]:
    """Put the blueprints among those of automations; return the paths of all.

    They speak the language of the server. One that is there and says the same is left
    alone; one that differs is replaced, unless ``overwrite`` is False.

    Raises:
        HomeAssistantError: there are no automations, or the disk takes no file.
    """
    if AUTOMATION_DOMAIN not in hass.config.components:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="no_automations"
        )
    blueprints = await hass.async_add_executor_job(_read, hass.config.language)
    there = async_get_blueprints(hass)
    known = await there.async_get_blueprints()
    for path, blueprint in blueprints.items():
        before = known.get(path)
        if isinstance(before, Blueprint) and (
            not overwrite or before.data == blueprint.data
        ):
            continue
        try:
            await there.async_add_blueprint(blueprint, path, allow_override=True)
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="blueprint_not_written",
                translation_placeholders={"path": path, "error": str(err)},
            ) from err
    return list(blueprints)


def _read(language: str) -> dict[str, Blueprint]:
    """Read the blueprints, in a language if there are texts in it."""
    texts: Mapping[str, Any] = {}
    file = FOLDER / "texts" / f"{language.split('-', maxsplit=1)[0]}.yaml"
    if file.exists():
        texts = yaml_util.load_yaml_dict(file)
    return {
        blueprint_path(name): _translated(name, texts.get(name, {}))
        for name in blueprint_names()
    }


def _translated(name: str, texts: Mapping[str, Any]) -> Blueprint:
    data = yaml_util.load_yaml_dict(FOLDER / "automation" / f"{name}.yaml")
    metadata: dict[str, Any] = data["blueprint"]
    metadata |= {key: text for key, text in texts.items() if key != "input"}
    for key, named in texts.get("input", {}).items():
        metadata["input"][key] |= named
    return Blueprint(
        data,
        expected_domain=AUTOMATION_DOMAIN,
        path=blueprint_path(name),
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
