"""What is on its way to the plugs."""

import asyncio

from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..coordinator import PlugCoordinator
from ..model import Socket
from ..plug.client import PlugError
from .outcome import Outcome


class Sending:
    """Has plugs switch their sockets, all at the same time."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing on its way."""
        self._hass = hass
        self._tasks: dict[asyncio.Task[Outcome], str] = {}

    def __contains__(self, socket: Socket) -> bool:
        """Return whether an order to a socket is on its way."""
        return socket.id in self._tasks.values()

    @callback
    def async_send(
        self, plug: PlugCoordinator, socket: Socket, on: bool
    ) -> asyncio.Task[Outcome]:
        """Switch one socket; the task ends with what became of that."""
        task = self._hass.async_create_background_task(
            _async_switch(plug, socket, on), f"switch {socket.id}"
        )
        self._tasks[task] = socket.id
        task.add_done_callback(self._async_sent)
        return task

    async def async_stop(self) -> None:
        """Cancel what is on its way."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @callback
    def _async_sent(self, task: asyncio.Task[Outcome]) -> None:
        del self._tasks[task]


async def _async_switch(plug: PlugCoordinator, socket: Socket, on: bool) -> Outcome:
    try:
        await plug.async_switch(socket, on)
    except PlugError as err:
        LOGGER.debug("Switching %s failed: %s", socket.name, err)
        return Outcome(socket, error=err)
    return Outcome(socket)
