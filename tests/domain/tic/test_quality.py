"""Frames and rejects of the last hour."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from custom_components.energy_park.tic.decoder import DecoderCounters
from custom_components.energy_park.tic.frame import Reject
from custom_components.energy_park.tic.quality import LinkQuality

NOW = datetime(2026, 11, 20, 18, 0, 30, tzinfo=UTC)
CAUSE = next(iter(Reject))


def counters(frames: int, rejects: int) -> DecoderCounters:
    return DecoderCounters(
        frames=frames,
        incomplete_frames=0,
        groups=0,
        rejects=MappingProxyType({CAUSE: rejects}),
    )


def test_an_hour_is_counted_and_forgotten() -> None:
    quality = LinkQuality()
    for minute in range(90):
        quality.update(counters(40 * minute, minute), NOW + timedelta(minutes=minute))
    now = NOW + timedelta(minutes=89)
    assert quality.frames_per_hour(now) == 60 * 40
    assert quality.rejects_per_hour(now) == 60
    assert quality.last_frame_at == now
    later = now + timedelta(hours=1)
    assert quality.frames_per_hour(later) == 0
    quality.update(counters(40 * 89, 90), later)
    assert quality.frames_per_hour(later) == 0
    assert quality.rejects_per_hour(later) == 1
    assert quality.last_frame_at == now


def test_counters_of_a_new_link_start_again() -> None:
    quality = LinkQuality()
    quality.update(counters(10, 1), NOW)
    quality.update(counters(3, 0), NOW)
    assert quality.frames_per_hour(NOW) == 13
    assert quality.rejects_per_hour(NOW) == 1


def test_a_clock_that_is_set_back_starts_afresh() -> None:
    quality = LinkQuality()
    quality.update(counters(10, 0), NOW)
    before = NOW - timedelta(hours=2)
    quality.update(counters(12, 0), before)
    assert quality.frames_per_hour(before) == 2
