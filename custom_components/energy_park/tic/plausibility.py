"""Keeps back the values that only passed the meter's checksum by luck.

The checksum has 6 bits: one damaged group in 64 passes it, if its text still fits
its label. What is left is told by what a meter can say, and by what it said before.
A value that does not follow is doubted and kept back; when the next one of its label
follows from the doubted one, the meter means it. So nothing is locked out, be it a
new contract, a new meter or a long silence, and only what was refuted is counted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..model import Group, MeterReading, TicMode
from .decoder import Frame
from .frame import group_of
from .groups import Groups, time_of
from .labels import OVERLOAD, is_listed
from .limits import Cause, Site, cut_off_va, follows, impossible, running_indexes
from .meter import THREE_PHASE, read

# So many readings may lie between a value and the one that confirms it: a
# three-phase meter in overload sends twenty short frames for a long one, and a damaged
# line loses some. Damage often makes the same label of another, so what no
# specification lists has to come more often.
PATIENCE = 22
PATIENCE_UNLISTED = 4


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A group, when and in which reading it came, and what spoke against it."""

    group: Group
    at: datetime
    reading: int
    cause: Cause | None = None

    def is_recent(self, reading: int) -> bool:
        """Return whether it still counts at a later reading."""
        patience = PATIENCE if is_listed(self.group.label) else PATIENCE_UNLISTED
        return reading - self.reading <= patience


