"""What a plug can be asked, and how it can fail, whatever dialect it speaks."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Protocol

from ..model import PlugInfo, PlugReading, PowerOnDefault


class PlugError(Exception):
    """A plug could not do what was asked.

    The text names the address and the failure. It never holds a password, nor
    a URL that could hold one, nor words that the device sent.
    """


class PlugUnreachableError(PlugError):
    """No answer: unknown name, refused connection, time-out, broken link."""


class PlugCertificateError(PlugUnreachableError):
    """The device's certificate is not one that this machine trusts."""


class PlugAuthError(PlugError):
    """The password is missing or wrong, and this is certain."""


class PlugBusyError(PlugError):
    """The device asks to be left alone for a while; nothing was done."""


class PlugRefusedError(PlugError):
    """The device answers and refuses, or does not obey."""


class PlugClosedError(PlugRefusedError):
    """The device serves its pages and takes no commands: its owner must open it."""


class PlugReplyError(PlugError):
    """The answer is not understood."""


class PlugIdentityError(PlugError):
    """Another device answers at this address; nothing was switched."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Access to a plug. Without a user name the dialect's own one is used."""

    username: str | None
    password: str = field(repr=False)

    def basic(self, username: str) -> dict[str, str]:
        """Return the header of HTTP Basic; ``username`` is the dialect's own one."""
        pair = f"{self.username or username}:{self.password}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


class PlugClient(Protocol):
    """One networked plug, with one request in flight at a time.

    Every call may raise a `PlugError`. Time limits are kept inside: a caller
    may wait as long as it takes.
    """

    async def info(self) -> PlugInfo:
        """Ask the device what it is."""

    async def read(self) -> PlugReading:
        """Ask for the state and the measures of every socket."""

    async def switch(self, socket: int, on: bool) -> None:
        """Switch one socket and see that it obeyed.

        Nothing is switched unless the device with the expected serial answers.
        When the state stays unknown after the order, the error says that no
        answer came: the next reading tells what became of it.
        """

    async def power_on_default(self, socket: int) -> PowerOnDefault | None:
        """Ask what a socket does when the mains come back; None: it does not tell."""

    async def set_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        """Choose what a socket does when the mains come back, and see it kept.

        Some devices have one choice for all their sockets, which then changes for
        all. A device without the choice, or without this one, refuses.
        """
