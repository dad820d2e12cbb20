"""Faults of what runs step by step, told once."""

import logging

import pytest

from custom_components.energy_park.control.faults import Faults


@pytest.fixture
def faults(caplog: pytest.LogCaptureFixture) -> Faults:
    caplog.set_level(logging.INFO, "custom_components.energy_park")
    return Faults("A run")


def fail(faults: Faults, run: str, err: Exception) -> None:
    with faults.caught(run):
        raise err


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.levelname for record in caplog.records]


def test_the_same_fault_is_told_once_whatever_its_words(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    for step in range(3):
        fail(faults, "a", ValueError(f"at second {step}"))
    assert told(caplog) == ["ERROR"]
    assert "at second 0" in caplog.text


def test_another_fault_and_another_run_are_told(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    fail(faults, "a", ValueError())
    fail(faults, "a", KeyError())
    fail(faults, "b", KeyError())
    assert told(caplog) == ["ERROR"] * 3


def test_a_fault_from_another_place_is_another_one(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    fail(faults, "a", ValueError())
    with faults.caught("a"):
        int("x")
    assert told(caplog) == ["ERROR"] * 2


def test_its_end_is_told_and_its_return_too(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    fail(faults, "a", ValueError())
    for _ in range(2):
        with faults.caught("a"):
            pass
    fail(faults, "a", ValueError())
    assert told(caplog) == ["ERROR", "INFO", "ERROR"]


def test_a_run_that_ended_leaves_nothing_to_the_next(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    fail(faults, "a", ValueError())
    faults.forget("a")
    fail(faults, "a", ValueError())
    assert told(caplog) == ["ERROR"] * 2
