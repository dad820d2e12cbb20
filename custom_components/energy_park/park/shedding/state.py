"""What shedding remembers: what is off and why, what is under way, what has been."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self


class Cause(StrEnum):
    """Why a socket is shed or restored.

    ``limit``: the contract's limit would be passed. ``silence``: the meter says
    nothing. ``request``: somebody asked. ``rotation``: an equal takes its turn.
    ``fits``: there is room again.
    """

    LIMIT = "limit"
    SILENCE = "silence"
    REQUEST = "request"
    ROTATION = "rotation"
    FITS = "fits"

    @property
    def yields(self) -> bool:
        """Whether it ends when a person wants the socket on: no limit is at stake."""
        return self in {Cause.REQUEST, Cause.ROTATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shed:
    """A socket that was on and is shed.

    It drew ``power_w``, and stays off until ``until`` at least; None is until the
    request ends.
    """

    cause: Cause
    at: datetime
    power_w: float
    phase: int | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An order whose effect no reading of the meter can show yet.

    It takes ``added_w`` in all (negative: off), from ``at`` until ``acts_by`` if the
    plug does what it is told. ``answered`` tells that the plug said so, ``guessed``
    that nobody knew whether it drew anything.
    """

    added_w: float
    phase: int | None
    at: datetime
    acts_by: datetime
    answered: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a socket went through: when it was cut and restored last.

    ``relapses`` counts the cuts that followed a restoration too soon. At
    ``refused_at`` the arbiter did not let a cut through.
    """

    cut_at: datetime
    restored_at: datetime | None = None
    relapses: int = 0
    refused_at: datetime | None = None


def _empty[T]() -> Mapping[Any, T]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that shedding remembers; it survives a restart.

    ``shed``, ``pending`` and ``past`` are by the socket's id. ``over_since`` is since
    when a limit would be passed, ``short_since`` since when what is known to draw would
    not do, were it cut. ``restore_from`` is when the next load may come back
    at the earliest. ``silent_since`` is since when the meter is silent, ``stepped_at``
    when that cost a load last.
    """

    shed: Mapping[str, Shed] = field(default_factory=_empty)
    pending: Mapping[str, Pending] = field(default_factory=_empty)
    past: Mapping[str, Past] = field(default_factory=_empty)
    over_since: datetime | None = None
    short_since: datetime | None = None
    restore_from: datetime | None = None
    silent_since: datetime | None = None
    stepped_at: datetime | None = None

    @property
    def shed_w(self) -> float:
        """The power of what is shed."""
        return sum(shed.power_w for shed in self.shed.values())

    def cut_at(self, load: str) -> datetime | None:
        """Return when a load was cut last."""
        past = self.past.get(load)
        return None if past is None else past.cut_at

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            "shed": _dump(self.shed),
            "pending": _dump(self.pending),
            "past": _dump(self.past),
            "over_since": _plain(self.over_since),
            "short_since": _plain(self.short_since),
            "restore_from": _plain(self.restore_from),
            "silent_since": _plain(self.silent_since),
            "stepped_at": _plain(self.stepped_at),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        return cls(
            shed=_load(Shed, kept["shed"]),
            pending=_load(Pending, kept["pending"]),
            past=_load(Past, kept["past"]),
            over_since=_time(kept["over_since"]),
            short_since=_time(kept.get("short_since")),
            restore_from=_time(kept["restore_from"]),
            silent_since=_time(kept["silent_since"]),
            stepped_at=_time(kept["stepped_at"]),
        )


# The fields of what is remembered by load that are moments.
_TIMES = frozenset({"at", "until", "acts_by", "cut_at", "restored_at", "refused_at"})


def _dump(by_load: Mapping[str, Shed | Pending | Past]) -> dict[str, Any]:
    return {
        load: {name: _plain(value) for name, value in asdict(one).items()}
        for load, one in by_load.items()
    }


def _load[T: (Shed, Pending, Past)](
    kind: type[T], kept: Mapping[str, Mapping[str, Any]]
) -> dict[str, T]:
    by_load = {}
    for load, one in kept.items():
        values: dict[str, Any] = {
            name: _time(value) if name in _TIMES else value
            for name, value in one.items()
        }
        if "cause" in values:
            values["cause"] = Cause(values["cause"])
        by_load[load] = kind(**values)
    return by_load


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
