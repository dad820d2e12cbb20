"""What the meter's indexes are called: by specification, or learnt from the meter.

A historique index has its tariff in its label. In standard mode the supplier decides:
NTARF numbers the index that counts and LTARF names it (Enedis-NOI-CPT_54E, 6.2.3), so
the pairs that come together tell the names. Both stand at the ends of a frame; while
one changes the other may still be the old one, and a pair has to last.
"""

from collections.abc import Mapping
from typing import Any

from ..model import MeterReading, Tariff, TicMode
from .labels import SUPPLIER_INDEXES
from .tariff import INDEX_LABELS, tariff_of

# About ten seconds.
PAIR_LASTS = 10

_FIXED = {label: tariff for tariff, label in INDEX_LABELS.items()}


class IndexNames:
    """The names and tariffs of one meter's indexes, by label.

    ``state`` is what an earlier run has learnt, in the types of JSON.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        """Start from what an earlier run has learnt."""
        self._contract: str | None = None
        self._names: dict[str, str] = {}
        self._pair: tuple[str, str] | None = None
        self._lasted = 0
        if state is not None:
            self._contract = state["contract"]
            self._names = dict(state["names"])

    @property
    def state(self) -> dict[str, Any]:
        """What was learnt, in the types of JSON."""
        return {"contract": self._contract, "names": dict(self._names)}

    def observe(self, reading: MeterReading) -> None:
        """Learn from a complete reading; another contract makes everything new."""
        if reading.mode is not TicMode.STANDARD or not reading.complete:
            return
        contract, label, name = (
            reading.contract,
            reading.index_label,
            reading.tariff_label,
        )
        if contract is not None and contract != self._contract:
            self._contract, self._names, self._pair = contract, {}, None
        if label is None or name is None:
            return
        self._lasted = self._lasted + 1 if (label, name) == self._pair else 1
        self._pair = label, name
        if self._lasted == PAIR_LASTS:
            self._names[label] = name

    def name(self, label: str) -> str | None:
        """Return the supplier's name of an index; None when it never counted."""
        return self._names.get(label)

    def tariff(self, label: str) -> Tariff | None:
        """Return the tariff of an index; None when its name tells none."""
        if label not in SUPPLIER_INDEXES:
            return _FIXED.get(label)
        number = SUPPLIER_INDEXES.index(label) + 1
        return tariff_of(self._contract, self._names.get(label), number)
