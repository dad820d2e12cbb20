"""The meters and sectors that actions, triggers and conditions are about."""

from collections.abc import Collection
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
import probatio

from .const import DOMAIN
from .control.shedding.shedding import Shedding
from .coordinator import EnergyParkConfigEntry
from .park.shedding.may_start import ALL_PHASES

CONF_METER: Final = "meter"

# Devices of meters; all meters where none is named.
METERS: Final = probatio.All(probatio.EnsureList(), [cv.string])

# The phase that a load hangs on, or all three.
PHASES: Final = probatio.Any(
    ALL_PHASES, probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=3))
)


@callback
def all_sheddings(hass: HomeAssistant) -> list[Shedding]:
    """Return the shedding of every meter of the loaded parks."""
    entries: list[EnergyParkConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    return [
        shedding
        for entry in entries
        for shedding in entry.runtime_data.sheddings.values()
    ]


@callback
def is_meant(
    hass: HomeAssistant, shedding: Shedding, meters: Collection[str] | None
) -> bool:
    """Return whether a meter is among those named by their devices."""
    if not meters:
        return True
    meter = shedding.meter
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, meter.serial), meter.config_entry.entry_id
    )
    return device is not None and device.id in meters


@callback
def meant_sheddings(
    hass: HomeAssistant, meters: Collection[str] | None
) -> list[Shedding]:
    """Return the shedding of the meters that an action names; raise if there is none.

    Raises:
        ServiceValidationError: none of them is a meter of a loaded park.
    """
    found = [one for one in all_sheddings(hass) if is_meant(hass, one, meters)]
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_meter"
        )
    return found


@callback
def sector_ids(hass: HomeAssistant, devices: Collection[str]) -> set[str]:
    """Return the sectors of devices; raise if one of them is no sector.

    Raises:
        ServiceValidationError: names the device.
    """
    known = {
        group.sector_id
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for group in entry.runtime_data.groups
        if group.sector_id is not None
    }
    found = set()
    for device_id in devices:
        device = dr.async_get(hass).async_get(device_id)
        ids = {identifier for _, identifier in device.identifiers} if device else set()
        if not ids & known:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_sector",
                translation_placeholders={
                    "device": device_id if device is None else str(device.name)
                },
            )
        found |= ids & known
    return found
