"""What a person may choose of a park's alarms, and the limits that follow from it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .alarms import (
    FLOOR_FACTOR,
    OVERLOAD,
    OVERVOLTAGE,
    SILENCE,
    UNDERVOLTAGE,
    AlarmState,
    Limit,
)

# The weakest of the usual plugs. A warning that comes early does no harm.
RATED_A: Final = 10.0
NOMINAL_V: Final = 230.0
# A plug that is silent for so long does not come back by itself.
SILENT_FOR_A_PERSON: Final = timedelta(hours=1)


class AlarmKind(StrEnum):
    """What an alarm is about.

    A socket, a plug's mains, a sector, a plug; then a plug's mains again, the whole
    park's load, and a meter's load twice.
    """

    OVERLOAD = "overload"
    VOLTAGE = "voltage"
    OUT_OF_HOURS = "out_of_hours"
    SILENCE = "silence"
    FREQUENCY = "frequency"
    TAN_PHI = "tan_phi"
    IMBALANCE = "imbalance"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class AlarmLimits:
    """Where each kind of alarm begins."""

    silence: Limit
    overload: Limit
    overvoltage: Limit
    undervoltage: Limit
    out_of_hours_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """The defaults are those of the limits themselves."""

    silence_s: float = 120.0
    overload_percent: float = 80.0
    voltage_min_v: float = 207.0
    voltage_max_v: float = 253.0
    out_of_hours_factor: float = FLOOR_FACTOR

    @property
    def limits(self) -> AlarmLimits:
        """The limits; an alarm's bound lies never before its warning's."""
        assert OVERLOAD.alarm is not None
        assert UNDERVOLTAGE.alarm is not None
        return AlarmLimits(
            silence=replace(SILENCE, alarm=self.silence_s),
            overload=replace(
                OVERLOAD,
                warning=self.overload_percent,
                alarm=max(OVERLOAD.alarm, self.overload_percent),
            ),
            overvoltage=replace(OVERVOLTAGE, alarm=self.voltage_max_v),
            undervoltage=replace(
                UNDERVOLTAGE,
                warning=self.voltage_min_v,
                alarm=min(UNDERVOLTAGE.alarm, self.voltage_min_v),
            ),
            out_of_hours_factor=self.out_of_hours_factor,
        )


def follow_silence(
    state: AlarmState,
    limit: Limit,
    heard_at: datetime | None,
    started_at: datetime,
    now: datetime,
) -> AlarmState:
    """Return a plug's alarm; ``heard_at`` is None until it is heard after a start.

    A plug that was silent before a restart is silent until it is heard.
    """
    silent_s = (now - (heard_at or started_at)).total_seconds()
    if heard_at is None and limit.alarm is not None and silent_s <= limit.alarm:
        return state.follow(limit, None, now)
    return state.follow(limit, silent_s, now)
