"""Backups of Home Assistant hold the mirrors' spools as they were at one moment."""

from collections.abc import Iterator

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .mirror.mirror import Mirror


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Leave the spools' files as they are; rows are kept and sent all the same."""
    for mirror in _mirrors(hass):
        await mirror.hold_files()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let them change again."""
    for mirror in _mirrors(hass):
        await mirror.release_files()


def _mirrors(hass: HomeAssistant) -> Iterator[Mirror]:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        if (mirroring := entry.runtime_data.mirroring) is not None:
            yield mirroring.mirror
