"""What a park measures, and what happens in it, as rows for its mirror."""

from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import PLUG_INTERVAL
from ..coordinator import EnergyParkConfigEntry, EnergyParkData, PlugCoordinator
from ..meter_coordinator import MeterCoordinator
from ..mirror.measures import reading_rows
from ..mirror.mirror import Mirror
from ..mirror.rows import Quality, SubjectKind
from .alarms import Alarm
from .group import SocketGroup
from .happenings import alarm_changed, shed
from .mirror_entities import Guard
from .mirror_meters import MeterRows
from .mirror_parts import PartRows
from .mirror_plugs import PlugRows
from .mirror_stations import StationRows
from .shedding.news import Happening


class ParkRows:
    """Offers a mirror what meters, plugs, stations and groups of sockets tell."""

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
        self._parts = PartRows(entry, mirror)
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._changed: set[SocketGroup] = set()

    @callback
    def async_start(self) -> None:
        """Follow the park."""
        data = self._data
        self._guard(self._parts.describe_sectors)
        for meter in data.meters.values():
            self._follow(meter, MeterRows(meter, self._mirror, self._parts).read)
        for plug in data.plugs.values():
            rows = PlugRows(
                plug, data.switchboard, data.energy, self._mirror, self._parts
            )
            self._follow(plug, rows.read)
            self._guard(rows.describe)
        self._unsubscribe += StationRows(self._entry, self._mirror).follow(self._guard)
        self._unsubscribe.append(data.alarms.async_listen(self._alarm))
        for group in data.groups:
            self._unsubscribe.append(
                group.async_add_listener(partial(self._changed.add, group))
            )
        for shedding in data.sheddings.values():
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
        self._guard(self._parts.describe_removed)

    def _follow(
        self, coordinator: MeterCoordinator | PlugCoordinator, read: CALLBACK_TYPE
    ) -> None:
        self._unsubscribe.append(
            coordinator.async_add_listener(partial(self._guard, read))
        )

    def _alarm(self, alarm: Alarm) -> None:
        row = alarm_changed(alarm, dt_util.utcnow())
        self._guard(partial(self._mirror.offer, row))

    def _tell_shedding(
        self, meter_id: str, happening: Happening, particulars: dict[str, Any]
    ) -> None:
        now = dt_util.utcnow()
        self._guard(
            lambda: self._mirror.offer(shed(meter_id, happening, particulars, now))
        )

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
