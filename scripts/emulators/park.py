"""An emulated park: one meter, its plugs, and what stands behind the sockets."""

from collections.abc import Callable
from contextlib import AsyncExitStack
import time
from typing import Any, Self

from .appliance import Appliance, Computer, ComputerState, Constant, Monitor
from .description import Description, check
from .diy import Diy
from .lf2l_strip import Lf2lStrip
from .mains import Clock, Mains
from .meter import EmulatedMeter
from .mystrom import MyStrom
from .netio import Netio
from .openbeken import OpenBeken
from .outlet import Outlet
from .plug import EmulatedPlug
from .shelly_gen1 import ShellyGen1
from .shelly_gen2 import ShellyGen2
from .shelly_models import PLUS_PLUG_S, POWER_STRIP_4, PRO_4PM
from .site import Site
from .tasmota import Tasmota

type Json = dict[str, Any]

# Ports after the first one: the control's, the meter's, then the plugs'.
METER_PORT = 1
PLUG_PORTS = 10
METER_KEYS = (
    *("mode", "phases", "contract", "producer", "subscribed_kva", "serial"),
    "model",
)
DEVICES: dict[str, tuple[type[EmulatedPlug], Json]] = {
    "diy": (Diy, {}),
    "lf2l_strip": (Lf2lStrip, {}),
    "mystrom": (MyStrom, {}),
    "netio": (Netio, {}),
    "openbeken": (OpenBeken, {}),
    "shelly_25": (ShellyGen1, {"model": "SHSW-25"}),
    "shelly_plug_s": (ShellyGen1, {}),
    "shelly_plus_plug_s": (ShellyGen2, {"model": PLUS_PLUG_S}),
    "shelly_pro_4pm": (ShellyGen2, {"model": PRO_4PM}),
    "shelly_power_strip_4": (ShellyGen2, {"model": POWER_STRIP_4}),
    "tasmota": (Tasmota, {}),
}


