"""Rows as text and numbers: what can be stored, and what no database could hold."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
import json
import math
import re
from typing import Final

from .rows import EPOCH, RecordRow, Series

_MICROSECOND: Final = timedelta(microseconds=1)
# As JSON escapes it, and not a backslash before a text that looks like it.
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class BadRowError(ValueError):
    """A row that no database could hold."""


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 1970.

    Raises:
        BadRowError: it has no time zone.
    """
    if at.tzinfo is None:
        raise BadRowError("an instant without a time zone")
    return (at - EPOCH) // _MICROSECOND


def instant(microseconds: int) -> datetime:
    """Return the instant of `microseconds`."""
    return EPOCH + timedelta(microseconds=microseconds)


def number(value: float) -> float:
    """Return a value that can be summed.

    Raises:
        BadRowError: it is infinite or no number.
    """
    value = float(value)
    if not math.isfinite(value):
        raise BadRowError(f"{value} is not a measurement")
    return value


def check(series: Series) -> None:
    """Make sure that a series has names that can be stored.

    Raises:
        BadRowError: one holds NUL, or half of a character.
    """
    names = f"{series.subject}{series.metric}{series.unit}"
    if "\0" in names:
        raise BadRowError("NUL in a name")
    if not names.isascii():
        _check_characters(names)


def body(row: RecordRow) -> str:
    """Return a record as the JSON object whose keys are the table's columns.

    Raises:
        BadRowError: it holds what JSON, or a text of the database, cannot say.
    """
    values = {name: getattr(row, name) for name in row.__slots__}
    try:
        text = json.dumps(
            values,
            default=_plain,
            separators=(",", ":"),
            allow_nan=False,
            ensure_ascii=False,
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRowError(f"not JSON: {error}") from None
    if _NUL.search(text):
        raise BadRowError("NUL in a text")
    _check_characters(text)
    return text


def id_of(key: str) -> int:
    """Return the number of an event that may be told again, from what it is about."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)


def _check_characters(text: str) -> None:
    """Raise when a text holds half of a character, a lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRowError("half of a character") from None


def _plain(value: object) -> object:
    """Return what JSON can say of a value that it does not know."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadRowError("an instant without a time zone")
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
