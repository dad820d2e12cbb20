"""What is not plainly a value is unknown."""

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.plug.values import items, mac, members, number, text

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0.0),
        (-2.7, -2.7),
        (True, None),
        (False, None),
        (None, None),
        ("230.1", None),
        ([230.1], None),
        (float("nan"), None),
        (float("inf"), None),
        (float("-inf"), None),
        (10**400, None),
    ],
)
def test_a_number_is_a_finite_json_number(
    value: object, expected: float | None
) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("A8032ABE54DC", "a8032abe54dc"),
        ("a8:03:2a:be:54:dc", "a8032abe54dc"),
        ("A8-03-2A-BE-54-DC", "a8032abe54dc"),
        ("A8032ABE54D", None),
        ("A8032ABE54DCFF", None),
        ("G8032ABE54DC", None),
        ("", None),
        (1, None),
    ],
)
def test_a_mac_address_has_one_form(value: object, expected: str | None) -> None:
    assert mac(value) == expected


@given(json_values)
def test_any_json_value_is_taken(value: object) -> None:
    number(value)
    mac(value)
    text(value)
    list(items(value))
    dict(members(value))
