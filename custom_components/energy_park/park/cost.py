"""What the energy of a meter costs, index by index.

Every contract bills by index: one for BASE, two for off-peak hours, six for Tempo, and
so on, each at its own price. Energy is priced as it is counted. Where the price was not
known the cost is not either: that energy is summed apart and never taken as free.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

# EUR/kWh: fixed, or asked for at each reading; None is unknown.
type Price = float | Callable[[], float | None] | None

# Over a longer gap a price that is asked for may have changed and changed back.
PRICE_HOLDS = timedelta(minutes=15)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a time has cost, and the energy in it that has no price."""

    eur: float = 0.0
    unpriced_wh: float = 0.0

    def plus(self, other: Cost) -> Cost:
        """Return the sum."""
        return Cost(self.eur + other.eur, self.unpriced_wh + other.unpriced_wh)


@dataclass(frozen=True, slots=True)
class _Counted:
    """An index as last seen, and the price at that time."""

    index_wh: float
    price_eur_kwh: float | None


class EnergyCost:
    """The cost of one meter's energy: in all, today and this month.

    Days and months are those of the local time that ``update`` is given. ``state`` is
    that of an earlier run, in the types of JSON.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        """Start from what an earlier run has summed."""
        self.total = self.today = self.month = Cost()
        self._at: datetime | None = None
        self._counted: dict[str, _Counted] = {}
        if state is not None:
            self.total, self.today, self.month = (
                Cost(**state[name]) for name in ("total", "today", "month")
            )
            if (at := state["at"]) is not None:
                self._at = datetime.fromisoformat(at)
            self._counted = {
                label: _Counted(*counted) for label, counted in state["counted"].items()
            }

    @property
    def state(self) -> dict[str, Any]:
        """What the next run needs, in the types of JSON."""
        return {
            "total": asdict(self.total),
            "today": asdict(self.today),
            "month": asdict(self.month),
            "at": self._at and self._at.isoformat(),
            "counted": {
                label: [counted.index_wh, counted.price_eur_kwh]
                for label, counted in self._counted.items()
            },
        }

    def update(
        self,
        indexes_wh: Mapping[str, float],
        prices: Mapping[str, Price],
        local: datetime,
        subscription_eur_per_day: float = 0.0,
    ) -> None:
        """Take a reading's indexes, at local time; one without a price is unpriced.

        An index seen for the first time, or lower than before, is where its
        counting starts.
        """
        since, self._at = self._at or local, local
        gap = _elapsed(since, local) > PRICE_HOLDS
        spent = Cost()
        for label, index_wh in indexes_wh.items():
            spent = spent.plus(self._count(label, index_wh, prices.get(label), gap=gap))
        days = max(timedelta(), _elapsed(since, local)) / _DAY
        spent = spent.plus(Cost(days * subscription_eur_per_day))
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        self.total = self.total.plus(spent)
        self.today = _go_on(self.today, midnight, spent, since, local)
        self.month = _go_on(self.month, midnight.replace(day=1), spent, since, local)

    def begin_anew(self) -> None:
        """Count from the next reading on: the meter was replaced."""
        self._counted.clear()

    def _count(self, label: str, index_wh: float, price: Price, *, gap: bool) -> Cost:
        """Return the cost of what an index has counted since it was last seen."""
        price_eur_kwh = price() if callable(price) else price
        before = self._counted.get(label)
        self._counted[label] = _Counted(index_wh, price_eur_kwh)
        if before is None or index_wh <= before.index_wh:
            return Cost()
        energy_wh = index_wh - before.index_wh
        changed = gap and callable(price) and price_eur_kwh != before.price_eur_kwh
        if price_eur_kwh is None or changed:
            return Cost(unpriced_wh=energy_wh)
        return Cost(eur=energy_wh / 1000 * price_eur_kwh)


def _go_on(
    cost: Cost, begins: datetime, spent: Cost, since: datetime, until: datetime
) -> Cost:
    """Return the cost of a period that may have begun since the last reading.

    What was spent over its beginning is shared out in proportion to the time.
    """
    if since >= begins:
        return cost.plus(spent)
    share = _elapsed(begins, until) / _elapsed(since, until)
    return Cost(share * spent.eur, share * spent.unpriced_wh)


def _elapsed(since: datetime, until: datetime) -> timedelta:
    """Return the time between, which local clocks do not tell when they are set."""
    return until.astimezone(UTC) - since.astimezone(UTC)
