"""The tariff period behind a supplier's free text (standard mode).

LTARF is padded at will and its words come in any order; it is understood only when
every word of it is. Enedis-NOI-CPT_54E leaves the texts to the suppliers.
"""

from ..model import Tariff

_OFF_PEAK = frozenset({"HC", "CREUSE", "CREUSES"})
_PEAK = frozenset({"HP", "PLEINE", "PLEINES"})
_EJP_NORMAL = ({"HN"}, {"NORMALE"}, {"NORMALES"})
_EJP_PEAK = ({"PM"}, {"POINTE", "MOBILE"})
_COLORS = {"BLEU": 0, "BLANC": 1, "ROUGE": 2}
_FILLING = frozenset({"H", "HEURE", "HEURES", "JOUR", "JOURS"})

# Supplier indexes 1 to 6 of the Tempo contract.
TEMPO = (
    Tariff.BLUE_OFF_PEAK,
    Tariff.BLUE_PEAK,
    Tariff.WHITE_OFF_PEAK,
    Tariff.WHITE_PEAK,
    Tariff.RED_OFF_PEAK,
    Tariff.RED_PEAK,
)

# Historique: the index that counts while PTEC names a period (Enedis-NOI-CPT_02E).
INDEX_LABELS = {
    Tariff.BASE: "BASE",
    Tariff.OFF_PEAK: "HCHC",
    Tariff.PEAK: "HCHP",
    Tariff.EJP_NORMAL: "EJPHN",
    Tariff.EJP_PEAK: "EJPHPM",
    Tariff.BLUE_OFF_PEAK: "BBRHCJB",
    Tariff.BLUE_PEAK: "BBRHPJB",
    Tariff.WHITE_OFF_PEAK: "BBRHCJW",
    Tariff.WHITE_PEAK: "BBRHPJW",
    Tariff.RED_OFF_PEAK: "BBRHCJR",
    Tariff.RED_PEAK: "BBRHPJR",
}


def tariff_of(
    contract: str | None, label: str | None, index: int | None
) -> Tariff | None:
    """Return the period that NGTF, LTARF and NTARF name, None when not sure."""
    if contract is not None and "TEMPO" in contract and index is not None:
        if 1 <= index <= len(TEMPO):
            return TEMPO[index - 1]
    return _tariff_of_words(label.split()) if label is not None else None


def _tariff_of_words(words: list[str]) -> Tariff | None:
    if words == ["BASE"]:
        return Tariff.BASE
    told = set(words) - _FILLING
    if told in _EJP_NORMAL:
        return Tariff.EJP_NORMAL
    if told in _EJP_PEAK:
        return Tariff.EJP_PEAK
    colors = [_COLORS[word] for word in told & _COLORS.keys()]
    hours = told - _COLORS.keys()
    peak = bool(hours & _PEAK)
    if not hours or len(colors) > 1 or not hours <= (_PEAK if peak else _OFF_PEAK):
        return None
    if colors:
        return TEMPO[2 * colors[0] + peak]
    return Tariff.PEAK if peak else Tariff.OFF_PEAK
