"""What the groups of a frame say, by label."""

from collections.abc import Mapping
from datetime import datetime

from ..model import Group

type Groups = Mapping[str, Group]


def number(groups: Groups, label: str) -> int | None:
    """Return the number of a label; None when the label is not there."""
    group = groups.get(label)
    return group.data if group is not None and isinstance(group.data, int) else None


def text(groups: Groups, label: str) -> str | None:
    """Return a text without its padding, or None when nothing is left of it."""
    group = groups.get(label)
    if group is None:
        return None
    return " ".join(group.value.rstrip(". ").split()) or None


def time_of(groups: Groups, label: str) -> datetime | None:
    """Return the time that a label carries."""
    group = groups.get(label)
    return group.at if group is not None else None
