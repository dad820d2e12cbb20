"""What the park remembers over a restart: orders, policies, energy totals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER, OVERRIDE_DEFAULT
from ..model import Role, Socket
from ..park.alarm_settings import RATED_A, AlarmSettings
from ..park.alarms import AlarmState, OutOfHoursWatch, VoltageWatch
from ..park.arbiter import SocketState
from ..park.effects import Result
from ..park.energy import CounterWatch, EnergyTotal
from ..park.job import Job
from ..park.longest_off import LongestOff
from ..park.observation import Rules
from ..park.periods import PeriodEnergy
from ..park.plain import from_plain, to_plain
from ..park.running_hour import RunningHour
from ..park.shedding.delays import Delay
from ..park.shedding.meters import Used
from ..park.shedding.policy import Policy
from ..park.shedding.state import State
from ..park.socket_band import SocketBand
from ..park.station import Learnt
from ..park.waste import WasteTotal
from ..tic.insight import MeterInsight
from .billing import MeterBilling

STORAGE_VERSION = 1

# An order is written soon; a total can be read from the device again.
SAVE_ORDERS_AFTER_S = 1
SAVE_TOTALS_AFTER_S = 60


@dataclass(slots=True)
class SocketMemory:
    """What is remembered of one socket.

    ``phase`` is the meter's phase that it hangs on, 1 to 3; None is not known. One that
    ``takes_turns`` does so with equals while they are shed, as heaters do. Shedding leaves
    it on for ``min_on`` if it can, and off for ``min_off`` at least. ``delay`` is how
    long its plug takes to obey.
    """

    priority: int
    protected: bool = False
    phase: int | None = None
    takes_turns: bool = False
    min_on: timedelta = timedelta()
    min_off: timedelta = timedelta(minutes=5)
    delay: Delay = field(default_factory=Delay)
    state: SocketState = field(default_factory=SocketState)
    energy: EnergyTotal = field(default_factory=EnergyTotal)
    counter: CounterWatch = field(default_factory=CounterWatch)
    period: PeriodEnergy = field(default_factory=PeriodEnergy)
    standby: SocketBand = field(default_factory=SocketBand)
    overload: AlarmState = field(default_factory=AlarmState)
    rated_a: float = RATED_A


@dataclass(slots=True)
class PlugMemory:
    """What is remembered of one plug."""

    voltage: VoltageWatch = field(default_factory=VoltageWatch)
    silence: AlarmState = field(default_factory=AlarmState)


@dataclass(slots=True)
class GroupMemory:
    """What is remembered of a sector, of the park, or of a meter's total."""

    energy_wh: float = 0.0
    period: PeriodEnergy = field(default_factory=PeriodEnergy)
    waste: WasteTotal = field(default_factory=WasteTotal)
    out_of_hours: OutOfHoursWatch = field(default_factory=OutOfHoursWatch)


@dataclass(slots=True)
class SheddingMemory:
    """What is remembered of the shedding behind a meter.

    In ``test`` mode it decides and tells, and cuts nothing. ``hour`` is what the meter
    counts, for contracts that limit an hour, and ``used`` what is used up of a contract;
    ``longest_off`` is who was off longest today.
    """

    state: State = field(default_factory=State)
    policy: Policy = field(default_factory=Policy)
    test: bool = False
    hour: RunningHour = field(default_factory=RunningHour)
    used: Used | None = None
    longest_off: LongestOff = field(default_factory=LongestOff)


@dataclass(slots=True)
class StationMemory:
    """What is remembered of one station.

    ``learnt`` was found out on the socket ``computer``. ``under_test`` tells that a
    commissioning run was under way. ``result`` is what the last job came to.
    """

    computer: str
    learnt: Learnt = field(default_factory=Learnt)
    under_test: bool = False
    result: Result | None = None


