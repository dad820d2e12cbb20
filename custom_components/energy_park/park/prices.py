"""Prices and CO2 intensities as others give them, made one.

Sources differ in unit (EUR/kWh, ct/kWh, EUR/MWh ...) and in shape: a list of dated
slots, a bare list of a day's values, one value for each named hour. All functions
are pure; times are aware, slots in UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
import re
from typing import Any

_PER_KWH = {"wh": 1000.0, "kwh": 1.0, "mwh": 0.001, "gwh": 0.000_001}
_HUNDREDTHS = {
    "¢": "",
    "c": "",
    "cent": "",
    "cents": "",
    "ct": "",
    "cts": "",
    "c€": "EUR",
    "eurocent": "EUR",
    "p": "GBP",
    "penny": "GBP",
    "pence": "GBP",
    "øre": "",
    "öre": "",
}
_SYMBOLS = {"€": "EUR", "£": "GBP", "$": "USD"}
_GRAMS = {"g": 1.0, "kg": 1000.0, "t": 1_000_000.0}
_HOUR = re.compile(r"(\d\d)h(_d)?")
_TODAY, _TOMORROW = "price_", "price_next_day_"
_START_KEYS = ("start", "start_time", "starts_at", "startsAt", "time", "hour", "from")
_END_KEYS = ("end", "end_time", "ends_at", "till", "to")
# Nordpool's, ENTSO-E's, EPEX Spot's, and a forecast as many give it.
_LISTS = (("raw_today", "raw_tomorrow"), ("prices",), ("data",), ("forecast",))
_VALUE_KEYS = ("value", "price", "price_per_kwh", "total")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money or mass per energy: what a value is multiplied by.

    ``currency`` is None where the unit does not name one, as in "ct/kWh".
    """

    factor: float
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A value per kWh from ``start`` until ``end``, in UTC."""

    start: datetime
    end: datetime
    value: float


def parse_price_unit(text: str) -> Unit:
    """Return what turns a price of this unit into money per kWh.

    Raises ValueError for a unit that is none.
    """
    money, energy = _halves(text)
    if (per := _PER_KWH.get(energy.lower())) is None:
        raise ValueError(f"no unit of energy: {text}")
    if money.lower() in _HUNDREDTHS:
        return Unit(per / 100, _HUNDREDTHS[money.lower()] or None)
    currency = _SYMBOLS.get(money, money.upper())
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"no currency: {text}")
    return Unit(per, currency)


def parse_intensity_unit(text: str) -> Unit:
    """Return what turns an intensity of this unit into g of CO2 per kWh.

    Raises ValueError for a unit that is none.
    """
    mass, energy = _halves(text)
    mass = re.sub(r"co[2₂](e|eq)?$", "", mass.lower().replace(" ", ""))
    per = _PER_KWH.get(energy.lower())
    if per is None or mass not in _GRAMS:
        raise ValueError(f"no mass per energy: {text}")
    return Unit(_GRAMS[mass] * per)


def _halves(text: str) -> tuple[str, str]:
    left, slash, right = text.strip().partition("/")
    if not slash:
        raise ValueError(f"not a unit per energy: {text}")
    return left.strip(), right.strip()


def dated_slots(entries: Iterable[Mapping[str, Any]], factor: float) -> list[Slot]:
    """Read a list of ``{start, end, value}``, or of ``{time, price}`` without an end.

    What has no end lasts until the next one, and the last as long as the one before.
    Entries without a value, as those not yet published, are left out. Raises
    ValueError for a list of another shape.
    """
    rows = []
    for entry in entries:
        start, value = _first(entry, _START_KEYS), _first(entry, _VALUE_KEYS)
        if start is None:
            raise ValueError("an entry without a start")
        end = _first(entry, _END_KEYS)
        rows.append((_utc(start), None if end is None else _utc(end), value))
    rows.sort(key=lambda row: row[0])
    slots: list[Slot] = []
    length = timedelta(hours=1)
    for index, (start, told_end, value) in enumerate(rows):
        if told_end is None and index + 1 < len(rows):
            length = rows[index + 1][0] - start
        end = start + length if told_end is None else told_end
        if end <= start:
            raise ValueError(f"an entry that ends before it starts: {start}")
        if value is not None:
            slots.append(Slot(start, end, float(value) * factor))
    return slots


def day_slots(
    values: Sequence[float | None], day: date, zone: tzinfo, factor: float
) -> list[Slot]:
    """Read the values of a local day: one for each hour, half hour or quarter.

    The day has 23, 24 or 25 hours. Raises ValueError when the values do not fill it.
    """
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    hours = (ends - begins) // timedelta(hours=1)
    if not values or len(values) % hours or len(values) // hours not in {1, 2, 4}:
        raise ValueError(f"{len(values)} values for a day of {hours} hours")
    length = (ends - begins) / len(values)
    return [
        Slot(begins + index * length, begins + (index + 1) * length, value * factor)
        for index, value in enumerate(values)
        if value is not None
    ]


def named_hours(
    attributes: Mapping[str, Any],
    day: date,
    zone: tzinfo,
    factor: float,
    prefix: str = _TODAY,
) -> list[Slot]:
    """Read ``price_00h`` to ``price_23h`` of a local day.

    ``price_02h_d`` is the second hour of that name, where the clock is set back; on
    the day it is set forward an hour is missing. Raises ValueError as ``day_slots``.
    """
    hours = {
        (int(match[1]), bool(match[2])): value
        for key, value in attributes.items()
        if (match := _HOUR.fullmatch(key.removeprefix(prefix)))
        and key.startswith(prefix)
    }
    return day_slots([hours[key] for key in sorted(hours)], day, zone, factor)


def read(
    attributes: Mapping[str, Any], today: date, zone: tzinfo, factor: float
) -> list[Slot]:
    """Read the slots that an entity's attributes hold, in whichever shape.

    Empty when they hold none. Raises ValueError for a shape that contradicts itself.
    """
    tomorrow = today + timedelta(days=1)
    for keys in _LISTS:
        entries = [entry for key in keys for entry in attributes.get(key) or ()]
        if entries:
            return dated_slots(entries, factor)
    slots: list[Slot] = []
    for key, prefix, day in (
        ("today", _TODAY, today),
        ("tomorrow", _TOMORROW, tomorrow),
    ):
        if attributes.get(key):
            slots += day_slots(attributes[key], day, zone, factor)
        elif f"{prefix}00h" in attributes:
            slots += named_hours(attributes, day, zone, factor, prefix)
    return slots


def value_at(slots: Iterable[Slot], now: datetime) -> float | None:
    """Return the value that holds now; None where none is known."""
    return next((s.value for s in slots if s.start <= now < s.end), None)


def _first(entry: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _utc(moment: Any) -> datetime:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError(f"no moment with its zone: {moment}")
    return moment.astimezone(UTC)
