"""What a demo remembers from one run to the next."""

from dataclasses import asdict, dataclass
import json
from pathlib import Path
import random
import secrets
import socket
from typing import Self

from .account import Account

FIRST_PLUG = 10
"""Where the plugs' ports begin after the base port of `scripts/emulate`."""
PLUGS_DEFAULT = 24


@dataclass(kw_only=True)
class State:
    """The demo's account and base port; the file is the owner's alone to read."""

    username: str
    password: str
    plugs: int | None
    base_port: int
    park_created: bool = False

    @property
    def database_port(self) -> int:
        """A port between those of the emulated meter and plugs."""
        return self.base_port + 2

    @property
    def owner(self) -> Account:
        """The account to log in with."""
        return Account(username=self.username, password=self.password)

    @classmethod
    def new(cls, plugs: int | None) -> Self:
        """Return the state of a first run, on ports that are free now."""
        return cls(
            username="demo",
            password=secrets.token_urlsafe(9),
            plugs=plugs,
            base_port=free_ports(FIRST_PLUG + (plugs or PLUGS_DEFAULT)),
        )

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Return the state of the last run, None when there was none."""
        try:
            return cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            return None

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(asdict(self), indent=2))
        unfinished.rename(path)


def free_ports(count: int) -> int:
    """Return the first of a row of ports of 127.0.0.1 that nobody listens on.

    Below the range from which systems take the ports of outgoing connections, so
    that they are likely to be free the next time too.
    """
    while True:
        first = random.randrange(10_000, 32_000 - count)
        if all(map(_is_free, range(first, first + count))):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
