"""A Home Assistant configuration directory that needs no first-run wizard."""

from pathlib import Path
import shutil

from homeassistant.auth import auth_manager_from_config
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.providers.homeassistant import HassAuthProvider
from homeassistant.components.onboarding import (
    STORAGE_KEY as ONBOARDING_KEY,
    STORAGE_VERSION as ONBOARDING_VERSION,
    OnboardingStorage,
)
from homeassistant.components.onboarding.const import STEPS
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .account import Account

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "energy_park"

# What a park needs of Home Assistant and a person would look for, instead of
# default_config: that one brings cloud, Bluetooth and media, whose requirements
# take minutes to install and partly a compiler.
CONFIGURATION = """\
# Made by scripts/demo.
frontend:
config:
history:
logbook:
energy:
recorder:
mobile_app:
system_health:
conversation:
person:
sun:
schedule:
calendar:
todo:
input_boolean:
input_button:
input_datetime:
input_number:
input_select:
input_text:
counter:
timer:
automation: !include automations.yaml
script: !include scripts.yaml
scene: !include scenes.yaml
"""
# How the emulated computers are asked: what an agent does on a real one.
EMULATED_COMPUTERS = """\
rest_command:
  emulated_computer:
    url: "{control}/station/{{{{ station }}}}"
    method: post
    content_type: application/json
    payload: '{{"request": "{{{{ request }}}}"}}'
"""
EDITED_IN_THE_UI = ("automations.yaml", "scripts.yaml", "scenes.yaml")


async def create(
    config_dir: Path,
    owner: Account,
    *,
    integration: Path | None = INTEGRATION,
    control: str | None = None,
) -> None:
    """Make a configuration directory with an owner and finished onboarding.

    ``integration`` is linked, so that an edit shows after a restart; None leaves
    Home Assistant without it. ``control`` is where emulated computers are asked.
    """
    config_dir.mkdir(parents=True)
    computers = EMULATED_COMPUTERS.format(control=control) if control else ""
    (config_dir / "configuration.yaml").write_text(CONFIGURATION + computers)
    for name in EDITED_IN_THE_UI:
        (config_dir / name).write_text("")
    if integration is not None:
        custom_components = config_dir / "custom_components"
        custom_components.mkdir()
        (custom_components / integration.name).symlink_to(integration)
    try:
        await _write_storage(config_dir, owner)
    except BaseException:
        shutil.rmtree(config_dir)
        raise


async def _write_storage(config_dir: Path, owner: Account) -> None:
    """Let Home Assistant's own code write the owner, the site and the onboarding."""
    hass = HomeAssistant(str(config_dir))
    hass.config_entries = ConfigEntries(hass, {})
    await hass.config_entries.async_initialize()
    dr.async_setup(hass)
    await dr.async_load(hass)
    await er.async_load(hass)
    hass.auth = await auth_manager_from_config(hass, [{"type": "homeassistant"}], [])
    provider = hass.auth.auth_providers[0]
    assert isinstance(provider, HassAuthProvider)
    await provider.async_initialize()
    await provider.async_add_auth(owner.username, owner.password)
    user = await hass.auth.async_create_user(
        owner.username.title(), group_ids=[GROUP_ID_ADMIN]
    )
    await hass.auth.async_link_user(
        user,
        await provider.async_get_or_create_credentials({"username": owner.username}),
    )
    await hass.config.async_update(
        location_name="Energy Park",
        latitude=48.8566,
        longitude=2.3522,
        elevation=35,
        unit_system="metric",
        time_zone="Europe/Paris",
        country="FR",
        currency="EUR",
        language="en",
    )
    await OnboardingStorage(
        hass, ONBOARDING_VERSION, ONBOARDING_KEY, private=True
    ).async_save({"done": list(STEPS)})
    # The stores of the accounts write when Home Assistant stops.
    await hass.async_stop(force=True)