@dataclass(slots=True)
class JobMemory:
    """A switching job, and what it was ordered for.

    ``place`` is the id of a sector or of a station. ``lasting`` bounds its orders.
    """

    place: str
    job: Job
    role: Role | None = None
    lasting: timedelta | None = None


class ParkMemory:
    """The remembered state of a park, kept in Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the storage; nothing is read yet."""
        self._hass = hass
        self._store = Store[dict[str, Any]](
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}", private=True
        )
        self._due: float | None = None
        self._closed = False
        self.sockets: dict[str, SocketMemory] = {}
        self.insights: dict[str, MeterInsight] = {}
        self.billings: dict[str, MeterBilling] = {}
        self.sheddings: dict[str, SheddingMemory] = {}
        # What a radio has taken is not taken again: a recording would be a replay.
        self.radio_positions: dict[str, int] = {}
        self.groups: dict[str, GroupMemory] = {}
        self.plugs: dict[str, PlugMemory] = {}
        self.alarm_settings = AlarmSettings()
        # Alarms of power quality that are not as they began, by subject and kind.
        self.alarm_states: dict[str, AlarmState] = {}
        self.stations: dict[str, StationMemory] = {}
        self.jobs: list[JobMemory] = []
        self.rules = Rules()
        self.override: timedelta | None = OVERRIDE_DEFAULT
        # What a schedule asked of a switch last, by the switch's unique id.
        self.scheduled: dict[str, bool] = {}
        # Rules decide and switch nothing.
        self.observe = False

    async def async_load(
        self, sockets: Iterable[Socket], meters: Mapping[str, float]
    ) -> None:
        """Read what is stored; sockets and meters that are new start afresh.

        ``meters`` tells by serial number for how many seconds a meter may say nothing
        before its power is not known.
        """
        stored = await self._store.async_load() or {}
        by_id = stored.get("sockets", {})
        for socket in sockets:
            memory = SocketMemory(priority=socket.priority, phase=socket.phase)
            if socket.id in by_id:
                memory = _load(SocketMemory, by_id[socket.id], memory)
            self.sockets[socket.id] = memory
        self.groups = {
            key: _load(GroupMemory, data, GroupMemory())
            for key, data in stored.get("groups", {}).items()
        }
        self.plugs = {
            key: _load(PlugMemory, data, PlugMemory())
            for key, data in stored.get("plugs", {}).items()
        }
        if "alarms" in stored:
            self.alarm_settings = _load(
                AlarmSettings, stored["alarms"], self.alarm_settings
            )
        self.alarm_states = {
            key: _load(AlarmState, data, AlarmState())
            for key, data in stored.get("alarm_states", {}).items()
        }
        kept = stored.get("meters", {})
        billed = stored.get("billings", {})
        shed = stored.get("sheddings", {})
        for serial, unknown_after_s in meters.items():
            self.insights[serial] = MeterInsight(kept.get(serial), unknown_after_s)
            self.billings[serial] = MeterBilling(billed.get(serial))
            self.sheddings[serial] = _load_shedding(shed.get(serial))
        self.radio_positions = dict(stored.get("radio_positions", {}))
        self.stations = {
            key: station
            for key, data in stored.get("stations", {}).items()
            if (station := _load(StationMemory, data, None)) is not None
        }
        self.jobs = [
            job
            for data in stored.get("jobs", ())
            if (job := _load(JobMemory, data, None)) is not None
        ]
        self.rules = _load(Rules, stored.get("rules", {}), Rules())
        if "override_s" in stored:
            seconds = stored["override_s"]
            self.override = None if seconds is None else timedelta(seconds=seconds)
        self.scheduled = dict(stored.get("scheduled", {}))
        self.observe = stored.get("observe", False)

    def group(self, group_id: str) -> GroupMemory:
        """Return what is remembered of a group; a new one starts afresh."""
        if (known := self.groups.get(group_id)) is None:
            known = self.groups[group_id] = GroupMemory()
        return known

    def plug(self, serial: str) -> PlugMemory:
        """Return what is remembered of a plug; a new one starts afresh."""
        if (known := self.plugs.get(serial)) is None:
            known = self.plugs[serial] = PlugMemory()
        return known

    @callback
    def rename_meter(self, old: str, new: str) -> None:
        """Give what people chose for a meter to its successor, and what it cost."""
        billing = self.billings.pop(old)
        billing.cost.begin_anew()
        self.billings[new] = billing
        self.sheddings[new] = self.sheddings.pop(old)

    @callback
    def save_orders(self) -> None:
        """Have an order or a policy written soon."""
        self._save_within(SAVE_ORDERS_AFTER_S)

    @callback
    def save_totals(self) -> None:
        """Have the totals written in a while."""
        self._save_within(SAVE_TOTALS_AFTER_S)

    async def async_close(self) -> None:
        """Write for the last time: the park that is loaded next has a memory of its own."""
        self._closed = True
        await self._store.async_save(self._dump())

    async def async_remove(self) -> None:
        """Forget the park."""
        await self._store.async_remove()

    def _save_within(self, delay_s: float) -> None:
        """Have it written in time: asked again, the store would put it off."""
        if self._closed:
            return
        due = self._hass.loop.time() + delay_s
        if self._due is None or due < self._due:
            self._due = due
            self._store.async_delay_save(self._dump, delay_s)

    def _dump(self) -> dict[str, Any]:
        self._due = None
        return {
            "sockets": {key: to_plain(m) for key, m in self.sockets.items()},
            "groups": {key: to_plain(m) for key, m in self.groups.items()},
            "plugs": {key: to_plain(m) for key, m in self.plugs.items()},
            "alarms": to_plain(self.alarm_settings),
            "alarm_states": {key: to_plain(s) for key, s in self.alarm_states.items()},
            "meters": {key: m.to_dict() for key, m in self.insights.items()},
            "billings": {key: b.to_dict() for key, b in self.billings.items()},
            "sheddings": {
                key: _dump_shedding(shedding)
                for key, shedding in self.sheddings.items()
            },
            "radio_positions": self.radio_positions,
            "stations": {key: to_plain(m) for key, m in self.stations.items()},
            "jobs": [to_plain(memory) for memory in self.jobs],
            "rules": to_plain(self.rules),
            "override_s": None
            if self.override is None
            else self.override.total_seconds(),
            "scheduled": self.scheduled,
            "observe": self.observe,
        }


