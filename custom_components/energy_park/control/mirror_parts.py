"""What meters, sectors, plugs and sockets are, as rows for the mirror of their park."""

from collections.abc import Iterable
from dataclasses import replace

from homeassistant.util import dt as dt_util

from ..configuration import sectors
from ..coordinator import EnergyParkConfigEntry
from ..mirror.mirror import Mirror
from ..mirror.rows import EPOCH, PartRow, SectorRow


class PartRows:
    """Offers a mirror what the parts of a park are, when that changes.

    Rows come without a time (`EPOCH`), so that they can be compared.
    """

    def __init__(self, entry: EnergyParkConfigEntry, mirror: Mirror) -> None:
        """Take the park, of which nothing was told yet."""
        self._entry = entry
        self._mirror = mirror
        self._told: dict[str, tuple[PartRow, ...]] = {}

    def describe(self, part_id: str, rows: Iterable[PartRow]) -> None:
        """Offer what a part is, if it is not what it was."""
        described = tuple(rows)
        if self._told.get(part_id) != described:
            self._told[part_id] = described
            now = dt_util.utcnow()
            self._mirror.offer_many(replace(row, updated_at=now) for row in described)

    def describe_sectors(self) -> None:
        """Offer the names of the sectors."""
        for sector_id, name in sectors(self._entry).items():
            row = SectorRow(sector_id=sector_id, name=name, updated_at=EPOCH)
            self.describe(sector_id, [row])

    def describe_removed(self) -> None:
        """Offer the end of the parts that are no longer in the park."""
        now = dt_util.utcnow()
        for part_id in self._told.keys() - self._entry.subentries.keys():
            self._mirror.offer_many(
                replace(row, updated_at=now, removed_at=now)
                for row in self._told[part_id]
            )
