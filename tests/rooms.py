"""Rooms of emulated computers, in a time that passes faster than ours.

The computers lose work when they are cut while they run, and count it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
import time
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.energy_park import coordinator
from custom_components.energy_park.control import clockwork, job_effects, jobs, trials
from custom_components.energy_park.park.station import Learnt, Wake
from scripts.emulators import Computer, Constant, Mains, Monitor, Outlet, ShellyGen2

from .common import MockConfigEntry
from .parks import async_setup, async_wait, entity_id, plug, sector, station

MAC = "aa0000000001"
ROOM = "room"

# What a commissioning run would find out about the emulated computers.
PROVEN = Learnt(
    wake=Wake.BIOS_ON_AC, returns=True, off_w=(2.4, 2.6), running_w=48.0, sleep_w=4.0
)
FASTER = 20
SHUT_DOWN = "test.shut_down"


class Time:
    """A clock that runs faster than the machine's, from its present time on."""

    def __init__(self) -> None:
        """Start now."""
        self._from = time.time()

    def __call__(self) -> float:
        """Return the seconds since the epoch."""
        return self._from + (time.time() - self._from) * FASTER

    def utcnow(self) -> datetime:
        """Return the time as the integration asks for it."""
        return datetime.fromtimestamp(self(), UTC)


def speed_up(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Let what watches sockets run faster; the plugs answer as fast as ever."""
    clock = Time()
    for module in (coordinator, job_effects, jobs, trials):
        monkeypatch.setattr(module, "utcnow", clock.utcnow)
    monkeypatch.setattr(clockwork, "STEP_EVERY", timedelta(seconds=1 / FASTER))
    monkeypatch.setattr(coordinator, "PLUG_REFRESH_AFTER_ORDER_S", 0.05)
    return clock


@dataclass(slots=True)
class Room:
    """Two desks on a strip: computers at 0 and 2, monitors at 1 and 3.

    ``refuses`` are the desks whose system is asked and does not shut down, ``broken``
    those whose action fails.
    """

    hass: HomeAssistant
    strip: ShellyGen2
    computers: dict[str, Computer]
    refuses: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    warned: list[dict[str, Any]] = field(default_factory=list)
    entry: MockConfigEntry = field(init=False)

    @property
    def lost_work(self) -> int:
        """How often a computer was cut while it ran."""
        return sum(c.cut_while_running for c in self.computers.values())

    @property
    def on(self) -> list[bool]:
        """The relays."""
        return [outlet.on for outlet in self.strip.sockets.values()]

    async def async_add(self, *parts: ConfigSubentry, **settings: Any) -> None:
        """Set the park up with a station at each desk, and with other parts."""
        for name in ("shut_down", "warn", "wake"):
            self.hass.services.async_register("test", name, getattr(self, f"_{name}"))
        self.entry = await async_setup(
            self.hass,
            sector("Room A", ROOM),
            plug(
                self.strip,
                ROOM,
                ("computer", "monitor", "computer", "monitor", "network")[
                    : len(self.strip.sockets)
                ],
            ),
            *(
                station(
                    f"Desk{number}",
                    f"{MAC}_{2 * number}",
                    f"{MAC}_{2 * number + 1}",
                    **{
                        "shutdown": [
                            {"action": SHUT_DOWN, "data": {"desk": f"desk{number}"}}
                        ],
                        **settings,
                    },
                )
                for number in range(2)
            ),
            *parts,
        )

        jobs = self.entry.runtime_data.jobs
        # Five minutes are a quarter of one here, and a test has but one.
        jobs.async_set_rules(replace(jobs.rules, retry=timedelta(seconds=30)))

    def prove(self, *desks: str) -> None:
        """Let it be known how these desks start."""
        for desk in desks or tuple(self.computers):
            self.entry.runtime_data.stations.async_learn(desk, PROVEN)

    def entity(self, platform: str, unique_id: str) -> str:
        """The id of an entity."""
        return entity_id(self.hass, platform, unique_id)

    def state(self, platform: str, unique_id: str) -> str:
        """The state of an entity."""
        state = self.hass.states.get(self.entity(platform, unique_id))
        assert state is not None
        return state.state

    def job(self, place: str = ROOM) -> str:
        """What is going on."""
        return self.state("sensor", f"{place}_job")

    def result(self, desk: str) -> tuple[str, str]:
        """What became of a desk, and why."""
        state = self.hass.states.get(self.entity("sensor", f"{desk}_result"))
        assert state is not None
        return state.state, state.attributes["reason"]

    async def async_until(
        self, condition: Callable[[], object], within_s: float = 45
    ) -> None:
        """Wait for something; the jobs go on meanwhile."""
        await async_wait(self.hass, condition, within_s, settle=False)

    async def async_ended(self) -> None:
        """Wait until nothing is going on in the room."""
        await self.async_until(lambda: self.job() == "idle")

    async def _shut_down(self, call: ServiceCall) -> None:
        desk = call.data["desk"]
        self.asked.append(desk)
        if desk in self.refuses:
            return
        if desk in self.broken or not self.computers[desk].shut_down():
            raise HomeAssistantError("no answer, the password is hunter2")

    async def _warn(self, call: ServiceCall) -> None:
        self.warned.append(dict(call.data))

    async def _wake(self, call: ServiceCall) -> None:
        self.computers[call.data["desk"]].wake()


def build_strip(clock: Time, *, network: bool = False, **options: Any) -> ShellyGen2:
    """A strip with two desks on it, and a network switch if that is asked for."""
    mains = Mains(clock)
    outlets = []
    for number in range(2):
        computer = Computer(mains, f"desk{number}", **options)
        monitor = Monitor(mains, f"monitor{number}", computer=computer)
        outlets += [
            Outlet(mains, 2 * number, appliance=computer),
            Outlet(mains, 2 * number + 1, appliance=monitor),
        ]
    if network:
        outlets.append(Outlet(mains, 4, appliance=Constant(mains, "switch")))
    return ShellyGen2(mac=MAC, sockets=outlets, mains=mains)


def computers_of(strip: ShellyGen2) -> dict[str, Computer]:
    """The computers on a strip by their desk."""
    return {
        outlet.appliance.name: outlet.appliance
        for outlet in strip.sockets.values()
        if isinstance(outlet.appliance, Computer)
    }
