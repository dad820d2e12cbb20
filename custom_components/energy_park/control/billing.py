"""What a meter's energy costs, on Home Assistant's time and at its prices."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..measure import number_of, resolve
from ..model import MeterReading
from ..park.cost import EnergyCost, Price

# The index of a meter that tells only its total.
TOTAL = "TOTAL"


class MeterBilling:
    """Keeps the prices and the costs of one meter.

    ``kept`` is what ``to_dict`` gave in an earlier run; None knows nothing.
    """

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        """Go on from what an earlier run knew."""
        kept = kept or {}
        self.prices: dict[str, float] = dict(kept.get("prices", {}))
        self.cost = EnergyCost(kept.get("cost"))
        self.price_entity: str | None = None
        self.subscription_per_day = 0.0

    @property
    def has_prices(self) -> bool:
        """Whether any cost can be told."""
        return bool(self.prices) or self.price_entity is not None

    def update(self, hass: HomeAssistant, reading: MeterReading) -> None:
        """Cost what the indexes of a reading have counted."""
        indexes = dict(reading.indexes_wh)
        if not indexes and reading.energy_drawn_wh is not None:
            indexes = {TOTAL: reading.energy_drawn_wh}
        prices: dict[str, Price] = {
            label: self._price(hass, label) for label in indexes
        }
        self.cost.update(indexes, prices, dt_util.now(), self.subscription_per_day)

    def price_now(self, hass: HomeAssistant, reading: MeterReading) -> float | None:
        """Return the price of the index that counts now, if it is known which."""
        label = reading.index_label
        if label is None and len(labels := tuple(reading.indexes_wh) or (TOTAL,)) == 1:
            label = labels[0]
        price = None if label is None else self._price(hass, label)
        return price() if callable(price) else price

    def _price(self, hass: HomeAssistant, label: str) -> Price:
        """Return the price of an index: the entity's, or what was entered."""
        if (entity := self.price_entity) is not None:
            return lambda: number_of(hass, resolve(hass, entity))
        return self.prices.get(label)

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {"prices": self.prices, "cost": self.cost.state}
