"""What the park remembers over a restart: orders, policies, energy totals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, OVERRIDE_DEFAULT
from ..model import Order, Reason, Socket, Source
from ..park.arbiter import SocketState
from ..park.energy import EnergyTotal
from ..tic.insight import MeterInsight
from .billing import MeterBilling

STORAGE_VERSION = 1

# An order is written soon; a total can be read from the device again.
SAVE_ORDERS_AFTER_S = 1
SAVE_TOTALS_AFTER_S = 60


@dataclass(slots=True)
class SocketMemory:
    """What is remembered of one socket."""

    priority: int
    protected: bool = False
    state: SocketState = field(default_factory=SocketState)
    energy: EnergyTotal = field(default_factory=EnergyTotal)


class ParkMemory:
    """The remembered state of a park, kept in Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the storage; nothing is read yet."""
        self._store = Store[dict[str, Any]](
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}", private=True
        )
        self.sockets: dict[str, SocketMemory] = {}
        self.insights: dict[str, MeterInsight] = {}
        self.billings: dict[str, MeterBilling] = {}
        # What a radio has taken is not taken again: a recording would be a replay.
        self.radio_positions: dict[str, int] = {}
        self.group_energy_wh: dict[str, float] = {}
        self.override: timedelta | None = OVERRIDE_DEFAULT

    async def async_load(
        self, sockets: Iterable[Socket], meters: Iterable[str]
    ) -> None:
        """Read what is stored; sockets and meters that are new start afresh.

        ``meters`` are serial numbers.
        """
        stored = await self._store.async_load() or {}
        by_id = stored.get("sockets", {})
        self.sockets = {
            socket.id: _load_socket(by_id[socket.id])
            if socket.id in by_id
            else SocketMemory(priority=socket.priority)
            for socket in sockets
        }
        kept = stored.get("meters", {})
        billed = stored.get("billings", {})
        for serial in meters:
            self.insights[serial] = MeterInsight(kept.get(serial))
            self.billings[serial] = MeterBilling(billed.get(serial))
        self.radio_positions = dict(stored.get("radio_positions", {}))
        self.group_energy_wh = dict(stored.get("group_energy_wh", {}))
        if "override_s" in stored:
            seconds = stored["override_s"]
            self.override = None if seconds is None else timedelta(seconds=seconds)

    @callback
    def save_orders(self) -> None:
        """Have an order or a policy written soon."""
        self._store.async_delay_save(self._dump, SAVE_ORDERS_AFTER_S)

    @callback
    def save_totals(self) -> None:
        """Have the totals written in a while."""
        self._store.async_delay_save(self._dump, SAVE_TOTALS_AFTER_S)

    async def async_save(self) -> None:
        """Write now."""
        await self._store.async_save(self._dump())

    async def async_remove(self) -> None:
        """Forget the park."""
        await self._store.async_remove()

    def _dump(self) -> dict[str, Any]:
        return {
            "sockets": {key: _dump_socket(m) for key, m in self.sockets.items()},
            "meters": {key: m.to_dict() for key, m in self.insights.items()},
            "billings": {key: b.to_dict() for key, b in self.billings.items()},
            "radio_positions": self.radio_positions,
            "group_energy_wh": self.group_energy_wh,
            "override_s": None
            if self.override is None
            else self.override.total_seconds(),
        }


def _dump_socket(memory: SocketMemory) -> dict[str, Any]:
    state = memory.state
    return {
        "priority": memory.priority,
        "protected": memory.protected,
        "claims": [
            {
                "on": claim.on,
                "source": claim.source,
                "reason": claim.reason,
                "given_at": claim.given_at.isoformat(),
                "until": claim.until and claim.until.isoformat(),
                "group": claim.group,
            }
            for claim in state.claims
        ],
        "wanted": state.wanted,
        "reason": state.reason,
        "since": state.since and state.since.isoformat(),
        "confirmed": state.confirmed,
        "total_wh": memory.energy.total_wh,
        "raw_wh": memory.energy.raw_wh,
    }


def _load_socket(data: dict[str, Any]) -> SocketMemory:
    return SocketMemory(
        priority=data["priority"],
        protected=data["protected"],
        state=SocketState(
            claims=tuple(
                Order(
                    on=claim["on"],
                    source=Source(claim["source"]),
                    reason=Reason(claim["reason"]),
                    given_at=dt_util.parse_datetime(
                        claim["given_at"], raise_on_error=True
                    ),
                    until=_load_time(claim["until"]),
                    group=claim["group"],
                )
                for claim in data["claims"]
            ),
            wanted=data["wanted"],
            reason=Reason(data["reason"]),
            since=_load_time(data["since"]),
            confirmed=data["confirmed"],
        ),
        energy=EnergyTotal(data["total_wh"], data["raw_wh"]),
    )


def _load_time(text: str | None) -> datetime | None:
    return None if text is None else dt_util.parse_datetime(text, raise_on_error=True)
