"""The stations of a park: what is known of them, and what is seen of them now."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from homeassistant.const import STATE_HOME, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..configuration import read_stations
from ..const import CONF_ANSWERS, CONF_PRESENCE, SUBENTRY_STATION
from ..measure import resolve
from ..model import Reason, Socket, Source
from ..park.arbiter import outranks
from ..park.effects import Result
from ..park.observation import Observations, Sample
from ..park.standby import Band
from ..park.station import Learnt, Station
from .memory import ParkMemory, StationMemory
from .switchboard import Switchboard

if TYPE_CHECKING:
    from ..coordinator import EnergyParkConfigEntry, PlugCoordinator


class Stations:
    """Knows the stations, and whom to tell when something of them changed."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        switchboard: Switchboard,
        memory: ParkMemory,
    ) -> None:
        """Take the stations that the entry describes."""
        self._hass = hass
        self._switchboard = switchboard
        self._memory = memory
        self._parts = {
            part.subentry_id: part.data
            for part in entry.get_subentries_of_type(SUBENTRY_STATION)
        }
        self.sockets: Mapping[str, Socket] = {s.id: s for s in switchboard.sockets}
        # A station whose sockets are gone waits for a person who sets it up anew.
        self.described = {
            id_: station
            for id_, station in read_stations(entry).items()
            if station.computer in self.sockets
        }
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._forget_others()
        self._async_tell_switchboard()

    def _forget_others(self) -> None:
        """Forget what was learnt of a computer that is none of ours any more."""
        kept = self._memory.stations
        self._memory.stations = {
            id_: kept[id_]
            if id_ in kept and kept[id_].computer == station.computer
            else StationMemory(station.computer)
            for id_, station in self.described.items()
        }

    def any_in(self, sockets: Iterable[Socket]) -> bool:
        """Whether the computer of a station is among these sockets."""
        computers = {station.computer for station in self.described.values()}
        return any(socket.id in computers for socket in sockets)

    def memory(self, station_id: str) -> StationMemory:
        """Return what is remembered of a station."""
        return self._memory.stations[station_id]

    def station(self, station_id: str) -> Station:
        """Return a station with what was learnt of it."""
        described = self.described[station_id]
        standby = self._memory.sockets[described.computer].standby
        bands = standby.bands(self.sockets[described.computer].role)
        return replace(
            described,
            learnt=self.memory(station_id).learnt,
            busy_from_w=bands.active_from_w,
        )

    def band(self, station_id: str) -> Band:
        """Return what the power of a station's computer tells now.

        What a commissioning run has measured tells off from standby.
        """
        station = self.station(station_id)
        standby = self._memory.sockets[station.computer].standby
        if station.learnt.off_w and station.off_band.holds(standby.power_w):
            return Band.OFF
        return standby.band

    def sample(self, socket_id: str) -> Sample | None:
        """Return the latest reading of a socket, and how old it is."""
        socket = self.sockets.get(socket_id)
        if socket is None:
            return None
        return self._switchboard.coordinator(socket).sample(socket)

    def plugs(self, sockets: Iterable[str]) -> Collection[PlugCoordinator]:
        """Return the plugs of some sockets."""
        return {
            self._switchboard.coordinator(self.sockets[id_])
            for id_ in sockets
            if id_ in self.sockets
        }

    def observe(
        self, stations: Iterable[str], sockets: Iterable[str], source: Source
    ) -> Observations:
        """Return what is seen now of these; ``source`` is who wants to switch them."""
        seen = {id_: self.station(id_) for id_ in stations if id_ in self.described}
        return Observations(
            stations=seen,
            samples={id_: s for id_ in sockets if (s := self.sample(id_)) is not None},
            working={
                id_: self.working(id_)
                for id_ in seen
                if self._parts[id_].get(CONF_PRESENCE)
            },
            kept={
                station.computer: kept
                for station in seen.values()
                if (kept := self._kept(station, source)) is not None
            },
            answers={
                station.computer: self._state(answers)
                for station in seen.values()
                if (answers := self._parts[station.id].get(CONF_ANSWERS))
            },
        )

    def working(self, station_id: str) -> bool | None:
        """Whether somebody works at a station; None when that is not known."""
        signs = {
            self._state(entity)
            for entity in self._parts[station_id].get(CONF_PRESENCE, ())
        }
        if True in signs:
            return True
        return None if None in signs or not signs else False

    def _state(self, entity: str) -> bool | None:
        """Whether an entity is on, home or above zero."""
        state = self._hass.states.get(resolve(self._hass, entity))
        if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            return None
        if state.domain != "sensor":
            return state.state in (STATE_ON, STATE_HOME)
        try:
            return float(state.state) > 0
        except ValueError:
            return None

    def _kept(self, station: Station, source: Source) -> Reason | None:
        """Why a computer stays on whatever this source wants, if so."""
        if self.memory(station.id).under_test:
            return Reason.BUSY
        memory = self._memory.sockets[station.computer]
        if memory.protected:
            return Reason.PROTECTED
        claims = memory.state.claims
        if any(claim.on and outranks(claim.source, source) for claim in claims):
            return Reason.OUTRANKED
        return None

    @callback
    def async_learn(self, station_id: str, learnt: Learnt) -> None:
        """Keep what a run has found out."""
        self.memory(station_id).learnt = learnt
        self._async_tell_switchboard()
        self.async_save()
        self.async_changed([station_id])

    @callback
    def async_note(self, station_id: str, result: Result) -> None:
        """Keep what a job came to."""
        if station_id in self._memory.stations:
            self.memory(station_id).result = result

    @callback
    def _async_tell_switchboard(self) -> None:
        self._switchboard.members.async_know(map(self.station, self.described))

    @callback
    def async_save(self) -> None:
        """Have what is remembered written soon."""
        self._memory.save_orders()

    @callback
    def async_add_listener(
        self, place: str, listener: Callable[[], None]
    ) -> CALLBACK_TYPE:
        """Have a listener told what changed of a station or of a sector's jobs."""
        self._listeners.setdefault(place, []).append(listener)

        @callback
        def async_remove() -> None:
            self._listeners[place].remove(listener)

        return async_remove

    @callback
    def async_changed(self, places: Iterable[str]) -> None:
        """Tell what changed."""
        for place in places:
            for listener in tuple(self._listeners.get(place, ())):
                listener()
