"""Does what switching jobs ask for: orders, readings, requests, reports."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.dt import utcnow

from ..const import DOMAIN
from ..model import Order, Reason
from ..park import switching
from ..park.effects import Effect, Outcome, Refresh, Report, Switch
from .audit import Audit
from .memory import JobMemory
from .requests import Request, Requests
from .stations import Stations
from .switchboard import Switchboard

if TYPE_CHECKING:
    from .station_issues import StationIssues


class JobEffects:
    """Begins what a job asks for; what cannot be done is told to the job."""

    def __init__(
        self,
        hass: HomeAssistant,
        stations: Stations,
        switchboard: Switchboard,
        requests: Requests,
        issues: StationIssues,
        audit: Audit,
        take: Callable[[JobMemory, switching.Step], None],
    ) -> None:
        """``take`` keeps the job that follows."""
        self._hass = hass
        self._stations = stations
        self._switchboard = switchboard
        self._requests = requests
        self._issues = issues
        self._audit = audit
        self._take = take

    @callback
    def async_carry_out(self, memory: JobMemory, effect: Effect) -> None:
        """Begin what a job asks for; it is not waited for."""
        match effect:
            case Switch():
                doing = self._async_switch(memory, effect)
            case Refresh(socket):
                doing = self._async_read(socket)
            case Report():
                self._async_report(memory, effect)
                return
            case _:
                doing = self._async_request(memory, effect)
        self._hass.async_create_background_task(doing, f"{DOMAIN} job: {effect}")

    async def _async_switch(self, memory: JobMemory, effect: Switch) -> None:
        """Order a socket as the job's owner would; tell the job when that is refused."""
        socket = self._stations.sockets.get(effect.socket)
        if socket is None:
            refused = switching.refused(
                utcnow(), memory.job, effect, Reason.UNREACHABLE
            )
            self._take(memory, refused)
            return
        order = self._order(memory, effect.on)
        [outcome] = await self._switchboard.async_place([socket], order)
        if outcome.refused is not None:
            following = switching.refused(utcnow(), memory.job, effect, outcome.refused)
            self._take(memory, following)

    def _order(self, memory: JobMemory, on: bool) -> Order:
        """Return an order as the job's owner gives it."""
        job, now = memory.job, utcnow()
        return Order(
            on=on,
            source=job.source,
            reason=job.reason,
            given_at=now,
            until=self._switchboard.until(job.source, memory.lasting, now),
            group=True,
            seen_off=True,
            by=job.by,
        )

    async def _async_read(self, socket_id: str) -> None:
        for plug in self._stations.plugs([socket_id]):
            await plug.async_read_soon()

    async def _async_request(self, memory: JobMemory, request: Request) -> None:
        """Send a request; tell the job when that is not possible."""
        if not await self._requests.async_send(request):
            self._take(memory, switching.failed(utcnow(), memory.job, request))

    @callback
    def _async_report(self, memory: JobMemory, report: Report) -> None:
        """Keep what became of a socket, and have a person see to it if need be."""
        job, result = memory.job, report.result
        station = self._stations.described.get(report.station or "")
        if result.outcome not in (Outcome.ON, Outcome.OFF):
            self._async_note(memory, report)
        elif result.reason is Reason.AS_FOUND and not job.observe:
            # It stands as any other order does.
            switch = Switch(report.socket, result.outcome is Outcome.ON)
            self.async_carry_out(memory, switch)
        if station is None or report.socket != station.computer:
            return
        self._stations.async_note(station.id, result)
        self._audit.async_station_ended(station.name, job, result)
        if not job.observe:
            self._issues.async_look(station, result)

    @callback
    def _async_note(self, memory: JobMemory, report: Report) -> None:
        """Let a socket tell why it is not what it was ordered to be."""
        socket = self._stations.sockets.get(report.socket)
        reason: Reason | None = report.result.reason
        if report.result.outcome is Outcome.OBSERVED:
            reason = Reason.OBSERVED
        elif reason is Reason.AS_FOUND and report.station in self._stations.described:
            # Its system was off already; its socket stays on.
            reason = self._stations.station(report.station).cut_refused
        if socket is not None and reason is not None:
            order = self._order(memory, memory.job.on)
            self._switchboard.async_note(socket, order, reason)
