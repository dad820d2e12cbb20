"""OpenBeken plugs: Tasmota's commands at ``/cm?cmnd=``, with differences.

Replies as the firmware prints them (source: json_interface.c, cmd_tasmota.c,
http_fns.c, http_basic_auth.c of version 1.18).
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ClassVar, override

from aiohttp import web

from .outlet import Outlet
from .plug import EmulatedPlug, Json, basic

REALM = "OpenBeken HTTP Server"
# From this length on, a command goes through a second buffer, and is executed from
# the first one too.
LONG_COMMAND = 124


class OpenBeken(EmulatedPlug):
    """An OpenBeken plug or strip with one meter for all its relays.

    ``first_channel`` is the channel of the first relay: 0, 1, or more. ``metered``
    is False for a meter that gives nothing, whose values are printed as zeros.
    ``commands`` is False for a build without Tasmota's JSON.
    """

    dialect: ClassVar[str] = "openbeken"
    first_number: ClassVar[int] = 1
    single_threaded: ClassVar[bool] = True

    def __init__(
        self,
        *,
        first_channel: int = 1,
        metered: bool = True,
        commands: bool = True,
        **plug: Any,
    ) -> None:
        super().__init__(**plug)
        self._channels = dict(enumerate(self.sockets.values(), first_channel))
        # Channels are numbered from 1 in commands if there is a relay on channel 0.
        self._shift = 1 if first_channel == 0 else 0
        self._metered = metered
        self._commands = commands
        self.executed: list[str] = []

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._allows(request):
            return web.Response(
                status=HTTPStatus.UNAUTHORIZED,
                headers={"WWW-Authenticate": f'Basic realm="{REALM}"'},
            )
        if request.path != "/cm":
            return web.Response(
                text="<html><title>OpenBeken</title></html>", content_type="text/html"
            )
        line = request.query.get("cmnd", "")
        for _ in range(1 if len(line) < LONG_COMMAND else 2):
            reply = self._execute(line)
        if not self._commands:
            return web.Response(text="")
        return web.json_response(reply)

    def _allows(self, request: web.BaseRequest) -> bool:
        if self.password is None:
            return True
        return request.headers.get("Authorization") == basic("admin", self.password)

    def _execute(self, line: str) -> Json:
        self.executed.append(line)
        command, _, argument = line.strip().partition(" ")
        command, argument = command.lower(), argument.strip().lower()
        if command.startswith("power"):
            self._power(command.removeprefix("power"), argument)
            return self._relays()
        if command == "backlog":
            for part in argument.split(";"):
                self._execute(part)
            return {}
        if command == "status":
            return self._status(argument)
        return {}

    def _power(self, index: str, argument: str) -> None:
        channel = int(index) - self._shift if index else min(self._channels)
        outlet = self._channels.get(channel)
        if outlet is None or not argument or argument == "status":
            return
        if argument == "toggle":
            self.switch(outlet, not outlet.on)
        else:
            self.switch(outlet, argument in {"on", "1"})

    def _relays(self) -> Json:
        """Return every relay, whichever was switched."""
        if len(self._channels) == 1:
            (outlet,) = self._channels.values()
            return {"POWER": _word(outlet)}
        return {
            f"POWER{channel + self._shift}": _word(outlet)
            for channel, outlet in self._channels.items()
        }

    def _status(self, argument: str) -> Json:
        network, state = {"StatusNET": self._network()}, {"StatusSTS": self._state()}
        firmware, sensors = {"StatusFWR": self._firmware()}, {"StatusSNS": self._sns()}
        match argument:
            case "2":
                return firmware
            case "5":
                return network
            case "8" | "10":
                return sensors
            case "11":
                return state
            case _:
                return self._main() | firmware | network | sensors | state

    def _main(self) -> Json:
        return {
            "Status": {
                "Module": 0,
                "DeviceName": self.name or f"obk{self.mac[-8:]}",
                "FriendlyName": [f"obk_{number}" for number in self.sockets],
                "Topic": f"obk{self.mac[-8:]}",
                "ButtonTopic": "0",
                "Power": 1,
                # A constant, whatever the device does.
                "PowerOnState": 3,
                "LedState": 1,
                "SaveData": 1,
            },
            "StatusPRM": {"Baudrate": 115200, "Uptime": self.uptime_s, "BootCount": 22},
        }

    def _firmware(self) -> Json:
        return {
            "Version": "OpenBK7231N_1.18.120",
            "BuildDateTime": "Oct  2 2026 11:51:05",
            "Boot": 7,
            "Core": "0.0",
            "SDK": "obk",
            "CpuFrequency": 80,
            "Hardware": "BK7231N",
            "CR": "465/699",
        }

    def _network(self) -> Json:
        mac = self.mac.upper()
        return {
            "Hostname": f"obk{self.mac[-8:]}",
            "IPAddress": "127.0.0.1",
            "Gateway": "192.168.0.1",
            "Mac": ":".join(mac[i : i + 2] for i in range(0, 12, 2)),
            "Webserver": 2,
            "HTTP_API": 1,
        }

    def _sns(self) -> Json:
        measures = [outlet.measure() for outlet in self.sockets.values()]
        power_w = sum(measure.power_w for measure in measures)
        apparent_va = sum(measure.apparent_power_va for measure in measures)
        energy: dict[str, float] = {
            "Power": power_w,
            "ApparentPower": apparent_va,
            "ReactivePower": sum(measure.reactive_power_var for measure in measures),
            "Factor": power_w / apparent_va if apparent_va else 0.0,
            "Voltage": measures[0].voltage_v,
            "Current": sum(measure.current_a for measure in measures),
            "ConsumptionTotal": sum(measure.energy_wh for measure in measures),
            "Yesterday": 0.0,
            "ConsumptionLastHour": 0.0,
        }
        return {
            "Time": self._time(),
            "ENERGY": {
                name: round(value, 6) if self._metered else 0.0
                for name, value in energy.items()
            },
        }

    def _state(self) -> Json:
        return {
            "Time": self._time(),
            "UptimeSec": self.uptime_s,
            "Heap": 25,
            **self._relays(),
            "Wifi": {"AP": 1, "SSId": "park", "RSSI": 78},
        }

    def _time(self) -> str:
        return f"{datetime.fromtimestamp(self.mains.now(), UTC):%Y-%m-%dT%H:%M:%S}"


def _word(outlet: Outlet) -> str:
    return "ON" if outlet.on else "OFF"
