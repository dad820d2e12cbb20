"""What the park measures, as rows."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from ..model import MeterReading, Plug, SocketReading
from .rows import (
    FrameRow,
    PlugRow,
    Quality,
    ReadingRow,
    Row,
    Series,
    SocketRow,
    SubjectKind,
)

# The unit stands at the end of a metric's name; other metrics have none.
_UNITS: Final = {
    "a": "A",
    "hz": "Hz",
    "v": "V",
    "va": "VA",
    "var": "var",
    "varh": "varh",
    "w": "W",
    "wh": "Wh",
}
_SOCKET_METRICS: Final = (
    "power_w",
    "current_a",
    "voltage_v",
    "energy_wh",
    "power_factor",
    "apparent_power_va",
    "reactive_power_var",
    "frequency_hz",
)
_METER_METRICS: Final = (
    "apparent_power_va",
    "current_a",
    "voltage_v",
    "subscribed_power_va",
    "injected_power_va",
    "energy_drawn_wh",
    "energy_injected_wh",
)
_PHASE_METRICS: Final = ("current_a", "voltage_v", "apparent_power_va")


def series_of(kind: SubjectKind, subject: str, metric: str) -> Series:
    """Return the series of a metric, whose unit its name tells."""
    return Series(kind, subject, metric, _UNITS.get(metric.rpartition("_")[2], ""))


def reading_rows(
    kind: SubjectKind,
    subject: str,
    values: Mapping[str, float | None],
    at: datetime,
    quality: Quality = Quality.GOOD,
) -> Iterator[ReadingRow]:
    """Yield the values of some metrics that are known; what is unknown has no row."""
    for metric, value in values.items():
        if value is not None:
            yield ReadingRow(series_of(kind, subject, metric), at, value, quality)


def socket_rows(
    socket_id: str, reading: SocketReading, at: datetime
) -> Iterator[ReadingRow]:
    """Yield what one poll of a socket measured."""
    values = {metric: getattr(reading, metric) for metric in _SOCKET_METRICS}
    yield from reading_rows(SubjectKind.SOCKET, socket_id, values, at)


def meter_rows(meter_id: str, reading: MeterReading, at: datetime) -> Iterator[Row]:
    """Yield a meter's frame, and what it measured as readings.

    The values of a phase carry its number (``current_1_a``), those of an index its
    label (``energy_hchc_wh``).
    """
    values: dict[str, float | None] = {
        metric: getattr(reading, metric) for metric in _METER_METRICS
    }
    for number, phase in enumerate(reading.phases, 1):
        for metric in _PHASE_METRICS:
            name, _, unit = metric.rpartition("_")
            values[f"{name}_{number}_{unit}"] = getattr(phase, metric)
    for label, energy_wh in reading.indexes_wh.items():
        values[f"energy_{label.lower()}_wh"] = energy_wh
    yield from reading_rows(SubjectKind.METER, meter_id, values, at)
    power_quality = Quality.ESTIMATED if reading.power_estimated else Quality.GOOD
    power = {"power_w": reading.power_w}
    yield from reading_rows(SubjectKind.METER, meter_id, power, at, power_quality)
    yield FrameRow(
        at=at,
        meter_id=meter_id,
        mode=reading.mode,
        complete=reading.complete,
        labels={
            label: group.value
            if group.horodate is None
            else {"value": group.value, "horodate": group.horodate}
            for label, group in reading.groups.items()
        },
    )


def plug_rows(
    plug: Plug, at: datetime, protected: frozenset[str] = frozenset()
) -> Iterator[PlugRow | SocketRow]:
    """Yield what a plug and its sockets are; ``protected`` are ids of sockets."""
    yield PlugRow(plug_id=plug.serial, name=plug.name, model=plug.model, updated_at=at)
    for socket in plug.sockets:
        yield SocketRow(
            socket_id=socket.id,
            plug_id=plug.serial,
            sector_id=socket.sector,
            number=socket.number,
            name=socket.name,
            role=socket.role,
            priority=socket.priority,
            protected=socket.id in protected,
            updated_at=at,
        )
