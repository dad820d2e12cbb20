"""The room that the spool may take on this machine's disk."""

from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Final

ASIDE: Final = "spool-damaged"
BALLAST_BYTES: Final = 16 * 1024**2
SMALLEST_BYTES: Final = 16 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolLimits:
    """How much disk the spool may take: bytes, and a share of what could be free."""

    max_bytes: int = 2 * 1024**3
    disk_share: float = 0.1


class Room:
    """How much there is, and a little held in reserve for a full disk."""

    def __init__(self, directory: Path, limits: SpoolLimits) -> None:
        self._directory = directory
        self._ballast = directory / "spool.ballast"
        self._limits = limits

    def limit(self, used_bytes: int) -> int:
        """Return how much a spool may take that takes so much now."""
        could = used_bytes + self._free
        share = max(int(could * self._limits.disk_share), SMALLEST_BYTES)
        return min(self._limits.max_bytes, share)

    def clear(self, used_bytes: int) -> None:
        """Give up a damaged file that was set aside, if both are too much."""
        aside = list(self._directory.glob(f"{ASIDE}*"))
        if used_bytes + sum(file.stat().st_size for file in aside) > self.limit(
            used_bytes
        ):
            for file in aside:
                file.unlink()

    def reserve(self) -> None:
        """Hold a little room: on a full disk SQLite needs some even to delete."""
        if not self._ballast.exists() and self._free > 8 * BALLAST_BYTES:
            self._ballast.write_bytes(bytes(BALLAST_BYTES))

    def give_up(self) -> bool:
        """Let go of the reserve and of what was set aside; return whether any was."""
        files = [self._ballast, *self._directory.glob(f"{ASIDE}*")]
        there = [file for file in files if file.exists()]
        for file in there:
            file.unlink()
        return bool(there)

    @property
    def _free(self) -> int:
        return shutil.disk_usage(self._directory).free
