"""Shelly plugs of the second generation and later: RPC over HTTP.

Payloads as the devices send them (Shelly API documentation, Gen2, Switch and
Sys components; recordings of a Plus Plug S, a Pro 4PM and a Power Strip 4 Gen4).
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
import json
from typing import Any, ClassVar, override

from aiohttp import web

from .digest import DigestGuard
from .outlet import Outlet
from .plug import EmulatedPlug, Json
from .shelly_models import PLUS_PLUG_S, POWER_STRIP_4, Model

INITIAL_STATES = {
    "off": "off",
    "on": "on",
    "restore_last": "last",
    "match_input": "match_input",
}


class RpcError(Exception):
    """A call that the device answers with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ShellyGen2(EmulatedPlug):
    """A Shelly Gen2+ plug; ``model`` follows the number of sockets by default.

    ``firmware`` 2.0.0 and later follows the strict digest rules.
    """

    dialect: ClassVar[str] = "shelly_rpc"

    def __init__(
        self, *, model: Model | None = None, firmware: str | None = None, **plug: Any
    ) -> None:
        super().__init__(**plug)
        default = PLUS_PLUG_S if len(self.sockets) == 1 else POWER_STRIP_4
        self.model = model or default
        self.firmware = firmware or self.model.firmware
        self._methods: dict[str, Callable[[Json], Json]] = {
            "Shelly.GetDeviceInfo": lambda _: self._device_info(),
            "Shelly.GetStatus": lambda _: self._status(),
            "Shelly.GetConfig": lambda _: self._config(),
            "Shelly.ListMethods": lambda _: {"methods": sorted(self._methods)},
            "Sys.GetStatus": lambda _: self._sys_status(),
            "Sys.GetConfig": lambda _: self._sys_config(),
            "Switch.GetStatus": lambda p: self._switch_status(self._outlet(p)),
            "Switch.GetConfig": lambda p: self._switch_config(self._outlet(p)),
            "Switch.SetConfig": self._set_config,
            "Switch.Set": self._set,
            "Switch.Toggle": lambda p: self._set({**p, "on": not self._outlet(p).on}),
            "Switch.ResetCounters": self._reset_counters,
        }
        self._guard = (
            DigestGuard(
                self.id,
                self.password,
                self.mains.now,
                strict=int(self.firmware.split(".")[0]) >= 2,
            )
            if self.password
            else None
        )

    @property
    def id(self) -> str:
        """Return the name that the device gives itself: also its realm."""
        return f"{self.model.prefix}-{self.mac}"

    @override
    def forget_nonces(self) -> None:
        if self._guard:
            self._guard.forget()

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/shelly":
            return web.json_response(self._device_info())
        if not request.path.startswith("/rpc"):
            return web.Response(status=HTTPStatus.NOT_FOUND, text="Not Found")
        if self._guard and request.path != "/rpc/Shelly.GetDeviceInfo":
            if (refusal := self._guard.check(request)) is not None:
                return refusal
        if request.path == "/rpc":
            return await self._answer_frame(request)
        try:
            params = await self._params(request)
            return web.json_response(self._call(request.path[5:], params))
        except RpcError as err:
            return web.json_response(
                {"code": err.code, "message": err.message},
                status=err.code
                if err.code == HTTPStatus.NOT_FOUND
                else HTTPStatus.INTERNAL_SERVER_ERROR,
            )

    async def _answer_frame(self, request: web.BaseRequest) -> web.Response:
        """Answer a JSON-RPC frame: errors come with status 200."""
        try:
            frame = json.loads(await request.text())
            reply: Json = {"id": frame.get("id"), "src": self.id}
            reply["result"] = self._call(frame["method"], frame.get("params") or {})
        except RpcError as err:
            reply["error"] = {"code": err.code, "message": err.message}
        except ValueError, AttributeError, KeyError:
            return web.json_response(
                {"code": -103, "message": "Invalid JSON request"},
                status=HTTPStatus.BAD_REQUEST,
            )
        return web.json_response(reply)

    @staticmethod
    async def _params(request: web.BaseRequest) -> Json:
        if text := await request.text():
            try:
                params: Json = json.loads(text)
            except ValueError as err:
                raise RpcError(-103, "Invalid argument") from err
            return params
        params = {}
        for name, value in request.query.items():
            try:
                params[name] = json.loads(value)
            except ValueError:
                params[name] = value
        return params

    def _call(self, method: str, params: Json) -> Json:
        handler = self._methods.get(method)
        if handler is None:
            raise RpcError(HTTPStatus.NOT_FOUND, f"No handler for {method}")
        return handler(params)

    def _outlet(self, params: Json) -> Outlet:
        number = params.get("id")
        if number is None:
            raise RpcError(-103, "Missing required argument 'id'!")
        if number not in self.sockets:
            raise RpcError(-105, f"Argument 'id', value {number} not found!")
        return self.sockets[number]

    def _set(self, params: Json) -> Json:
        outlet = self._outlet(params)
        if not isinstance(params.get("on"), bool):
            raise RpcError(-103, "Missing or bad argument 'on'!")
        was_on = outlet.on
        self.switch(outlet, params["on"], revert_s=params.get("toggle_after", 0))
        return {"was_on": was_on}

    def _set_config(self, params: Json) -> Json:
        outlet = self._outlet(params)
        initial = params.get("config", {}).get("initial_state")
        if initial is not None:
            if initial not in INITIAL_STATES:
                raise RpcError(-103, "Invalid argument 'initial_state'!")
            self.power_on[outlet.number] = INITIAL_STATES[initial]
        return {"restart_required": False}

    def _reset_counters(self, params: Json) -> Json:
        outlet = self._outlet(params)
        reply = {"aenergy": {"total": round(outlet.energy_wh, 3)}}
        outlet.energy_wh = 0
        return reply

    def _device_info(self) -> Json:
        return {
            "name": self.name or None,
            "id": self.id,
            "mac": self.mac.upper(),
            "slot": 0,
            "model": self.model.model,
            "gen": self.model.gen,
            "fw_id": f"20260710-101108/{self.firmware}-g87fbfa4",
            "ver": self.firmware,
            "app": self.model.app,
            "auth_en": self.password is not None,
            "auth_domain": self.id if self.password else None,
            "matter": False,
        }

    def _status(self) -> Json:
        switches = {
            f"switch:{number}": self._switch_status(outlet)
            for number, outlet in self.sockets.items()
        }
        return {
            "ble": {},
            "bthome": {"errors": ["bluetooth_disabled"]},
            "cloud": {"connected": False},
            "mqtt": {"connected": False},
            self.model.ui: {},
            **switches,
            "sys": self._sys_status(),
            "wifi": {
                "sta_ip": "127.0.0.1",
                "status": "got ip",
                "ssid": "park",
                "bssid": "06:ec:da:00:00:01",
                "rssi": -53,
            },
            "ws": {"connected": False},
        }

    def _switch_status(self, outlet: Outlet) -> Json:
        measure = outlet.measure()
        minute_mwh = round(measure.power_w * 1000 / 60, 3)
        minute_ts = int(self.mains.now()) // 60 * 60
        status: Json = {
            "id": outlet.number,
            "source": outlet.source,
            "output": outlet.on,
            "apower": round(measure.power_w, 1),
            "voltage": round(measure.voltage_v, 1),
            "current": round(measure.current_a, 3),
        }
        if self.model.shows_power_factor:
            status["freq"] = round(self.mains.frequency_hz, 1)
            status["pf"] = round(measure.power_factor, 2)
        status["aenergy"] = {
            "total": round(measure.energy_wh, 3),
            "by_minute": [minute_mwh] * 3,
            "minute_ts": minute_ts,
        }
        if self.model.shows_returned_energy:
            status["ret_aenergy"] = {
                "total": 0.0,
                "by_minute": [0.0] * 3,
                "minute_ts": minute_ts,
            }
        if self.model.shows_temperature:
            status["temperature"] = {"tC": 32.1, "tF": 89.7}
        return status

    def _sys_status(self) -> Json:
        now = self.mains.now()
        return {
            "mac": self.mac.upper(),
            "restart_required": False,
            "time": f"{datetime.fromtimestamp(now).astimezone():%H:%M}",
            "unixtime": int(now),
            "uptime": self.uptime_s,
            "ram_size": 246084,
            "ram_free": 141748,
            "fs_size": 458752,
            "fs_free": 139264,
            "cfg_rev": 25,
            "kvs_rev": 0,
            "schedule_rev": 0,
            "webhook_rev": 0,
            "available_updates": {},
            "reset_reason": 3,
        }

    def _config(self) -> Json:
        return {
            "ble": {"enable": False, "rpc": {"enable": False}},
            "cloud": {"enable": False, "server": None},
            "mqtt": {"enable": False, "server": None, "client_id": self.id},
            **{
                f"switch:{number}": self._switch_config(outlet)
                for number, outlet in self.sockets.items()
            },
            "sys": self._sys_config(),
        }

    def _switch_config(self, outlet: Outlet) -> Json:
        return {
            "id": outlet.number,
            "name": outlet.name or None,
            "initial_state": next(
                word
                for word, default in INITIAL_STATES.items()
                if default == self.power_on[outlet.number]
            ),
            "auto_on": False,
            "auto_on_delay": 60.0,
            "auto_off": False,
            "auto_off_delay": 60.0,
            "power_limit": self.model.power_limit_w,
            "voltage_limit": 280,
            "current_limit": self.model.current_limit_a,
        }

    def _sys_config(self) -> Json:
        return {
            "device": {
                "name": self.name or None,
                "mac": self.mac.upper(),
                "fw_id": f"20260710-101108/{self.firmware}-g87fbfa4",
                "discoverable": True,
                "eco_mode": False,
            },
            "location": {"tz": "Europe/Paris", "lat": None, "lon": None},
            "cfg_rev": 25,
        }
