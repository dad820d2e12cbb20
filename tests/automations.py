"""Automations made from the blueprints, as a user makes them."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import yaml

from custom_components.energy_park.blueprints import (
    async_install_blueprints,
    blueprint_path,
)


async def async_automate(hass: HomeAssistant, name: str, inputs: dict[str, Any]) -> str:
    """Make an automation from a blueprint; return its entity.

    The configuration folder must be the test's own.
    """
    automation = {
        "alias": name,
        "use_blueprint": {"path": blueprint_path(name), "input": inputs},
    }
    assert await async_setup_component(hass, "automation", {})
    await async_install_blueprints(hass)
    (Path(hass.config.config_dir) / "configuration.yaml").write_text(
        yaml.safe_dump({"automation": [automation]})
    )
    await hass.services.async_call("automation", "reload", blocking=True)
    [made] = hass.states.async_all("automation")
    assert made.state == "on"
    return made.entity_id
