"""Supply contracts: their indexes and which one counts at a local time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

BLUE, WHITE, RED = 1, 2, 3
COLOURS = {"blue": BLUE, "white": WHITE, "red": RED}

type Window = tuple[time, time]
NIGHT: Window = (time(22), time(6))
DAY = timedelta(days=1)
# From this hour on a meter knows tomorrow's colour or peak.
ANNOUNCED_AT = 20
PEJP_NOTICE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Period:
    """One tariff period: index label and PTEC of historique, LTARF of standard."""

    label: str
    ptec: str
    ltarf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One contract; the order of its periods is that of the supplier indexes.

    Historique shows a contract that it has no words for as BASE. ``peak_starts``
    and ``peak_hours`` are those of a mobile peak on the days that have one.
    """

    optarif: str
    ngtf: str
    periods: tuple[Period, ...]
    off_peak: tuple[Window, ...] = (NIGHT,)
    peak_starts: time | None = None
    peak_hours: int = 24

    @property
    def in_historique(self) -> bool:
        """Return whether historique has words for the contract."""
        return self is BASE or self.optarif != BASE.optarif


class MobilePeak(NamedTuple):
    """A mobile peak: its number, when it starts and when it ends."""

    number: int
    starts: datetime
    ends: datetime


BASE = Contract(
    optarif="BASE",
    ngtf="      BASE      ",
    periods=(Period("BASE", "TH..", "      BASE      "),),
    off_peak=(),
)
HC = Contract(
    optarif="HC..",
    ngtf="H PLEINE/CREUSE ",
    periods=(
        Period("HCHC", "HC..", " HEURE  CREUSE  "),
        Period("HCHP", "HP..", " HEURE  PLEINE  "),
    ),
)
EJP = Contract(
    optarif="EJP.",
    ngtf="      EJP       ",
    periods=(
        Period("EJPHN", "HN..", " HEURE  NORMALE "),
        Period("EJPHPM", "PM..", " POINTE MOBILE  "),
    ),
    off_peak=(),
    peak_starts=time(7),
    peak_hours=18,
)
TEMPO = Contract(
    optarif="BBR(",
    ngtf="     TEMPO      ",
    periods=tuple(
        Period(f"BBRH{hour}J{letter}", f"H{hour}J{letter}", f"    H{hour} {colour}    ")
        for letter, colour in (("B", " BLEU"), ("W", "BLANC"), ("R", "ROUGE"))
        for hour in ("C", "P")
    ),
    peak_starts=time(6),
)
WEEK_END = Contract(
    optarif="BASE",
    ngtf="HC et Week-End  ",
    periods=tuple(
        Period("BASE", "TH..", ltarf)
        for ltarf in (" HEURE  CREUSE  ", " HEURE  PLEINE  ", "    WEEK-END    ")
    ),
)
ZEN_FLEX = Contract(
    optarif="BASE",
    ngtf="    ZEN Flex    ",
    periods=tuple(
        Period("BASE", "TH..", ltarf)
        for ltarf in (
            *("    HC  ECO     ", "    HP  ECO     "),
            *(" HC  SOBRIETE   ", " HP  SOBRIETE   "),
        )
    ),
    off_peak=((time(0), time(8)), (time(13), time(18))),
    peak_starts=time(0),
)
CONTRACTS = {
    "base": BASE,
    "hc": HC,
    "ejp": EJP,
    "tempo": TEMPO,
    "week_end": WEEK_END,
    "zen_flex": ZEN_FLEX,
}


