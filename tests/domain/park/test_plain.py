"""States come back from JSON as they went, or not at all."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.plain import from_plain, to_plain


class Word(StrEnum):
    ONE = "one"
    TWO = "two"


@dataclass(frozen=True)
class Inner:
    at: datetime | None = None
    power_w: float = 0.0


@dataclass(frozen=True)
class Outer:
    name: str
    on: bool = True
    number: int = 3
    word: Word = Word.ONE
    day: date | None = None
    lasting: timedelta = timedelta(seconds=1.5)
    values: tuple[float, ...] = ()
    inner: Inner = field(default_factory=Inner)
    inners: tuple[Inner, ...] = ()
    maybe: Inner | None = None


WHOLE = Outer(
    "Salle A",
    on=False,
    word=Word.TWO,
    day=date(2026, 11, 20),
    values=(1.0, 2.5),
    inner=Inner(datetime(2026, 11, 20, 8, tzinfo=UTC), 4.0),
    inners=(Inner(), Inner(None, 1.0)),
    maybe=Inner(),
)


@pytest.mark.parametrize("state", [WHOLE, Outer("x")])
def test_a_state_comes_back(state: Outer) -> None:
    assert from_plain(Outer, json.loads(json.dumps(to_plain(state)))) == state


def test_a_field_of_a_later_version_may_be_absent() -> None:
    plain = to_plain(WHOLE)
    del plain["inners"]
    assert from_plain(Outer, plain).inners == ()


def test_a_whole_number_is_a_measure_too() -> None:
    assert from_plain(Inner, {"power_w": 4}) == Inner(None, 4.0)


@pytest.mark.parametrize(
    "change",
    [
        {"name": 1},
        {"name": None},
        {"on": 1},
        {"number": True},
        {"word": "three"},
        {"day": "tomorrow"},
        {"day": 5},
        {"values": 3},
        {"values": ["1"]},
        {"inner": []},
        {"inners": [None]},
        {"lasting": "x"},
        {"of_tomorrow": 1},
    ],
)
def test_what_is_no_state_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Outer|three|tomorrow"):
        from_plain(Outer, to_plain(WHOLE) | change)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["name", "at", "power_w"]), inner)
        ),
        max_leaves=4,
    )
)
def test_any_value_is_a_state_or_refused(value: Any) -> None:
    for kind in (Outer, Inner):
        try:
            from_plain(kind, value)
        except ValueError:
            continue


class Own:
    """A class that writes itself."""

    def __init__(self, number: int) -> None:
        self.number = number

    def to_dict(self) -> dict[str, Any]:
        return {"n": self.number}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Own:
        return cls(kept["n"])


@dataclass
class Holder:
    own: Own


def test_a_class_may_write_and_read_itself() -> None:
    plain = json.loads(json.dumps(to_plain(Holder(Own(7)))))
    assert plain == {"own": {"n": 7}}
    assert from_plain(Holder, plain).own.number == 7
    with pytest.raises(ValueError, match="Holder"):
        from_plain(Holder, {"own": {}})
