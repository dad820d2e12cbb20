"""Signals of the French grid, as the integrations of Home Assistant give them."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from ..model import DayColor

# RTE Tempo by its sensors, their pictures, and the meter's label DEMAIN.
_COLORS = {
    "bleu": DayColor.BLUE,
    "blue": DayColor.BLUE,
    "🔵": DayColor.BLUE,
    "blanc": DayColor.WHITE,
    "blan": DayColor.WHITE,
    "white": DayColor.WHITE,
    "⚪": DayColor.WHITE,
    "rouge": DayColor.RED,
    "roug": DayColor.RED,
    "red": DayColor.RED,
    "🔴": DayColor.RED,
}


class Ecowatt(IntEnum):
    """How strained the grid is (RTE Ecowatt)."""

    CARBON_FREE = 0
    NORMAL = 1
    STRAINED = 2
    VERY_STRAINED = 3


def parse_color(state: str) -> DayColor | None:
    """Return the colour that a state tells; None for one that is not known yet."""
    return _COLORS.get(state.strip().lower().replace("\ufe0f", ""))


def parse_ecowatt(attributes: Mapping[str, Any]) -> Ecowatt | None:
    """Return the level from its number; the sentence beside it is for people."""
    try:
        return Ecowatt(int(attributes["level_code"]))
    except KeyError, TypeError, ValueError:
        return None
