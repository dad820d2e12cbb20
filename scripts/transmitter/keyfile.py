"""The transmitter's key and the last stream number that it used, in one file.

They are lost together or not at all: a key whose numbers are not known must never be
used again.
"""

import json
import os
from pathlib import Path
import time
from typing import Self

from custom_components.energy_park.tic.packets import key_text, new_key, parse_key

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class KeyFile:
    """A file that only its owner may read."""

    def __init__(self, path: Path, key: bytes, stream: int) -> None:
        """Hold what the file says."""
        self._path = path
        self.key = key
        self._stream = stream

    @classmethod
    def create(cls, path: Path) -> Self:
        """Write a file with a new key; raise OSError, also where there is one."""
        keyfile = cls(path, new_key(), 0)
        keyfile._write(path)
        return keyfile

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file; raise OSError or ValueError."""
        content = json.loads(path.read_text(encoding="utf-8"))
        try:
            return cls(path, parse_key(content["key"]), int(content["stream"]))
        except (KeyError, TypeError) as err:
            raise ValueError("not a key file") from err

    def next_stream(self) -> int:
        """Return a number larger than all before, once it is safely written.

        It follows the clock, so that it stays the largest when an old copy of the
        file comes back; and it grows by one where the clock is behind.
        """
        self._stream = max(self._stream + 1, int(time.time()))
        temporary = self._path.with_name(f"{self._path.name}.new")
        temporary.unlink(missing_ok=True)
        self._write(temporary)
        temporary.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self._stream

    def _write(self, path: Path) -> None:
        content = {"key": key_text(self.key), "stream": self._stream}
        with os.fdopen(os.open(path, _NEW_FILE, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
