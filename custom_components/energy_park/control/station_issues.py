"""What a person must see to at a station: repairs that come and go with its results."""

from collections.abc import Collection

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..model import Reason
from ..park.effects import Outcome, Result
from ..park.station import Station

DOES_NOT_SHUT_DOWN = "station_does_not_shut_down"
DOES_NOT_START = "station_does_not_start"
COMMISSIONING_FAILED = "commissioning_failed"
WITHOUT_COMPUTER = "station_without_computer"

_NOT_SHUT_DOWN = frozenset(
    {Reason.ASK_FAILED, Reason.CANNOT_ASK, Reason.DID_NOT_SHUT_DOWN}
)


# Why a commissioning run finds nothing; one that was cancelled a person knows of.
_FAILURES = frozenset(
    {
        Reason.DID_NOT_SHUT_DOWN,
        Reason.DID_NOT_START,
        Reason.NOT_CONFIRMED,
        Reason.UNREACHABLE,
        Reason.WAKE_UNKNOWN,
    }
)


class StationIssues:
    """Tells them, and takes them back."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Speak to Home Assistant's repairs."""
        self._hass = hass

    @callback
    def async_compare(
        self, stations: Collection[Station], sockets: Collection[str]
    ) -> None:
        """Tell which stations' computers hang on a socket that is gone."""
        for station in stations:
            if station.computer in sockets:
                self._take_back(station, WITHOUT_COMPUTER)
            else:
                self._tell(station, WITHOUT_COMPUTER)

    @callback
    def async_look(self, station: Station, result: Result) -> None:
        """Tell what a job came to, if a person must act."""
        if result.reason in _NOT_SHUT_DOWN:
            self._tell(station, f"{DOES_NOT_SHUT_DOWN}_{result.reason}")
        elif result.reason is Reason.DID_NOT_START:
            self._tell(station, DOES_NOT_START)
        elif result.outcome in (Outcome.OFF, Outcome.SHUT_DOWN):
            for reason in _NOT_SHUT_DOWN:
                self._take_back(station, f"{DOES_NOT_SHUT_DOWN}_{reason}")
        elif result.outcome is Outcome.ON:
            self._take_back(station, DOES_NOT_START)

    @callback
    def async_commissioned(self, station: Station, failure: Reason | None) -> None:
        """Tell how a commissioning run ended: with a way to start it, or without."""
        for reason in _FAILURES:
            self._take_back(station, f"{COMMISSIONING_FAILED}_{reason}")
        if failure in _FAILURES:
            self._tell(station, f"{COMMISSIONING_FAILED}_{failure}")

    def _tell(self, station: Station, key: str) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{key}_{station.id}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"station": station.name},
        )

    def _take_back(self, station: Station, key: str) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, f"{key}_{station.id}")
