"""Texts of the meter's groups to values.

Every function raises ValueError or KeyError on a text that its label cannot have.
Sections are those of Enedis-NOI-CPT_54E.
"""

from collections.abc import Callable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from ..model import (
    Breaker,
    DayColor,
    DryContact,
    EuridisState,
    MeterStatus,
    PowerLineState,
    ProfileStep,
    Tariff,
    TicMode,
)

# A Linky tells the legal time of mainland France.
_LEGAL_TIME = ZoneInfo("Europe/Paris")
_UTC_OFFSET = {"H": "+01:00", "h": "+01:00", "E": "+02:00", "e": "+02:00"}

_BREAKERS = (
    Breaker.CLOSED,
    Breaker.OVERPOWER,
    Breaker.OVERVOLTAGE,
    Breaker.LOAD_SHEDDING,
    Breaker.ORDER,
    Breaker.OVERHEATING_ABOVE_IMAX,
    Breaker.OVERHEATING_BELOW_IMAX,
    None,
)
_EURIDIS = (EuridisState.OFF, EuridisState.UNSECURED, None, EuridisState.SECURED)
_POWER_LINE = (
    PowerLineState.UNLOCKED,
    PowerLineState.LOCKED,
    PowerLineState.REGISTERED,
    None,
)
_COLORS = (None, DayColor.BLUE, DayColor.WHITE, DayColor.RED)
_DRY_CONTACTS = (
    DryContact.UNCHANGED,
    DryContact.TEMPO,
    DryContact.OPEN,
    DryContact.CLOSED,
)

_NEVER_WRITTEN = frozenset("`{|}~\x7f")
_TOMORROW = {
    "----": None,
    "BLEU": DayColor.BLUE,
    "BLAN": DayColor.WHITE,
    "ROUG": DayColor.RED,
}
_PERIODS = {
    "TH..": Tariff.BASE,
    "HC..": Tariff.OFF_PEAK,
    "HP..": Tariff.PEAK,
    "HN..": Tariff.EJP_NORMAL,
    "PM..": Tariff.EJP_PEAK,
    "HCJB": Tariff.BLUE_OFF_PEAK,
    "HPJB": Tariff.BLUE_PEAK,
    "HCJW": Tariff.WHITE_OFF_PEAK,
    "HPJW": Tariff.WHITE_PEAK,
    "HCJR": Tariff.RED_OFF_PEAK,
    "HPJR": Tariff.RED_PEAK,
}


def horodate(text: str) -> datetime | None:
    """Return the time of ``SAAMMJJhhmmss``, with its offset (section 6.2.1.1).

    A lower-case season is a clock that may be wrong, a space a time that has no
    season. None for a date that does not exist, which a group may carry.
    """
    season, digits = text[:1], text[1:]
    if len(digits) != 12 or not digits.isdecimal() or season not in "HhEe ":
        raise ValueError(text)
    iso = f"20{digits[:6]}T{digits[6:]}{_UTC_OFFSET.get(season, '')}"
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=_LEGAL_TIME)


def number(*digits: int) -> Callable[[str], int]:
    """Return the converter of a number that is so many digits long."""

    def convert(text: str) -> int:
        if len(text) not in digits or not text.isdecimal():
            raise ValueError(text)
        return int(text)

    return convert


def text(text: str) -> str:
    """Return the text as it is.

    A damaged bit 6, which the checksum does not see, makes these signs of a space
    and of some others; no supplier writes them.
    """
    if not _NEVER_WRITTEN.isdisjoint(text):
        raise ValueError(text)
    return text


def identifier(*lengths: int) -> Callable[[str], str]:
    """Return the converter of digits and capitals, so many characters long.

    A damaged bit 6, which the checksum does not see, makes small letters of digits.
    """

    def convert(text: str) -> str:
        if len(text) not in lengths or not text.isalnum() or text != text.upper():
            raise ValueError(text)
        return text

    return convert


def option(text: str) -> str:
    """Return the contract of OPTARIF: a word of four characters."""
    if len(text) != 4 or not text[:2].isalpha():
        raise ValueError(text)
    return text


def nothing(text: str) -> None:
    """Accept the empty data of DATE, whose horodate says it all."""
    if text:
        raise ValueError(text)


def period(text: str) -> Tariff:
    """Return the tariff period of PTEC."""
    return _PERIODS[text]


def tomorrow(text: str) -> DayColor | None:
    """Return the colour of DEMAIN; None while it is not known."""
    return _TOMORROW[text]


def absent_potentials(text: str) -> tuple[bool, ...]:
    """Return for phases 1 to 3 whether PPOT says that its potential is absent."""
    bits = _bits(text, 2)
    return tuple(bool(bits >> phase & 1) for phase in (1, 2, 3))


def relays(text: str) -> tuple[bool, ...]:
    """Return which relays 1 to 8 of RELAIS are closed; the first is the real one."""
    bits = number(3)(text)
    if bits > 0xFF:
        raise ValueError(text)
    return tuple(bool(bits >> relay & 1) for relay in range(8))


def status(text: str) -> MeterStatus:
    """Return the 32 bits of STGE (section 6.2.3.14)."""
    bits = _bits(text, 8)

    def bit(position: int) -> bool:
        return bool(bits >> position & 1)

    return MeterStatus(
        dry_contact_closed=not bit(0),
        breaker=_BREAKERS[bits >> 1 & 7],
        cover_open=bit(4),
        overvoltage=bit(6),
        overload=bit(7),
        producer=bit(8),
        energy_negative=bit(9),
        supplier_index=(bits >> 10 & 15) + 1,
        distributor_index=(bits >> 14 & 3) + 1,
        clock_degraded=bit(16),
        mode=TicMode.STANDARD if bit(17) else TicMode.HISTORIQUE,
        euridis=_EURIDIS[bits >> 19 & 3],
        power_line=_POWER_LINE[bits >> 21 & 3],
        power_line_synchronized=bit(23),
        color_today=_COLORS[bits >> 24 & 3],
        color_tomorrow=_COLORS[bits >> 26 & 3],
        peak_notice=(bits >> 28 & 3) or None,
        peak_running=(bits >> 30 & 3) or None,
    )


def profile(text: str) -> tuple[ProfileStep, ...]:
    """Return the steps of PJOURF+1 or PPOINTE: blocks of HHMMSSSS (6.2.3.21)."""
    return tuple(_step(block) for block in text.split() if block != "NONUTILE")


def _step(block: str) -> ProfileStep:
    clock, action = block[:4], _bits(block[4:], 4)
    if not clock.isdecimal():
        raise ValueError(block)
    index = action & 15
    return ProfileStep(
        starts=time(int(clock[:2]), int(clock[2:])),
        dry_contact=_DRY_CONTACTS[action >> 14],
        contacts=tuple(bool(action >> bit & 1) for bit in range(4, 11)),
        index=index if 1 <= index <= 10 else None,
    )


def _bits(text: str, digits: int) -> int:
    """Return the value of so many hexadecimal digits."""
    if len(text) != digits or not text.isalnum():
        raise ValueError(text)
    return int(text, 16)
