"""What the rules save, from the first observed hour to the figures of a card."""

from datetime import datetime, timedelta
from math import isnan, nan
from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.energy_park.coordinator import EnergyParkData
from custom_components.energy_park.park.savings import DayType
from scripts.emulators import ShellyGen2

from .common import (
    MockConfigEntry,
    MockUser,
    async_wait_recording_done,
    do_adhoc_statistics,
)
from .parks import async_act, async_setup, async_wait, entity_id, plug, sector

pytestmark = pytest.mark.usefixtures("socket_enabled")

MAC = "aa0000000001"
HOUR = timedelta(hours=1)


def state(hass: HomeAssistant, unique_id: str) -> State:
    found = hass.states.get(entity_id(hass, "sensor", unique_id))
    assert found is not None
    return found


def value(hass: HomeAssistant, unique_id: str) -> float:
    """The value of a sensor; not a number while it has none."""
    text = state(hass, unique_id).state
    return nan if text in ("unknown", "unavailable") else float(text)


class Room:
    """A room of two sockets whose hours pass as fast as a test needs them."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry
        start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
        self.now: datetime = start + HOUR

    @property
    def data(self) -> EnergyParkData:
        data: EnergyParkData = self.entry.runtime_data
        return data

    def pass_hours(
        self, hours: float, power_w: float | None, minutes: int = 1, sockets: int = 2
    ) -> None:
        """Let hours pass at a power of each socket; of the last one maybe unknown."""
        end = self.now + hours * HOUR
        while self.now <= end:
            for number in range(2):
                memory = self.data.memory.sockets[f"{MAC}_{number}"]
                memory.standby.power_w = power_w if number < sockets else None
            self.data.savings.async_follow(self.now)
            self.now += timedelta(minutes=minutes)
        self.now = end

    async def async_observe(self, on: bool) -> None:
        action = "switch.turn_on" if on else "switch.turn_off"
        await async_act(
            self.hass, action, entity_id(self.hass, "switch", "park_observe")
        )

    async def async_freeze(self) -> Any:
        return await self.hass.services.async_call(
            "energy_park", "freeze_baseline", blocking=True, return_response=True
        )

    def show(self) -> None:
        """Have the entities look at the book, as after a poll."""
        for group in self.data.groups:
            group.async_update_listeners()


async def async_setup_room(hass: HomeAssistant, strip: ShellyGen2, **data: Any) -> Room:
    entry = await async_setup(hass, sector("Room A", "room"), plug(strip, "room"))
    if data:
        hass.config_entries.async_update_entry(entry, data={**entry.data, **data})
        await hass.async_block_till_done()
    return Room(hass, entry)


async def async_frozen(room: Room, power_w: float = 50) -> None:
    """Observe for two weeks and freeze."""
    await room.async_observe(True)
    room.pass_hours(15 * 24, power_w, minutes=5)
    await room.async_freeze()
    await room.async_observe(False)
    # The hour in which the mode changed is neither observed nor counted.
    room.pass_hours(1, power_w)


async def test_there_is_no_figure_without_a_baseline(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        room.pass_hours(3, 50)
        room.show()
        for key in ("measured", "baseline", "avoided", "avoided_cost", "coverage"):
            assert isnan(value(hass, f"room_{key}"))
            assert isnan(value(hass, f"park_{key}"))


async def test_a_baseline_needs_two_weeks_of_observation(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        await room.async_observe(True)
        room.pass_hours(5 * 24, 50, minutes=5)
        room.show()
        days = state(hass, "room_baseline").attributes["observed_days"]
        assert days == pytest.approx(5, abs=0.1)
        with pytest.raises(ServiceValidationError) as refused:
            await room.async_freeze()
        assert refused.value.translation_key == "observed_too_little"
        room.pass_hours(10 * 24, 50, minutes=5)
        before = dt_util.utcnow()
        answer = await room.async_freeze()
        [frozen] = answer["sectors"]
        assert (frozen["name"], frozen["frozen"]) == ("Room A", True)
        shown = state(hass, "room_baseline").attributes
        assert before <= shown["frozen_at"] <= dt_util.utcnow()
        assert shown["observed_from"].isoformat() == frozen["observed_from"]


async def test_what_is_avoided_is_compared_hour_by_hour(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip, price_fixed=0.2, co2_fixed=50)
        await async_frozen(room)
        before = room.data.savings.savings(room.data.park)
        room.pass_hours(10, 20)
        room.show()
        saved = room.data.savings.savings(room.data.park)
        assert saved.avoided_wh - before.avoided_wh == pytest.approx(600, rel=0.01)
        assert value(hass, "room_measured") == pytest.approx(0.4, rel=0.01)
        assert value(hass, "room_baseline") == pytest.approx(1.0, rel=0.01)
        assert value(hass, "room_avoided") == pytest.approx(0.6, rel=0.01)
        assert value(hass, "room_avoided_cost") == pytest.approx(0.12, rel=0.01)
        assert value(hass, "room_avoided_co2") == pytest.approx(0.03, rel=0.01)
        assert value(hass, "room_coverage") == pytest.approx(100, abs=1)
        assert value(hass, "park_avoided") == value(hass, "room_avoided")
        cost = state(hass, "room_avoided_cost").attributes
        assert (cost["unit_of_measurement"], cost["coverage"]) == ("EUR", 100)
        room.pass_hours(20, 90)
        room.show()
        assert value(hass, "room_avoided") == pytest.approx(-1.0, rel=0.01)
        assert value(hass, "room_avoided_cost") < 0
        assert state(hass, "room_avoided").attributes["state_class"] == "total"


@pytest.mark.usefixtures("recorder_mock")
async def test_a_loss_is_a_loss_in_the_long_term_statistics(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        await async_frozen(room)
        now = dt_util.utcnow().replace(second=0, microsecond=0)
        start = now - timedelta(minutes=now.minute % 5)
        room.pass_hours(2, 20)
        room.show()
        gained = value(hass, "room_avoided")
        room.pass_hours(10, 90)
        room.show()
        lost = value(hass, "room_avoided")
        assert lost < 0 < gained
        await async_wait_recording_done(hass)
        avoided = entity_id(hass, "sensor", "room_avoided")
        for minutes in (0, 5):
            do_adhoc_statistics(hass, start=start + timedelta(minutes=minutes))
        await async_wait_recording_done(hass)
        found = await get_instance(hass).async_add_executor_job(
            statistics_during_period,
            hass,
            start,
            None,
            {avoided},
            "5minute",
            None,
            {"state", "sum"},
        )
        row = found[avoided][-1]
        assert row["state"] == pytest.approx(lost)
        # Counted from the first state that was recorded: before the gain, or after.
        assert row["sum"] in (pytest.approx(lost), pytest.approx(lost - gained))


async def test_what_is_not_measured_claims_nothing(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        await async_frozen(room)
        room.pass_hours(10, 0, sockets=1)
        room.show()
        assert value(hass, "room_avoided") == pytest.approx(0.5, rel=0.02)
        assert value(hass, "room_coverage") == pytest.approx(50, abs=1)
        assert isnan(value(hass, "room_avoided_cost"))
        assert isnan(value(hass, "room_avoided_co2"))


async def test_hours_that_are_observed_again_do_not_count(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        await async_frozen(room)
        room.pass_hours(2, 20)
        counted = room.data.savings.savings(room.data.park, running=False)
        await room.async_observe(True)
        room.pass_hours(6, 20)
        again = room.data.savings.savings(room.data.park, running=False)
        assert again.hours == counted.hours
        assert room.data.savings.sectors["room"].observed[-1].energy_wh == (
            pytest.approx(40, rel=0.01)
        )


async def test_everything_outlives_a_reload_in_the_middle_of_an_hour(
    hass: HomeAssistant,
) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip, price_fixed=0.2)
        # What follows ends now: a reload looks at the clock.
        room.now = dt_util.utcnow() - (15 * 24 + 1 + 4.5) * HOUR
        await async_frozen(room)
        room.pass_hours(4.5, 20)
        before = room.data.savings.savings(room.data.park)
        sector_before = room.data.savings.sectors["room"]
        assert await hass.config_entries.async_reload("park")
        after = room.data.savings.sectors["room"]
        assert after is not sector_before
        assert after.baseline == sector_before.baseline
        assert after.observed == sector_before.observed
        saved = room.data.savings.savings(room.data.park)
        assert saved.avoided_wh == pytest.approx(before.avoided_wh, rel=0.01)
        room.pass_hours(1, 20)
        saved = room.data.savings.savings(room.data.park)
        assert saved.avoided_wh == pytest.approx(before.avoided_wh + 60, rel=0.05)
        assert saved.hours_priced == saved.hours


async def test_the_park_keeps_what_a_removed_sector_saved(hass: HomeAssistant) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        await async_frozen(room)
        room.pass_hours(4, 20)
        before = room.data.savings.savings(room.data.park, running=False)
        assert before.avoided_wh > 200
        assert hass.config_entries.async_remove_subentry(room.entry, "room")
        await hass.async_block_till_done()
        assert room.data.savings.sectors == {}
        after = room.data.savings.savings(room.data.park, running=False)
        assert after == before
        await async_wait(hass, lambda: value(hass, "park_avoided") > 0.2)


async def test_a_holiday_is_a_closed_day(hass: HomeAssistant) -> None:
    hass.states.async_set("calendar.holidays", "on")
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip, holidays=["calendar.holidays"])
        room.pass_hours(2, 50)
        running = room.data.savings.sectors["room"].hours.running
        assert running is not None
        assert running.day_type is DayType.CLOSED


async def test_a_file_that_cannot_be_read_starts_afresh(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass_storage["energy_park.park.savings"] = {
        "version": 1,
        "key": "energy_park.park.savings",
        "data": {"sectors": {"room": {"hours": 1}}, "gone": [], "price": "x"},
    }
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        assert caplog.text.count("Stored savings cannot be read") == 3
        room.pass_hours(1, 50)


async def test_a_removed_park_leaves_no_file(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    async with ShellyGen2(mac=MAC, sockets=2) as strip:
        room = await async_setup_room(hass, strip)
        await room.async_observe(True)
        room.pass_hours(3, 50)
        assert await hass.config_entries.async_unload("park")
        await hass.async_block_till_done()
        assert "energy_park.park.savings" in hass_storage
        await hass.config_entries.async_remove("park")
        assert not [key for key in hass_storage if key.startswith("energy_park.park.")]
