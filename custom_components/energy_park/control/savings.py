"""Follows what the rules of a park save, sector by sector and hour by hour."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..park.means import Closed, WindowMean
from ..park.plain import from_plain, to_plain
from ..park.savings import Baseline, HourRecord, Savings
from ..park.sector_savings import SectorSavings, day_type
from .group import SocketGroup
from .memory import ParkMemory
from .opening import OpeningHours
from .prices import ParkPrices

STORAGE_VERSION = 1
SAVE_AFTER_S = 300

FOLLOW_EVERY = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class SavingsBook:
    """Keeps the hours of all sectors; the park is the sum of what is kept.

    Observed hours are many and change once an hour: they have a file of their own.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        sectors: Iterable[SocketGroup],
        memory: ParkMemory,
        prices: ParkPrices,
        opening: OpeningHours,
    ) -> None:
        """Name the storage; nothing is read yet."""
        self._hass = hass
        self._memory = memory
        self._prices = prices
        self._opening = opening
        self._zone = dt_util.get_default_time_zone()
        self._groups = {sector.unique_id: sector for sector in sectors}
        self._store, self._observed_store = _stores(hass, entry_id)
        self._unsaved = False
        self.sectors: dict[str, SectorSavings] = {}
        # What sectors have saved that are gone: the park's sum must not fall.
        self._gone = Savings()
        self._means = {"price": WindowMean(), "co2": WindowMean()}

    async def async_load(self) -> None:
        """Read what is stored; what cannot be read starts afresh, and says so."""
        stored = await self._store.async_load() or {}
        observed = await self._observed_store.async_load() or {}
        kept = {
            sector_id: sector
            for sector_id, data in stored.get("sectors", {}).items()
            if (sector := _read(self._sector, data, observed.get(sector_id, ())))
        }
        for sector_id in self._groups:
            fresh = SectorSavings(self._zone)
            self.sectors[sector_id] = kept.pop(sector_id, fresh)
        if "gone" in stored:
            self._gone = _read(Savings.from_dict, stored["gone"]) or self._gone
        self._gone = _sum([self._gone, *(sector.savings for sector in kept.values())])
        for name, mean in self._means.items():
            if name in stored:
                self._means[name] = _read(from_plain, WindowMean, stored[name]) or mean

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow the sectors; return how to end that."""
        self.async_follow(dt_util.utcnow())
        return async_track_time_interval(
            self._hass, self.async_follow, FOLLOW_EVERY, cancel_on_shutdown=True
        )

    async def async_stop(self) -> None:
        """Write what is not written yet."""
        await self._store.async_save(self._dump())

    @callback
    def async_follow(self, now: datetime) -> None:
        """Take the powers of all sockets, and count the hours that are over."""
        price = self._follow_mean("price", self._prices.price, now)
        co2 = self._follow_mean("co2", self._prices.co2_g_per_kwh, now)
        kind = day_type(now.astimezone(self._zone), holiday=self._opening.holiday)
        observing = self._memory.observe
        observed = False
        for sector_id, group in self._groups.items():
            sector = self.sectors[sector_id]
            before = len(sector.observed)
            powers = {
                socket.id: self._memory.sockets[socket.id].standby.power_w
                for socket in group.sockets
            }
            for hour in sector.follow(now, powers, kind, observing=observing):
                sector.count(hour, _of(price, hour), _of(co2, hour))
            observed |= len(sector.observed) != before
        if observed:
            self._observed_store.async_delay_save(self._dump_observed, 0)
        if not self._unsaved:
            self._unsaved = True
            self._store.async_delay_save(self._dump, SAVE_AFTER_S)

    def savings(self, group: SocketGroup, *, running: bool = True) -> Savings:
        """Return what a group saved, with the hour that runs or without."""
        price, co2 = self._means["price"].so_far, self._means["co2"].so_far
        told = [
            sector.with_running(price, co2) if running else sector.savings
            for sector in self._of(group)
        ]
        return _sum(told if group.sector_id else [*told, self._gone])

    def baselines(self, group: SocketGroup) -> list[Baseline]:
        """Return the baselines in force."""
        return [sector.baseline for sector in self._of(group) if sector.baseline]

    def observed_days(self, group: SocketGroup) -> float:
        """Return how many days of each sector are observed, at least."""
        return min((sector.observed_days for sector in self._of(group)), default=0.0)

    @callback
    def async_freeze(self, now: datetime) -> dict[str, Baseline | None]:
        """Put the baselines of what was observed in force, of each sector that can."""
        frozen = {
            sector_id: sector.freeze(now) for sector_id, sector in self.sectors.items()
        }
        self._store.async_delay_save(self._dump, 0)
        for group in self._groups.values():
            group.async_update_listeners()
        return frozen

    def _of(self, group: SocketGroup) -> list[SectorSavings]:
        if group.sector_id is None:
            return list(self.sectors.values())
        return [self.sectors[group.sector_id]]

    def _follow_mean(
        self, name: str, value: float | None, now: datetime
    ) -> Closed | None:
        """Take a price, or an intensity; return the mean of the hour that is over."""
        self._means[name], closed = self._means[name].follow(value, now, _HOUR)
        return closed

    def _sector(self, data: Any, observed: Iterable[Any]) -> SectorSavings:
        sector = SectorSavings.from_dict(self._zone, data)
        sector.observed = [HourRecord.from_dict(hour) for hour in observed]
        return sector

    def _dump(self) -> dict[str, Any]:
        self._unsaved = False
        return {
            "sectors": {key: sector.to_dict() for key, sector in self.sectors.items()},
            "gone": self._gone.to_dict(),
            **{name: to_plain(mean) for name, mean in self._means.items()},
        }

    def _dump_observed(self) -> dict[str, Any]:
        return {
            key: [hour.to_dict() for hour in sector.observed]
            for key, sector in self.sectors.items()
        }


async def async_remove_savings(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what a removed park saved."""
    for store in _stores(hass, entry_id):
        await store.async_remove()


def _stores(hass: HomeAssistant, entry_id: str) -> tuple[Store[Any], Store[Any]]:
    name = f"{DOMAIN}.{entry_id}"
    return (
        Store(hass, STORAGE_VERSION, f"{name}.savings", private=True),
        Store(hass, STORAGE_VERSION, f"{name}.observed", private=True),
    )


def _read[**P, T](read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """Return what was stored; None when it cannot be read."""
    try:
        return read(*args, **kwargs)
    except KeyError, TypeError, ValueError:
        LOGGER.warning("Stored savings cannot be read and start afresh")
        return None


def _sum(parts: Iterable[Savings]) -> Savings:
    return reduce(Savings.plus, parts, Savings())


def _of(mean: Closed | None, hour: HourRecord) -> float | None:
    """Return the mean of just this hour, if it is known."""
    return mean.mean if mean is not None and mean.end == hour.start + _HOUR else None
