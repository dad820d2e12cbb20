"""States of rules as plain JSON values, and back: what a restart keeps."""

from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

_PLAIN: Final = frozenset({NoneType, bool, int, float, str})
# The fields of each dataclass that was written; None for any other class.
_FIELDS: dict[type[Any], tuple[str, ...] | None] = {}


def to_plain(value: object) -> Any:
    """Return a state of dataclasses, tuples, times and words as JSON values.

    A class with ``to_dict`` and ``from_dict`` writes and reads itself.
    """
    # A large park writes tens of thousands of values at a time, most of them these.
    kind: type[Any] = type(value)
    if kind in _PLAIN:
        return value
    if (to_dict := getattr(value, "to_dict", None)) is not None:
        return to_dict()
    if kind not in _FIELDS:
        known = is_dataclass(kind)
        _FIELDS[kind] = tuple(part.name for part in fields(kind)) if known else None
    if (names := _FIELDS[kind]) is not None:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, StrEnum) else value


def from_plain[T](kind: type[T], value: Any) -> T:
    """Return the state of this class that `to_plain` wrote; a new field may be absent.

    Raises:
        ValueError: anything else.
    """
    try:
        state: T = _read(kind, value)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}") from error
    return state


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        if value is None:
            return None
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
    if (from_dict := getattr(kind, "from_dict", None)) is not None:
        return from_dict(value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = {name: _read(hints[name], item) for name, item in value.items()}
        return kind(**parts)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in value)
    return _read_scalar(kind, value)


def _read_scalar(kind: Any, value: Any) -> Any:
    if issubclass(kind, date):
        return kind.fromisoformat(value)
    if issubclass(kind, timedelta):
        return timedelta(seconds=value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise TypeError
    return value
