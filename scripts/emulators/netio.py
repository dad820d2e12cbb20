"""NETIO power sockets: one JSON document, read by GET and changed by POST.

As the vendor's JSON M2M API (document version 2.6) describes it. An order is taken
at once and carried out a moment later.
"""

from collections.abc import Collection
from datetime import datetime
from http import HTTPStatus
import json
from typing import Any, ClassVar, override

from aiohttp import web

from .outlet import Outlet
from .plug import EmulatedPlug, Json, basic

SETTLING_S = 0.9
SHORT_S = 5
OFF, ON, SHORT_OFF, SHORT_ON, TOGGLE = range(5)


class Netio(EmulatedPlug):
    """A NETIO device; ``metered`` are the outputs that measure, all by default.

    ``password`` is that of the user who reads and writes; with ``reader`` there is
    another one, ``reader`` by name and password, who may only read.
    """

    dialect: ClassVar[str] = "netio"
    first_number: ClassVar[int] = 1
    username: ClassVar[str] = "netio"

    def __init__(
        self,
        *,
        metered: Collection[int] | None = None,
        reader: str | None = None,
        model: str = "PowerPDU 4C",
        has_mac: bool = True,
        **plug: Any,
    ) -> None:
        super().__init__(**plug)
        self._metered = set(self.sockets if metered is None else metered)
        self._reader = reader
        self._model = model
        self._has_mac = has_mac

    @override
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != "/netio.json":
            if request.path == "/":
                return web.Response(
                    text="<html><title>NETIO</title></html>", content_type="text/html"
                )
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if (refusal := self._refuse(request)) is not None:
            return refusal
        if request.method == "POST":
            try:
                self._act(json.loads(await request.text()))
            except ValueError, TypeError, KeyError, AttributeError:
                return _error(HTTPStatus.BAD_REQUEST)
        return web.json_response(self._document())

    def _refuse(self, request: web.BaseRequest) -> web.Response | None:
        if self.password is None:
            return None
        given = request.headers.get("Authorization")
        if given == basic(self.username, self.password):
            return None
        if self._reader and given == basic(self._reader, self._reader):
            return None if request.method == "GET" else _error(HTTPStatus.FORBIDDEN)
        return _error(HTTPStatus.UNAUTHORIZED)

    def _act(self, document: Json) -> None:
        orders = [
            (self.sockets[output["ID"]], output["Action"])
            for output in document["Outputs"]
        ]
        for outlet, action in orders:
            match action:
                case 0 | 1:
                    self._switch(outlet, action == ON)
                case 2 | 3:
                    self.switch(outlet, action == SHORT_ON, revert_s=SHORT_S)
                case 4:
                    self._switch(outlet, not outlet.on)

    def _switch(self, outlet: Outlet, on: bool) -> None:
        if "refuse" not in self.faults:
            outlet.switch_in(SETTLING_S, on)

    def _document(self) -> Json:
        mac = self.mac.upper()
        label = ":".join(mac[i : i + 2] for i in range(0, 12, 2))
        agent = {
            "Model": self._model,
            "DeviceName": self.name or "PDU",
            "MAC": label,
            "SerialNumber": "24A42C39115A" if self._has_mac else label,
            "JSONVer": "2.4",
            "Time": f"{datetime.fromtimestamp(self.mains.now()).astimezone():%FT%T%z}",
            "Uptime": self.uptime_s,
            "Version": "4.0.5",
            "OemID": 300,
            "VendorID": 0,
            "NumOutputs": len(self.sockets),
        }
        if not self._has_mac:
            del agent["MAC"]
        document: Json = {"Agent": agent}
        if self._metered:
            document["GlobalMeasure"] = self._global()
        return document | {"Outputs": [self._output(o) for o in self.sockets.values()]}

    def _global(self) -> Json:
        measures = [outlet.measure() for outlet in self.sockets.values()]
        power_w = sum(measure.power_w for measure in measures)
        apparent_va = sum(measure.apparent_power_va for measure in measures)
        return {
            "Voltage": round(measures[0].voltage_v, 1),
            "Frequency": round(self.mains.frequency_hz, 1),
            "TotalCurrent": round(sum(m.current_a for m in measures) * 1000),
            "OverallPowerFactor": round(power_w / (apparent_va or 1), 2),
            "TotalLoad": round(power_w),
            "TotalEnergy": round(sum(measure.energy_wh for measure in measures)),
            "EnergyStart": f"{datetime.fromtimestamp(self.started_at).astimezone():%FT%T%z}",
        }

    def _output(self, outlet: Outlet) -> Json:
        output: Json = {
            "ID": outlet.number,
            "Name": outlet.name or f"output_{outlet.number}",
            "State": int(outlet.on),
            "Action": 6,
            "Delay": SHORT_S * 1000,
        }
        if outlet.number in self._metered:
            measure = outlet.measure()
            output |= {
                "Current": round(measure.current_a * 1000),
                "PowerFactor": round(measure.power_factor, 2),
                # Degrees, from 0 to 360: a leading current shows near 360.
                "Phase": round(outlet.phase_shift_deg % 360, 1),
                "Load": round(measure.power_w),
                "Energy": round(measure.energy_wh),
                "ReverseEnergy": 0,
                "Energy_NR": round(measure.energy_wh),
                "ReverseEnergy_NR": 0,
            }
        return output


def _error(status: HTTPStatus) -> web.Response:
    return web.json_response(
        {"result": {"error": {"code": status.value, "message": status.phrase}}},
        status=status,
    )