class EmulatedPark:
    """A park that answers inside its asynchronous context.

    ``state`` is what ``state()`` of an earlier run returned; ``mode`` overrides
    the description's. Without ``base_port`` every port is a free one.
    """

    def __init__(
        self,
        description: Description,
        *,
        clock: Clock = time.time,
        seed: int | None = None,
        base_port: int = 0,
        pace: str = "real",
        mode: str | None = None,
        state: Json | None = None,
    ) -> None:
        check(description)
        self.description = description
        seed = description.get("seed", 0) if seed is None else seed
        self.mains = Mains(clock, seed)
        meter = description.get("meter", {})
        self.site = Site(
            self.mains,
            base_load_w=meter.get("base_load_w", 600),
            pv_w=meter.get("pv_w", 0),
        )
        self.plugs: dict[str, EmulatedPlug] = {}
        self.sockets: dict[str, Outlet] = {}
        self.stations: dict[str, Computer] = {}
        self._restored = state or {}
        for number, plug in enumerate(description["plugs"]):
            port = base_port + PLUG_PORTS + number if base_port else 0
            self.plugs[plug["name"]] = self._build_plug(plug, number, port)
        self._follow_computers()
        options = {key: meter[key] for key in METER_KEYS if key in meter}
        if mode is not None:
            options["mode"] = mode
        self.meter = EmulatedMeter(
            self.site,
            pace=pace,
            port=base_port + METER_PORT if base_port else 0,
            **options,
        )
        if registers := self._restored.get("meter"):
            self.meter.registers.restore(registers)
        self._running = AsyncExitStack()

    @property
    def meter_url(self) -> str:
        """Return the meter's TCP address."""
        return self.meter.url

    @property
    def meter_pty(self) -> str:
        """Return the meter's serial port."""
        return self.meter.pty

    @property
    def cut_while_running(self) -> int:
        """Return how many times a computer lost its mains while it ran."""
        return sum(computer.cut_while_running for computer in self.stations.values())

    async def __aenter__(self) -> Self:
        """Let all listen."""
        async with self._running:
            for plug in self.plugs.values():
                await self._running.enter_async_context(plug)
            await self._running.enter_async_context(self.meter)
            self._running = self._running.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop all."""
        await self._running.aclose()

    def socket(self, name: str) -> Outlet:
        """Return a socket by its name."""
        return self.sockets[name]

    def request(self, station: str, request: str) -> bool:
        """Ask a computer for something; tell whether it was able to hear it."""
        computer = self.stations[station]
        requests: dict[str, Callable[[], bool]] = {
            "shutdown": computer.shut_down,
            "wake": computer.wake,
            "busy": lambda: computer.work(ComputerState.BUSY),
            "idle": lambda: computer.work(ComputerState.IDLE),
        }
        return requests[request]()

    def announcement(self) -> Json:
        """Return where everything is and what it is called."""
        return {
            "meter": {
                "tcp": self.meter_url,
                "pty": self.meter_pty,
                "serial": self.meter.serial,
            },
            "sectors": self.description["sectors"],
            "plugs": [
                self._announce(self.plugs[plug["name"]], plug["sockets"])
                for plug in self.description["plugs"]
            ],
        }

    def state(self) -> Json:
        """Return what a restart keeps: relays, counters, computers."""
        return {
            "meter": self.meter.registers.state(),
            "sockets": {
                name: {"on": outlet.on, "energy_wh": outlet.energy_wh}
                for name, outlet in self.sockets.items()
            },
            "stations": {
                name: [computer.state, computer.cut_while_running]
                for name, computer in self.stations.items()
            },
        }

    @staticmethod
    def _announce(plug: EmulatedPlug, sockets: list[Json]) -> Json:
        announced: Json = {
            "name": plug.name,
            "host": plug.host,
            "dialect": plug.dialect,
            "mac": plug.true_mac,
        }
        if plug.password is not None:
            announced |= {"username": plug.username, "password": plug.password}
        if plug.settings is not None:
            announced["rest"] = plug.settings
        announced["sockets"] = [
            {
                "number": number,
                "name": socket["name"],
                "sector": socket["sector"],
                "role": socket.get("role", "other"),
                "priority": socket.get("priority", 5),
                "station": socket.get("station"),
            }
            for number, socket in enumerate(sockets, plug.first_number)
        ]
        return announced

    def _build_plug(self, plug: Json, index: int, port: int) -> EmulatedPlug:
        device, options = DEVICES[plug["device"]]
        if "firmware" in plug:
            options = options | {"firmware": plug["firmware"]}
        return device(
            mac=plug.get("mac", f"a8032a{0xB10000 + index:06x}"),
            sockets=[
                self._build_socket(socket, number)
                for number, socket in enumerate(plug["sockets"], device.first_number)
            ],
            name=plug["name"],
            password=plug.get("password"),
            mains=self.mains,
            port=port,
            **options,
        )

    def _build_socket(self, socket: Json, number: int) -> Outlet:
        name = socket["name"]
        restored = self._restored.get("sockets", {}).get(name, {})
        on = restored.get("on", socket.get("on", True))
        phase = self.description["sectors"].index(socket["sector"]) % 3
        outlet = Outlet(
            self.mains,
            number,
            name=name,
            appliance=self._build_appliance(socket, on=on),
            on=on,
            phase=phase,
        )
        outlet.energy_wh = restored.get("energy_wh", 0)
        self.site.add(outlet, phase)
        self.sockets[name] = outlet
        return outlet

    def _build_appliance(self, socket: Json, *, on: bool) -> Appliance:
        name, options = socket["name"], socket.get("appliance", {})
        match socket.get("role", "other"):
            case "computer":
                computer = Computer(self.mains, name, powered=on, **options)
                station = str(socket.get("station", name))
                self.stations[station] = computer
                if restored := self._restored.get("stations", {}).get(station):
                    computer.restore(ComputerState(restored[0]), restored[1])
                return computer
            case "monitor":
                return Monitor(self.mains, name, powered=on, **options)
            case _:
                return Constant(self.mains, name, powered=on, **options)

    def _follow_computers(self) -> None:
        """Connect each monitor to the computer of its station."""
        for plug in self.description["plugs"]:
            for socket in plug["sockets"]:
                appliance = self.sockets[socket["name"]].appliance
                if isinstance(appliance, Monitor):
                    appliance.computer = self.stations.get(socket.get("station"))
