"""Tells a person what keeps the mirror from its work, and what was lost."""

from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from ..const import DOMAIN
from ..coordinator import EnergyParkConfigEntry
from ..mirror.errors import Problem
from ..mirror.problems import Detail

# A server that restarts, or a network that fails for a moment, is nobody's task:
# the rows wait. They are told when they last.
PATIENCE_S: Final = 600
PASSING: Final = {
    Problem.UNREACHABLE,
    Problem.NOT_READY,
    Problem.READ_ONLY,
    Problem.SCHEMA_MISSING,
    Problem.SERVER_ERROR,
}
LAG: Final = "lag"
NOT_STARTED: Final = "not_started"
# These never end, not even with Home Assistant; a person confirms to have read them.
LOSSES: Final = {
    Problem.ROWS_QUARANTINED,
    Problem.ROWS_CONFLICT,
    Problem.ROWS_THINNED,
    Problem.ROWS_LOST,
    Problem.SPOOL_DAMAGED,
}


class MirrorIssues:
    """The mirror's problems among Home Assistant's repairs, each told once."""

    def __init__(
        self, hass: HomeAssistant, entry: EnergyParkConfigEntry, part: ConfigSubentry
    ) -> None:
        """Take the mirror's subentry."""
        self._hass = hass
        self._entry = entry
        self._part = part
        self._behind = False
        self._closed = False
        self._waiting: dict[Problem, CALLBACK_TYPE] = {}

    @callback
    def async_follow(self, confirmed: Callable[[Problem], None]) -> CALLBACK_TYPE:
        """Tell when a person has confirmed a loss: the next one is news again."""
        losses = {_id(problem, self._entry.entry_id): problem for problem in LOSSES}

        @callback
        def changed(event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
            if event.data["action"] == "remove" and event.data["domain"] == DOMAIN:
                if problem := losses.get(event.data["issue_id"]):
                    confirmed(problem)

        return self._hass.bus.async_listen(
            ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, changed
        )

    @callback
    def problem(self, problem: Problem, _detail: Detail) -> None:
        """Tell of a problem, if a person can do something about it."""
        if self._closed:
            return
        if problem is Problem.WRONG_PASSWORD:
            self._entry.async_start_reauth(
                self._hass, data={"subentry_id": self._part.subentry_id}
            )
        elif problem in PASSING:
            if problem not in self._waiting:
                self._waiting[problem] = async_call_later(
                    self._hass, PATIENCE_S, partial(self._report_late, problem)
                )
        else:
            self._report(problem)

    @callback
    def solved(self, problem: Problem) -> None:
        """Take back what was told."""
        if cancel := self._waiting.pop(problem, None):
            cancel()
        ir.async_delete_issue(self._hass, DOMAIN, _id(problem, self._entry.entry_id))

    @callback
    def lag(self, behind: bool) -> None:
        """Tell that the database answers but is too slow, or no longer."""
        if behind and not self._behind:
            self._report(LAG)
        elif self._behind and not behind:
            ir.async_delete_issue(self._hass, DOMAIN, _id(LAG, self._entry.entry_id))
        self._behind = behind

    @callback
    def not_started(self) -> None:
        """Tell that nothing is mirrored."""
        self._report(NOT_STARTED)

    @callback
    def close(self) -> None:
        """Take back what only a running mirror knows."""
        self._closed = True
        self.lag(False)
        ir.async_delete_issue(
            self._hass, DOMAIN, _id(NOT_STARTED, self._entry.entry_id)
        )
        for problem in set(Problem) - LOSSES:
            self.solved(problem)

    @callback
    def _report_late(self, problem: Problem, _now: object) -> None:
        del self._waiting[problem]
        self._report(problem)

    @callback
    def _report(self, problem: str) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _id(problem, self._entry.entry_id),
            is_fixable=problem in LOSSES,
            is_persistent=problem in LOSSES,
            severity=ir.IssueSeverity.WARNING,
            translation_key=f"mirror_{problem}",
            translation_placeholders={"database": self._part.title},
        )


def _id(problem: str, entry_id: str) -> str:
    return f"mirror_{problem}_{entry_id}"
