"""Problems are told once when they begin and once when they end."""

from collections.abc import Callable, Mapping
import logging

from .errors import Problem

_LOGGER = logging.getLogger(__name__)

type Detail = Mapping[str, str | int]


class Problems:
    """What stands in the mirror's way now, and who wants to know."""

    def __init__(
        self,
        on_problem: Callable[[Problem, Detail], None],
        on_solved: Callable[[Problem], None],
    ) -> None:
        self._on_problem = on_problem
        self._on_solved = on_solved
        self.active: dict[Problem, Detail] = {}

    def tell(self, problem: Problem, **detail: str | int) -> None:
        """Tell a problem; while it lasts only its details are brought up to date."""
        new = problem not in self.active
        self.active[problem] = detail
        if new:
            _LOGGER.debug("Problem %s: %s", problem, detail)
            self._on_problem(problem, detail)

    def solve(self, *problems: Problem) -> None:
        """Tell the end of those that are active."""
        for problem in problems:
            if self.active.pop(problem, None) is not None:
                _LOGGER.debug("Problem %s is over", problem)
                self._on_solved(problem)

    def rearm(self, problem: Problem) -> None:
        """Let the next one of these be told again; the last one stays told."""
        self.active.pop(problem, None)
