"""The opening hours of a park, as a schedule and calendars of Home Assistant tell."""

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant

from ..const import CONF_HOLIDAYS, CONF_OPENING_HOURS
from ..coordinator import EnergyParkConfigEntry
from ..measure import resolve
from ..park.opening import is_closed


class OpeningHours:
    """Tells whether the park is closed."""

    def __init__(self, hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
        """Take the entities that were chosen."""
        self._hass = hass
        self._hours: str | None = entry.data.get(CONF_OPENING_HOURS)
        self._holidays: list[str] = entry.data.get(CONF_HOLIDAYS, [])

    @property
    def known(self) -> bool:
        """Whether anything was chosen that tells."""
        return bool(self._hours or self._holidays)

    @property
    def entities(self) -> tuple[str, ...]:
        """What tells, as it was chosen."""
        return (*((self._hours,) if self._hours else ()), *self._holidays)

    @property
    def holiday(self) -> bool | None:
        """Whether a calendar closes the park now; None while none says."""
        told = {self._is_on(calendar) for calendar in self._holidays}
        return True if True in told else None if told <= {None} else False

    @property
    def closed(self) -> bool | None:
        """Whether nobody is expected now; None while nobody says."""
        return is_closed(
            hours=self._is_on(self._hours) if self._hours else None,
            has_hours=self._hours is not None,
            holidays=[self._is_on(calendar) for calendar in self._holidays],
        )

    def _is_on(self, entity: str) -> bool | None:
        state = self._hass.states.get(resolve(self._hass, entity))
        if state is None:
            return None
        return {STATE_ON: True, STATE_OFF: False}.get(state.state)
