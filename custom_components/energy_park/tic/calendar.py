"""Colours of days and mobile peaks, in the words of either mode.

Historique names them in PTEC, DEMAIN and PEJP (Enedis-NOI-CPT_02E); standard in
STGE, DPMn and FPMn (Enedis-NOI-CPT_54E, 6.2.3). The colour of tomorrow is unknown
for most of the day: meters learn it at about 20:00.
"""

from dataclasses import dataclass
from datetime import datetime

from ..model import DayColor, MeterStatus, Tariff
from .groups import Groups, time_of

_COLORS = {
    Tariff.BLUE_OFF_PEAK: DayColor.BLUE,
    Tariff.BLUE_PEAK: DayColor.BLUE,
    Tariff.WHITE_OFF_PEAK: DayColor.WHITE,
    Tariff.WHITE_PEAK: DayColor.WHITE,
    Tariff.RED_OFF_PEAK: DayColor.RED,
    Tariff.RED_PEAK: DayColor.RED,
}
_EJP = {Tariff.EJP_NORMAL: 0, Tariff.EJP_PEAK: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a frame tells of its day and the next; None is not known."""

    color_today: DayColor | None = None
    color_tomorrow: DayColor | None = None
    peak_notice: int | None = None
    peak_running: int | None = None
    peak_starts_at: datetime | None = None
    peak_ends_at: datetime | None = None


def read_historique(groups: Groups, tariff: Tariff | None, *, whole: bool) -> Calendar:
    """Return the calendar of a historique frame.

    The notice of an EJP peak is a group that comes only then: in a frame that is
    not ``whole`` it may be what was lost.
    """
    tomorrow = groups.get("DEMAIN")
    color = tomorrow.data if tomorrow is not None else None
    running = _EJP.get(tariff) if tariff is not None else None
    notice = 1 if "PEJP" in groups else None
    if notice is None and running is not None and whole:
        notice = 0
    return Calendar(
        color_today=_COLORS.get(tariff) if tariff is not None else None,
        color_tomorrow=color if isinstance(color, DayColor) else None,
        peak_notice=notice,
        peak_running=running,
    )


def read_standard(groups: Groups, tariff: Tariff | None) -> Calendar:
    """Return the calendar of a standard frame.

    The tariff in force is billed, so its colour goes before that of STGE.
    """
    stge = groups.get("STGE")
    status = stge.data if stge is not None else None
    color = _COLORS.get(tariff) if tariff is not None else None
    if not isinstance(status, MeterStatus):
        return Calendar(color_today=color)
    peak = status.peak_notice or status.peak_running
    return Calendar(
        color_today=color or status.color_today,
        color_tomorrow=status.color_tomorrow,
        peak_notice=status.peak_notice or 0,
        peak_running=status.peak_running or 0,
        peak_starts_at=time_of(groups, f"DPM{peak}"),
        peak_ends_at=time_of(groups, f"FPM{peak}"),
    )
