"""Faults of what runs step by step: told once, not with each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

from ..const import LOGGER

type _Fault = tuple[type[Exception], CodeType, int]


class Faults:
    """Keeps one run's fault from stopping the others, and tells it once.

    It is told again when it is another one, or after a step has gone well.
    """

    def __init__(self, what: str) -> None:
        """``what`` names the runs in the log."""
        self._what = what
        self._told: dict[str, _Fault] = {}

    @contextmanager
    def caught(self, run_id: str) -> Iterator[None]:
        """Step a run in this; what is raised ends the step only."""
        try:
            yield
        except Exception as err:
            fault = _fault(err)
            if self._told.get(run_id) != fault:
                self._told[run_id] = fault
                LOGGER.exception("%s did not go on; it is tried again", self._what)
        else:
            if self._told.pop(run_id, None) is not None:
                LOGGER.info("%s goes on again", self._what)

    def forget(self, run_id: str) -> None:
        """A run has ended: the next one of that id tells its own faults."""
        self._told.pop(run_id, None)


def _fault(err: Exception) -> _Fault:
    """Return what tells a fault from another: its kind and place, not its words.

    Words may hold a time or a value that differs with each step.
    """
    trace = err.__traceback__
    assert trace is not None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return type(err), trace.tb_frame.f_code, trace.tb_lineno
