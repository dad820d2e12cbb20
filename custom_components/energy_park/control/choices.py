"""What people choose of a park and of its sockets, beside giving orders."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypedDict, Unpack

from homeassistant.core import callback

from ..model import Socket
from .memory import ParkMemory


class SocketChoices(TypedDict, total=False):
    """What is chosen of a socket; see SocketMemory."""

    priority: int
    protected: bool
    phase: int | None
    takes_turns: bool
    min_on: timedelta
    min_off: timedelta


class Choices:
    """Keeps what is chosen in the park's memory."""

    def __init__(self, memory: ParkMemory, show: Callable[[Socket], None]) -> None:
        """Take the memory, and who shows what has changed of a socket."""
        self._memory = memory
        self._show = show

    @callback
    def async_choose(self, socket: Socket, **choices: Unpack[SocketChoices]) -> None:
        """Change what is chosen of a socket."""
        memory = self._memory.sockets[socket.id]
        for name, value in choices.items():
            setattr(memory, name, value)
        self._memory.save_orders()
        self._show(socket)

    @property
    def override(self) -> timedelta | None:
        """How long a person's order stands; None: until the next one."""
        return self._memory.override

    @callback
    def async_set_override(self, override: timedelta | None) -> None:
        """Change how long a person's order stands from now on."""
        self._memory.override = override
        self._memory.save_orders()

    @property
    def observe(self) -> bool:
        """Whether rules decide, tell it, and switch nothing."""
        return self._memory.observe

    @callback
    def async_set_observe(self, observe: bool) -> None:
        """Let rules switch from now on, or only tell what they would switch.

        What plans asked for last was told and not done: they ask for it again.
        """
        self._memory.observe = observe
        self._memory.scheduled.clear()
        self._memory.save_orders()
