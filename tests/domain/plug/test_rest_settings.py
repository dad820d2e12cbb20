"""The description of a plug: what makes one, and what is wrong with the others."""

from contextlib import suppress
from dataclasses import asdict
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.plug.json_path import find, steps
from custom_components.energy_park.plug.rest_description import (
    lf2l_strip,
    read_description,
)
from custom_components.energy_park.plug.rest_settings import (
    METHODS,
    RestAuth,
    RestFault,
    RestMeasure,
    RestRequest,
    RestSettings,
    RestSettingsError,
    RestSocket,
)
from scripts.emulators import Diy, Lf2lStrip, Mains

from .conftest import Clock
from .test_values import json_values

DOCUMENT = {"a": {"b c": [{"d": 1}, {"d": 2}]}, "switch:0": {"output": True}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b c[1].d", 2),
        ("$.a.b c[0].d", 1),
        ("switch:0.output", True),
        ("$", DOCUMENT),
        ("a.b c[2].d", None),
        ("a[0]", None),
        ("a.b c.d", None),
        ("none.of.this", None),
    ],
)
def test_a_path_leads_to_a_value_or_to_nothing(path: str, value: object) -> None:
    assert find(DOCUMENT, path) == value


def test_a_path_may_begin_with_an_index() -> None:
    assert find([[1], [2, 3]], "[1][1]") == find([[1], [2, 3]], "$[1][1]") == 3


@pytest.mark.parametrize(
    "path", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a]", "a[-1]", "a[0]b"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        steps(path)


@given(st.text(alphabet="ab.[]$01", max_size=8), json_values)
def test_any_path_leads_somewhere_or_is_none(path: str, document: object) -> None:
    try:
        steps(path)
    except ValueError:
        return
    find(document, path)