def _load[T, D](kind: type[T], data: Any, default: D) -> T | D:
    """Return what was stored; what cannot be read starts afresh, and says so."""
    try:
        return from_plain(kind, data)
    except ValueError:
        LOGGER.warning("A stored %s cannot be read and starts afresh", kind.__name__)
        return default


def _dump_shedding(memory: SheddingMemory) -> dict[str, Any]:
    return {
        "state": memory.state.to_dict(),
        "policy": to_plain(memory.policy),
        "test": memory.test,
        "hour": to_plain(memory.hour),
        "used": to_plain(memory.used),
        "longest_off": to_plain(memory.longest_off),
    }


def _load_shedding(stored: dict[str, Any] | None) -> SheddingMemory:
    if stored is None:
        return SheddingMemory()
    memory = SheddingMemory(
        policy=_load(Policy, stored["policy"], Policy()),
        test=stored["test"],
        hour=_load(RunningHour, stored.get("hour", {}), RunningHour()),
        used=None if (used := stored.get("used")) is None else _load(Used, used, None),
        longest_off=_load(LongestOff, stored.get("longest_off", {}), LongestOff()),
    )
    try:
        memory.state = State.from_dict(stored["state"])
    except KeyError, TypeError, ValueError:
        # What it had shed is restored by the park, as nobody remembers it.
        LOGGER.warning("A stored State cannot be read and starts afresh")
    return memory
