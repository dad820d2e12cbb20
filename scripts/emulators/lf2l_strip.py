"""The power strip of LF2L: an ESP8266 with six relays that only toggle.

As the sketch behaves (LF2L, MultipriseConnectee): ``GET /plug/<n>`` toggles socket n
and answers with all states, every other path ends the connection. There is no way
to read a state, no password, no meter, and one thread.
"""

import json
from typing import Any, ClassVar, override

from aiohttp import web

from .plug import EmulatedPlug, Json, hang_up


class Lf2lStrip(EmulatedPlug):
    """A strip of six sockets by default, all off when it starts.

    ``shifted`` is the sketch as published: the first state stands for no socket, and
    the last socket has none.
    """

    dialect: ClassVar[str] = "rest"
    first_number: ClassVar[int] = 1
    single_threaded: ClassVar[bool] = True

    def __init__(
        self, *, identity: str | int = 0, shifted: bool = False, **plug: Any
    ) -> None:
        options: Json = {"sockets": 6, "power_on": "off"}
        super().__init__(**options | plug)
        self._identity = identity
        self._shifted = shifted

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        for number, outlet in self.sockets.items():
            # The sketch looks for the text anywhere in the request's first line.
            if f"/plug/{number}" in request.path_qs:
                self.switch(outlet, not outlet.on)
                return web.Response(
                    text=json.dumps(self._states()),
                    content_type="application/json",
                    headers={"Connection": "close"},
                )
        return hang_up(request)

    @property
    @override
    def settings(self) -> Json:
        """Return what the owner of the strip would write of it."""
        first = int(self._shifted)
        return {
            "toggle": {"path": "/plug/{socket}"},
            "hangs_up": True,
            "sockets": [
                {"number": number, "state": f"socket[{number - 1 + first}]"}
                for number in self.sockets
            ],
        }

    def _states(self) -> Json:
        states = [int(outlet.on) for outlet in self.sockets.values()]
        return {
            "device_type": "PowerStrip",
            "ip_address": "127.0.0.1",
            "id": self._identity if self.mac == self.true_mac else self.mac,
            "nb_socket": len(states),
            "time": "10:42",
            "socket": [0, *states[:-1]] if self._shifted else states,
        }
