"""A few values of a meter for a display on the wall: one small JSON object.

For e-paper and micro-controllers that can send a header and read an integer. They
log in as every program does, with a long-lived access token of a user who may read.
"""

from http import HTTPStatus
from typing import Any

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .control.shedding.shedding import Shedding
from .tic.remote import remote_values


class DisplayView(HomeAssistantView):
    """Tells power, currents, tariff, threshold and shedding of one meter."""

    url = f"/api/{DOMAIN}/display"
    name = f"api:{DOMAIN}:display"

    def __init__(self) -> None:
        """Serve the only meter, and each by its number."""
        self.extra_urls = [f"{self.url}/{{meter}}"]

    async def get(self, request: web.Request, meter: str = "") -> web.Response:
        """Answer for the only meter, or for the one whose number ends so."""
        hass = request.app[KEY_HASS]
        found = [
            shedding
            for entry in hass.config_entries.async_loaded_entries(DOMAIN)
            for shedding in entry.runtime_data.sheddings.values()
            if shedding.meter.serial.endswith(meter)
        ]
        if len(found) != 1:
            return self.json_message(
                "Name one meter by the last digits of its serial number"
                if found
                else "No such meter",
                HTTPStatus.NOT_FOUND,
            )
        _check_may_read(hass, request[KEY_HASS_USER], found[0])
        return self.json(_show(found[0]), headers={"Cache-Control": "no-store"})


def _show(shedding: Shedding) -> dict[str, Any]:
    meter = shedding.meter
    reading = meter.data.reading if meter.heard and meter.data is not None else None
    return {
        **remote_values(reading),
        "seuil": round(1 - shedding.memory.policy.margin_percent / 100, 3),
        "delestage": bool(shedding.state.shed),
    }


def _check_may_read(hass: HomeAssistant, user: User, shedding: Shedding) -> None:
    """Raise Unauthorized for a user who may not see the meter's power."""
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{shedding.meter.serial}_apparent_power"
    )
    permissions = user.permissions
    if entity_id is None:
        allowed = permissions.access_all_entities(POLICY_READ)
    else:
        allowed = permissions.check_entity(entity_id, POLICY_READ)
    if not allowed:
        raise Unauthorized(entity_id=entity_id)
