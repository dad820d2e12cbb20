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
    "deg": "°",
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
    "phase_shift_deg",
)
_METER_METRICS: Final = (
    "apparent_power_va",
    "current_a",
    "voltage_v",
    "subscribed_power_va",
    "injected_power_va",
    "energy_drawn_wh",
    "energy_injected_wh",
    "power_factor",
    "mean_voltage_v",
    "cut_off_power_va",
    "max_power_va",
    "max_injected_power_va",
)
_PHASE_METRICS: Final = (
    "current_a",
    "voltage_v",
    "apparent_power_va",
    "max_power_va",
    "mean_voltage_v",
)
_LOAD_CURVE_METRICS: Final = ("load_curve_w", "load_curve_injected_w")


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
    socket_id: str,
    reading: SocketReading,
    at: datetime,
    kind: SubjectKind = SubjectKind.SOCKET,
) -> Iterator[ReadingRow]:
    """Yield what one poll of a socket measured; ``kind`` may be a channel."""
    values = {metric: getattr(reading, metric) for metric in _SOCKET_METRICS}
    yield from reading_rows(kind, socket_id, values, at)


def meter_rows(meter_id: str, reading: MeterReading, at: datetime) -> Iterator[Row]:
    """Yield a meter's frame, and what it measured as readings.

    The values of a phase carry its number (``current_1_a``), those of an index its
    label (``energy_hchc_wh``, ``reactive_energy_erq1_varh``). A point of the load
    curve is of the end of its period, and comes again with every frame.
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
    for label, energy_varh in reading.reactive_energies_varh.items():
        values[f"reactive_energy_{label.lower()}_varh"] = energy_varh
    yield from reading_rows(SubjectKind.METER, meter_id, values, at)
    power_quality = Quality.ESTIMATED if reading.power_estimated else Quality.GOOD
    power = {"power_w": reading.power_w}
    yield from reading_rows(SubjectKind.METER, meter_id, power, at, power_quality)
    if reading.load_curve_at is not None:
        curve = {metric: getattr(reading, metric) for metric in _LOAD_CURVE_METRICS}
        yield from reading_rows(
            SubjectKind.METER, meter_id, curve, reading.load_curve_at
        )
    if reading.groups:
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
