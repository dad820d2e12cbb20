"""Every label of the meter, and how its text becomes a value.

Historique: Enedis-NOI-CPT_02E. Standard: Enedis-NOI-CPT_54E, section 6.2. Numbers
are in the unit named beside them. A label that stands here belongs to one mode.
"""

from collections.abc import Callable, Mapping

from ..model import TicMode, TicValue
from .values import (
    absent_potentials,
    identifier,
    nothing,
    number,
    option,
    period,
    profile,
    relays,
    status,
    text,
    tomorrow,
)

type Convert = Callable[[str], TicValue]

# Twelve digits by the specification; meters with fewer are around.
_SERIAL = identifier(10, 11, 12)

# The supplier indexes of each historique contract: together, all that was drawn.
CONTRACT_INDEXES = (
    ("BASE",),
    ("HCHC", "HCHP"),
    ("EJPHN", "EJPHPM"),
    ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR"),
)
REACTIVE_INDEXES = ("ERQ1", "ERQ2", "ERQ3", "ERQ4")
SUPPLIER_INDEXES = tuple(f"EASF{number:02}" for number in range(1, 11))

# Sent only while a phase draws more than the subscribed current.
OVERLOAD = frozenset({"ADPS", "ADIR1", "ADIR2", "ADIR3"})

_HISTORIQUE: dict[str, Convert] = {
    "ADCO": _SERIAL,
    "OPTARIF": option,
    "ISOUSC": number(2),  # A
    # Wh; 8 digits from an electromechanical meter behind a concentrator
    **dict.fromkeys(("BASE", "HCHC", "HCHP", "EJPHN", "EJPHPM"), number(8, 9)),
    **dict.fromkeys(CONTRACT_INDEXES[-1], number(9)),  # Wh, Tempo
    "GAZ": number(7),  # dal
    "AUTRE": number(7),  # dal
    "PEJP": number(2),  # min
    "PTEC": period,
    "DEMAIN": tomorrow,
    **dict.fromkeys(("IINST", "IINST1", "IINST2", "IINST3"), number(3)),  # A
    **dict.fromkeys(OVERLOAD, number(3)),  # A
    **dict.fromkeys(("IMAX", "IMAX1", "IMAX2", "IMAX3"), number(3)),  # A
    "PMAX": number(5),  # W
    "PAPP": number(5),  # VA
    "HHPHC": identifier(1),
    "MOTDETAT": identifier(6),
    "PPOT": absent_potentials,
}

# Sent with an horodate: the largest powers, mean values and mobile peaks.
_DATED: dict[str, Convert] = {
    "DATE": nothing,
    **dict.fromkeys(("SMAXSN", "SMAXSN1", "SMAXSN2", "SMAXSN3"), number(5)),  # VA
    **dict.fromkeys(("SMAXSN-1", "SMAXSN1-1", "SMAXSN2-1", "SMAXSN3-1"), number(5)),
    **dict.fromkeys(("SMAXIN", "SMAXIN-1"), number(5)),  # VA
    **dict.fromkeys(("SMAXN", "SMAXN-1"), number(5)),  # VA, meters of the pilot
    **dict.fromkeys(("CCASN", "CCASN-1", "CCAIN", "CCAIN-1"), number(5)),  # W
    **dict.fromkeys(("UMOY1", "UMOY2", "UMOY3"), number(3)),  # V
    **dict.fromkeys(("DPM1", "DPM2", "DPM3", "FPM1", "FPM2", "FPM3"), number(2)),
}
DATED = frozenset(_DATED)

_STANDARD: dict[str, Convert] = {
    **_DATED,
    "ADSC": _SERIAL,
    "VTIC": number(2),
    "NGTF": text,
    "LTARF": text,
    **dict.fromkeys(("EAST", "EAIT", *SUPPLIER_INDEXES), number(9)),  # Wh
    **dict.fromkeys(("EASD01", "EASD02", "EASD03", "EASD04"), number(9)),  # Wh
    **dict.fromkeys(REACTIVE_INDEXES, number(9)),  # varh
    **dict.fromkeys(("IRMS1", "IRMS2", "IRMS3"), number(3)),  # A
    **dict.fromkeys(("URMS1", "URMS2", "URMS3"), number(3)),  # V
    **dict.fromkeys(("PREF", "PCOUP"), number(2)),  # kVA
    **dict.fromkeys(("SINSTS", "SINSTS1", "SINSTS2", "SINSTS3"), number(5)),  # VA
    "SINST1": number(5),  # VA, meters of the pilot
    "SINSTI": number(5),  # VA
    "STGE": status,
    "MSG1": text,
    "MSG2": text,
    "PRM": identifier(14),
    "RELAIS": relays,
    "NTARF": number(2),
    "NJOURF": number(2),
    "NJOURF+1": number(2),
    "PJOURF+1": profile,
    "PPOINTE": profile,
}

LABELS: Mapping[TicMode, Mapping[str, Convert]] = {
    TicMode.HISTORIQUE: _HISTORIQUE,
    TicMode.STANDARD: _STANDARD,
}


def is_listed(label: str) -> bool:
    """Return whether a specification lists the label, in whichever mode."""
    return any(label in labels for labels in LABELS.values())
