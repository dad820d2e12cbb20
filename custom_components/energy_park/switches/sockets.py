"""Switches of a socket and of a station."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, override

from homeassistant.components.switch import SwitchDeviceClass, SwitchEntityDescription
from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..control.memory import JobMemory
from ..control.outcome import origin
from ..entity import SocketEntity, StationEntity
from ..model import Reason, Source
from ..park.observation import AtLimit
from .ordered import OrderedSwitch, report, report_failures

SOCKET = SwitchEntityDescription(
    key="socket", name=None, device_class=SwitchDeviceClass.OUTLET
)
STATION = SwitchEntityDescription(
    key="station", name=None, device_class=SwitchDeviceClass.SWITCH
)


class SocketSwitch(SocketEntity, OrderedSwitch):
    """One socket: its state is the actual one, the wanted one stands beside it."""

    @property
    @override
    def is_on(self) -> bool | None:
        """The actual state."""
        return None if self.reading is None else self.reading.on

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The wanted state."""
        return {"wanted": self.switchboard.memory(self.socket).state.wanted}

    @override
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Order this very socket."""
        outcomes = await self.switchboard.async_order(
            [self.socket], on, self._context, lasting=lasting
        )
        report(outcomes)
        # It stands by, but whoever stands before the socket should know.
        source, _ = origin(self._context)
        state = self.switchboard.memory(self.socket).state
        if on and source is Source.PERSON and state.reason is Reason.SHED:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="refused_shed",
                translation_placeholders={"socket": self.socket.name},
            )

    @override
    async def async_release(self) -> None:
        """End the override of this socket."""
        report(await self.switchboard.async_release([self.socket]))


class StationSwitch(StationEntity, OrderedSwitch):
    """A station: it is on while its computer runs, and switched by a job."""

    @property
    def place(self) -> str:
        """What its jobs are known by."""
        return self.station_id

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether its computer runs; None while its power is not known."""
        reading = self.coordinator.reading(self.computer)
        if reading is None or reading.on is None:
            return None
        if not reading.on or reading.power_w is None:
            return None if reading.on else False
        return reading.power_w >= self.station.learnt.running_from_w

    @override
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Have a job switch the station."""
        self.start_job(on, lasting)

    @callback
    def start_job(
        self,
        on: bool,
        lasting: timedelta | None = None,
        at_limit: AtLimit | None = None,
    ) -> JobMemory:
        """Start the job, or raise why that is not done."""
        station, sockets = self.station, self.park.stations.sockets
        job = self.park.jobs.async_order(
            station.id,
            [sockets[s] for s in (station.computer, *station.monitors) if s in sockets],
            on,
            self._context,
            lasting=lasting,
            at_limit=at_limit,
        )
        if job is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="refused_protected",
                translation_placeholders={"socket": self.computer.name},
            )
        return job

    @override
    async def async_release(self) -> None:
        """End the override of its sockets."""
        sockets = self.park.stations.sockets
        station = self.station
        report_failures(
            await self.park.switchboard.async_release(
                sockets[s]
                for s in (station.computer, *station.monitors)
                if s in sockets
            )
        )
