"""What is drawn while nobody uses it."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.energy_park.park.standby import Band
from custom_components.energy_park.park.station import Station
from custom_components.energy_park.park.waste import (
    Waste,
    WasteTotal,
    combine,
    lit_for_nobody,
    measure,
)

NOW = datetime(2026, 11, 20, 22, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOCKETS: dict[str, tuple[Band, float | None]] = {
    "off": (Band.OFF, 2.5),
    "cut": (Band.OFF, 0.0),
    "asleep": (Band.STANDBY, 4.0),
    "idle": (Band.IDLE, 50.0),
    "busy": (Band.ACTIVE, 110.0),
    "gone": (Band.UNKNOWN, None),
}


def test_waste_is_told_by_kind_and_socket() -> None:
    waste = measure(SOCKETS, in_use=False)
    assert waste == Waste(
        standby_w=6.5,
        left_on_w=160.0,
        standby=("off", "asleep"),
        left_on=("idle", "busy"),
        unknown=("gone",),
    )


def test_a_sector_in_use_wastes_nothing() -> None:
    assert measure(SOCKETS, in_use=True) == Waste(unknown=("gone",))


def test_what_runs_may_be_in_use_where_nobody_tells() -> None:
    waste = measure(SOCKETS, in_use=None)
    assert (waste.left_on_w, waste.left_on) == (0, ())
    assert waste.standby == ("off", "asleep")


def test_sectors_are_summed_up() -> None:
    closed, open_ = (measure(SOCKETS, in_use=in_use) for in_use in (False, None))
    total = combine([closed, open_])
    assert (total.standby_w, total.left_on_w) == (13, 160)
    assert total.left_on == ("idle", "busy")
    assert total.unknown == ("gone", "gone")
    assert combine([]) == Waste()


def test_waste_adds_up_to_energy_and_money() -> None:
    waste = measure(SOCKETS, in_use=False)
    total = WasteTotal()
    for minute in range(61):
        total = total.follow(NOW + minute * MINUTE, waste, 0.2)
    assert total.standby_wh == pytest.approx(6.5)
    assert total.left_on_wh == pytest.approx(160)
    assert total.standby_money == pytest.approx(0.0013)
    assert total.left_on_money == pytest.approx(0.032)
    assert total.unpriced_wh == 0


def test_energy_without_a_price_is_told_apart() -> None:
    waste = measure(SOCKETS, in_use=False)
    total = WasteTotal().follow(NOW, waste, None).follow(NOW + MINUTE, waste, None)
    assert total.unpriced_wh == pytest.approx(166.5 / 60)
    assert total.left_on_money == 0


@pytest.mark.parametrize("later", [timedelta(hours=1), -MINUTE])
def test_a_gap_is_not_filled(later: timedelta) -> None:
    waste = measure(SOCKETS, in_use=False)
    total = WasteTotal().follow(NOW, waste, 0.2).follow(NOW + later, waste, 0.2)
    assert total.standby_wh == 0


def test_totals_survive_a_restart() -> None:
    waste = measure(SOCKETS, in_use=False)
    total = WasteTotal().follow(NOW, waste, 0.2).follow(NOW + MINUTE, waste, 0.2)
    again = WasteTotal.from_dict(total.to_dict())
    assert again.to_dict() == total.to_dict()
    later = again.follow(NOW + 2 * MINUTE, waste, 0.2)
    assert later.standby_wh == total.standby_wh


def test_monitors_of_computers_that_are_off_are_found() -> None:
    stations = [
        Station(id="a", name="A", computer="pc a", monitors=("screen a", "dark")),
        Station(id="b", name="B", computer="pc b", monitors=("screen b",)),
        Station(
            id="c",
            name="C",
            computer="pc c",
            monitors=("wall",),
            shared=frozenset({"wall"}),
        ),
    ]
    bands = {
        "pc a": Band.STANDBY,
        "screen a": Band.ACTIVE,
        "dark": Band.STANDBY,
        "pc b": Band.IDLE,
        "screen b": Band.ACTIVE,
        "pc c": Band.OFF,
        "wall": Band.ACTIVE,
    }
    assert lit_for_nobody(stations, bands) == ("screen a",)
