"""Shelly plugs of the first generation.

Payloads as a Plug S with firmware 1.14 sends them (Shelly API documentation,
Gen1; a recording). Its energy is in watt-minutes and it knows neither voltage,
current nor power factor.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, override

from aiohttp import web

from .plug import EmulatedPlug, Json, basic

FIRMWARE = "20230913-113421/v1.14.0-gcb84623"
MAX_POWER_W = 1800
SHELLY_2 = "SHSW-21"
HOSTNAMES = {
    "SHPLG-S": "shellyplug-s",
    "SHSW-21": "shelly2",
    "SHSW-25": "shelly25",
    "SHSW-44": "shelly4pro",
}
# By the number of relays.
MODELS = {1: "SHPLG-S", 2: "SHSW-25", 4: "SHSW-44"}
DEFAULT_STATES = {"off", "on", "last", "switch"}


class ShellyGen1(EmulatedPlug):
    """A Shelly of the first generation: relays, wattmeters, Basic authentication.

    ``model`` follows the number of sockets by default.
    """

    dialect: ClassVar[str] = "shelly_gen1"

    keeps_counters: ClassVar[bool] = False

    def __init__(self, *, model: str | None = None, **plug: Any) -> None:
        super().__init__(**plug)
        self.model = model or MODELS[len(self.sockets)]

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/shelly":
            return web.json_response(self._shelly())
        if not self._allows(request):
            return web.Response(
                status=HTTPStatus.UNAUTHORIZED,
                text="401 Unauthorized",
                headers={"WWW-Authenticate": f'Basic realm="{self._hostname}"'},
            )
        match request.path.strip("/").split("/"):
            case ["status"]:
                return web.json_response(self._status())
            case ["settings"]:
                return web.json_response(self._settings())
            case ["relay" | "meter" as kind, number] if number.isdigit():
                if int(number) not in self.sockets:
                    return web.Response(status=HTTPStatus.NOT_FOUND, text="Not found")
                if kind == "meter":
                    return web.json_response(self._meter(int(number)))
                return self._order(request, int(number))
            case ["settings", "relay", number] if number.isdigit():
                return self._set_relay(request, int(number))
            case _:
                return web.Response(status=HTTPStatus.NOT_FOUND, text="Not found")

    @property
    def _hostname(self) -> str:
        return f"{HOSTNAMES[self.model]}-{self.mac[-6:].upper()}"

    @property
    def _metered(self) -> list[int]:
        """Return the sockets that begin a meter: a Shelly 2 has one for both."""
        numbers = list(self.sockets)
        return numbers[:1] if self.model == SHELLY_2 else numbers

    def _set_relay(self, request: web.BaseRequest, number: int) -> web.Response:
        if number not in self.sockets:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="Not found")
        default = request.query.get("default_state")
        if default is not None:
            if default not in DEFAULT_STATES:
                return web.Response(
                    status=HTTPStatus.BAD_REQUEST, text="Bad default_state!"
                )
            self.power_on[number] = default
        return web.json_response(self._relay_settings(number))

    def _allows(self, request: web.BaseRequest) -> bool:
        if self.password is None:
            return True
        return request.headers.get("Authorization") == basic("admin", self.password)

    def _order(self, request: web.BaseRequest, number: int) -> web.Response:
        outlet = self.sockets[number]
        turn = request.query.get("turn")
        wanted = {"on": True, "off": False, "toggle": not outlet.on}
        if turn is not None:
            if turn not in wanted:
                return web.Response(status=HTTPStatus.BAD_REQUEST, text="Bad turn!")
            timer_s = float(request.query.get("timer", 0))
            self.switch(outlet, wanted[turn], revert_s=timer_s)
        return web.json_response(self._relay(number))

    def _shelly(self) -> Json:
        return {
            "type": self.model,
            "mac": self.mac.upper(),
            "auth": self.password is not None,
            "fw": FIRMWARE,
            "discoverable": True,
            "name": self.name or None,
            "num_outputs": len(self.sockets),
            "num_meters": len(self._metered),
        }

    def _relay(self, number: int) -> Json:
        outlet = self.sockets[number]
        return {
            "ison": outlet.on,
            "has_timer": False,
            "timer_started": 0,
            "timer_duration": 0,
            "timer_remaining": 0,
            "overpower": False,
            "source": "http" if outlet.source == "HTTP_in" else outlet.source,
        }

    def _meter(self, number: int) -> Json:
        measures = [self.sockets[number].measure()]
        if self.model == SHELLY_2:
            measures = [outlet.measure() for outlet in self.sockets.values()]
        power_w = sum(measure.power_w for measure in measures)
        return {
            "power": round(power_w, 2),
            "overpower": 0.0,
            "is_valid": True,
            "timestamp": int(self.mains.now()),
            "counters": [round(power_w, 3)] * 3,
            "total": int(sum(measure.energy_wh for measure in measures) * 60),
        }

    def _status(self) -> Json:
        now = self.mains.now()
        return {
            "wifi_sta": {
                "connected": True,
                "ssid": "park",
                "ip": "127.0.0.1",
                "rssi": -61,
            },
            "cloud": {"enabled": False, "connected": False},
            "mqtt": {"connected": False},
            "time": f"{datetime.fromtimestamp(now).astimezone():%H:%M}",
            "unixtime": int(now),
            "serial": 16,
            "has_update": False,
            "mac": self.mac.upper(),
            "cfg_changed_cnt": 0,
            "actions_stats": {"skipped": 0},
            "relays": [self._relay(number) for number in self.sockets],
            "meters": [self._meter(number) for number in self._metered],
            "temperature": 24.14,
            "overtemperature": False,
            "tmp": {"tC": 24.14, "tF": 75.45, "is_valid": True},
            "update": {
                "status": "idle",
                "has_update": False,
                "new_version": FIRMWARE,
                "old_version": FIRMWARE,
            },
            "ram_total": 52056,
            "ram_free": 40428,
            "fs_size": 233681,
            "fs_free": 166915,
            "uptime": self.uptime_s,
        }

    def _relay_settings(self, number: int) -> Json:
        outlet = self.sockets[number]
        return {
            "name": outlet.name or None,
            "appliance_type": "General",
            "ison": outlet.on,
            "has_timer": False,
            "default_state": self.power_on[number],
            "auto_on": 0.0,
            "auto_off": 0.0,
            "schedule": False,
            "schedule_rules": [],
            "max_power": MAX_POWER_W,
        }

    def _settings(self) -> Json:
        return {
            "device": {
                "type": self.model,
                "mac": self.mac.upper(),
                "hostname": self._hostname,
                "num_outputs": len(self.sockets),
                "num_meters": len(self._metered),
            },
            "name": self.name or None,
            "fw": FIRMWARE,
            "login": {
                "enabled": self.password is not None,
                "unprotected": False,
                "username": "admin",
            },
            "max_power": MAX_POWER_W,
            "relays": [self._relay_settings(number) for number in self.sockets],
            "timezone": "Europe/Paris",
        }
