"""What Home Assistant's recorder remembers of a series: states, else statistics.

States are kept for some days, the hours of the long-term statistics for ever.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from homeassistant.components.recorder.db_schema import Statistics
from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.components.recorder.models import StatisticMetaData
from homeassistant.components.recorder.statistics import (
    STATISTIC_UNIT_TO_UNIT_CONVERTER,
    StatisticsRow,
    get_metadata,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance, session_scope
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import BaseUnitConverter
from sqlalchemy import func, select

from ..mirror.backfill import PastRow
from ..mirror.rows import (
    HOUR,
    EventRow,
    HourRow,
    Quality,
    ReadingRow,
    Series,
    SubjectKind,
)
from .mirror_entities import number_in, state_row

_TYPES: Final[set[Literal["max", "mean", "min", "state"]]] = {
    "max",
    "mean",
    "min",
    "state",
}


class Recollection:
    """Asks the recorder, in its own threads."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take Home Assistant."""
        self._hass = hass

    @property
    def exists(self) -> bool:
        """Whether there is a recorder at all."""
        return DATA_INSTANCE in self._hass.data

    async def begin(self, entity_id: str) -> datetime | None:
        """Return from when on something is known of an entity; None: nothing is."""
        return await get_instance(self._hass).async_add_executor_job(
            self._begin, entity_id
        )

    async def rows(
        self, entity_id: str, series: Series, begin: datetime, end: datetime
    ) -> tuple[list[PastRow], list[EventRow]]:
        """Return the numbers and the texts from an instant to before another."""
        return await get_instance(self._hass).async_add_executor_job(
            self._rows, entity_id, series, begin, end
        )

    def _begin(self, entity_id: str) -> datetime | None:
        known = []
        if (metadata := self._metadata(entity_id)) is not None:
            oldest = select(func.min(Statistics.start_ts))
            oldest = oldest.where(Statistics.metadata_id == metadata[0])
            with session_scope(hass=self._hass, read_only=True) as session:
                known.append(session.execute(oldest).scalar())
        states = self._states(entity_id, dt_util.utc_from_timestamp(0), None, limit=1)
        known += [state.last_changed_timestamp for state in states]
        return min(
            (dt_util.utc_from_timestamp(at) for at in known if at is not None),
            default=None,
        )

    def _rows(
        self, entity_id: str, series: Series, begin: datetime, end: datetime
    ) -> tuple[list[PastRow], list[EventRow]]:
        whole_from = self._whole_from()
        hours = self._hours(entity_id, series, begin, min(end, whole_from))
        states_from = whole_from
        if not hours or hours[-1].hour_at + HOUR < whole_from:
            # Of the hour that was cut, the states that are left are all there is.
            states_from -= HOUR
        numbers: list[PastRow] = [*hours]
        texts: list[EventRow] = []
        for state in self._states(entity_id, max(begin, states_from), end):
            row = _row(series, state)
            if isinstance(row, ReadingRow):
                numbers.append(row)
            elif row is not None:
                texts.append(row)
        return numbers, texts

    def _whole_from(self) -> datetime:
        """Return the first hour of which the recorder has all states."""
        oldest_ts = get_instance(self._hass).states_manager.oldest_ts
        if oldest_ts is None:
            return dt_util.utcnow()
        oldest = dt_util.utc_from_timestamp(oldest_ts)
        hour = oldest.replace(minute=0, second=0, microsecond=0)
        return hour if hour == oldest else hour + HOUR

    def _states(
        self,
        entity_id: str,
        begin: datetime,
        end: datetime | None,
        limit: int | None = None,
    ) -> Iterable[State]:
        if end is not None and end <= begin:
            return ()
        # The recorder's own question leaves the first instant out.
        found = state_changes_during_period(
            self._hass,
            begin - timedelta(microseconds=1),
            end,
            entity_id,
            limit=limit,
            include_start_time_state=False,
        )
        return found.get(entity_id, ())

    def _hours(
        self, entity_id: str, series: Series, begin: datetime, end: datetime
    ) -> list[HourRow]:
        if end <= begin or (metadata := self._metadata(entity_id)) is None:
            return []
        stored = metadata[1]["unit_of_measurement"]
        converter = _converter(series, stored)
        if converter is None and stored != (series.unit or None):
            return []
        units = {} if converter is None else {converter.UNIT_CLASS: series.unit}
        # A counter's hour begins with what the hour before ended with.
        found = statistics_during_period(
            self._hass, begin - HOUR, end, {entity_id}, "hour", units, {*_TYPES}
        )
        return [
            row
            for row in _hour_rows(series, found.get(entity_id, ()))
            if begin <= row.hour_at
        ]

    def _metadata(self, entity_id: str) -> tuple[int, StatisticMetaData] | None:
        return get_metadata(self._hass, statistic_ids={entity_id}).get(entity_id)


def _row(series: Series, state: State) -> ReadingRow | EventRow | None:
    """Return a state of the past, in the unit of the series; None: it says nothing."""
    if series.kind is SubjectKind.ENTITY:
        return state_row(state, Quality.BACKFILLED)
    if (value := number_in(state.state)) is None:
        return None
    unit = state.attributes.get("unit_of_measurement")
    if unit != (series.unit or None):
        if (converter := _converter(series, unit)) is None:
            return None
        value = converter.convert(value, unit, series.unit)
    return ReadingRow(series, state.last_changed, value, Quality.BACKFILLED)


def _converter(series: Series, unit: str | None) -> type[BaseUnitConverter] | None:
    """Return what converts a unit to the one of a series; None: nothing does."""
    converter = STATISTIC_UNIT_TO_UNIT_CONVERTER.get(series.unit)
    return converter if converter and unit in converter.VALID_UNITS else None


def _hour_rows(series: Series, found: Iterable[StatisticsRow]) -> Iterator[HourRow]:
    """Yield the hours of statistics: of a mean, or of what a counter showed last."""
    before: float | None = None
    for hour in found:
        mean, low, high = hour.get("mean"), hour.get("min"), hour.get("max")
        if mean is None and (last := hour.get("state")) is not None:
            low = last if before is None or before > last else before
            before = high = last
            mean = (low + high) / 2
        if mean is not None:
            yield HourRow(
                series=series,
                hour_at=dt_util.utc_from_timestamp(hour["start"]),
                mean=mean,
                low=mean if low is None else low,
                high=mean if high is None else high,
            )
