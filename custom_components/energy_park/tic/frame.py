"""Groups of the meter's frames: separators, checksum, text to a typed Group.

The rules are those of Enedis-NOI-CPT_54E (sections 5 and 6) for both modes and of
Enedis-NOI-CPT_02E for the historique labels.
"""

from enum import StrEnum
import re

from ..model import Group, TicMode
from .labels import DATED, LABELS
from .values import horodate, text

STX = b"\x02"
ETX = b"\x03"
EOT = b"\x04"

# PJOURF+1, the longest group, has 110 characters.
LINE_MAX = 160

# What a label that no specification lists may look like.
_LABEL = re.compile(r"[A-Z][A-Z0-9_+/-]{0,11}")

_HISTORIQUE = LABELS[TicMode.HISTORIQUE]
_STANDARD = LABELS[TicMode.STANDARD]


class Reject(StrEnum):
    """Why bytes between two control characters are no group.

    ``VALUE`` is a good checksum over a value that the label cannot have: the
    checksum has 6 bits and does not see bit 6 of a character. ``PARITY`` is a byte
    that was damaged between the meter and a port that keeps the parity bit.
    """

    FORMAT = "format"
    CHECKSUM = "checksum"
    PARITY = "parity"
    VALUE = "value"
    CUT = "cut"
    TOO_LONG = "too_long"


def checksum(summed: bytes) -> int:
    """Return the checksum character of the bytes that it covers.

    Historique covers the label to the end of the data; standard also covers the
    separator before the checksum.
    """
    return (sum(summed) & 0x3F) + 0x20


def parse_historique(line: bytes) -> Group | Reject:
    """Return the group of ``LABEL SP data SP checksum``, 7-bit bytes."""
    if len(line) < 2 or line[-2] != 0x20:
        return Reject.FORMAT
    summed = line[:-2]
    if checksum(summed) != line[-1]:
        return Reject.CHECKSUM
    label, separator, value = summed.decode("ascii").partition(" ")
    convert = _HISTORIQUE.get(label)
    if convert is None:
        if not separator or label in _STANDARD or not _LABEL.fullmatch(label):
            return Reject.FORMAT
        convert = text
    try:
        return Group(label, value, None, convert(value))
    except ValueError, KeyError:
        return Reject.VALUE


def parse_standard(line: bytes) -> Group | Reject:
    """Return the group of ``LABEL HT [horodate HT] data HT checksum``, 7-bit bytes."""
    if len(line) < 2 or line[-2] != 0x09:
        return Reject.FORMAT
    summed = line[:-1]
    if checksum(summed) != line[-1]:
        return Reject.CHECKSUM
    label, *texts = summed[:-1].decode("ascii").split("\t")
    if not 1 <= len(texts) <= 2:
        return Reject.FORMAT
    value = texts[-1]
    stamp = texts[0] if len(texts) == 2 else None
    convert = _STANDARD.get(label)
    if convert is None:
        if label in _HISTORIQUE or not _LABEL.fullmatch(label):
            return Reject.FORMAT
        convert = text
    elif (stamp is not None) is not (label in DATED):
        return Reject.FORMAT
    try:
        at = horodate(stamp) if stamp is not None else None
        return Group(label, value, stamp, convert(value), at)
    except ValueError, KeyError:
        return Reject.VALUE


def group_of(label: str, value: str, stamp: str | None) -> Group | None:
    """Return the group of texts that once were one; None when they cannot be."""
    convert = _HISTORIQUE.get(label) or _STANDARD.get(label)
    if convert is None or (stamp is not None) is not (label in DATED):
        return None
    try:
        at = horodate(stamp) if stamp is not None else None
        return Group(label, value, stamp, convert(value), at)
    except ValueError, KeyError:
        return None
