"""Descriptions of parks: read from YAML, checked, or generated to a size."""

from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

import yaml

type Description = dict[str, Any]

DEMO = Path(__file__).with_name("demo.yaml")
DEVICES = (
    "diy",
    "lf2l_strip",
    "mystrom",
    "netio",
    "openbeken",
    "shelly_25",
    "shelly_plug_s",
    "shelly_plus_plug_s",
    "shelly_pro_4pm",
    "shelly_power_strip_4",
    "tasmota",
)
ROLES = ("computer", "monitor", "network", "other")
# Beyond this a single-phase contract is too small.
SINGLE_PHASE_SOCKETS = 60


class DescriptionError(Exception):
    """A description that makes no park; the message says where."""


def load(path: Path = DEMO) -> Description:
    """Read and check a description; raise DescriptionError."""
    try:
        description = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as err:
        raise DescriptionError(f"{path}: {err}") from err
    if not isinstance(description, dict):
        raise DescriptionError(f"{path}: not a description of a park")
    check(description)
    return description


def check(description: Description) -> None:
    """Raise DescriptionError where plugs, sockets and sectors do not fit."""
    sectors = description.get("sectors", [])
    plugs: set[str] = set()
    sockets: set[str] = set()
    for plug in description.get("plugs", []):
        name = plug.get("name")
        if not name or name in plugs:
            raise DescriptionError(f"plug {name!r}: needs a name of its own")
        plugs.add(name)
        if plug.get("device") not in DEVICES:
            raise DescriptionError(f"plug {name!r}: device is one of {DEVICES}")
        if not plug.get("sockets"):
            raise DescriptionError(f"plug {name!r}: has no sockets")
        for socket in plug["sockets"]:
            _check_socket(socket, sockets, sectors)
            sockets.add(socket["name"])


def _check_socket(socket: dict[str, Any], names: set[str], sectors: list[str]) -> None:
    name = socket.get("name")
    if not name or name in names:
        raise DescriptionError(f"socket {name!r}: needs a name of its own")
    if socket.get("role", "other") not in ROLES:
        raise DescriptionError(f"socket {name!r}: role is one of {ROLES}")
    if socket.get("sector") not in sectors:
        raise DescriptionError(f"socket {name!r}: its sector is not in sectors")
    if socket.get("priority", 5) not in range(1, 11):
        raise DescriptionError(f"socket {name!r}: priority is 1 to 10")


def generate(sockets: int, pattern: Description | None = None) -> Description:
    """Return a park of just so many sockets that repeats the demo's pattern."""
    pattern = pattern or load()
    park: Description = {**deepcopy(pattern), "sectors": [], "plugs": []}
    left = sockets
    for block in count(1):
        for plug in pattern["plugs"]:
            if left <= 0:
                _size_meter(park, sockets)
                return park
            copied = _copy_plug(plug, block)
            # What the size leaves over of the last plug stays unused.
            del copied["sockets"][left:]
            left -= len(copied["sockets"])
            park["plugs"].append(copied)
            for socket in copied["sockets"]:
                if socket["sector"] not in park["sectors"]:
                    park["sectors"].append(socket["sector"])
    raise AssertionError


def _copy_plug(plug: dict[str, Any], block: int) -> dict[str, Any]:
    copied = deepcopy(plug)
    if block > 1:
        copied["name"] += f" ({block})"
        copied.pop("mac", None)
        for socket in copied["sockets"]:
            for key in ("name", "sector", "station"):
                if key in socket:
                    socket[key] += f" ({block})"
    return copied


def _size_meter(park: Description, sockets: int) -> None:
    if sockets > SINGLE_PHASE_SOCKETS:
        meter = park.setdefault("meter", {})
        meter |= {"phases": 3, "subscribed_kva": 36}
        meter.pop("serial", None)
