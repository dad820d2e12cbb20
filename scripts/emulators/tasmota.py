"""Tasmota plugs: commands over HTTP at ``/cm?cmnd=``.

Replies as Tasmota 15 gives them (documentation, Commands; source of the web
server). Since 15.5 the HTTP API hears only requests that carry the device's own
address as Referer, unless SetOption128 opened it.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar, override

from aiohttp import web

from .outlet import Outlet
from .plug import EmulatedPlug, Json, basic, hang_up

NEED_PASSWORD = {"WARNING": "Need user=<username>&password=<password>"}
UNKNOWN = {"Command": "Unknown"}
REFERER_CHECK_SINCE = (15, 5)
STATES = {"on": True, "1": True, "true": True, "off": False, "0": False, "false": False}
POWER_ON_STATES = {"0": "off", "1": "on", "2": "toggle", "3": "last", "4": "locked"}


class Tasmota(EmulatedPlug):
    """A Tasmota plug or strip with energy metering.

    ``open_api`` is SetOption128; ``split_totals`` is SetOption129: without it a
    device of several relays gives one energy total for all of them.
    """

    dialect: ClassVar[str] = "tasmota"
    first_number: ClassVar[int] = 1
    single_threaded: ClassVar[bool] = True

    def __init__(
        self,
        *,
        firmware: str = "15.5.0",
        open_api: bool = False,
        split_totals: bool = False,
        **plug: Any,
    ) -> None:
        super().__init__(**plug)
        self.firmware = firmware
        self._split_totals = split_totals
        major, minor = firmware.split(".")[:2]
        checked = (int(major), int(minor)) >= REFERER_CHECK_SINCE
        self._open_api = open_api or not checked

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != "/cm":
            return web.Response(text="<html>Tasmota</html>", content_type="text/html")
        if not self._open_api and not self._refers_to_itself(request):
            # The firmware returns without an answer: the connection just ends.
            return hang_up(request)
        if not self._allows(request):
            return web.json_response(NEED_PASSWORD, status=HTTPStatus.UNAUTHORIZED)
        command = request.query.get("cmnd", "")
        if not command:
            return web.json_response({"WARNING": "Enter command cmnd="})
        return web.json_response(self._execute(command))

    @property
    def hostname(self) -> str:
        """Return the name that the device derives from its MAC address."""
        tail = self.mac[-6:].upper()
        return f"tasmota-{tail}-{int(tail, 16) & 0x1FFF:04d}"

    def _refers_to_itself(self, request: web.BaseRequest) -> bool:
        referer = request.headers.get("Referer", "")
        return referer[7:].lower().startswith(("127.0.0.1", self.hostname.lower()))

    def _allows(self, request: web.BaseRequest) -> bool:
        if self.password is None:
            return True
        if (header := request.headers.get("Authorization")) is not None:
            return header == basic("admin", self.password)
        return (
            request.query.get("user") == "admin"
            and request.query.get("password") == self.password
        )

    def _execute(self, line: str) -> Json:
        command, _, argument = line.strip().partition(" ")
        command, argument = command.lower(), argument.strip().lower()
        if command.rstrip("0123456789") == "power":
            return self._power(command.removeprefix("power"), argument)
        match command:
            case "status":
                return self._status(argument)
            case "poweronstate":
                if argument in POWER_ON_STATES:
                    self.power_on = dict.fromkeys(
                        self.sockets, POWER_ON_STATES[argument]
                    )
                return {"PowerOnState": self._power_on_state}
            case "setoption128":
                if argument:
                    self._open_api = STATES[argument]
                return {"SetOption128": "ON" if self._open_api else "OFF"}
            case _:
                return UNKNOWN

    @property
    def _power_on_state(self) -> int:
        """Return the number of the one choice for all relays."""
        (default,) = set(self.power_on.values())
        return next(int(n) for n, name in POWER_ON_STATES.items() if name == default)

    def _power(self, index: str, argument: str) -> Json:
        if index == "0":
            outlets = list(self.sockets.values())
        elif (number := int(index or 1)) in self.sockets:
            outlets = [self.sockets[number]]
        else:
            return UNKNOWN
        for outlet in outlets:
            if argument in STATES:
                # A locked relay stays on, and the answer just says so.
                locked = self.power_on[outlet.number] == "locked"
                self.switch(outlet, STATES[argument] or locked)
            elif argument in {"toggle", "2"}:
                self.switch(outlet, not outlet.on)
        return self._relays(outlets)

    def _relays(self, outlets: list[Outlet]) -> Json:
        alone = len(self.sockets) == 1
        return {
            "POWER" if alone else f"POWER{outlet.number}": "ON" if outlet.on else "OFF"
            for outlet in outlets
        }

    def _status(self, argument: str) -> Json:
        parts = {
            "": {"Status": self._status_main},
            "1": {"StatusPRM": self._status_parameters},
            "2": {"StatusFWR": self._status_firmware},
            "5": {"StatusNET": self._status_network},
            "8": {"StatusSNS": self._status_sensors},
            "10": {"StatusSNS": self._status_sensors},
            "11": {"StatusSTS": self._status_state},
        }
        if argument == "0":
            wanted = {
                name: make for part in parts.values() for name, make in part.items()
            }
        else:
            wanted = parts.get(argument, parts[""])
        return {name: make() for name, make in wanted.items()}

    def _time(self, timestamp: float | None = None) -> str:
        moment = datetime.fromtimestamp(timestamp or self.mains.now()).astimezone()
        return f"{moment:%Y-%m-%dT%H:%M:%S}"

    def _status_main(self) -> Json:
        outlets = list(self.sockets.values())
        return {
            "Module": 0,
            "DeviceName": self.name or "Tasmota",
            "FriendlyName": [outlet.name or "Tasmota" for outlet in outlets],
            "Topic": f"tasmota_{self.mac[-6:].upper()}",
            "ButtonTopic": "0",
            "Power": "".join(str(int(outlet.on)) for outlet in reversed(outlets)),
            "PowerLock": "0" * len(outlets),
            "PowerOnState": self._power_on_state,
            "LedState": 1,
            "SaveData": 1,
            "SaveState": 1,
            "PowerRetain": 0,
        }

    def _status_parameters(self) -> Json:
        return {
            "Baudrate": 115200,
            "SerialConfig": "8N1",
            "GroupTopic": "tasmotas",
            "RestartReason": "Power On",
            "Uptime": self._uptime(),
            "StartupUTC": self._time(self.started_at),
            "Sleep": 50,
            "BootCount": 12,
        }

    def _status_firmware(self) -> Json:
        return {
            "Version": f"{self.firmware}(tasmota)",
            "BuildDateTime": "2026-10-02T11:51:05",
            "Core": "2_7_8",
            "SDK": "2.2.2-dev(38a443e)",
            "CpuFrequency": 80,
            "Hardware": "ESP8266EX",
            "CR": "411/699",
        }

    def _status_network(self) -> Json:
        mac = self.mac.upper()
        return {
            "Hostname": self.hostname,
            "IPAddress": "127.0.0.1",
            "Gateway": "127.0.0.1",
            "Subnetmask": "255.0.0.0",
            "DNSServer1": "127.0.0.1",
            "DNSServer2": "0.0.0.0",
            "Mac": ":".join(mac[i : i + 2] for i in range(0, 12, 2)),
            "Webserver": 2,
            "HTTP_API": 1,
            "WifiConfig": 4,
            "WifiPower": 17.0,
        }

    def _status_sensors(self) -> Json:
        return {"Time": self._time(), "ENERGY": self._energy()}

    def _energy(self) -> Json:
        measures = [outlet.measure() for outlet in self.sockets.values()]
        totals_kwh = [round(measure.energy_wh / 1000, 3) for measure in measures]
        total = totals_kwh if self._split_totals else [round(sum(totals_kwh), 3)]
        energy: dict[str, list[Any]] = {
            "Total": total,
            "Yesterday": [0.0] * len(total),
            "Today": total,
            "Power": [round(measure.power_w) for measure in measures],
            "ApparentPower": [round(measure.apparent_power_va) for measure in measures],
            "ReactivePower": [
                round(measure.reactive_power_var) for measure in measures
            ],
            "Factor": [round(measure.power_factor, 2) for measure in measures],
            # One voltage for every channel; none is seen while all are open.
            "Voltage": [round(measures[0].voltage_v) * self._any_on()],
            "Current": [round(measure.current_a, 3) for measure in measures],
        }
        return {"TotalStartTime": self._time(self.started_at)} | {
            name: values[0] if len(values) == 1 else values
            for name, values in energy.items()
        }

    def _any_on(self) -> bool:
        return any(outlet.on for outlet in self.sockets.values())

    def _uptime(self) -> str:
        uptime = timedelta(seconds=self.uptime_s)
        hours, rest = divmod(uptime.seconds, 3600)
        return f"{uptime.days}T{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"

    def _status_state(self) -> Json:
        return {
            "Time": self._time(),
            "Uptime": self._uptime(),
            "UptimeSec": self.uptime_s,
            "Heap": 25,
            "SleepMode": "Dynamic",
            "Sleep": 50,
            "LoadAvg": 19,
            "MqttCount": 0,
            **self._relays(list(self.sockets.values())),
            "Wifi": {
                "AP": 1,
                "SSId": "park",
                "BSSId": "06:EC:DA:00:00:01",
                "Channel": 6,
                "Mode": "HT20",
                "RSSI": 78,
                "Signal": -61,
                "LinkCount": 1,
                "Downtime": "0T00:00:03",
            },
        }
