"""Rows that the database refuses: is the row at fault, or the statement?

A row is set aside only when its statement has accepted another one. Until then its
batch is held, and stays in the spool.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from .batch import Batch
from .errors import MirrorError
from .intake import Refused

# A statement that refuses more rows than that and accepts none is at fault itself.
_REFUSED_MAX: Final = 100


class Refusals:
    """What each table's statement has refused since it accepted a row.

    It outlives connections: a new one changes nothing about a statement.
    """

    def __init__(self) -> None:
        self._bodies: defaultdict[str, set[str]] = defaultdict(set)

    def accept(self, table: str) -> None:
        """Take note that a row was stored."""
        self._bodies.pop(table, None)

    def refuse(self, table: str, body: str) -> None:
        """Take note that a row was not, be it for the first time or again.

        Raises:
            MirrorError: the statement is at fault.
        """
        self._bodies[table].add(body)
        if len(self._bodies[table]) > _REFUSED_MAX:
            raise MirrorError("the database refuses every row")


@dataclass(slots=True)
class Held:
    """A batch with what was refused of it, and the tables whose statements are doubted."""

    batch: Batch
    refused: list[Refused]
    doubted: set[str]


class Judge:
    """Decides over one connection what becomes of the rows that it refuses."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._held: list[Held] = []
        self._begin()

    def _begin(self) -> None:
        self._refused: list[Refused] = []
        self._doubted: set[str] = set()
        self._accepted: set[str] = set()

    def accept(self, table: str) -> None:
        """Take note that a row of the present batch was stored."""
        self._refusals.accept(table)
        self._accepted.add(table)

    def refuse(self, table: str, body: str, cause: str) -> None:
        """Take note that a row of the present batch was not.

        Raises:
            MirrorError: the statement is at fault.
        """
        self._refusals.refuse(table, body)
        self._doubted.add(table)
        self._refused.append((table, body, cause))

    def set_aside(self, table: str, body: str, cause: str) -> None:
        """Take note of a row that no statement is for."""
        self._refused.append((table, body, cause))

    def settle(self, batch: Batch) -> list[Held]:
        """End the present batch; return those about which there is no doubt any more."""
        self._held.append(Held(batch, self._refused, self._doubted))
        for held in self._held:
            held.doubted -= self._accepted
        self._begin()
        settled = [held for held in self._held if not held.doubted]
        self._held = [held for held in self._held if held.doubted]
        return settled
