"""What can be mirrored: one frozen row type for each kind of fact.

All instants carry a time zone. Numbers are finite. Ids are the park's own texts;
the short numbers of the database are not known here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntFlag, StrEnum
import secrets
from typing import ClassVar, Final

from ..model import Role

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


class SubjectKind(StrEnum):
    """What a reading or an event is about."""

    SITE = "site"
    METER = "meter"
    SECTOR = "sector"
    PLUG = "plug"
    SOCKET = "socket"
    CHANNEL = "channel"
    ENTITY = "entity"


class EventKind(StrEnum):
    """What kind of thing happened."""

    ORDER = "order"
    WANTED = "wanted"
    ACTUAL = "actual"
    JOB = "job"
    RESULT = "result"
    TRIAL = "trial"
    SHED = "shed"
    RESTORE = "restore"
    BALANCE_PERIOD = "balance_period"
    ALARM = "alarm"
    STATE = "state"
    MIRROR = "mirror"


class Quality(IntFlag):
    """What is to be known about a reading; 0 is good."""

    GOOD = 0
    CLOCK_WRONG = 1
    BACKFILLED = 2
    ESTIMATED = 4


@dataclass(frozen=True, slots=True)
class Series:
    """What a row of readings means. A change of unit makes another series.

    ``subject`` is the id of the meter, sector, plug, socket or channel, the entity
    id, or empty for the site. ``metric`` has the unit in its name (``power_w``), or is
    ``state`` for a foreign entity; ``unit`` is its symbol, empty for none.
    """

    kind: SubjectKind
    subject: str
    metric: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One measurement of one series."""

    series: Series
    at: datetime
    value: float
    quality: Quality = Quality.GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class HourRow:
    """An hour (UTC) of the past of which only a mean and its bounds are known.

    The same hour of the same series is stored once, as one reading.
    """

    table: ClassVar[str] = "reading_thinned"

    series: Series
    hour_at: datetime
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """Something that happened, and why. Each one has a random ``event_id``."""

    table: ClassVar[str] = "event"

    at: datetime
    kind: EventKind
    subject_kind: SubjectKind
    subject_id: str
    is_on: bool | None = None
    source: str | None = None
    reason: str | None = None
    until: datetime | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    event_id: int = field(
        default_factory=lambda: secrets.randbits(64) - (1 << 63), compare=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRow:
    """What a meter said: label to text, or to value and horodate where it has one."""

    table: ClassVar[str] = "meter_frame"

    at: datetime
    meter_id: str
    mode: str
    complete: bool
    labels: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """The park itself. ``uid`` is the same in every database it ever writes to."""

    uid: str
    name: str
    time_zone: str
    country: str | None = None
    region: str | None = None
    city: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterRow:
    """A meter, as it is from ``updated_at`` on."""

    table: ClassVar[str] = "meter"

    meter_id: str
    name: str
    mode: str | None = None
    contract: str | None = None
    subscribed_power_va: int | None = None
    updated_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorRow:
    """A sector, as it is from ``updated_at`` on."""

    table: ClassVar[str] = "sector"

    sector_id: str
    name: str
    updated_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugRow:
    """A plug, as it is from ``updated_at`` on."""

    table: ClassVar[str] = "plug"

    plug_id: str
    name: str
    model: str | None = None
    updated_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketRow:
    """A socket, as it is from ``updated_at`` on."""

    table: ClassVar[str] = "socket"

    socket_id: str
    plug_id: str
    sector_id: str | None
    number: int
    name: str
    role: Role
    priority: int
    protected: bool
    updated_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A circuit that a panel's meter measures, as it is from ``updated_at`` on."""

    table: ClassVar[str] = "channel"

    channel_id: str
    plug_id: str
    number: int
    name: str
    updated_at: datetime
    removed_at: datetime | None = None


type PartRow = MeterRow | SectorRow | PlugRow | SocketRow | ChannelRow
type RecordRow = EventRow | FrameRow | PartRow
type Row = ReadingRow | HourRow | RecordRow
