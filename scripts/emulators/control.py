"""The control API of a running park: what goes on, and what shall go wrong."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import json
from typing import Any

from aiohttp import web

from .park import EmulatedPark

type Json = dict[str, Any]


class Control:
    """HTTP server of one park; see ``routes`` for what it takes."""

    def __init__(self, park: EmulatedPark) -> None:
        self._park = park
        application = web.Application(middlewares=[_explain])
        application.add_routes(
            [
                web.get("/state", self._state),
                web.get("/meter/last", self._last_frame),
                web.post("/meter", self._meter),
                web.post("/plug/{name}", self._plug),
                web.post("/station/{name}", self._station),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        self.port = 0

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _state(self, _: web.Request) -> web.Response:
        park = self._park
        registers = park.meter.registers
        registers.advance()
        return web.json_response(
            {
                "power_w": sum(outlet.power_w for outlet in park.sockets.values()),
                "cut_while_running": park.cut_while_running,
                "meter": {
                    "mode": park.meter.mode,
                    "faults": park.meter.faults,
                    "power_w": registers.power_w,
                    "apparent_power_va": registers.drawn_va,
                    "injected_power_va": registers.injected_va,
                    "drawn_wh": registers.drawn_wh,
                    "injected_wh": registers.injected_wh,
                    "trip_count": registers.trip_count,
                },
                "plugs": {
                    name: {
                        "host": plug.host,
                        "faults": plug.faults,
                        "requests": plug.requests.total(),
                        "requests_by_path": plug.requests,
                        "sockets": [outlet.name for outlet in plug.sockets.values()],
                    }
                    for name, plug in park.plugs.items()
                },
                "sockets": {
                    name: {
                        "on": outlet.on,
                        "power_w": outlet.power_w,
                        "apparent_power_va": abs(outlet.load),
                        "energy_wh": outlet.energy_wh,
                        "switch_count": outlet.switch_count,
                    }
                    for name, outlet in park.sockets.items()
                },
                "stations": {
                    name: {
                        "state": computer.state,
                        "cut_while_running": computer.cut_while_running,
                    }
                    for name, computer in park.stations.items()
                },
            }
        )

    async def _last_frame(self, _: web.Request) -> web.Response:
        """Return the last frame whole; times are of the machine's monotonic clock."""
        line = self._park.meter.line
        return web.json_response(
            {
                "frame": line.last_frame.decode("latin-1"),
                "mode": self._park.meter.mode,
                "started_at_monotonic_s": line.last_started_at,
                "ended_at_monotonic_s": line.last_ended_at,
            }
        )

    async def _meter(self, request: web.Request) -> web.Response:
        """Take {"fault": ...}, {"clear": true} or {"extra_w": watts of an oven}."""
        order = await request.json()
        meter = self._park.meter
        if order.get("clear"):
            meter.clear()
        if "extra_w" in order:
            self._park.site.extra.power_w = float(order["extra_w"])
        if (fault := order.pop("fault", None)) is not None:
            meter.fault(fault, **order)
        return web.json_response({"mode": meter.mode, "faults": meter.faults})

    async def _plug(self, request: web.Request) -> web.Response:
        """Take {"fault": ...} with its options, or {"clear": true}."""
        order = await request.json()
        plug = self._park.plugs[request.match_info["name"]]
        if order.pop("clear", False):
            await plug.clear()
        if (fault := order.pop("fault", None)) is not None:
            await plug.fault(fault, **order)
        return web.json_response({"faults": plug.faults})

    async def _station(self, request: web.Request) -> web.Response:
        """Take {"request": "shutdown" | "wake" | "busy" | "idle"}."""
        name = request.match_info["name"]
        accepted = self._park.request(name, (await request.json())["request"])
        computer = self._park.stations[name]
        return web.json_response({"accepted": accepted, "state": computer.state})


@web.middleware
async def _explain(
    request: web.Request,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """Tell what was wrong with an order instead of failing."""
    try:
        return await handler(request)
    except (ValueError, KeyError, AttributeError, json.JSONDecodeError) as err:
        return web.json_response(
            {"error": f"{type(err).__name__}: {err}"}, status=HTTPStatus.BAD_REQUEST
        )
