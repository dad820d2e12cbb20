"""What may be said of sectors, in each language, as Home Assistant writes sentences.

``[...]`` may be left out, ``(a|b)`` is one of them.
"""

from dataclasses import dataclass
from enum import StrEnum
import re


class Command(StrEnum):
    """What is asked of a sector; a switch by the key of its entity."""

    ALL_ON = "all_on"
    ALL_OFF = "all_off"
    COMPUTERS_ON = "computers_on"
    COMPUTERS_OFF = "computers_off"
    MONITORS_ON = "monitors_on"
    MONITORS_OFF = "monitors_off"
    POWER = "power"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The sentences of one language, as Home Assistant writes them.

    ``{what}`` is everything, the computers or the monitors; ``{sector}`` is the
    name of a sector.
    """

    on: tuple[str, ...]
    off: tuple[str, ...]
    everything: str
    computers: str
    monitors: str
    power: tuple[str, ...]


_ALLUME = "(allume|allumer|allumez|démarre|démarrer|démarrez)"
_ETEINS = "(éteins|éteindre|éteignez|arrête|arrêter|arrêtez|coupe|couper|coupez)"
_DE_LA = "((de|dans|en|du|des) [la|le|les] |de l'|dans l'|d')"
_ENCIENDE = "(enciende|encender|encienda|prende)"
_APAGA = "(apaga|apagar|apague)"
_DE_EL = "(de|del|en) [la|el]"

LANGUAGES = (
    Language(
        on=(
            "(turn|switch) on [all] [the] {what} (of|in) [the] {sector}",
            "(turn|switch) [all] [the] {what} (of|in) [the] {sector} on",
        ),
        off=(
            "(turn|switch|shut) off [all] [the] {what} (of|in) [the] {sector}",
            "(turn|switch) [all] [the] {what} (of|in) [the] {sector} off",
        ),
        everything="everything",
        computers="(computers|PCs|machines)",
        monitors="(monitors|screens|displays)",
        power=(
            "(what is|what's|tell me) the (power|consumption) (of|in) [the] {sector}",
            "(what is|what's) [the] {sector} (power|consumption)",
            "how much [power|electricity] does [the] {sector} (use|draw|consume) [now]",
        ),
    ),
    Language(
        on=(f"{_ALLUME} [tous] [les] {{what}} {_DE_LA}{{sector}}",),
        off=(f"{_ETEINS} [tous] [les] {{what}} {_DE_LA}{{sector}}",),
        everything="tout",
        computers="(ordinateurs|postes|PC|machines)",
        monitors="(écrans|moniteurs)",
        power=(
            f"quelle est la (puissance|consommation) {_DE_LA}{{sector}}",
            "(combien|que) consomme ([la|le|les] |l'){sector}",
        ),
    ),
    Language(
        on=(f"{_ENCIENDE} [todos] [los|las] {{what}} {_DE_EL} {{sector}}",),
        off=(f"{_APAGA} [todos] [los|las] {{what}} {_DE_EL} {{sector}}",),
        everything="todo",
        computers="(ordenadores|computadoras|equipos|PC)",
        monitors="(monitores|pantallas)",
        power=(
            f"(cuál|cual) es (la potencia|el consumo) {_DE_EL} {{sector}}",
            "cuánto consume [la|el] {sector}",
        ),
    ),
)


def sentences(command: Command, sector: str) -> list[str]:
    """Return the sentences of a command in all languages; the name is plain."""
    if command is Command.POWER:
        return [s.format(sector=sector) for one in LANGUAGES for s in one.power]
    what, _, state = command.rpartition("_")
    found = []
    for one in LANGUAGES:
        words = {
            "all": one.everything,
            "computers": one.computers,
            "monitors": one.monitors,
        }
        found += [
            sentence.format(what=words[what], sector=sector)
            for sentence in (one.on if state == "on" else one.off)
        ]
    return found


def plain(text: str) -> str:
    """Return a name without what has a meaning in a template."""
    return " ".join(re.sub(r"[^\w\s']", " ", text).casefold().split())
