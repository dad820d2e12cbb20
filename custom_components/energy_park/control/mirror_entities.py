"""What other entities of Home Assistant tell, as rows for the mirror."""

from collections.abc import Callable, Mapping
from functools import partial
import math
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)

from ..const import CONF_EXCLUDE, CONF_INCLUDE, DOMAIN
from ..mirror.encoding import id_of, microseconds
from ..mirror.mirror import Mirror
from ..mirror.rows import EventKind, EventRow, Quality, ReadingRow, SubjectKind
from .mirrored import foreign_series

_SWITCHED: Final = {STATE_ON: True, STATE_OFF: False}

type Guard = Callable[[Callable[[], None]], None]
"""Does something for the mirror; its faults stay there."""


class EntityRows:
    """Offers a mirror the states of the entities that were chosen for it.

    Devices, areas, floors and labels are followed: what joins one of them is
    mirrored from then on. What the integration measures itself never goes here; what
    it works out, such as savings, only if it was chosen one by one.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        chosen: Mapping[str, Any],
        has_rows: Callable[[er.RegistryEntry], bool],
        mirror: Mirror,
        guard: Guard,
    ) -> None:
        """Take the choice of a mirror's subentry.

        ``has_rows`` tells of an entity of this integration whether it is mirrored
        without being chosen, or must not be.
        """
        self._hass = hass
        self._include = dict(chosen.get(CONF_INCLUDE, {}))
        self._exclude = set(chosen.get(CONF_EXCLUDE, ()))
        self._one_by_one = set(cv.ensure_list(self._include.get(ATTR_ENTITY_ID)))
        self._has_rows = has_rows
        self._mirror = mirror
        self._guard = guard
        self._unsubscribe: CALLBACK_TYPE | None = None
        self.entity_ids: set[str] = set()

    async def async_start(self) -> None:
        """Offer the states that are, and follow them."""
        if TargetSelection(self._include).has_any_target:
            self._unsubscribe = await async_track_target_selector_state_change_event(
                self._hass, self._include, self._changed, self._choose, self._joined
            )

    @callback
    def async_stop(self) -> None:
        """Follow no longer."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _choose(self, entity_ids: set[str]) -> set[str]:
        """Return those that were not excluded and are not mirrored already."""
        entities = er.async_get(self._hass)
        self.entity_ids = {
            entity_id
            for entity_id in entity_ids - self._exclude
            if (found := entities.async_get(entity_id)) is None
            or found.platform != DOMAIN
            or (entity_id in self._one_by_one and not self._has_rows(found))
        }
        return self.entity_ids

    def _joined(
        self, added: set[str], _removed: set[str], states: Mapping[str, State | None]
    ) -> None:
        for entity_id in added:
            if (state := states[entity_id]) is not None:
                self._guard(partial(self._offer, state))

    def _changed(self, data: TargetStateChangedData) -> None:
        before = data.state_change_event.data["old_state"]
        state = data.state_change_event.data["new_state"]
        if state is not None and (before is None or before.state != state.state):
            self._guard(partial(self._offer, state))

    def _offer(self, state: State) -> None:
        self._mirror.offer(state_row(state))


def state_row(state: State, quality: Quality = Quality.GOOD) -> ReadingRow | EventRow:
    """Return a state as a reading if it is a number, else as an event.

    The same state always makes the same row, so that one that is told again, or
    filled in later, is stored once. What is unknown or unavailable is an event.
    """
    if (value := number_in(state.state)) is not None:
        return ReadingRow(foreign_series(state), state.last_changed, value, quality)
    key = f"{state.entity_id} {microseconds(state.last_changed)} {state.state}"
    return EventRow(
        at=state.last_changed,
        kind=EventKind.STATE,
        subject_kind=SubjectKind.ENTITY,
        subject_id=state.entity_id,
        is_on=_SWITCHED.get(state.state),
        detail={"state": state.state},
        event_id=id_of(key),
    )


def number_in(text: str) -> float | None:
    """Return the number that a state is; None for any other text."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None
