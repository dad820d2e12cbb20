"""Frames as meters send them, and the real captures beside the checkout."""

from pathlib import Path
import re

from custom_components.energy_park.model import Group
from custom_components.energy_park.tic.decoder import Frame, FrameDecoder
from scripts.emulators.tic_bytes import frame, historique_group, standard_group

CAPTURES = Path(__file__).parents[4] / "shared/data/tic"


def historique(text: str) -> bytes:
    """Return a frame of "LABEL value" lines."""
    return frame([historique_group(*line.split(" ", 1)) for line in lines(text)])


def standard(text: str) -> bytes:
    """Return a frame of "LABEL|value" or "LABEL|horodate|value" lines; _ is a space."""
    groups = [line.replace("_", " ").split("|") for line in lines(text)]
    return frame([standard_group(g[0], g[-1], *g[1:-1]) for g in groups])


def lines(text: str) -> list[str]:
    return [line for line in text.strip("\n").split("\n") if line]


def decode(data: bytes) -> list[Frame]:
    decoder = FrameDecoder()
    return [f for f in decoder.feed(data) + decoder.finish() if not f.early]


def groups(frames: list[Frame]) -> list[Group]:
    return [group for frame in frames for group in frame.groups.values()]


def good_and_total() -> dict[str, tuple[int, int]]:
    """Return what the captures' own page says of each file."""
    page = (CAPTURES / "README.md").read_text()
    rows = re.findall(r"^\| (\S+\.bin) \|.*\| (\d+)/(\d+) \|", page, re.MULTILINE)
    return {name: (int(good), int(total)) for name, good, total in rows}


TEMPO = """
ADCO 021861348497
OPTARIF BBR(
ISOUSC 30
BBRHCJB 018328856
BBRHPJB 023739545
BBRHCJW 001466099
BBRHPJW 002132883
BBRHCJR 000860118
BBRHPJR 000844115
PTEC HCJB
DEMAIN ROUG
IINST 012
IMAX 090
PAPP 02840
HHPHC A
MOTDETAT 000000
"""
THREE_PHASES = """
ADCO 031762120162
OPTARIF HC..
ISOUSC 20
HCHC 001065963
HCHP 001521211
PTEC HP..
IINST1 001
IINST2 000
IINST3 002
IMAX1 060
IMAX2 060
IMAX3 060
PMAX 06030
PAPP 00750
HHPHC A
MOTDETAT 000000
PPOT 00
"""
SHORT = """
ADIR2 024
ADCO 031762120162
IINST1 001
IINST2 024
IINST3 002
"""
STANDARD = """
ADSC|061964123456
VTIC|02
DATE|H191203125805|
NGTF|H_PLEINE/CREUSE_
LTARF|_HEURE__CREUSE__
EAST|013669128
EASF01|004432429
EASF02|009236699
EASF03|000000000
EASD01|013669128
IRMS1|002
URMS1|232
PREF|09
PCOUP|09
SINSTS|00519
SMAXSN|H191203032158|05706
SMAXSN-1|H191202171658|05661
CCASN|H191203120000|00521
UMOY1|H191203125000|232
STGE|003A0001
MSG1|PAS_DE__________MESSAGE_________
PRM|01234567890123
RELAIS|001
NTARF|01
NJOURF|00
NJOURF+1|00
PJOURF+1|00008002 0256C001 07568002 NONUTILE NONUTILE
"""
STANDARD_THREE_PHASES = """
ADSC|041876123456
DATE|E210414082625|
NGTF|_____TEMPO______
LTARF|____HP__BLEU____
EAST|011604109
EASF01|002741488
EASF02|005905500
EAIT|000671631
IRMS1|001
IRMS2|002
IRMS3|001
URMS1|234
URMS2|240
URMS3|242
PREF|18
SINSTS|00013
SINSTS1|00000
SINSTS2|00568
SINSTS3|00000
SMAXSN1|E210414060632|00405
SINSTI|00000
STGE|013A0501
NTARF|02
"""
