"""Who ordered what, why, and what became of it: told as it happens, kept by others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback

from ..const import DOMAIN
from ..model import Order, Reason, Socket
from ..park.arbiter import Decision, SocketState
from ..park.effects import Result
from ..park.job import Job

# What the logbook tells in words.
EVENT_AUDIT = f"{DOMAIN}_audit"


class Audited(StrEnum):
    """What happened."""

    ORDERED = "ordered"
    REFUSED = "refused"
    JOB_STARTED = "job_started"
    STATION_ENDED = "station_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: ``name`` is the socket, the station or the sector that it is about.

    ``by`` is the user who gave the order, None for what no person did. ``outcome`` is
    how a station came out of its job.
    """

    what: Audited
    name: str
    on: bool
    source: str
    reason: str
    by: str | None = None
    outcome: str | None = None

    @property
    def told(self) -> dict[str, Any]:
        """Return it as an event's data."""
        return {
            "name": self.name,
            "on": self.on,
            "source": self.source,
            "reason": self.reason,
            "outcome": self.outcome,
        }


class Audit:
    """Tells each entry to those who listen, and to the logbook."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nobody who listens."""
        self._hass = hass
        self._listeners: list[Callable[[Entry], None]] = []

    @callback
    def async_listen(self, listener: Callable[[Entry], None]) -> CALLBACK_TYPE:
        """Have each entry told; return how to end that."""
        self._listeners.append(listener)

        @callback
        def async_remove() -> None:
            self._listeners.remove(listener)

        return async_remove

    @callback
    def async_decided(
        self, socket: Socket, before: SocketState, decision: Decision
    ) -> None:
        """Tell of the orders that a decision has taken in, or refused."""
        for order, refused in _orders(before, decision):
            self._async_tell(
                Entry(
                    what=Audited.REFUSED if refused else Audited.ORDERED,
                    name=socket.name,
                    on=order.on,
                    source=order.source,
                    reason=refused or order.reason,
                    by=order.by,
                )
            )

    @callback
    def async_job_started(self, name: str, job: Job) -> None:
        """Tell of a job that was taken on."""
        self._async_tell(_of_job(Audited.JOB_STARTED, name, job, job.reason, None))

    @callback
    def async_station_ended(self, name: str, job: Job, result: Result) -> None:
        """Tell what became of a station in a job."""
        self._async_tell(
            _of_job(Audited.STATION_ENDED, name, job, result.reason, result.outcome)
        )

    @callback
    def _async_tell(self, entry: Entry) -> None:
        for listener in tuple(self._listeners):
            listener(entry)
        self._hass.bus.async_fire(
            EVENT_AUDIT,
            {"what": entry.what, **entry.told},
            context=Context(user_id=entry.by),
        )


def _orders(
    before: SocketState, decision: Decision
) -> Iterator[tuple[Order, Reason | None]]:
    """Yield the orders that are new in a decision, each with why it was refused."""
    state = decision.state
    if decision.refused is not None and state.refused_order is not None:
        yield state.refused_order, decision.refused
        return
    for claim in state.claims:
        if claim not in before.claims:
            yield claim, None


def _of_job(
    what: Audited, name: str, job: Job, reason: str, outcome: str | None
) -> Entry:
    return Entry(
        what=what,
        name=name,
        on=job.on,
        source=job.source,
        reason=reason,
        by=job.by,
        outcome=outcome,
    )