class Plausibility:
    """Judges the readings of one meter, in the order of their frames.

    ``baseline`` is what an earlier run has kept: with it a restart neither takes a
    jump on trust nor refuses what was drawn meanwhile. Without it every value but an
    overload is kept back until its label comes a second time.
    """

    def __init__(self, baseline: Mapping[str, Any] | None = None) -> None:
        """Start from what an earlier run has kept."""
        self._mode: TicMode | None = None
        self._accepted: dict[str, _Sighting] = {}
        self._doubted: dict[str, _Sighting] = {}
        self._mode_doubted = False
        self._readings = 0
        self._refuted: Counter[Cause] = Counter()
        if baseline is not None:
            self._restore(baseline)

    @property
    def counters(self) -> Mapping[Cause, int]:
        """How many values were refuted, by what spoke against them."""
        return dict(self._refuted)

    @property
    def baseline(self) -> dict[str, Any]:
        """What the next run needs to know, in the types of JSON."""
        return {
            "mode": self._mode,
            "groups": [
                [
                    known.group.label,
                    known.group.value,
                    known.group.horodate,
                    str(known.at),
                ]
                for known in self._accepted.values()
                if known.cause is None
            ],
        }

    def check(self, reading: MeterReading, now: datetime) -> MeterReading:
        """Return the reading without the values that are doubted.

        Values of an early reading come again when their frame ends and are not
        learnt from. A reading without groups did not come over the meter's line and
        stays as it is.
        """
        if not reading.groups:
            return reading
        if not reading.early:
            self._readings += 1
            self._forget()
        if not self._is_mode(reading):
            return MeterReading(
                mode=self._mode or reading.mode, complete=False, early=reading.early
            )
        kept = self._keep(reading, now)
        if len(kept) == len(reading.groups):
            return reading
        return read(
            Frame(
                mode=reading.mode,
                complete=reading.complete,
                groups=kept,
                rejects=len(reading.groups) - len(kept),
                early=reading.early,
            )
        )

    def _forget(self) -> None:
        """Refute what nothing has confirmed for too long."""
        for label, doubt in list(self._doubted.items()):
            if not doubt.is_recent(self._readings):
                del self._doubted[label]
                self._refute(doubt)

    def _refute(self, doubt: _Sighting) -> None:
        self._refuted[doubt.cause or Cause.UNHEARD] += 1

    def _is_mode(self, reading: MeterReading) -> bool:
        """Return whether the reading is in the mode that two in a row had."""
        same = reading.mode is (self._mode or reading.mode)
        if reading.early:
            return same
        if not same and not self._mode_doubted:
            self._mode_doubted = True
            return False
        if not same:
            self._accepted.clear()
            self._doubted.clear()
        elif self._mode_doubted:
            self._refuted[Cause.MODE] += 1
        self._mode, self._mode_doubted = reading.mode, False
        return True

    def _keep(self, reading: MeterReading, now: datetime) -> dict[str, Group]:
        """Return the groups that are believed; of another meter's frame, none."""
        groups, learns = reading.groups, not reading.early
        site = self._site(groups)
        serial = groups.get("ADCO") or groups.get("ADSC")
        if serial is not None and self._is_other_meter(serial):
            if not learns or not self._judge(serial, None, site, now, learns=True):
                return {}
            # Nothing that the meter before said holds for this one.
            self._accepted = {serial.label: self._accepted[serial.label]}
            self._doubted.clear()
        causes = impossible(groups, site)
        return {
            label: group
            for label, group in groups.items()
            if self._judge(group, causes.get(label), site, now, learns=learns)
        }

    def _is_other_meter(self, serial: Group) -> bool:
        known = self._accepted.get(serial.label)
        return known is not None and known.group.value != serial.value

    def _site(self, groups: Groups) -> Site:
        """Return what the believed values tell of the meter.

        While one index takes over from another, both may count.
        """
        known = {label: sighting.group for label, sighting in self._accepted.items()}
        phases = 1 if known and not known.keys() & THREE_PHASE else 3
        running = running_indexes(known)
        return Site(
            phases=phases,
            cut_off_va=cut_off_va(known, phases),
            running=running and running | (running_indexes(groups) or frozenset()),
            clock=time_of(known, "DATE"),
        )

    def _judge(
        self,
        group: Group,
        cause: Cause | None,
        site: Site,
        now: datetime,
        *,
        learns: bool,
    ) -> bool:
        """Return whether a group is believed; ``cause`` is what its frame says."""
        known = self._accepted.get(group.label)
        doubt = self._doubted.get(group.label)
        told = cause or self._objection(known, group, site, now)
        # What is strange by itself may have been so before it was believed.
        before = doubt or (known if cause is not None else None)
        confirmed = told is not None and self._confirms(before, group, cause, site, now)
        believed = told is None or confirmed
        if learns:
            if doubt is not None and not confirmed:
                self._refute(doubt)
            if believed:
                self._doubted.pop(group.label, None)
                self._accepted[group.label] = self._sighting(group, now, cause)
            else:
                self._doubted[group.label] = self._sighting(group, now, told)
        return believed

    def _sighting(self, group: Group, now: datetime, cause: Cause | None) -> _Sighting:
        return _Sighting(group, now, self._readings, cause)

    def _objection(
        self, known: _Sighting | None, group: Group, site: Site, now: datetime
    ) -> Cause | None:
        """Return what the believed value of a label says against a new one.

        An overload comes without having been heard before, and cannot wait.
        """
        if known is None:
            return None if group.label in OVERLOAD else Cause.UNHEARD
        if not is_listed(group.label) and not known.is_recent(self._readings):
            return Cause.UNHEARD
        return follows(known.group, group, _seconds(known.at, now), site)

    def _confirms(
        self,
        before: _Sighting | None,
        group: Group,
        cause: Cause | None,
        site: Site,
        now: datetime,
    ) -> bool:
        """Return whether a group follows from the one before, with the same doubt.

        What moves on while it should be still is an index of its own kind.
        """
        if before is None or not before.is_recent(self._readings):
            return False
        if cause is not None and before.cause is not cause:
            return False
        site = replace(site, running=None)
        return follows(before.group, group, _seconds(before.at, now), site) is None

    def _restore(self, baseline: Mapping[str, Any]) -> None:
        """Take up what an earlier run has kept, as far as it can be read."""
        try:
            mode = baseline["mode"]
            self._mode = None if mode is None else TicMode(mode)
            for label, value, horodate, at in baseline["groups"]:
                if (group := group_of(label, value, horodate)) is not None:
                    when = datetime.fromisoformat(at)
                    self._accepted[label] = _Sighting(group, when, 0)
        except KeyError, TypeError, ValueError:
            self._mode, self._accepted = None, {}


def _seconds(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds()