def settings(**changes: Any) -> dict[str, Any]:
    """Return the description of a good plug, with changes."""
    whole: dict[str, Any] = {
        "on": {"path": "/on"},
        "off": {"path": "/off"},
        "read": {"path": "/state"},
        "sockets": [{"number": 1, "state": "on"}],
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def in_place(where: str, value: object) -> dict[str, Any]:
    """Return a good description with one value in place of another."""
    whole: dict[str, Any] = json.loads(json.dumps(settings()))
    *steps_there, last = where.split(".")
    place: Any = whole
    for step in steps_there:
        place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
    place[last] = value
    return whole


@pytest.mark.parametrize(
    ("description", "where", "fault"),
    [
        ({}, "sockets", RestFault.MISSING),
        (settings(sockets=[]), "sockets", RestFault.MISSING),
        (settings(sockets=["1"]), "sockets.0", RestFault.MISSING),
        (settings(on=None), "on", RestFault.MISSING),
        (settings(off=None), "off", RestFault.MISSING),
        (settings(read=None), "read", RestFault.MISSING),
        (settings(toggle={"path": "/t"}), "on", RestFault.UNEXPECTED),
        (settings(hangs_up=True), "hangs_up", RestFault.UNEXPECTED),
        (settings(state_on="up"), "state_off", RestFault.MISSING),
        (settings(auth="digest"), "auth", RestFault.AUTH),
        (settings(serial="a..b"), "serial", RestFault.JSON_PATH),
        (settings(serial=7), "serial", RestFault.MISSING),
        (in_place("on", "GET /on"), "on", RestFault.MISSING),
        (in_place("on.method", "DELETE"), "on.method", RestFault.METHOD),
        (in_place("on.path", "on"), "on.path", RestFault.PATH),
        (in_place("on.path", ""), "on.path", RestFault.PATH),
        (in_place("on.path", "//evil/on"), "on.path", RestFault.PATH),
        (in_place("on.path", "http://evil/on"), "on.path", RestFault.PATH),
        (in_place("on.path", "/on\r\nX: y"), "on.path", RestFault.PATH),
        (in_place("on.headers", ["X"]), "on.headers", RestFault.MISSING),
        (in_place("on.headers", {"X Y": "z"}), "on.headers", RestFault.HEADER),
        (in_place("on.headers", {"X": "a\r\nb"}), "on.headers", RestFault.HEADER),
        (in_place("on.headers", {"X": 1}), "on.headers", RestFault.HEADER),
        (in_place("on.headers", {"Host": "evil"}), "on.headers", RestFault.HEADER),
        (
            in_place("on.headers", {"authorization": "x"}),
            "on.headers",
            RestFault.HEADER,
        ),
        (in_place("sockets.0.number", "1"), "sockets.0.number", RestFault.NUMBER),
        (in_place("sockets.0.number", True), "sockets.0.number", RestFault.NUMBER),
        (in_place("sockets.0.number", -1), "sockets.0.number", RestFault.NUMBER),
        (in_place("sockets.0.state", ""), "sockets.0.state", RestFault.JSON_PATH),
        (in_place("sockets.0.state", None), "sockets.0.state", RestFault.JSON_PATH),
        (
            in_place("sockets.0.power_w", {"path": "["}),
            "sockets.0.power_w.path",
            RestFault.JSON_PATH,
        ),
        (
            in_place("sockets.0.power_w", {"path": "w", "factor": 0}),
            "sockets.0.power_w.factor",
            RestFault.NUMBER,
        ),
        (
            in_place("sockets.0.power_w", {"path": "w", "factor": "1"}),
            "sockets.0.power_w.factor",
            RestFault.NUMBER,
        ),
        (
            in_place("sockets.0.power_w", {"path": "w", "factor": float("inf")}),
            "sockets.0.power_w.factor",
            RestFault.NUMBER,
        ),
        (
            settings(
                sockets=[{"number": 1, "state": "a"}, {"number": 1, "state": "b"}]
            ),
            "sockets.1.number",
            RestFault.DUPLICATE,
        ),
        (
            settings(
                sockets=[{"number": 1, "state": "a"}, {"number": 2, "state": "b"}]
            ),
            "on.path",
            RestFault.NO_SOCKET,
        ),
        (
            {"toggle": {"path": "/t"}, "read": {"path": "/"}, "hangs_up": True}
            | {"sockets": [{"number": 1, "state": "on"}]},
            "hangs_up",
            RestFault.UNEXPECTED,
        ),
    ],
)
def test_what_makes_no_plug_is_named(
    description: dict[str, Any], where: str, fault: RestFault
) -> None:
    with pytest.raises(RestSettingsError) as caught:
        RestSettings.from_dict(description)
    assert (caught.value.where, caught.value.fault) == (where, fault)
    assert str(caught.value) == f"{where}: {fault}"


paths = st.sampled_from(["/on", "/a/{socket}", "/x?y=%20z"])
json_paths = st.sampled_from(["$", "a.b[0]", "switch:0.on"])
requests = st.builds(
    RestRequest,
    path=paths.map(lambda path: f"{path}#{{socket}}"),
    method=st.sampled_from(METHODS),
    body=st.none() | st.just('{"on": true}'),
    headers=st.dictionaries(st.just("X-Key"), st.just("secret")),
)
measures = st.none() | st.builds(
    RestMeasure,
    path=json_paths,
    factor=st.floats(allow_nan=False, allow_infinity=False).filter(bool),
)
sockets = st.lists(
    st.builds(
        RestSocket,
        number=st.integers(0, 99),
        state=json_paths,
        power_w=measures,
        energy_wh=measures,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda socket: socket.number,
).map(tuple)
words = st.sampled_from([(None, None), ("up", "down")])


@given(sockets, requests, requests, requests, words, st.sampled_from(RestAuth))
def test_a_description_comes_back_whole(
    sockets: tuple[RestSocket, ...],
    first: RestRequest,
    second: RestRequest,
    third: RestRequest,
    words: tuple[str | None, str | None],
    auth: RestAuth,
) -> None:
    state_on, state_off = words
    kinds: list[dict[str, Any]] = [
        {"on": first, "off": second, "read": third},
        {"toggle": first},
    ]
    for kind in kinds:
        whole = RestSettings(
            sockets=sockets,
            auth=auth,
            serial="id",
            state_on=state_on,
            state_off=state_off,
            **kind,
        )
        assert RestSettings.from_dict(json.loads(json.dumps(asdict(whole)))) == whole


@given(st.dictionaries(st.sampled_from(list(settings())), json_values))
def test_any_description_is_a_plug_or_named_wrong(description: dict[str, Any]) -> None:
    with suppress(RestSettingsError):
        RestSettings.from_dict(settings() | description)


def test_a_key_among_the_headers_is_not_shown() -> None:
    request = {"path": "/on", "headers": {"X-Key": "hunter2"}}
    assert "hunter2" not in repr(RestSettings.from_dict(settings(on=request)))


@pytest.mark.parametrize("shifted", [False, True])
def test_the_strip_of_lf2l_is_described_ready(clock: Clock, shifted: bool) -> None:
    strip = Lf2lStrip(mains=Mains(clock), shifted=shifted)
    ready = read_description(lf2l_strip(shifted=shifted))
    assert RestSettings.from_dict(strip.settings) == ready
    assert ready.toggle_only


def test_a_plug_that_is_set_is_no_toggle(clock: Clock) -> None:
    assert not RestSettings.from_dict(Diy(mains=Mains(clock)).settings).toggle_only
