"""A plug described by its owner: which requests it takes, and how it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
import re
from typing import Any, Final

from .json_path import steps

METHODS: Final = ("GET", "POST", "PUT", "PATCH")
MEASURES: Final = ("power_w", "current_a", "voltage_v", "power_factor", "energy_wh")
SOCKET: Final = "{socket}"

_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What belongs to the transport, or to the credentials.
_RESERVED: Final = {
    "authorization",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
}


class RestAuth(StrEnum):
    """How the device knows who asks."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"


class RestFault(StrEnum):
    """What is wrong with one of the settings."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    DUPLICATE = "duplicate"
    METHOD = "method"
    PATH = "path"
    NO_SOCKET = "no_socket"
    HEADER = "header"
    JSON_PATH = "json_path"
    NUMBER = "number"
    AUTH = "auth"


class RestSettingsError(ValueError):
    """Settings that make no plug; ``where`` is the field, as ``sockets.1.state``."""

    def __init__(self, where: str, fault: RestFault) -> None:
        super().__init__(f"{where}: {fault}")
        self.where = where
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class RestRequest:
    """One request; ``{socket}`` in path and body stands for the socket's number.

    Headers may hold a key of the device and are not shown.
    """

    path: str
    method: str = "GET"
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def of_one_socket(self) -> bool:
        """Tell whether each socket has a request of its own."""
        return SOCKET in self.path or SOCKET in (self.body or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestMeasure:
    """Where a measure stands, and what it is multiplied with: 0.001 for mA."""

    path: str
    factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSocket:
    """One socket: its number, and where its values stand in the answer."""

    number: int
    state: str
    power_w: RestMeasure | None = None
    current_a: RestMeasure | None = None
    voltage_v: RestMeasure | None = None
    power_factor: RestMeasure | None = None
    energy_wh: RestMeasure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSettings:
    """A plug that is set on and off, or one that only toggles.

    The one has ``on``, ``off`` and ``read``. The other has ``toggle``; its state is
    read where there is ``read``, and otherwise only known from the answer to a
    toggle. ``serial`` is where the answer tells who gives it. ``state_on`` and
    ``state_off`` are the device's words for a state, if they are not among on, off,
    true, false, 1 and 0. ``hangs_up`` tells that the device ends the connection on
    every path but its own: one that answers there is another device.

    Raises:
        RestSettingsError: the parts make no plug.
    """

    sockets: tuple[RestSocket, ...]
    on: RestRequest | None = None
    off: RestRequest | None = None
    toggle: RestRequest | None = None
    read: RestRequest | None = None
    auth: RestAuth = RestAuth.NONE
    serial: str | None = None
    state_on: str | None = None
    state_off: str | None = None
    hangs_up: bool = False

    @property
    def toggle_only(self) -> bool:
        """Tell whether the device can only toggle."""
        return self.toggle is not None

    def __post_init__(self) -> None:
        """Check each part, and that they belong together."""
        _check_kind(self)
        _check_sockets(self.sockets)
        for name in ("on", "off", "toggle", "read"):
            request: RestRequest | None = getattr(self, name)
            if request is None:
                continue
            _check_request(name, request)
            if name != "read" and len(self.sockets) > 1 and not request.of_one_socket:
                raise RestSettingsError(f"{name}.path", RestFault.NO_SOCKET)
        if self.serial is not None:
            _check_json_path("serial", self.serial)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RestSettings:
        """Read plain values, as JSON has them.

        Raises:
            RestSettingsError: for anything else.
        """
        auth = data.get("auth", RestAuth.NONE)
        if auth not in tuple(RestAuth):
            raise RestSettingsError("auth", RestFault.AUTH)
        sockets = data.get("sockets")
        if not isinstance(sockets, list):
            raise RestSettingsError("sockets", RestFault.MISSING)
        return cls(
            sockets=tuple(
                _read_socket(f"sockets.{index}", _mapping(f"sockets.{index}", socket))
                for index, socket in enumerate(sockets)
            ),
            on=_read_request(data, "on"),
            off=_read_request(data, "off"),
            toggle=_read_request(data, "toggle"),
            read=_read_request(data, "read"),
            auth=RestAuth(auth),
            serial=_text(data, "serial"),
            state_on=_text(data, "state_on"),
            state_off=_text(data, "state_off"),
            hangs_up=data.get("hangs_up") is True,
        )


def _check_kind(settings: RestSettings) -> None:
    wanted, useless = ["on", "off", "read"], ["hangs_up"]
    if settings.toggle_only:
        wanted, useless = ["toggle"], ["on", "off"]
        if settings.read is not None:
            useless.append("hangs_up")
    for name in wanted:
        if getattr(settings, name) is None:
            raise RestSettingsError(name, RestFault.MISSING)
    for name in useless:
        if getattr(settings, name):
            raise RestSettingsError(name, RestFault.UNEXPECTED)
    if (settings.state_on is None) is not (settings.state_off is None):
        missing = "state_on" if settings.state_on is None else "state_off"
        raise RestSettingsError(missing, RestFault.MISSING)


def _check_sockets(sockets: tuple[RestSocket, ...]) -> None:
    if not sockets:
        raise RestSettingsError("sockets", RestFault.MISSING)
    seen: set[int] = set()
    for index, socket in enumerate(sockets):
        where = f"sockets.{index}"
        if socket.number in seen:
            raise RestSettingsError(f"{where}.number", RestFault.DUPLICATE)
        seen.add(socket.number)
        if socket.number < 0:
            raise RestSettingsError(f"{where}.number", RestFault.NUMBER)
        _check_json_path(f"{where}.state", socket.state)
        for name in MEASURES:
            measure: RestMeasure | None = getattr(socket, name)
            if measure is None:
                continue
            _check_json_path(f"{where}.{name}.path", measure.path)
            if not isfinite(measure.factor) or not measure.factor:
                raise RestSettingsError(f"{where}.{name}.factor", RestFault.NUMBER)


def _check_request(where: str, request: RestRequest) -> None:
    if request.method not in METHODS:
        raise RestSettingsError(f"{where}.method", RestFault.METHOD)
    path = request.path
    # Two slashes would lead to another device.
    if not path.startswith("/") or path.startswith("//") or not path.isprintable():
        raise RestSettingsError(f"{where}.path", RestFault.PATH)
    for name, value in request.headers.items():
        if (
            not _HEADER.fullmatch(name)
            or name.lower() in _RESERVED
            or not value.isprintable()
        ):
            raise RestSettingsError(f"{where}.headers", RestFault.HEADER)


def _check_json_path(where: str, path: str) -> None:
    try:
        steps(path)
    except ValueError:
        raise RestSettingsError(where, RestFault.JSON_PATH) from None


def _mapping(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RestSettingsError(where, RestFault.MISSING)
    return value


def _text(data: Mapping[str, Any], name: str, where: str | None = None) -> str | None:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise RestSettingsError(where or name, RestFault.MISSING)
    return value or None


def _read_request(data: Mapping[str, Any], name: str) -> RestRequest | None:
    if data.get(name) is None:
        return None
    request = _mapping(name, data[name])
    headers = _mapping(f"{name}.headers", request.get("headers", {}))
    for key in headers:
        if not isinstance(key, str) or not isinstance(headers[key], str):
            raise RestSettingsError(f"{name}.headers", RestFault.HEADER)
    return RestRequest(
        path=_text(request, "path", f"{name}.path") or "",
        method=_text(request, "method", f"{name}.method") or "GET",
        body=_text(request, "body", f"{name}.body"),
        headers=dict(headers),
    )


def _read_socket(where: str, data: Mapping[str, Any]) -> RestSocket:
    number = data.get("number")
    if not isinstance(number, int) or isinstance(number, bool):
        raise RestSettingsError(f"{where}.number", RestFault.NUMBER)
    return RestSocket(
        number=number,
        state=_text(data, "state", f"{where}.state") or "",
        **{name: _read_measure(f"{where}.{name}", data.get(name)) for name in MEASURES},
    )


def _read_measure(where: str, data: object) -> RestMeasure | None:
    if data is None:
        return None
    measure = _mapping(where, data)
    factor = measure.get("factor", 1.0)
    if not isinstance(factor, int | float) or isinstance(factor, bool):
        raise RestSettingsError(f"{where}.factor", RestFault.NUMBER)
    return RestMeasure(
        path=_text(measure, "path", f"{where}.path") or "", factor=float(factor)
    )
