"""Shelly Plug S of the first generation.

Payloads as a Plug S with firmware 1.14 sends them (Shelly API documentation,
Gen1; a recording). Its energy is in watt-minutes and it knows neither voltage,
current nor power factor.
"""

import base64
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, override

from aiohttp import web

from .plug import EmulatedPlug, Json

FIRMWARE = "20230913-113421/v1.14.0-gcb84623"
MAX_POWER_W = 1800


class ShellyGen1(EmulatedPlug):
    """A Shelly Plug S, Gen1: relay and wattmeter, Basic authentication."""

    dialect: ClassVar[str] = "shelly_gen1"

    def __init__(self, *, default_state: str = "off", **plug: Any) -> None:
        super().__init__(**plug)
        self._default_state = default_state

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
                self._default_state = request.query.get(
                    "default_state", self._default_state
                )
                return web.json_response(self._relay_settings(int(number)))
            case _:
                return web.Response(status=HTTPStatus.NOT_FOUND, text="Not found")

    @property
    def _hostname(self) -> str:
        return f"shellyplug-s-{self.mac[-6:].upper()}"

    def _allows(self, request: web.BaseRequest) -> bool:
        if self.password is None:
            return True
        secret = base64.b64encode(f"admin:{self.password}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {secret}"

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
            "type": "SHPLG-S",
            "mac": self.mac.upper(),
            "auth": self.password is not None,
            "fw": FIRMWARE,
            "discoverable": True,
            "name": self.name or None,
            "num_outputs": len(self.sockets),
            "num_meters": len(self.sockets),
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
        measure = self.sockets[number].measure()
        return {
            "power": round(measure.power_w, 2),
            "overpower": 0.0,
            "is_valid": True,
            "timestamp": int(self.mains.now()),
            "counters": [round(measure.power_w, 3)] * 3,
            "total": int(measure.energy_wh * 60),
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
            "meters": [self._meter(number) for number in self.sockets],
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
            "default_state": self._default_state,
            "auto_on": 0.0,
            "auto_off": 0.0,
            "schedule": False,
            "schedule_rules": [],
            "max_power": MAX_POWER_W,
        }

    def _settings(self) -> Json:
        return {
            "device": {
                "type": "SHPLG-S",
                "mac": self.mac.upper(),
                "hostname": self._hostname,
                "num_outputs": len(self.sockets),
                "num_meters": len(self.sockets),
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
