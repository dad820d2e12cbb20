"""A plug that somebody built: REST as its owner liked it, to be described in full."""

from http import HTTPStatus
import json
from typing import Any, ClassVar, override

from aiohttp import web

from .outlet import Outlet
from .plug import EmulatedPlug, Json, basic


class Diy(EmulatedPlug):
    """A strip with its own REST.

    ``GET /api/state`` shows all sockets, ``PUT /api/socket/<n>`` sets one, ``POST
    /api/socket/<n>/toggle`` toggles it. ``auth`` is basic or bearer, with
    ``password``. A ``quiet`` one answers a toggle without a state.
    """

    dialect: ClassVar[str] = "rest"
    first_number: ClassVar[int] = 1

    def __init__(
        self,
        *,
        auth: str = "none",
        toggles: bool = False,
        quiet: bool = False,
        **plug: Any,
    ) -> None:
        super().__init__(**plug)
        self._auth = auth
        self._toggles = toggles
        self._quiet = quiet

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._allows(request):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        match request.method, *request.path.strip("/").split("/"):
            case "GET", "api", "state":
                return web.json_response(self._state())
            case "PUT", "api", "socket", number if int(number) in self.sockets:
                wanted = json.loads(await request.text())["power"]
                self.switch(self.sockets[int(number)], wanted == "up")
                return web.Response(status=HTTPStatus.NO_CONTENT)
            case "POST", "api", "socket", number, "toggle":
                outlet = self.sockets[int(number)]
                self.switch(outlet, not outlet.on)
                return web.json_response({} if self._quiet else self._state())
            case _:
                return web.Response(status=HTTPStatus.NOT_FOUND)

    def _allows(self, request: web.BaseRequest) -> bool:
        given = request.headers.get("Authorization")
        match self._auth:
            case "basic":
                return given == basic(self.username, self.password or "")
            case "bearer":
                return given == f"Bearer {self.password}"
            case _:
                return True

    @property
    @override
    def settings(self) -> Json:
        """Return what the owner of the plug would write of it."""
        number = "/api/socket/{socket}"
        orders: Json = {
            "on": {"method": "PUT", "path": number, "body": '{"power": "up"}'},
            "off": {"method": "PUT", "path": number, "body": '{"power": "down"}'},
        }
        if self._toggles:
            orders = {"toggle": {"method": "POST", "path": f"{number}/toggle"}}
        return orders | {
            "read": {"path": "/api/state"},
            "auth": self._auth,
            "serial": "device.mac",
            "state_on": "up",
            "state_off": "down",
            "sockets": [
                {
                    "number": outlet.number,
                    "state": f"sockets[{index}].power",
                    "power_w": {"path": f"sockets[{index}].watts"},
                    "current_a": {"path": f"sockets[{index}].mA", "factor": 0.001},
                    "voltage_v": {"path": "mains.volts"},
                    "power_factor": {"path": f"sockets[{index}].pf", "factor": 0.01},
                    "energy_wh": {"path": f"sockets[{index}].kWh", "factor": 1000},
                }
                for index, outlet in enumerate(self.sockets.values())
            ],
        }

    def _state(self) -> Json:
        return {
            "device": {"mac": self.mac, "name": self.name},
            "mains": {"volts": f"{self.mains.voltage_v(0):.1f}"},
            "sockets": [self._socket(outlet) for outlet in self.sockets.values()],
        }

    def _socket(self, outlet: Outlet) -> Json:
        measure = outlet.measure()
        return {
            "power": "up" if outlet.on else "down",
            "watts": round(measure.power_w, 1),
            "mA": round(measure.current_a * 1000),
            "pf": round(measure.power_factor * 100),
            "kWh": round(measure.energy_wh / 1000, 6),
        }
