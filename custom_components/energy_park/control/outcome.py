"""Who gives an order, and what becomes of it."""

from dataclasses import dataclass

from homeassistant.core import Context

from ..model import Reason, Socket, Source
from ..plug.client import PlugError, PlugUnreachableError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order to one socket."""

    socket: Socket
    refused: Reason | None = None
    error: PlugError | None = None


def unloaded(socket: Socket) -> Outcome:
    """Return what became of an order that the end of the park has cut short."""
    return Outcome(socket, error=PlugUnreachableError("the park was unloaded"))


def origin(context: Context | None) -> tuple[Source, Reason]:
    """Tell who gives an order from Home Assistant's context.

    A user's own touch carries the user; what an automation does by itself does not.
    """
    if context is not None and context.user_id is not None:
        return Source.PERSON, Reason.PERSON
    return Source.SCHEDULE, Reason.AUTOMATION
