"""Rows say what was measured, in the words of the park, and nothing unknown."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from custom_components.energy_park.mirror.measures import (
    meter_rows,
    plug_rows,
    socket_rows,
)
from custom_components.energy_park.mirror.rows import (
    FrameRow,
    PlugRow,
    Quality,
    ReadingRow,
    Row,
    SocketRow,
)
from custom_components.energy_park.model import (
    Group,
    MeterReading,
    PhaseReading,
    Plug,
    Role,
    Socket,
    SocketReading,
    TicMode,
)

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def readings(rows: list[Row]) -> dict[tuple[str, str], float]:
    return {
        (row.series.metric, row.series.unit): row.value
        for row in rows
        if isinstance(row, ReadingRow)
    }


def test_a_socket_gives_what_it_knows() -> None:
    reading = SocketReading(
        on=True, power_w=42.5, voltage_v=231.0, energy_wh=0.0, power_factor=0.97
    )
    rows = list(socket_rows("a_0", reading, AT))
    assert readings([*rows]) == {
        ("power_w", "W"): 42.5,
        ("voltage_v", "V"): 231.0,
        ("energy_wh", "Wh"): 0.0,
        ("power_factor", ""): 0.97,
    }
    assert {(row.series.kind, row.series.subject, row.at) for row in rows} == {
        ("socket", "a_0", AT)
    }


def test_whatever_a_socket_measures_has_a_series() -> None:
    names = {field.name for field in fields(SocketReading)} - {"on", "energy_run"}
    measured: dict[str, Any] = dict.fromkeys(names, 1.5)
    rows = list(socket_rows("a_0", SocketReading(**measured), AT))
    assert {row.series.metric for row in rows} == names
    assert {row.series.metric for row in rows if not row.series.unit} == {
        "power_factor"
    }


def test_a_meter_gives_its_numbers_and_its_frame() -> None:
    reading = MeterReading(
        mode=TicMode.STANDARD,
        apparent_power_va=1300,
        energy_drawn_wh=11604109,
        indexes_wh={"EASF01": 2741488},
        phases=(PhaseReading(current_a=2), PhaseReading(), PhaseReading(current_a=4)),
        power_w=1250,
        power_estimated=True,
        groups={
            "SINSTS": Group("SINSTS", "01300"),
            "SMAXSN": Group("SMAXSN", "02636", "E210414070239"),
        },
    )
    *rows, frame = meter_rows("041876123456", reading, AT)
    assert readings(rows) == {
        ("apparent_power_va", "VA"): 1300,
        ("power_w", "W"): 1250,
        ("energy_drawn_wh", "Wh"): 11604109,
        ("energy_easf01_wh", "Wh"): 2741488,
        ("current_1_a", "A"): 2,
        ("current_3_a", "A"): 4,
    }
    estimated = [row for row in rows if getattr(row, "quality", 0) == Quality.ESTIMATED]
    assert readings(estimated) == {("power_w", "W"): 1250}
    assert frame == FrameRow(
        at=AT,
        meter_id="041876123456",
        mode="standard",
        complete=True,
        labels={
            "SINSTS": "01300",
            "SMAXSN": {"value": "02636", "horodate": "E210414070239"},
        },
    )


def test_a_meter_gives_its_maxima_its_load_curve_and_what_is_reactive() -> None:
    ended_at = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    reading = MeterReading(
        mode=TicMode.STANDARD,
        phases=(PhaseReading(max_power_va=900, mean_voltage_v=231),),
        cut_off_power_va=6000,
        max_power_va=2636,
        max_injected_power_va=0,
        mean_voltage_v=230,
        power_factor=0.97,
        load_curve_w=1800,
        load_curve_at=ended_at,
        reactive_energies_varh={"ERQ1": 7},
    )
    # Without labels there is no frame.
    rows = list(meter_rows("041876123456", reading, AT))
    assert readings(rows) == {
        ("max_power_1_va", "VA"): 900,
        ("mean_voltage_1_v", "V"): 231,
        ("cut_off_power_va", "VA"): 6000,
        ("max_power_va", "VA"): 2636,
        ("max_injected_power_va", "VA"): 0,
        ("mean_voltage_v", "V"): 230,
        ("power_factor", ""): 0.97,
        ("load_curve_w", "W"): 1800,
        ("reactive_energy_erq1_varh", "varh"): 7,
    }
    at = {row.series.metric: row.at for row in rows if isinstance(row, ReadingRow)}
    assert at["load_curve_w"] == ended_at
    assert at["max_power_va"] == AT


def test_a_plug_is_described_with_its_sockets() -> None:
    sockets = tuple(
        Socket(
            id=f"a_{number}",
            number=number,
            name=f"Socket {number}",
            role=Role.COMPUTER,
            sector="room",
            priority=3,
        )
        for number in range(2)
    )
    plug = Plug(serial="a", name="Row", model="X", sockets=sockets)
    described, *rest = plug_rows(plug, AT, frozenset({"a_1"}))
    assert isinstance(described, PlugRow)
    assert [(r.socket_id, r.protected) for r in rest if isinstance(r, SocketRow)] == [
        ("a_0", False),
        ("a_1", True),
    ]
