"""Runs what finds out about a station: its commissioning, and what it draws asleep.

A run does not go on after a restart: its station is fed again, and that is all.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.util.dt import utcnow

from ..const import DOMAIN
from ..model import Order, Reason, Source
from ..park import commissioning, sleep_test
from ..park.commissioning import Commissioning
from ..park.effects import Effect, Refresh, Report, Switch
from ..park.sleep_test import SleepTest
from ..park.station import Wake
from .clockwork import Clockwork
from .faults import Faults
from .requests import Requests
from .stations import Stations
from .switchboard import Switchboard

if TYPE_CHECKING:
    from .station_issues import StationIssues

type Trial = Commissioning | SleepTest
type Teller = Callable[[str, Trial, Reason | None], None]


class Trials:
    """Starts runs, steps them, keeps what they find out."""

    def __init__(
        self,
        hass: HomeAssistant,
        stations: Stations,
        switchboard: Switchboard,
        requests: Requests,
        issues: StationIssues,
    ) -> None:
        """Start with no run."""
        self._hass = hass
        self._stations = stations
        self._switchboard = switchboard
        self._requests = requests
        self._issues = issues
        self._runs: dict[str, Trial] = {}
        self._by: dict[str, str | None] = {}
        self._tellers: list[Teller] = []
        self._clockwork = Clockwork(hass, f"{DOMAIN} trials", self._async_step)
        self._faults = Faults("A run of a station")

    @callback
    def async_start(self) -> None:
        """End the runs that a restart has interrupted: their stations are fed."""
        for station_id in self._stations.described:
            if self._stations.memory(station_id).under_test:
                run = Commissioning.of(self._stations.station(station_id))
                self._runs[station_id] = run
                self._async_take(station_id, *commissioning.cancel(run))

    @callback
    def async_stop(self) -> None:
        """Stand still."""
        self._clockwork.async_stop()

    @callback
    def async_add_teller(self, teller: Teller) -> CALLBACK_TYPE:
        """Have the end of each run told, and why it found nothing."""
        self._tellers.append(teller)
        return partial(self._tellers.remove, teller)

    def of_station(self, station_id: str) -> Trial | None:
        """Return the run of a station, if one is under way."""
        return self._runs.get(station_id)

    @callback
    def async_commission(
        self, station_id: str, context: Context | None
    ) -> Reason | None:
        """Find out how a computer starts; return why that cannot be, if so."""
        station = self._stations.station(station_id)
        seen = self._stations.observe([station_id], [], Source.PERSON)
        if kept := seen.kept.get(station.computer):
            return kept
        run = Commissioning.of(station)
        if run.failure is None:
            self._stations.memory(station_id).under_test = True
            self._async_begin(run, context)
        return run.failure

    @callback
    def async_measure_sleep(self, station_id: str, context: Context | None) -> None:
        """Find out what a computer draws asleep."""
        self._async_begin(SleepTest(station=station_id), context)

    @callback
    def async_cancel(self, station_id: str) -> bool:
        """End the run of a station; return whether there was one."""
        match self._runs.get(station_id):
            case Commissioning() as run:
                self._async_take(station_id, *commissioning.cancel(run))
            case SleepTest():
                self._async_end(station_id)
            case _:
                return False
        return True

    @callback
    def _async_begin(self, run: Trial, context: Context | None) -> None:
        self._runs[run.station] = run
        self._by[run.station] = context.user_id if context else None
        self._stations.async_save()
        self._stations.async_changed([run.station])
        self._async_step()

    @callback
    def _async_step(self) -> None:
        """Go on with each run by what is seen now."""
        for station_id, run in tuple(self._runs.items()):
            with self._faults.caught(station_id):
                computer = self._stations.described[station_id].computer
                seen = self._stations.observe([station_id], [computer], Source.PERSON)
                following: tuple[Trial, tuple[Effect, ...]]
                if isinstance(run, Commissioning):
                    following = commissioning.step(utcnow(), run, seen)
                else:
                    following = sleep_test.step(utcnow(), run, seen)
                self._async_take(station_id, *following)
        if self._runs:
            self._clockwork.async_watch(self._stations.plugs(self._watched()))
        else:
            self._clockwork.async_stop()

    def _watched(self) -> Iterator[str]:
        for station_id in self._runs:
            yield self._stations.described[station_id].computer

    @callback
    def _async_take(
        self, station_id: str, run: Trial, effects: tuple[Effect, ...]
    ) -> None:
        """Keep the run that follows, and have done what it asks for."""
        before = self._runs.get(station_id)
        self._runs[station_id] = run
        for effect in effects:
            match effect:
                case Switch(socket, on):
                    doing = self._async_switch(station_id, socket, on)
                case Refresh(socket):
                    doing = self._async_read(socket)
                case Report():
                    continue
                case _:
                    doing = self._async_request(station_id, effect)
            self._hass.async_create_background_task(doing, f"{DOMAIN} run: {effect}")
        if self._runs.get(station_id) is not run:
            # What was done just now has been seen already, and led further.
            return
        if run.done:
            self._async_end(station_id)
        elif run is not before:
            self._stations.async_changed([station_id])

    async def _async_switch(self, station_id: str, socket_id: str, on: bool) -> None:
        now = utcnow()
        order = Order(
            on=on,
            source=Source.PERSON,
            reason=Reason.PERSON,
            given_at=now,
            until=self._switchboard.until(Source.PERSON, None, now),
            group=True,
            seen_off=True,
            by=self._by.get(station_id),
        )
        await self._switchboard.async_place([self._stations.sockets[socket_id]], order)

    async def _async_read(self, socket_id: str) -> None:
        for plug in self._stations.plugs([socket_id]):
            await plug.async_read_soon()

    async def _async_request(self, station_id: str, effect: Effect) -> None:
        """Send a request; what cannot be sent shows in the watts, later."""
        assert not isinstance(effect, Switch | Refresh | Report)
        await self._requests.async_send(effect)

    @callback
    def _async_end(self, station_id: str) -> None:
        """Keep what a run has found out, or tell that it found nothing."""
        run = self._runs.pop(station_id)
        self._by.pop(station_id, None)
        self._faults.forget(station_id)
        memory = self._stations.memory(station_id)
        memory.under_test = False
        if run.learnt is not None:
            self._stations.async_learn(station_id, run.learnt)
        failure = run.failure if run.done else Reason.CANCELLED
        if isinstance(run, Commissioning):
            if run.learnt is not None and run.learnt.wake is Wake.UNKNOWN:
                failure = Reason.WAKE_UNKNOWN
            station = self._stations.station(station_id)
            self._issues.async_commissioned(station, failure)
        self._stations.async_save()
        for teller in tuple(self._tellers):
            teller(station_id, run, failure)
        self._stations.async_changed([station_id])
