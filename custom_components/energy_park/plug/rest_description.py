"""A REST plug in the words of a form: one line a request, one pattern for all sockets.

A request is ``/path``, or a method, a path and a body: ``PUT /relay {"on": true}``. A
measure is where it stands, and what it is multiplied with: ``outputs[0].mA * 0.001``.
In all of them ``{socket}`` stands for the number of a socket and ``{index}`` for its
place, from 0.
"""

from collections.abc import Mapping
from typing import Any, Final

from .rest_settings import (
    MEASURES,
    METHODS,
    SOCKET,
    RestAuth,
    RestFault,
    RestSettings,
    RestSettingsError,
)

INDEX: Final = "{index}"
SOCKETS_MAX: Final = 32

_REQUESTS: Final = ("on", "off", "toggle", "read")
_AS_THEY_ARE: Final = ("serial", "state_on", "state_off", "hangs_up")


def read_description(description: Mapping[str, Any]) -> RestSettings:
    """Return the settings of a plug; what is left out, or empty, is not there.

    ``sockets`` is how many there are, the first of them has the number
    ``first_socket``.

    Raises:
        RestSettingsError: the description makes no plug; ``where`` is its field.
    """
    first, count = int(description.get("first_socket", 1)), int(description["sockets"])
    _check_patterns(description, count)
    settings: dict[str, Any] = {
        field: description[field] for field in _AS_THEY_ARE if description.get(field)
    }
    for field in _REQUESTS:
        if text := (description.get(field) or "").strip():
            settings[field] = _request(text)
    settings["auth"] = description.get("auth", RestAuth.NONE)
    settings["sockets"] = [
        _socket(description, first + index, index) for index in range(count)
    ]
    try:
        return RestSettings.from_dict(settings)
    except RestSettingsError as error:
        raise RestSettingsError(_field(error.where), error.fault) from None


def lf2l_strip(sockets: int = 6, *, shifted: bool = False) -> dict[str, Any]:
    """Describe the power strip of LF2L and those built after it.

    Source: LF2L, MultipriseConnectee. ``GET /plug/<n>`` toggles socket n, from 1, and
    answers with all states; every other path ends the connection. The answer names
    no device: all have the same id. The sketch as published leaves the first place
    of its states unused: it is ``shifted``.
    """
    return {
        "sockets": sockets,
        "toggle": f"/plug/{SOCKET}",
        "state": f"socket[{SOCKET if shifted else INDEX}]",
        "hangs_up": True,
    }


def _check_patterns(description: Mapping[str, Any], count: int) -> None:
    """Make sure that each of several sockets has a state of its own.

    Raises:
        RestSettingsError: one place would be the state of all.
    """
    asked_one_by_one = SOCKET in (description.get("read") or "")
    state = description.get("state") or ""
    if (
        count > 1
        and not asked_one_by_one
        and SOCKET not in state
        and INDEX not in state
    ):
        raise RestSettingsError("state", RestFault.NO_SOCKET)


def _request(text: str) -> dict[str, str]:
    """Split a request into method, path and body."""
    first, *rest = text.split(None, 1)
    if first.startswith("/") or not rest:
        method, path, body = METHODS[0], first, rest
    else:
        method, (path, *body) = first.upper(), rest[0].split(None, 1)
    return {"method": method, "path": path} | ({"body": body[0]} if body else {})


def _socket(description: Mapping[str, Any], number: int, index: int) -> dict[str, Any]:
    def own(text: str) -> str:
        return text.strip().replace(SOCKET, str(number)).replace(INDEX, str(index))

    socket: dict[str, Any] = {
        "number": number,
        "state": own(description.get("state") or ""),
    }
    for field in MEASURES:
        if text := description.get(field):
            socket[field] = _measure(field, own(text))
    return socket


def _measure(field: str, text: str) -> dict[str, Any]:
    path, times, factor = text.replace("×", "*").rpartition("*")
    if not times:
        return {"path": text}
    try:
        return {"path": path.strip(), "factor": float(factor)}
    except ValueError:
        raise RestSettingsError(field, RestFault.NUMBER) from None


def _field(where: str) -> str:
    """Return the field of the form that gave the part that is wrong."""
    top, *parts = where.split(".")
    field = parts[1] if top == "sockets" and len(parts) > 1 else top
    return "first_socket" if field == "number" else field
