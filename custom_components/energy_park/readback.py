"""Reads the mirror back: what the values of entities were, from the database."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from .const import DOMAIN
from .control.mirroring import Mirroring
from .mirror.errors import MirrorError
from .mirror.history import POINTS_MAX, Point, Resolution
from .mirror.rows import Series

ACTION_HISTORY = "history"
ATTR_START = "start"
ATTR_END = "end"
ATTR_RESOLUTION = "resolution"

# An answer of an action goes through templates and traces.
ACTION_POINTS_MAX: Final = 5_000

QUESTION: Final[dict[str | probatio.Marker, Any]] = {
    probatio.Required(ATTR_ENTITY_ID): cv.entity_ids,
    probatio.Required(ATTR_START): cv.datetime,
    probatio.Optional(ATTR_END): cv.datetime,
    probatio.Optional(ATTR_RESOLUTION, default=Resolution.HOUR.value): probatio.In(
        [str(resolution) for resolution in Resolution]
    ),
}


@callback
def async_setup_history(hass: HomeAssistant) -> None:
    """Register the action and the command."""
    hass.services.async_register(
        DOMAIN,
        ACTION_HISTORY,
        _async_history,
        schema=probatio.Schema(QUESTION),
        supports_response=SupportsResponse.ONLY,
    )
    websocket_api.async_register_command(hass, websocket_history)


async def _async_history(call: ServiceCall) -> dict[str, Any]:
    """Answer with the points of each entity, if the user may see them."""
    if call.context.user_id is not None:
        user = await call.hass.auth.async_get_user(call.context.user_id)
        if user is None:
            raise UnknownUser(context=call.context)
        _check_may_read(user, call.data[ATTR_ENTITY_ID])
    points = await _async_read(call.hass, call.data, ACTION_POINTS_MAX)
    return {
        "truncated": _count(points) == ACTION_POINTS_MAX,
        "entities": {
            entity_id: [
                {**asdict(point), "at": point.at.isoformat()} for point in found
            ]
            for entity_id, found in points.items()
        },
    }


@websocket_api.websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/history", **QUESTION}
)
@websocket_api.async_response
async def websocket_history(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer with a list of each entity's times (s), means, minima and maxima."""
    _check_may_read(connection.user, msg[ATTR_ENTITY_ID])
    points = await _async_read(hass, msg, POINTS_MAX)
    connection.send_result(
        msg["id"],
        {
            "truncated": _count(points) == POINTS_MAX,
            "entities": {
                entity_id: {
                    "at": [point.at.timestamp() for point in found],
                    "mean": [point.mean for point in found],
                    "low": [point.low for point in found],
                    "high": [point.high for point in found],
                }
                for entity_id, found in points.items()
            },
        },
    )


def _check_may_read(user: User, entity_ids: Iterable[str]) -> None:
    """Raise Unauthorized for a user who may not see one of these."""
    for entity_id in entity_ids:
        if not user.permissions.check_entity(entity_id, POLICY_READ):
            raise Unauthorized(entity_id=entity_id)


async def _async_read(
    hass: HomeAssistant, question: dict[str, Any], limit: int
) -> dict[str, list[Point]]:
    """Return the points of entities, which may be of several parks.

    Raises:
        ServiceValidationError: an entity is not mirrored, or there are too many.
        HomeAssistantError: the database cannot be asked.
    """
    entity_ids: list[str] = question[ATTR_ENTITY_ID]
    start = dt_util.as_utc(question[ATTR_START])
    end = dt_util.as_utc(question.get(ATTR_END) or dt_util.utcnow())
    resolution = Resolution(question[ATTR_RESOLUTION])
    mirrors: dict[Mirroring, dict[Series, str]] = {}
    for entity_id in entity_ids:
        mirroring, series = find_mirrored(hass, entity_id)
        mirrors.setdefault(mirroring, {})[series] = entity_id
    points: dict[str, list[Point]] = {entity_id: [] for entity_id in entity_ids}
    for mirroring, wanted in mirrors.items():
        if (left := limit - _count(points)) <= 0:
            break
        found = await _async_ask(mirroring, list(wanted), start, end, resolution, left)
        points |= {wanted[series]: answer for series, answer in found.items()}
    return points


async def _async_ask(
    mirroring: Mirroring,
    series: Sequence[Series],
    start: datetime,
    end: datetime,
    resolution: Resolution,
    limit: int,
) -> dict[Series, list[Point]]:
    try:
        return await mirroring.mirror.history.read(
            series, start, end, resolution, limit
        )
    except ValueError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="too_much_history"
        ) from err
    except MirrorError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="history_failed",
            translation_placeholders={"error": str(err)},
        ) from err


def find_mirrored(hass: HomeAssistant, entity_id: str) -> tuple[Mirroring, Series]:
    """Return the mirror that has an entity's values, and under which name.

    Raises:
        ServiceValidationError: none has.
    """
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        mirroring: Mirroring | None = entry.runtime_data.mirroring
        if mirroring is not None and (series := mirroring.series_of(entity_id)):
            return mirroring, series
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_mirrored",
        translation_placeholders={"entity": entity_id},
    )


def _count(points: dict[str, list[Point]]) -> int:
    return sum(map(len, points.values()))
