"""Action: make a range of the mirror of a park right."""

import asyncio

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_ENTITY_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)
from homeassistant.util import dt as dt_util
import probatio

from ..const import DOMAIN
from ..control.mirroring import Mirroring
from ..coordinator import EnergyParkConfigEntry
from ..mirror.errors import MirrorError
from ..mirror.rows import Series

ACTION_RE_MIRROR = "re_mirror"
ATTR_START = "start"
ATTR_END = "end"
ARRIVE_WITHIN_S = 60


@callback
def async_setup_re_mirror(hass: HomeAssistant) -> None:
    """Register the action."""
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_RE_MIRROR,
        _async_re_mirror,
        probatio.Schema(
            {
                probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
                probatio.Optional(ATTR_ENTITY_ID): cv.entity_ids,
                probatio.Required(ATTR_START): cv.datetime,
                probatio.Optional(ATTR_END): cv.datetime,
            }
        ),
        SupportsResponse.OPTIONAL,
    )


async def _async_re_mirror(call: ServiceCall) -> ServiceResponse:
    """Answer with the rows that were queued, of how many entities, and the sums mended."""
    start = dt_util.as_utc(call.data[ATTR_START])
    end = dt_util.as_utc(call.data.get(ATTR_END) or dt_util.utcnow())
    if end <= start:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="range_empty"
        )
    mirroring = _mirroring(call)
    entities = _entities(mirroring, call.data.get(ATTR_ENTITY_ID))
    await _async_catch_up(mirroring)
    try:
        repaired = await mirroring.past.async_repair(entities, start, end)
    except MirrorError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="history_failed",
            translation_placeholders={"error": str(err)},
        ) from err
    return {"entities": len(entities), "rows": repaired.rows, "sums": repaired.sums}


def _mirroring(call: ServiceCall) -> Mirroring:
    """Return the mirror of the park; it must be able to tell what it lacks."""
    entry: EnergyParkConfigEntry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    mirroring = entry.runtime_data.mirroring
    if mirroring is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_mirror"
        )
    if not mirroring.mirror.status().connected:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="mirror_not_connected"
        )
    return mirroring


async def _async_catch_up(mirroring: Mirroring) -> None:
    """Wait until nothing is on its way; who asks does not wait for a long backlog."""
    try:
        async with asyncio.timeout(ARRIVE_WITHIN_S):
            await mirroring.mirror.arrived()
    except TimeoutError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="mirror_behind"
        ) from err


def _entities(mirroring: Mirroring, chosen: list[str] | None) -> dict[str, Series]:
    if chosen is None:
        return mirroring.series()
    found: dict[str, Series] = {}
    for entity_id in chosen:
        if (series := mirroring.series_of(entity_id)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_mirrored",
                translation_placeholders={"entity": entity_id},
            )
        found[entity_id] = series
    return found
