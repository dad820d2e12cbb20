"""Learns at which times of the day a meter changes from one index to another.

For contracts whose days are all alike and whose meter tells no times: off-peak hours
in historique mode. A pattern is trusted once a whole day was watched, and forgotten
as soon as the meter does otherwise.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

_DAY = timedelta(days=1)
# Within such a gap the meter does not change twice.
GAP = timedelta(minutes=10)
# A change that was seen within this time is known to the minute.
SHARP = timedelta(minutes=1)
# Around a change, meter's clock and ours may differ.
SLACK = timedelta(minutes=3)


class DailySwitches:
    """The times of one meter's day, by what was seen of it.

    ``state`` is what an earlier run has learnt, in the types of JSON.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        """Start from what an earlier run has learnt."""
        self._labels: dict[int, str] = {}
        self._since: datetime | None = None
        self._last: tuple[datetime, str] | None = None
        self._trusted = False
        if state is not None:
            self._labels = {int(minute): label for minute, label in state["labels"]}
            self._trusted = state["trusted"]

    @property
    def state(self) -> dict[str, Any]:
        """What was learnt, in the types of JSON."""
        return {"labels": sorted(self._labels.items()), "trusted": self._trusted}

    def observe(self, local: datetime, label: str) -> None:
        """Take the index that counts at a local time."""
        last, self._last = self._last, (local, label)
        watched = last is not None and timedelta() <= local - last[0] <= GAP
        if self._trusted and not self._agrees(local, label):
            self._labels, self._since, self._trusted = {}, None, False
        if not watched or self._since is None:
            self._since = local
        if last is not None and watched and label != last[1]:
            self._learn(local, last[0], label)
        if local - self._since >= _DAY and len(set(self._labels.values())) > 1:
            self._trusted = True

    def _learn(self, local: datetime, before: datetime, label: str) -> None:
        """Keep the minute of a change; one that was not seen sharply is not known."""
        if local - before > SHARP:
            self._since = local
        elif not self._trusted:
            middle = before + (local - before) / 2
            self._labels[_minute(middle + timedelta(seconds=30))] = label

    def _agrees(self, local: datetime, label: str) -> bool:
        """Return whether the pattern has this index now, or near to now."""
        return label in {
            self._label_at(moment) for moment in (local - SLACK, local, local + SLACK)
        }

    def _label_at(self, local: datetime) -> str:
        """Return the index that the pattern has at a time."""
        minute = _minute(local)
        past = [start for start in self._labels if start <= minute]
        return self._labels[max(past or self._labels)]

    def next(self, local: datetime, label: str) -> tuple[datetime, str] | None:
        """Return the next change from an index, and to which; None when not known."""
        if not self._trusted:
            return None
        ahead = {
            (minute - _minute(local) - 1) % 1440: (minute, to)
            for minute, to in self._labels.items()
        }
        for _, (minute, to) in sorted(ahead.items()):
            if to != label:
                day = local if minute > _minute(local) else local + _DAY
                return day.replace(
                    hour=minute // 60, minute=minute % 60, second=0, microsecond=0
                ), to
        return None


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute
