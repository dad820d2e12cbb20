"""What a device says of itself when it announces itself, to be confirmed by a person.

Source: LF2L, MultipriseConnectee and SeveurGestionEnergie: a POST of ``id``,
``device_type``, the number of sockets, and an address that one side spells
``ip_address`` and the other ``ip_adress``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
import json
import re
from typing import Final

from .values import members

SOCKETS_MAX: Final = 32
_TEXT_MAX: Final = 64
_PAIR: Final = re.compile(r'"(\w+)"\s*:\s*"?([^",{}\[\]]*)"?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A device that wants to be known; ``sockets`` is None where it does not say."""

    host: str
    serial: str
    device_type: str
    sockets: int | None = None


def read_announcement(body: bytes) -> Announcement:
    """Read an announcement. Nothing of it is believed yet, and nothing switched.

    The sketch of the strip sends its values without quotes, which is no JSON: its
    pairs are read all the same.

    Raises:
        ValueError: not an announcement, or not the address of a device.
    """
    fields = _fields(body)
    host = str(fields.get("ip_address") or fields.get("ip_adress") or "")
    address = ip_address(host)
    if address.is_loopback or address.is_multicast or address.is_unspecified:
        raise ValueError("not the address of a device")
    return Announcement(
        host=str(address),
        serial=_text(fields.get("id")),
        device_type=_text(fields.get("device_type")),
        sockets=_count(fields.get("nb_socket", fields.get("soc"))),
    )


def _fields(body: bytes) -> Mapping[str, object]:
    text = body[:4096].decode(errors="replace")
    try:
        return members(json.loads(text))
    except ValueError, RecursionError:
        return {name: value.strip() for name, value in _PAIR.findall(text)}


def _text(value: object) -> str:
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not text or len(text) > _TEXT_MAX or not text.isprintable():
        raise ValueError("not an announcement")
    return text


def _count(value: object) -> int | None:
    text = str(value)
    if not re.fullmatch("[0-9]{1,2}", text) or not 0 < int(text) <= SOCKETS_MAX:
        return None
    return int(text)
