"""Runs the switching jobs of a park: the rules decide, and what they ask is done here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.util.dt import utcnow
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from ..model import Order, Role, Socket, Source
from ..park import switching
from ..park.arbiter import outranks
from ..park.job import Job, is_needed, set_up
from ..park.observation import AtLimit, Rules
from ..park.switch_off import OffPhase, OffRun
from .audit import Audit
from .clockwork import Clockwork
from .faults import Faults
from .job_effects import JobEffects
from .memory import JobMemory, ParkMemory
from .outcome import origin
from .requests import Requests
from .stations import Stations
from .switchboard import Switchboard

if TYPE_CHECKING:
    from .station_issues import StationIssues


class Jobs:
    """Starts jobs, steps them, ends them; they go on after a restart."""

    def __init__(
        self,
        hass: HomeAssistant,
        names: Mapping[str, str],
        stations: Stations,
        switchboard: Switchboard,
        memory: ParkMemory,
        requests: Requests,
        issues: StationIssues,
        audit: Audit,
    ) -> None:
        """Take the jobs that the memory holds; ``names`` are those of its places."""
        self._names = names
        self.stopped = False
        self._hass = hass
        self._stations = stations
        self._switchboard = switchboard
        self._memory = memory
        self._audit = audit
        self._effects = JobEffects(
            hass, stations, switchboard, requests, issues, audit, self._async_take
        )
        self._clockwork = Clockwork(hass, f"{DOMAIN} jobs", self._async_step)
        self._faults = Faults("A switching job")
        switchboard.members.async_on_return(self.async_return)

    @callback
    def async_start(self) -> None:
        """Go on with the jobs that a restart has interrupted."""
        self._async_step()

    @callback
    def async_stop(self) -> None:
        """Stand still; the jobs themselves are kept."""
        self._clockwork.async_stop()
        self.stopped = True
        # Nobody waits for what goes on after a restart only.
        self._stations.async_changed(memory.place for memory in self._running())

    # What entities show

    @property
    def rules(self) -> Rules:
        """The times of the jobs to come."""
        return self._memory.rules

    @callback
    def async_set_rules(self, rules: Rules) -> None:
        """Change the times of the jobs to come."""
        self._memory.rules = rules
        self._stations.async_save()

    def latest(self, place: str) -> JobMemory | None:
        """Return the last job of a sector or a station, whether it runs or is over."""
        return next((m for m in reversed(self._memory.jobs) if m.place == place), None)

    def results(self, memory: JobMemory) -> dict[str, str | None]:
        """Return what became of each socket, by its name; None is not known yet."""
        sockets = self._stations.sockets
        return {
            sockets[id_].name if id_ in sockets else id_: result.outcome
            if result
            else None
            for (_, id_), result in memory.job.results.items()
        }

    def of_station(self, station_id: str) -> Job | None:
        """Return the job that is at work on a station, if one is: the latest."""
        for memory in reversed(list(self._running())):
            for run in memory.job.stations:
                if run.station == station_id and not run.done:
                    return memory.job
        return None

    # What people and automations ask

    @callback
    def async_order(
        self,
        place: str,
        sockets: Iterable[Socket],
        on: bool,
        context: Context | None,
        *,
        role: Role | None = None,
        lasting: timedelta | None = None,
        at_limit: AtLimit | None = None,
    ) -> JobMemory | None:
        """Start a job; return it, or None where all can be switched at once.

        An order that is under way already, or that a stronger one stands against,
        changes nothing: the job that is at work is returned.
        """
        source, reason = origin(context)
        order = Order(
            on=on,
            source=source,
            reason=reason,
            given_at=utcnow(),
            by=context.user_id if context else None,
        )
        if (standing := self._standing(place, role, order)) is not None:
            return standing
        return self._async_begin(place, sockets, order, role, lasting, at_limit)

    @callback
    def async_return(self, orders: Mapping[str, Order]) -> None:
        """Bring stations back to what the plan wants of each: overrides have ended."""
        for station_id, order in orders.items():
            station = self._stations.described[station_id]
            at_work = self.of_station(station_id)
            if at_work is not None and at_work.on != order.on:
                # It was for the override.
                self.async_cancel(station_id)
            members = (station.computer, *station.monitors)
            known = self._stations.sockets
            sockets = [known[id_] for id_ in members if id_ in known]
            lasting = None if order.until is None else order.until - order.given_at
            self._async_begin(station_id, sockets, order, None, lasting, None)

    @callback
    def _async_begin(
        self,
        place: str,
        sockets: Iterable[Socket],
        order: Order,
        role: Role | None,
        lasting: timedelta | None,
        at_limit: AtLimit | None,
    ) -> JobMemory | None:
        """Start the job that an order asks for; None where none is needed."""
        rules = self._memory.rules
        job = Job(
            id=ulid_now(),
            on=order.on,
            source=order.source,
            reason=order.reason,
            started_at=utcnow(),
            by=order.by,
            observe=self._observes(order.source),
            rules=replace(rules, at_limit=at_limit) if at_limit else rules,
        )
        protected = {
            id_ for id_ in self._stations.sockets if self._memory.sockets[id_].protected
        }
        stations = tuple(self._stations.described.values())
        sockets = tuple(sockets)
        job = set_up(job, sockets, stations, protected, role)
        self._async_supersede(place, job)
        if not is_needed(job, sockets):
            return None
        memory = JobMemory(place, job, role, lasting)
        self._memory.jobs = [
            m for m in self._memory.jobs if not m.job.done or m.place != place
        ]
        self._memory.jobs.append(memory)
        self._audit.async_job_started(self._names[place], job)
        self._async_step()
        return memory

    def _observes(self, source: Source) -> bool:
        """Whether an order of this source is only looked at."""
        return self._switchboard.choices.observe and source is not Source.PERSON

    def _standing(self, place: str, role: Role | None, new: Order) -> JobMemory | None:
        """Return a job at this place that a new order leaves as it is."""
        observes = self._observes(new.source)
        for memory in self._running():
            job = memory.job
            if memory.place != place or outranks(new.source, job.source):
                continue
            same = (job.on, job.observe, memory.role) == (new.on, observes, role)
            if same or outranks(job.source, new.source):
                return memory
        return None

    @callback
    def _async_supersede(self, place: str, new: Job) -> None:
        """Let other jobs leave alone what the new one is about."""
        stations = {run.station for run in new.stations}
        for memory in self._running():
            whole = memory.place == place
            if whole or stations & {run.station for run in memory.job.stations}:
                following = switching.cancel(
                    utcnow(), memory.job, None if whole else stations
                )
                self._async_take(memory, following)

    @callback
    def async_cancel(self, place: str) -> bool:
        """Cancel the jobs of a sector or a station; return whether there was one."""
        found = False
        for memory in self._running():
            mine = {r.station for r in memory.job.stations if r.station == place}
            if memory.place == place or mine:
                found = True
                stations = None if memory.place == place else mine
                following = switching.cancel(utcnow(), memory.job, stations)
                self._async_take(memory, following)
        self._async_step()
        return found

    @callback
    def async_postpone(self, place: str, pause: timedelta) -> bool:
        """Leave a sector or a station on for a while; return whether that matters."""
        found = False
        now = utcnow()
        for memory in self._running():
            at_place = memory.place == place
            if memory.job.on or not (
                at_place or any(r.station == place for r in memory.job.stations)
            ):
                continue
            found = True
            following = switching.postpone(
                now, memory.job, None if at_place else place, now + pause
            )
            self._async_take(memory, following)
        return found

    # Running them

    def _running(self) -> Iterator[JobMemory]:
        return iter([m for m in self._memory.jobs if not m.job.done])

    @callback
    def _async_step(self) -> None:
        """Go on with each job by what is seen now."""
        for memory in self._running():
            job = memory.job
            # Nothing is cut by a fault, and the other jobs go on.
            with self._faults.caught(job.id):
                stations = [run.station for run in job.stations]
                sockets = [socket for _, socket in job.results]
                seen = self._stations.observe(stations, sockets, job.source)
                self._async_take(memory, switching.step(utcnow(), job, seen))
        running = list(self._running())
        if running:
            watched = {id_ for memory in running for id_ in _in_motion(memory.job)}
            self._clockwork.async_watch(self._stations.plugs(watched))
        else:
            self._clockwork.async_stop()

    @callback
    def _async_take(self, memory: JobMemory, following: switching.Step) -> None:
        """Keep the job that follows, and have done what it asks for."""
        before = memory.job
        memory.job, effects = following
        for effect in effects:
            self._effects.async_carry_out(memory, effect)
        if memory.job is before:
            return
        if memory.job.done:
            self._faults.forget(before.id)
        # What is seen of each second need not be written, nor told.
        if memory.job.to_dict() != before.to_dict():
            self._stations.async_save()
        self._stations.async_changed({memory.place, *_moved(before, memory.job)})


def _moved(before: Job, after: Job) -> Iterator[str]:
    """Yield the stations of which something changed."""
    for was, run in zip(before.stations, after.stations, strict=True):
        if run is not was:
            yield run.station


def _in_motion(job: Job) -> Iterator[str]:
    """Yield the sockets of a job whose readings must be young."""
    paused = {
        run.station
        for run in job.stations
        if isinstance(run, OffRun) and run.phase is OffPhase.DEFERRED
    }
    for (station, socket), result in job.results.items():
        if result is None and station not in paused:
            yield socket
