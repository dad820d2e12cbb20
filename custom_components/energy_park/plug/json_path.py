"""Where a value stands in a device's answer: ``Outputs[0].State``, ``$`` for all."""

import re
from typing import Final

from .values import items, members

_NAME: Final = r"[^.\[\]]+"
_INDEX: Final = r"\[\d{1,4}\]"
_PATH: Final = re.compile(rf"(?:{_NAME}|{_INDEX})(?:\.{_NAME}|{_INDEX})*")
_STEP: Final = re.compile(rf"\[(\d+)\]|({_NAME})")


def steps(path: str) -> tuple[str | int, ...]:
    """Split a path into names and indexes.

    Raises:
        ValueError: not a path.
    """
    if not _PATH.fullmatch(path):
        raise ValueError("not a path")
    return tuple(
        name or int(index) for index, name in _STEP.findall(path.removeprefix("$"))
    )


def find(document: object, path: str) -> object:
    """Return what stands at a path, None for nothing."""
    for step in steps(path):
        if isinstance(step, str):
            document = members(document).get(step)
        else:
            values = items(document)
            document = values[step] if step < len(values) else None
    return document
