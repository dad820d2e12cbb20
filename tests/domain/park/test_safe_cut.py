"""The one place that cuts a computer, against its rule told in another way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Reason
from custom_components.energy_park.park.effects import Outcome, Refresh, Switch
from custom_components.energy_park.park.observation import (
    Observations,
    Rules,
    Sample,
    View,
)
from custom_components.energy_park.park.safe_cut import SafeCut
from custom_components.energy_park.park.socket_run import SocketRun
from custom_components.energy_park.park.station import OffBand

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
BAND = OffBand(0.6, 2.9)
OFF = Sample(at=NOW, on=True, power_w=2.5, voltage_v=230.0)
SECOND = timedelta(seconds=1)
RULES = Rules()


def view(now: datetime, sample: Sample | None, answers: bool | None = None) -> View:
    samples = {} if sample is None else {"pc": sample}
    seen = Observations(stations={}, samples=samples, answers={"pc": answers})
    return View(now, seen, RULES, Reason.SCHEDULE)


def watched(*, seconds: int = 60, every: int = 5) -> SafeCut:
    """A cut that has seen the computer off for some time, on even samples."""
    cut = SafeCut.of("pc")
    for second in range(0, seconds + 1, every):
        at = NOW - (seconds - second) * SECOND
        cut, effects = cut.step(view(at, replace(OFF, at=at)), BAND)
        assert not any(isinstance(effect, Switch) for effect in effects)
    return cut


def orders(cut: SafeCut, now: datetime, sample: Sample | None) -> bool:
    _, effects = cut.step(view(now, sample), BAND)
    return Switch("pc", on=False) in effects


@pytest.mark.parametrize(
    ("change", "off"),
    [
        ({}, True),
        ({"power_w": 0.7}, True),
        ({"power_w": 2.9}, False),
        ({"power_w": 50.0}, False),
        ({"power_w": None}, None),
        ({"on": None}, None),
        ({"power_w": 0.0}, None),
        ({"power_w": 0.5}, None),
        ({"power_w": float("nan")}, None),
        ({"at": NOW - 31 * SECOND}, None),
        ({"at": NOW + SECOND}, None),
    ],
)
def test_off_is_what_is_seen_to_be_off(
    change: dict[str, object], off: bool | None
) -> None:
    values = {name: getattr(OFF, name) for name in Sample.__slots__}
    sample = Sample(**values | change)
    assert view(NOW, sample).is_off("pc", BAND) is off


@pytest.mark.parametrize(
    ("voltage_v", "answers", "off"),
    [
        (230.0, None, True),
        (0.0, None, None),
        (None, None, None),
        (None, False, True),
        (230.0, True, False),
        (None, True, False),
    ],
)
def test_nothing_at_all_is_believed_to_a_living_meter_only(
    voltage_v: float | None, answers: bool | None, off: bool | None
) -> None:
    sample = replace(OFF, power_w=0.0, voltage_v=voltage_v)
    assert view(NOW, sample, answers).is_off("pc", OffBand(0.0, 0.7)) is off


def test_the_reading_that_decides_is_taken_for_it() -> None:
    cut = watched()
    assert cut.read_at == NOW
    assert not orders(cut, NOW + SECOND, None)
    assert orders(cut, NOW + SECOND, replace(OFF, at=NOW + SECOND))


@pytest.mark.parametrize(
    ("age_s", "ordered"), [(0, True), (5, True), (6, False), (29, False)]
)
def test_an_old_reading_does_not_decide(age_s: int, ordered: bool) -> None:
    cut = watched()
    at = NOW + SECOND
    assert orders(cut, at + age_s * SECOND, replace(OFF, at=at)) is ordered


def test_a_reading_from_before_the_question_does_not_decide() -> None:
    cut = replace(watched(), read_at=NOW + SECOND)
    assert not orders(cut, NOW + 2 * SECOND, OFF)


def test_a_reading_that_shows_it_running_does_not_cut() -> None:
    cut = watched()
    assert not orders(cut, NOW + SECOND, replace(OFF, at=NOW + SECOND, power_w=40.0))


def test_few_samples_prove_nothing() -> None:
    cut = watched(every=30)
    assert cut.read_at is None


def test_a_relay_that_is_open_needs_no_cut() -> None:
    open_relay = replace(OFF, on=False, power_w=0.0)
    cut, effects = SafeCut.of("pc").step(view(NOW, open_relay), BAND)
    assert effects == ()
    assert cut.socket.result is not None
    assert cut.socket.result.outcome is Outcome.OFF


samples = st.lists(
    st.tuples(
        st.integers(1, 40),  # seconds since the one before
        st.sampled_from([2.5, 2.5, 2.5, 2.5, 2.5, 0.0, 3.5, 50.0, None]),
        st.sampled_from([0, 0, 0, 3, 10, 40]),  # its age when it is seen
    ),
    max_size=60,
)


@given(samples)
def test_whatever_is_seen_the_cut_keeps_its_rule(
    seen: list[tuple[int, float | None, int]],
) -> None:
    """Told backwards: from the sample that decides, over those before it."""
    cut, now = SafeCut.of("pc"), NOW
    history: list[Sample] = []
    for gap_s, power_w, age_s in seen:
        now += gap_s * SECOND
        sample = replace(OFF, at=now - age_s * SECOND, power_w=power_w)
        asked_at = cut.read_at
        cut, effects = cut.step(view(now, sample), BAND)
        if age_s <= 30 and (not history or sample.at > history[-1].at):
            history.append(sample)
        assert set(effects) <= {Refresh("pc"), Switch("pc", on=False)}
        if Switch("pc", on=False) not in effects:
            continue
        assert sample.power_w == 2.5
        assert age_s <= 5
        assert asked_at is not None
        assert sample.at >= asked_at
        run = [history.pop()]
        while history and history[-1].power_w == 2.5:
            if run[-1].at - history[-1].at > RULES.fresh:
                break
            run.append(history.pop())
        assert len(run) >= 4
        assert run[0].at - run[-1].at >= RULES.hold
        return


# What is seen of an order


@pytest.mark.parametrize(
    ("sample", "outcome"),
    [
        (replace(OFF, at=NOW + SECOND, on=False, power_w=0.0), Outcome.OFF),
        (replace(OFF, at=NOW + SECOND, on=False, power_w=None), Outcome.OFF),
        (replace(OFF, at=NOW - SECOND, on=False, power_w=0.0), None),
        (replace(OFF, at=NOW + SECOND, on=True), None),
        (replace(OFF, at=NOW + SECOND, on=False, power_w=45.0), None),
    ],
)
def test_an_order_is_done_when_it_shows(
    sample: Sample, outcome: Outcome | None
) -> None:
    run = SocketRun(socket="pc", on=False, released=True, ordered_at=NOW)
    run, _ = run.step(view(NOW + 2 * SECOND, sample))
    assert (run.result and run.result.outcome) is outcome


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (None, Reason.UNREACHABLE),
        (replace(OFF, at=NOW + 60 * SECOND), Reason.NOT_CONFIRMED),
    ],
)
def test_an_order_that_never_shows_has_failed(
    sample: Sample | None, reason: Reason
) -> None:
    run = SocketRun(socket="pc", on=False, released=True, ordered_at=NOW)
    run, _ = run.step(view(NOW + 61 * SECOND, sample))
    assert run.result is not None
    assert (run.result.outcome, run.result.reason) == (Outcome.FAILED, reason)