class Tariff:
    """A contract at work: off-peak hours, colours of days and mobile peaks.

    ``colour`` paints every day alike, and red days have a peak in every contract
    that knows peaks; without it the days of a winter are drawn by lot, as many of
    each as a real one has.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        off_peak: Sequence[Window] | None = None,
        colour: str | None = None,
        seed: int = 0,
    ) -> None:
        self.contract = contract
        self.off_peak = contract.off_peak if off_peak is None else tuple(off_peak)
        self._colour = COLOURS[colour] if colour else None
        self._seed = seed

    @property
    def coloured(self) -> bool:
        """Return whether days have colours."""
        return self.contract is TEMPO

    def is_off_peak(self, local: datetime) -> bool:
        """Tell whether the off-peak hours run (never in a BASE contract)."""
        moment = local.time()
        return any(
            begin <= moment < end if begin < end else moment >= begin or moment < end
            for begin, end in self.off_peak
        )

    def index(self, local: datetime) -> int:
        """Return the number, from 0, of the supplier index that counts."""
        hours = 0 if self.is_off_peak(local) else 1
        match self.contract.ngtf:
            case TEMPO.ngtf:
                return 2 * (self.colour_today(local) - 1) + hours
            case EJP.ngtf:
                return int(self.peak_running(local) is not None)
            case ZEN_FLEX.ngtf:
                return 2 * (self.peak_running(local) is not None) + hours
            case WEEK_END.ngtf if local.weekday() >= 5:
                return 2
            case BASE.ngtf:
                return 0
            case _:
                return hours

    def colour_today(self, local: datetime) -> int:
        """Return the colour (1 to 3) of the Tempo day, which begins at 6:00."""
        return self._colour_of((local - timedelta(hours=6)).date())

    def colour_tomorrow(self, local: datetime) -> int | None:
        """Return the colour of the next Tempo day; the meter knows it from 20:00."""
        if not self.coloured or 6 <= local.hour < ANNOUNCED_AT:
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

    def peak_running(self, local: datetime) -> MobilePeak | None:
        """Return the mobile peak of this moment."""
        for day in (local.date(), (local - DAY).date()):
            peak = self._peak_of(day, local)
            if peak is not None and peak.starts <= local < peak.ends:
                return peak
        return None

    def peak_notice(self, local: datetime) -> MobilePeak | None:
        """Return the mobile peak that is announced and has not begun."""
        for day in (local.date(), (local + DAY).date()):
            peak = self._peak_of(day, local)
            if peak is not None and local < peak.starts:
                eve = (peak.starts - timedelta(hours=8)).replace(hour=ANNOUNCED_AT)
                return peak if local >= eve else None
        return None

    def pejp(self, local: datetime) -> bool:
        """Return whether historique gives the notice of an EJP peak."""
        peak = self.peak_notice(local) if self.contract is EJP else None
        return peak is not None and peak.starts - local <= PEJP_NOTICE

    def _peak_of(self, day: date, local: datetime) -> MobilePeak | None:
        """Return the mobile peak that begins on a day."""
        starts, colour = self.contract.peak_starts, self._colour_of(day)
        if starts is None or colour == BLUE or (colour == WHITE and not self.coloured):
            return None
        number = colour - 1 if self.coloured else 1
        begin = datetime.combine(day, starts, local.tzinfo)
        # By the clock of the wall, as a contract counts its hours.
        hours = timedelta(hours=self.contract.peak_hours)
        return MobilePeak(number, begin, begin + hours)

    def profile(self, local: datetime) -> str:
        """Return PJOURF+1: 11 blocks HHMMSSSS of tomorrow's switching times."""
        if self.contract is WEEK_END and (local + DAY).weekday() >= 5:
            return self._blocks({time(0): 3})
        return self._blocks(self._hours(1, 2))

    def peak_profile(self, peak: MobilePeak) -> str:
        """Return PPOINTE: the switching times of a day with this peak."""
        if self.contract is EJP:
            return self._blocks({time(0): 1, time(1): 1, time(7): 2})
        return self._blocks(self._hours(2 * peak.number + 1, 2 * peak.number + 2))

    def _hours(self, low: int, high: int) -> dict[time, int]:
        """Return the switching times between two indexes; one alone is the low."""
        if not self.off_peak:
            return {time(0): low}
        starts = {begin: low for begin, _ in self.off_peak}
        starts |= {end: high for _, end in self.off_peak if end not in starts}
        midnight = low if any(end < begin for begin, end in self.off_peak) else high
        starts.setdefault(time(0), midnight)
        return starts

    def _blocks(self, starts: dict[time, int]) -> str:
        # Bits 15-14 of SSSS: dry contact open (10) or closed (11) off-peak; a
        # Tempo contract programs it by itself (01).
        blocks = [
            f"{at:%H%M}{self._contact(at):X}00{index}"
            for at, index in sorted(starts.items())
        ]
        return " ".join((blocks + ["NONUTILE"] * 11)[:11])

    def _contact(self, at: time) -> int:
        if self.coloured:
            return 0x4
        return 0xC if self.is_off_peak(datetime.combine(date.min, at)) else 0x8
