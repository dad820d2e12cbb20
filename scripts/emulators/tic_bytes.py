"""The bytes of the customer output (TIC) of a Linky meter.

Framing and checksum of Enedis-NOI-CPT_54E, section 5: the checksum of
historique leaves the last separator out, that of standard takes it in.
"""

from datetime import datetime
from math import floor

STX, ETX, EOT = b"\x02", b"\x03", b"\x04"


def checksum(covered: str) -> str:
    """Return the checksum character of the covered part of a group."""
    return chr((sum(covered.encode("ascii")) & 0x3F) + 0x20)


def historique_group(label: str, value: str) -> bytes:
    """Return one group of historique mode, LF to CR."""
    covered = f"{label} {value}"
    return f"\n{covered} {checksum(covered)}\r".encode("ascii")


def standard_group(label: str, value: str, horodate: str | None = None) -> bytes:
    """Return one group of standard mode, LF to CR."""
    covered = "\t".join(
        (label, value) if horodate is None else (label, horodate, value)
    )
    covered += "\t"
    return f"\n{covered}{checksum(covered)}\r".encode("ascii")


def frame(groups: list[bytes]) -> bytes:
    """Return one frame, STX to ETX."""
    return STX + b"".join(groups) + ETX


def digits(value: float, width: int) -> str:
    """Return a counter or a measure as so many digits; counters roll over."""
    return f"{floor(max(0.0, value)) % 10**width:0{width}d}"


def horodate(local: datetime) -> str:
    """Return a local time as SAAMMJJhhmmss, S for summer (E) or winter (H)."""
    season = "E" if local.dst() else "H"
    return f"{season}{local:%y%m%d%H%M%S}"
