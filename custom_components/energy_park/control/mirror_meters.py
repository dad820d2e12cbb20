"""What a meter measures and tells, as rows for the mirror of its park."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..const import SLOW_READING_AFTER
from ..meter_coordinator import MeterCoordinator
from ..mirror.measures import meter_rows
from ..mirror.mirror import Mirror
from ..mirror.rows import EPOCH, MeterRow, ReadingRow, Row, Series
from ..model import MeterReading
from .happenings import meter_state, overload, silence
from .mirror_parts import PartRows

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


class MeterRows:
    """Offers a mirror what one meter tells."""

    def __init__(
        self, meter: MeterCoordinator, mirror: Mirror, parts: PartRows
    ) -> None:
        """Take the meter, of which nothing was told yet."""
        self._meter = meter
        self._mirror = mirror
        self._parts = parts
        self._heard: bool | None = None
        self._frame: MeterReading | None = None
        self._overload = False
        self._states: dict[str, dict[str, object]] = {}
        self._slow: dict[Series, ReadingRow] = {}

    def read(self) -> None:
        """Offer a frame that is new and whole, and what changed with it."""
        meter, now = self._meter, dt_util.utcnow()
        if self._heard not in {None, meter.heard}:
            self._mirror.offer(silence(meter.serial, not meter.heard, now))
        self._heard = meter.heard
        if not meter.heard or meter.data is None:
            return
        reading = meter.data.reading
        if reading.early or reading is self._frame:
            return
        self._frame = reading
        self._mirror.offer_many(self._news(meter_rows(meter.serial, reading, now)))
        self._describe(reading)
        if reading.overload is not None and reading.overload is not self._overload:
            self._overload = reading.overload
            self._mirror.offer(overload(meter.serial, reading.overload, now))
        self._tell_states(reading, now)

    def _news(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows without the repetitions of what hardly changes."""
        for row in rows:
            if isinstance(row, ReadingRow) and row.series.metric in SLOW_METRICS:
                before = self._slow.get(row.series)
                if before is not None and _is_repeated(before, row):
                    continue
                self._slow[row.series] = row
            yield row

    def _describe(self, reading: MeterReading) -> None:
        row = MeterRow(
            meter_id=self._meter.serial,
            name=self._meter.subentry.title,
            mode=reading.mode,
            contract=reading.contract,
            subscribed_power_va=reading.subscribed_power_va,
            updated_at=EPOCH,
        )
        self._parts.describe(self._meter.subentry.subentry_id, [row])

    def _tell_states(self, reading: MeterReading, now: datetime) -> None:
        """Offer what the meter tells in words, when it changes."""
        for name, state in _states(reading):
            if self._states.get(name) != state:
                self._states[name] = state
                self._mirror.offer(meter_state(self._meter.serial, state, now))


def _is_repeated(before: ReadingRow, row: ReadingRow) -> bool:
    """Whether a value that hardly changes was told not long ago."""
    if row.at == before.at:
        return True
    return row.value == before.value and row.at - before.at < SLOW_READING_AFTER


def _states(reading: MeterReading) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what a frame tells in words; of what it does not know, nothing.

    A frame that was cut tells its tariff, if that.
    """
    if reading.tariff_label is not None:
        label = reading.tariff_label
        yield "tariff", {"tariff": reading.tariff, "label": label}
    if not reading.complete:
        return
    if reading.color_today is not None or reading.color_tomorrow is not None:
        yield (
            "color",
            {
                "color_today": reading.color_today,
                "color_tomorrow": reading.color_tomorrow,
            },
        )
    if reading.peak_notice is not None or reading.peak_running is not None:
        yield (
            "peak",
            {"peak_notice": reading.peak_notice, "peak_running": reading.peak_running},
        )
    if reading.relays_closed is not None:
        yield "relays", {"relays_closed": list(reading.relays_closed)}
