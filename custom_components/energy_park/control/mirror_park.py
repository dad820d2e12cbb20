"""What a park measures, and what happens in it, as rows for its mirror."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..configuration import sectors
from ..const import PLUG_INTERVAL, SLOW_READING_AFTER
from ..coordinator import EnergyParkConfigEntry, EnergyParkData, PlugCoordinator
from ..meter_coordinator import MeterCoordinator
from ..mirror.measures import meter_rows, plug_rows, reading_rows, socket_rows
from ..mirror.mirror import Mirror
from ..mirror.rows import (
    EPOCH,
    MeterRow,
    PlugRow,
    Quality,
    ReadingRow,
    Row,
    SectorRow,
    Series,
    SocketRow,
    SubjectKind,
)
from ..model import MeterReading, PlugReading
from ..park.arbiter import SocketState
from .alarms import Alarm
from .group import SocketGroup
from .happenings import (
    actual,
    alarm_changed,
    decisions,
    overload,
    shed,
    silence,
    tariff,
)
from .mirror_entities import Guard
from .shedding.news import Happening

# A meter tells these with every frame, but they change by the day or by the hour.
SLOW_METRICS: Final = {
    "cut_off_power_va",
    "load_curve_injected_w",
    "load_curve_w",
    "max_injected_power_va",
    "max_power_va",
    "mean_voltage_v",
    "subscribed_power_va",
}

type PartRow = MeterRow | SectorRow | PlugRow | SocketRow


class ParkRows:
    """Offers a mirror what meters, plugs and groups of sockets tell."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EnergyParkConfigEntry,
        data: EnergyParkData,
        mirror: Mirror,
        guard: Guard,
    ) -> None:
        """Take the park; nothing is followed yet."""
        self._hass = hass
        self._entry = entry
        self._data = data
        self._mirror = mirror
        self._guard = guard
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._heard: dict[str, bool] = {}
        self._frames: dict[str, MeterReading] = {}
        self._polls: dict[str, PlugReading] = {}
        self._states: dict[str, SocketState] = {}
        self._on: dict[str, bool | None] = {}
        self._overloads: dict[str, bool] = {}
        self._tariffs: dict[str, str] = {}
        self._slow: dict[Series, ReadingRow] = {}
        self._changed: set[SocketGroup] = set()
        self._described: dict[str, tuple[PartRow, ...]] = {}

    @callback
    def async_start(self) -> None:
        """Follow the park."""
        for socket in self._data.switchboard.sockets:
            memory = self._data.switchboard.memory(socket)
            self._states[socket.id] = memory.state
        self._guard(self._describe_sectors)
        for meter in self._data.meters.values():
            self._follow(meter, partial(self._read_meter, meter))
        for plug in self._data.plugs.values():
            self._follow(plug, partial(self._read_plug, plug))
            self._guard(partial(self._describe_plug, plug))
        self._unsubscribe.append(self._data.alarms.async_listen(self._alarm))
        for group in self._data.groups:
            self._unsubscribe.append(
                group.async_add_listener(partial(self._changed.add, group))
            )
        for shedding in self._data.sheddings.values():
            self._unsubscribe.append(
                shedding.news.async_add_teller(
                    partial(self._tell_shedding, shedding.meter.serial)
                )
            )
        self._unsubscribe.append(
            async_track_time_interval(self._hass, self._async_sum_up, PLUG_INTERVAL)
        )

    @callback
    def async_stop(self) -> None:
        """Follow no longer, and tell what has left the park."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._guard(self._describe_removed)

    def _follow(
        self, coordinator: MeterCoordinator | PlugCoordinator, read: CALLBACK_TYPE
    ) -> None:
        self._unsubscribe.append(
            coordinator.async_add_listener(partial(self._guard, read))
        )

    def _alarm(self, alarm: Alarm) -> None:
        row = alarm_changed(alarm, dt_util.utcnow())
        self._guard(partial(self._mirror.offer, row))

    def _read_meter(self, meter: MeterCoordinator) -> None:
        """Offer a frame that is new and whole, and what changed with it."""
        if self._heard.get(meter.serial, meter.heard) is not meter.heard:
            self._mirror.offer(silence(meter.serial, not meter.heard, dt_util.utcnow()))
        self._heard[meter.serial] = meter.heard
        if not meter.heard or meter.data is None:
            return
        reading = meter.data.reading
        if reading.early or self._frames.get(meter.serial) is reading:
            return
        self._frames[meter.serial] = reading
        now = dt_util.utcnow()
        self._mirror.offer_many(self._news(meter_rows(meter.serial, reading, now)))
        self._describe(
            meter.subentry.subentry_id,
            [
                MeterRow(
                    meter_id=meter.serial,
                    name=meter.subentry.title,
                    mode=reading.mode,
                    contract=reading.contract,
                    subscribed_power_va=reading.subscribed_power_va,
                    updated_at=EPOCH,
                )
            ],
        )
        if reading.overload is not None:
            before = self._overloads.get(meter.serial, False)
            self._overloads[meter.serial] = reading.overload
            if reading.overload is not before:
                self._mirror.offer(overload(meter.serial, reading.overload, now))
        label = reading.tariff_label
        if label is not None and self._tariffs.get(meter.serial) != label:
            self._tariffs[meter.serial] = label
            self._mirror.offer(tariff(meter.serial, reading.tariff, label, now))

    def _news(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows without the repetitions of what hardly changes."""
        for row in rows:
            if isinstance(row, ReadingRow) and row.series.metric in SLOW_METRICS:
                before = self._slow.get(row.series)
                if before is not None and _is_repeated(before, row):
                    continue
                self._slow[row.series] = row
            yield row

    def _read_plug(self, plug: PlugCoordinator) -> None:
        """Offer a poll that is new, and what was decided and seen of the sockets."""
        now = dt_util.utcnow()
        new = plug.heard and self._polls.get(plug.plug.serial) is not plug.data
        if new:
            self._polls[plug.plug.serial] = plug.data
        for socket in plug.plug.sockets:
            before = self._states[socket.id]
            state = self._data.switchboard.memory(socket).state
            if state is not before:
                self._states[socket.id] = state
                self._mirror.offer_many(decisions(socket, before, state, now))
            reading = plug.reading(socket)
            if new and reading is not None:
                # The device's own counter may start again; the book's does not.
                total_wh = self._data.energy.socket_wh(socket.id)
                measured = replace(reading, energy_wh=total_wh)
                self._mirror.offer_many(socket_rows(socket.id, measured, now))
            on = reading.on if reading is not None else None
            if on is not self._on.get(socket.id):
                self._on[socket.id] = on
                self._mirror.offer(actual(socket, on, state.reason, now))
        self._describe_plug(plug)

    @callback
    def _async_sum_up(self, now: datetime) -> None:
        """Offer the sums of the sectors and of the park that have changed."""
        changed = tuple(self._changed)
        self._changed.clear()
        for group in changed:
            self._guard(partial(self._read_group, group, now))

    def _read_group(self, group: SocketGroup, now: datetime) -> None:
        """Offer a group's sums; those that lack a socket are marked as estimated."""
        kind = SubjectKind.SITE if group.sector_id is None else SubjectKind.SECTOR
        subject = group.sector_id or ""
        power, triangle = group.power, group.triangle
        for values, whole in (
            ({"power_w": power.power_w}, power.measured == power.total),
            (
                {
                    "apparent_power_va": triangle.apparent_power_va,
                    "reactive_power_var": triangle.reactive_power_var,
                    "power_factor": triangle.power_factor,
                },
                triangle.measured == triangle.total and not triangle.upper_bound,
            ),
            ({"energy_wh": self._data.energy.group_wh(group.energy_id)}, True),
        ):
            quality = Quality.GOOD if whole else Quality.ESTIMATED
            self._mirror.offer_many(reading_rows(kind, subject, values, now, quality))

    def _tell_shedding(
        self, meter_id: str, happening: Happening, particulars: dict[str, Any]
    ) -> None:
        now = dt_util.utcnow()
        self._guard(
            lambda: self._mirror.offer(shed(meter_id, happening, particulars, now))
        )

    def _describe_plug(self, plug: PlugCoordinator) -> None:
        memory = self._data.switchboard.memory
        sockets = tuple(
            replace(socket, priority=memory(socket).priority)
            for socket in plug.plug.sockets
        )
        protected = frozenset(s.id for s in sockets if memory(s).protected)
        self._describe(
            plug.subentry.subentry_id,
            plug_rows(replace(plug.plug, sockets=sockets), EPOCH, protected),
        )

    def _describe_sectors(self) -> None:
        for sector_id, name in sectors(self._entry).items():
            self._describe(
                sector_id,
                [SectorRow(sector_id=sector_id, name=name, updated_at=EPOCH)],
            )

    def _describe(self, part_id: str, rows: Iterable[PartRow]) -> None:
        """Offer what a part is, if it is not what it was; the rows carry no time."""
        described = tuple(rows)
        if self._described.get(part_id) != described:
            self._described[part_id] = described
            now = dt_util.utcnow()
            self._mirror.offer_many(replace(row, updated_at=now) for row in described)

    def _describe_removed(self) -> None:
        """Offer the end of the parts that are no longer in the park."""
        now = dt_util.utcnow()
        for part_id in self._described.keys() - self._entry.subentries.keys():
            self._mirror.offer_many(
                replace(row, updated_at=now, removed_at=now)
                for row in self._described[part_id]
            )


def _is_repeated(before: ReadingRow, row: ReadingRow) -> bool:
    """Whether a value that hardly changes was told not long ago."""
    if row.at == before.at:
        return True
    return row.value == before.value and row.at - before.at < SLOW_READING_AFTER
