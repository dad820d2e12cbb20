"""Values out of a device's JSON: what is not plainly there is unknown."""

from collections.abc import Mapping, Sequence
from math import isfinite
import re

from ..model import PowerOnDefault

_MAC = re.compile(r"[0-9a-f]{12}")


def members(value: object) -> Mapping[str, object]:
    """Return the members of a JSON object, none for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[object]:
    """Return the items of a JSON array, none for anything else."""
    return value if isinstance(value, list) else ()


def number(value: object) -> float | None:
    """Return a finite JSON number; true, "12", NaN and infinity are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if isfinite(result) else None


def text(value: object) -> str | None:
    """Return a JSON string that says something."""
    return value if isinstance(value, str) and value else None


def mac(value: object) -> str | None:
    """Return a MAC address as twelve lower-case hexadecimal digits."""
    digits = re.sub(r"[:.-]", "", text(value) or "").lower()
    return digits if _MAC.fullmatch(digits) else None


def power_on_default(
    value: object, words: Mapping[PowerOnDefault, object]
) -> PowerOnDefault | None:
    """Translate a device's word for its power-on default; no word is unknown."""
    for default, word in words.items():
        if value == word and type(value) is type(word):
            return default
    return None if value is None else PowerOnDefault.OTHER
