"""Supply contracts: their indexes and which one counts at a local time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

BLUE, WHITE, RED = 1, 2, 3
COLOURS = {"blue": BLUE, "white": WHITE, "red": RED}

type Window = tuple[time, time]
NIGHT: Window = (time(22), time(6))


@dataclass(frozen=True, slots=True)
class Period:
    """One tariff period: index label and PTEC of historique, LTARF of standard."""

    label: str
    ptec: str
    ltarf: str


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract; the order of its periods is that of the supplier indexes."""

    optarif: str
    ngtf: str
    periods: tuple[Period, ...]


BASE = Contract(
    "BASE", "      BASE      ", (Period("BASE", "TH..", "      BASE      "),)
)
HC = Contract(
    "HC..",
    "H PLEINE/CREUSE ",
    (
        Period("HCHC", "HC..", " HEURE  CREUSE  "),
        Period("HCHP", "HP..", " HEURE  PLEINE  "),
    ),
)
TEMPO = Contract(
    "BBR(",
    "     TEMPO      ",
    tuple(
        Period(f"BBRH{hour}J{letter}", f"H{hour}J{letter}", f"    H{hour} {colour}    ")
        for letter, colour in (("B", " BLEU"), ("W", "BLANC"), ("R", "ROUGE"))
        for hour in ("C", "P")
    ),
)
CONTRACTS = {"base": BASE, "hc": HC, "tempo": TEMPO}


class Tariff:
    """A contract at work: off-peak hours and, for Tempo, the colours of days.

    ``colour`` paints every day alike; without it the days of a winter get their
    colours by lot, as many of each as a real one.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        off_peak: Sequence[Window] = (NIGHT,),
        colour: str | None = None,
        seed: int = 0,
    ) -> None:
        self.contract = contract
        self.off_peak = tuple(off_peak)
        self._colour = COLOURS[colour] if colour else None
        self._seed = seed

    @property
    def coloured(self) -> bool:
        """Return whether days have colours."""
        return self.contract is TEMPO

    def is_off_peak(self, local: datetime) -> bool:
        """Tell whether the off-peak hours run (never in a BASE contract)."""
        if self.contract is BASE:
            return False
        moment = local.time()
        return any(
            begin <= moment < end if begin < end else moment >= begin or moment < end
            for begin, end in self.off_peak
        )

    def index(self, local: datetime) -> int:
        """Return the number, from 0, of the supplier index that counts."""
        if self.contract is BASE:
            return 0
        peak = 0 if self.is_off_peak(local) else 1
        return 2 * (self.colour_today(local) - 1) + peak if self.coloured else peak

    def colour_today(self, local: datetime) -> int:
        """Return the colour (1 to 3) of the Tempo day, which begins at 6:00."""
        return self._colour_of((local - timedelta(hours=6)).date())

    def colour_tomorrow(self, local: datetime) -> int | None:
        """Return the colour of the next Tempo day; the meter knows it from 20:00."""
        if not self.coloured or 6 <= local.hour < 20:
            return None
        return self._colour_of((local + timedelta(hours=18)).date())

    def _colour_of(self, day: date) -> int:
        if self._colour is not None:
            return self._colour
        if day.month in range(4, 11) or day.weekday() == 6:
            return BLUE
        lot = Random(f"{self._seed}/{day}").random()
        if day.weekday() < 5 and lot < 0.2:
            return RED
        return WHITE if lot < 0.5 else BLUE

    def profile(self) -> str:
        """Return PJOURF+1: 11 blocks HHMMSSSS of tomorrow's switching times."""
        if self.contract is BASE:
            changes = [("0000", 1)]
        else:
            starts = {begin: 1 for begin, _ in self.off_peak}
            starts |= {end: 2 for _, end in self.off_peak if end not in starts}
            midnight = 1 if any(end < begin for begin, end in self.off_peak) else 2
            starts.setdefault(time(0), midnight)
            changes = [(f"{at:%H%M}", index) for at, index in sorted(starts.items())]
        # Bits 15-14 of SSSS: dry contact open (10) or closed (11) off-peak; a
        # Tempo contract programs it by itself (01).
        blocks = [f"{at}{self._contact(index):X}00{index}" for at, index in changes]
        return " ".join((blocks + ["NONUTILE"] * 11)[:11])

    def _contact(self, index: int) -> int:
        if self.coloured:
            return 0x4
        return 0xC if index == 1 and self.contract is not BASE else 0x8
