"""myStrom switches: a report, a relay and, if its owner set one, a token.

As the vendor's REST API describes them (Switch).
"""

from http import HTTPStatus
from typing import Any, ClassVar, override

from aiohttp import web

from .plug import EmulatedPlug, Json

SWITCH_EU, SWITCH_ZERO = 107, 120


class MyStrom(EmulatedPlug):
    """A myStrom switch. ``zero`` measures nothing; ``old`` firmware has other paths.

    ``password`` is the token.
    """

    dialect: ClassVar[str] = "mystrom"
    keeps_counters: ClassVar[bool] = False

    def __init__(self, *, zero: bool = False, old: bool = False, **plug: Any) -> None:
        super().__init__(**plug)
        self._zero = zero
        self._old = old
        self._boots = 1
        self._outlet = self.sockets[0]
        self._reported = self.mains.now(), self._outlet.energy_wh

    @override
    def restart(self) -> None:
        super().restart()
        self._boots += 1
        self._reported = self.mains.now(), self._outlet.energy_wh

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        # The device tells what it is to everyone.
        if request.path == ("/info.json" if self._old else "/api/v1/info"):
            return web.json_response(self._info())
        if self.password is not None and request.headers.get("Token") != self.password:
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        match request.path:
            case "/report":
                return web.json_response(self._report())
            case "/relay" if request.query.get("state") in {"0", "1"}:
                self.switch(self._outlet, request.query["state"] == "1")
                return web.Response()
            case "/toggle":
                self.switch(self._outlet, not self._outlet.on)
                return web.json_response({"relay": self._outlet.on})
            case _:
                return web.Response(status=HTTPStatus.NOT_FOUND)

    def _info(self) -> Json:
        return {
            "version": "2.68.10" if self._old else "3.82.60",
            "mac": self.mac.upper(),
            "type": SWITCH_ZERO if self._zero else SWITCH_EU,
            "ssid": "park",
            "ip": "127.0.0.1",
            "static": False,
            "connected": True,
            "name": self.name,
        }

    def _report(self) -> Json:
        if self._zero:
            return {"relay": self._outlet.on}
        measure = self._outlet.measure()
        now, (before, energy_wh) = self.mains.now(), self._reported
        self._reported = now, measure.energy_wh
        # The mean since anyone's last report.
        mean_w = (measure.energy_wh - energy_wh) * 3600 / max(now - before, 1)
        return {
            "power": round(measure.power_w, 2),
            "Ws": round(mean_w, 2),
            "relay": self._outlet.on,
            "temperature": 25.72,
            "boot_id": f"{0xA425D900 + self._boots:X}",
            "energy_since_boot": round(measure.energy_wh * 3600, 2),
            "time_since_boot": self.uptime_s,
        }
