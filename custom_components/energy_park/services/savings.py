"""Actions: what is wasted now, and from when on savings are counted."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_config_entry,
    async_register_admin_service,
)
from homeassistant.util import dt as dt_util
import probatio

from ..configuration import sectors
from ..const import DOMAIN
from ..control.waste_report import report
from ..park.savings import DAYS

ACTION_GET_WASTE = "get_waste"
ACTION_FREEZE_BASELINE = "freeze_baseline"
ATTR_CONFIG_ENTRY_ID = "config_entry_id"


@callback
def async_setup_savings(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        ACTION_GET_WASTE,
        _async_get_waste,
        probatio.Schema({probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}),
        SupportsResponse.ONLY,
    )
    # From then on every figure is another one.
    async_register_admin_service(
        hass,
        DOMAIN,
        ACTION_FREEZE_BASELINE,
        _async_freeze_baseline,
        probatio.Schema({probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}),
        SupportsResponse.OPTIONAL,
    )


async def _async_get_waste(call: ServiceCall) -> ServiceResponse:
    entry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    return {"sectors": report(call.hass, entry)}


async def _async_freeze_baseline(call: ServiceCall) -> ServiceResponse:
    entry = async_get_config_entry(
        call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY_ID)
    )
    book = entry.runtime_data.savings
    frozen = book.async_freeze(dt_util.utcnow())
    if not any(frozen.values()):
        days = max((s.observed_days for s in book.sectors.values()), default=0.0)
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="observed_too_little",
            translation_placeholders={"days": f"{days:.1f}", "needed": str(DAYS)},
        )
    names = sectors(entry)
    return {
        "sectors": [
            {
                "name": names[sector_id],
                "frozen": baseline is not None,
                "observed_from": baseline and baseline.first.isoformat(),
                "observed_until": baseline and baseline.last.isoformat(),
            }
            for sector_id, baseline in frozen.items()
        ]
    }
