"""The plans over Home Assistant's WebSocket.

Any user may look; only administrators change. Home Assistant's event bus is no way
to tell about changes: it is closed to most users.
"""

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant, callback
import probatio

from ..const import DOMAIN
from .document import Change, ConflictError, InvalidChangeError, Json
from .store import PLANS

CHANGES_MAX = 5000


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (websocket_get, websocket_subscribe, websocket_patch):
        websocket_api.async_register_command(hass, command)


@websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/plan/get"})
@callback
def websocket_get(hass: HomeAssistant, connection: ActiveConnection, msg: Json) -> None:
    """Return all plans and their revision."""
    connection.send_result(msg["id"], hass.data[PLANS].document.dump())


@websocket_api.websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/plan/subscribe"}
)
@callback
def websocket_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: Json
) -> None:
    """Tell all plans, then each change."""
    store = hass.data[PLANS]

    @callback
    def tell(revision: int, changes: list[Change]) -> None:
        connection.send_event(
            msg["id"],
            {
                "revision": revision,
                "changes": [change.as_dict() for change in changes],
            },
        )

    connection.subscriptions[msg["id"]] = store.async_listen(tell)
    connection.send_result(msg["id"])
    connection.send_event(msg["id"], store.document.dump())


@websocket_api.websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/plan/patch",
        probatio.Required("revision"): int,
        probatio.Required("changes"): probatio.All(
            [dict], probatio.Length(min=1, max=CHANGES_MAX)
        ),
    }
)
@websocket_api.require_admin
@callback
def websocket_patch(
    hass: HomeAssistant, connection: ActiveConnection, msg: Json
) -> None:
    """Take changes that were made on a revision; answer the new one.

    Error ``conflict``: somebody changed the same part since, nothing was taken.
    """
    store = hass.data[PLANS]
    try:
        changes = [Change.read(change) for change in msg["changes"]]
        revision = store.async_patch(msg["revision"], changes)
    except ConflictError:
        connection.send_error(
            msg["id"], "conflict", "Somebody changed the same part of the plan"
        )
    except InvalidChangeError as err:
        connection.send_error(msg["id"], websocket_api.ERR_INVALID_FORMAT, str(err))
    else:
        connection.send_result(msg["id"], {"revision": revision})
