"""Watches sockets, plugs and sectors for what a person should know of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..configuration import sectors
from ..coordinator import EnergyParkConfigEntry, PlugCoordinator
from ..issues import async_report_overload, async_report_silent
from ..model import Socket, SocketReading
from ..park.alarm_settings import (
    NOMINAL_V,
    SILENT_FOR_A_PERSON,
    AlarmKind,
    AlarmSettings,
    follow_silence,
)
from ..park.alarms import AlarmState, Level, Limit, load_percent
from .group import SocketGroup
from .memory import ParkMemory
from .opening import OpeningHours

# Silence is looked for so often.
TICK = timedelta(seconds=30)
_FINE = AlarmState()


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm's present state.

    ``subject`` is the id of a socket, a plug, a sector or a meter, empty for the park.
    """

    kind: AlarmKind
    subject: str
    name: str
    level: Level
    since: datetime | None


type AlarmListener = Callable[[Alarm], None]


class AlarmWatch:
    """Follows every reading, and tells each change of a level once.

    Levels are remembered over a restart: what was told is not told again.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        memory: ParkMemory,
        plugs: Iterable[PlugCoordinator],
        groups: Iterable[SocketGroup],
    ) -> None:
        """Prepare to watch."""
        self._hass = hass
        self._entry_id = entry.entry_id
        self._memory = memory
        self._plugs = tuple(plugs)
        self._sectors = tuple(groups)
        self._names = sectors(entry)
        self._limits = memory.alarm_settings.limits
        self._started_at = dt_util.utcnow()
        self._heard_at: dict[str, datetime] = {}
        self._heard: dict[str, bool] = {}
        self._alarms: dict[tuple[AlarmKind, str], Alarm] = {}
        self._listeners: list[AlarmListener] = []
        self._shown: dict[str, list[CALLBACK_TYPE]] = {}
        self.opening = OpeningHours(hass, entry)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow the park; return how to end that."""
        ends = [
            plug.async_add_listener(partial(self._async_read, plug))
            for plug in self._plugs
        ]
        if self.opening.known:
            ends += [
                sector.async_add_listener(partial(self._async_sum, sector))
                for sector in self._sectors
            ]
        ends.append(async_track_time_interval(self._hass, self._async_tick, TICK))

        @callback
        def async_stop() -> None:
            for end in ends:
                end()
            async_report_silent(self._hass, self._entry_id, [])
            for alarm in self.alarms(AlarmKind.OVERLOAD):
                async_report_overload(
                    self._hass, alarm.subject, alarm.name, overloaded=False
                )

        return async_stop

    @callback
    def async_listen(self, listener: AlarmListener) -> CALLBACK_TYPE:
        """Have a listener told of each change; return how to end that."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def async_show(self, subject: str, update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Have what shows a subject updated; ``subject`` is empty for the park."""
        shown = self._shown.setdefault(subject, [])
        shown.append(update)
        return partial(shown.remove, update)

    def alarm(self, kind: AlarmKind, subject: str) -> Alarm | None:
        """Return an alarm; None until a value says how it is."""
        return self._alarms.get((kind, subject))

    def alarms(self, kind: AlarmKind) -> list[Alarm]:
        """Return the alarms of a kind."""
        return [alarm for (k, _), alarm in self._alarms.items() if k is kind]

    @property
    def settings(self) -> AlarmSettings:
        """What is chosen."""
        return self._memory.alarm_settings

    @callback
    def async_choose(self, settings: AlarmSettings) -> None:
        """Choose otherwise, for the readings to come."""
        self._memory.alarm_settings = settings
        self._limits = settings.limits
        self._memory.save_orders()

    def rated_a(self, socket: Socket) -> float:
        """Return what a socket may carry."""
        return self._memory.sockets[socket.id].rated_a

    @callback
    def async_set_rated(self, socket: Socket, rated_a: float) -> None:
        """Change what a socket may carry."""
        self._memory.sockets[socket.id].rated_a = rated_a
        self._memory.save_orders()

    @callback
    def async_heard(self, serial: str, heard: bool, subjects: Iterable[str]) -> None:
        """Have what shows these subjects updated when a device is heard or not."""
        if self._heard.get(serial) is not heard:
            self._heard[serial] = heard
            for subject in subjects:
                self._async_update(subject)

    @callback
    def async_judge(
        self,
        kind: AlarmKind,
        limit: Limit,
        value: float | None,
        *,
        subject: str,
        name: str,
    ) -> None:
        """Take a value; None is one that is missing."""
        key = f"{subject}_{kind}"
        states = self._memory.alarm_states
        before = states.pop(key, _FINE)
        state = before.follow(limit, value, dt_util.utcnow())
        if state != _FINE:
            states[key] = state
        if value is not None:
            alarm = Alarm(kind, subject, name, state.level, state.since)
            self._async_keep(alarm, before.level)

    @callback
    def _async_read(self, plug: PlugCoordinator) -> None:
        """Take a plug's reading, or that it is not heard."""
        now = dt_util.utcnow()
        voltage_v = None
        for socket in plug.plug.sockets:
            if (reading := plug.reading(socket)) is not None:
                voltage_v = voltage_v or reading.voltage_v
                self._async_follow_load(socket, reading, now)
        self._async_follow_voltage(plug, voltage_v, now)
        self._async_follow_silence(plug, now)
        serial = plug.plug.serial
        sockets = (socket.id for socket in plug.plug.sockets)
        self.async_heard(serial, plug.heard, (serial, *sockets))

    def _async_follow_load(
        self, socket: Socket, reading: SocketReading, now: datetime
    ) -> None:
        memory = self._memory.sockets[socket.id]
        load = load_percent(
            reading, rated_w=memory.rated_a * NOMINAL_V, rated_a=memory.rated_a
        )
        was = memory.overload.level
        memory.overload = memory.overload.follow(self._limits.overload, load, now)
        if load is not None:
            state = memory.overload
            alarm = Alarm(
                AlarmKind.OVERLOAD, socket.id, socket.name, state.level, state.since
            )
            self._async_keep(alarm, was)

    def _async_follow_voltage(
        self, plug: PlugCoordinator, voltage_v: float | None, now: datetime
    ) -> None:
        memory = self._memory.plug(plug.plug.serial)
        was = memory.voltage.level
        memory.voltage = memory.voltage.follow(
            voltage_v, now, self._limits.overvoltage, self._limits.undervoltage
        )
        watch = memory.voltage
        if watch.mean_v is not None:
            alarm = Alarm(
                AlarmKind.VOLTAGE,
                plug.plug.serial,
                plug.plug.name,
                watch.level,
                watch.since,
            )
            self._async_keep(alarm, was)

    def _async_follow_silence(self, plug: PlugCoordinator, now: datetime) -> None:
        serial = plug.plug.serial
        if plug.heard:
            self._heard_at[serial] = now
        memory = self._memory.plug(serial)
        was = memory.silence.level
        memory.silence = follow_silence(
            memory.silence,
            self._limits.silence,
            self._heard_at.get(serial),
            self._started_at,
            now,
        )
        state = memory.silence
        alarm = Alarm(
            AlarmKind.SILENCE, serial, plug.plug.name, state.level, state.since
        )
        self._async_keep(alarm, was)

    @callback
    def _async_sum(self, sector: SocketGroup) -> None:
        """Take the power of a sector, which is unknown while a plug is silent."""
        memory = self._memory.group(sector.unique_id)
        was = memory.out_of_hours.alarm.level
        silent = None in sector.readings.values()
        memory.out_of_hours = memory.out_of_hours.follow(
            None if silent else sector.power.power_w,
            self.opening.closed,
            dt_util.utcnow(),
            factor=self._limits.out_of_hours_factor,
        )
        if memory.out_of_hours.floor.power_w is not None:
            state = memory.out_of_hours.alarm
            alarm = Alarm(
                AlarmKind.OUT_OF_HOURS,
                sector.unique_id,
                self._names[sector.unique_id],
                state.level,
                state.since,
            )
            self._async_keep(alarm, was)

    @callback
    def _async_tick(self, _now: datetime) -> None:
        """Look for plugs that have become silent."""
        now = dt_util.utcnow()
        for plug in self._plugs:
            self._async_follow_silence(plug, now)
        async_report_silent(
            self._hass,
            self._entry_id,
            sorted(
                alarm.name
                for alarm in self.alarms(AlarmKind.SILENCE)
                if alarm.level is not Level.OK
                and alarm.since is not None
                and now - alarm.since >= SILENT_FOR_A_PERSON
            ),
        )

    @callback
    def _async_keep(self, alarm: Alarm, was: Level) -> None:
        """Keep an alarm, tell its change, and ask for a person where one must act."""
        key = (alarm.kind, alarm.subject)
        if alarm == self._alarms.get(key):
            return
        self._alarms[key] = alarm
        if alarm.kind is AlarmKind.OVERLOAD:
            async_report_overload(
                self._hass,
                alarm.subject,
                alarm.name,
                overloaded=alarm.level is Level.ALARM,
            )
        if alarm.level is not was:
            self._memory.save_orders()
            for listener in tuple(self._listeners):
                listener(alarm)
        self._async_update(alarm.subject)
        self._async_update("")

    @callback
    def _async_update(self, subject: str) -> None:
        for update in tuple(self._shown.get(subject, ())):
            update()
