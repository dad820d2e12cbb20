"""What jobs and test runs came to, as rows for the mirror of their park."""

from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE
from homeassistant.util import dt as dt_util

from ..configuration import sectors
from ..coordinator import EnergyParkConfigEntry
from ..mirror.mirror import Mirror
from ..model import Reason
from ..park.effects import Result
from .happenings import job_result, job_taken_on, trial_ended
from .memory import JobMemory
from .trials import Trial


class StationRows:
    """Offers a mirror the jobs of a park, their results, and those of test runs.

    A job that was interrupted by a restart is told again: what was told of it is
    recognised in the database.
    """

    def __init__(self, entry: EnergyParkConfigEntry, mirror: Mirror) -> None:
        """Take the park; nothing is followed yet."""
        self._data = entry.runtime_data
        self._stations = self._data.stations.described
        self._places = [*sectors(entry), *self._stations]
        self._mirror = mirror
        self._jobs: dict[str, str] = {}
        self._results: dict[tuple[str, str], Result] = {}

    def follow(self, guard: Callable[[CALLBACK_TYPE], None]) -> list[CALLBACK_TYPE]:
        """Follow the stations and their sectors; return how to end that."""
        stations, ends = self._data.stations, []
        for place in self._places:
            look = partial(self.look, place)
            look_guarded = partial(guard, look)
            ends.append(stations.async_add_listener(place, look_guarded))
            look_guarded()
        ends.append(
            self._data.trials.async_add_teller(
                lambda *told: guard(partial(self._tell_trial, *told))
            )
        )
        return ends

    def look(self, place: str) -> None:
        """Offer what is new of the latest job at a place."""
        memory = self._data.jobs.latest(place)
        if memory is None:
            return
        if self._jobs.get(place) != memory.job.id:
            self._jobs[place] = memory.job.id
            self._results = {
                key: told for key, told in self._results.items() if key[0] != place
            }
            self._tell_job(memory)
        for (station, socket_id), result in memory.job.results.items():
            # A monitor that was off may come back when the job is cancelled.
            told = self._results.get((place, socket_id))
            if result is not None and result != told:
                self._results[place, socket_id] = result
                name = self._name(station)
                self._mirror.offer(job_result(memory.job, socket_id, name, result))

    def _tell_job(self, memory: JobMemory) -> None:
        station = self._stations.get(memory.place)
        computer = None if station is None else station.computer
        self._mirror.offer(job_taken_on(memory.job, memory.place, computer))

    def _tell_trial(
        self, station_id: str, trial: Trial, failure: Reason | None
    ) -> None:
        station = self._stations[station_id]
        self._mirror.offer(trial_ended(station, trial, failure, dt_util.utcnow()))

    def _name(self, station_id: str | None) -> str | None:
        station = self._stations.get(station_id or "")
        return None if station is None else station.name
