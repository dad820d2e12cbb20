"""The plans as one document with a revision, and changes to its parts.

A place is written in units of which a plan's width has 10 000, in whole numbers: it
holds for any picture and any screen. Zones and modules are keyed by the id of the
device they stand for, never by an entity id or a name.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import probatio

type Json = dict[str, Any]

# Beyond these a document is not one of ours.
PLANS_MAX = 100
PARTS_MAX = 5000
TEXT_MAX = 100
POINTS_MAX = 200
ID_MAX = 64

# A part may hang over the edge while it is moved about.
COORDINATE = probatio.All(int, probatio.Range(min=-10_000, max=200_000))
TEXT = probatio.All(str, probatio.Length(max=TEXT_MAX))
ID = probatio.All(str, probatio.Length(min=1, max=ID_MAX))
DIGEST = probatio.Match(r"^[0-9a-f]{64}$")
PIXELS = probatio.All(int, probatio.Range(min=1, max=20_000))


class Kind(StrEnum):
    """What a change is about."""

    PLAN = "plan"
    ZONE = "zone"
    MODULE = "module"


SCHEMAS = {
    Kind.PLAN: probatio.Schema(
        {
            probatio.Required("park"): ID,
            probatio.Required("name"): TEXT,
            probatio.Required("height"): probatio.All(
                int, probatio.Range(min=500, max=100_000)
            ),
            probatio.Optional("floor", default=None): probatio.Any(None, ID),
            probatio.Optional("order", default=0): int,
            probatio.Optional("picture", default=None): probatio.Any(
                None,
                {
                    probatio.Required("digest"): DIGEST,
                    probatio.Required("width"): PIXELS,
                    probatio.Required("height"): PIXELS,
                    probatio.Optional("invert", default=False): bool,
                },
            ),
        }
    ),
    Kind.ZONE: probatio.Schema(
        {
            probatio.Optional("device", default=None): probatio.Any(None, ID),
            probatio.Optional("name", default=None): probatio.Any(None, TEXT),
            probatio.Required("points"): probatio.All(
                [probatio.ExactSequence([COORDINATE, COORDINATE])],
                probatio.Length(min=3, max=POINTS_MAX),
            ),
        }
    ),
    Kind.MODULE: probatio.Schema(
        {
            probatio.Required("x"): COORDINATE,
            probatio.Required("y"): COORDINATE,
            probatio.Optional("rotation", default=0): probatio.All(
                int, probatio.Range(min=0, max=359)
            ),
            probatio.Optional("size", default=100): probatio.All(
                int, probatio.Range(min=25, max=400)
            ),
        }
    ),
}

CHANGE = probatio.Schema(
    {
        probatio.Required("plan"): ID,
        probatio.Required("kind"): probatio.Coerce(Kind),
        probatio.Required("id"): ID,
        probatio.Required("value"): probatio.Any(None, dict),
    }
)

PARTS = {Kind.ZONE: "zones", Kind.MODULE: "modules"}


class ConflictError(Exception):
    """Somebody else changed the same part since."""


class InvalidChangeError(Exception):
    """A change that no document can take."""


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a plan as it is to be; None removes it.

    The id of a module is that of its device; of a zone, its own; of a plan, the
    plan's.
    """

    plan: str
    kind: Kind
    id: str
    value: Json | None

    @classmethod
    def read(cls, data: Json) -> Change:
        """Return a change as it was sent.

        Raises InvalidChangeError.
        """
        try:
            change = CHANGE(data)
            value = change["value"]
            if value is not None:
                value = SCHEMAS[change["kind"]](value)
        except probatio.Invalid as err:
            raise InvalidChangeError(str(err)) from err
        return cls(change["plan"], change["kind"], change["id"], value)

    def as_dict(self) -> Json:
        """Return the change as it is told."""
        return {
            "plan": self.plan,
            "kind": self.kind,
            "id": self.id,
            "value": self.value,
        }


@dataclass(slots=True)
class Document:
    """All plans by their id, each with its zones and modules by theirs."""

    revision: int = 0
    plans: dict[str, Json] = field(default_factory=dict)
    # Since when changes are known one by one: before, all of it may be another.
    _since: int = 0
    _changed: dict[tuple[str, Kind, str], int] = field(default_factory=dict)

    @classmethod
    def load(cls, data: Json | None) -> Document:
        """Return a document as it was stored."""
        if data is None:
            return cls()
        return cls(data["revision"], data["plans"], data["revision"])

    def dump(self) -> Json:
        """Return what is stored, and what clients get whole."""
        return {"revision": self.revision, "plans": self.plans}

    def patch(self, base: int, changes: Iterable[Change]) -> list[Change]:
        """Take changes that were made on revision ``base``, all of them or none.

        Raises ConflictError when one of their parts was changed since, or any part of
        a plan that they remove, and InvalidChangeError when there would be too much.
        """
        taken = list(changes)
        if not self._since <= base <= self.revision:
            raise ConflictError
        plans = deepcopy(self.plans)
        for change in taken:
            if self._changed_at(change) > base:
                raise ConflictError
            _apply(plans, change)
        _check(plans)
        self.plans = plans
        self.revision += 1
        for change in taken:
            self._changed[change.plan, change.kind, change.id] = self.revision
        return taken

    def _changed_at(self, change: Change) -> int:
        """Return the revision of what a change replaces: of all, for a whole plan."""
        if change.kind is Kind.PLAN and change.value is None:
            changed = self._changed.items()
            return max(
                (at for (plan, *_), at in changed if plan == change.plan), default=0
            )
        return self._changed.get((change.plan, change.kind, change.id), 0)

    def removal(self, gone: str) -> list[Change]:
        """Return the changes that remove what stands for a device."""
        changes = []
        for plan_id, plan in self.plans.items():
            if gone in plan["modules"]:
                changes.append(Change(plan_id, Kind.MODULE, gone, None))
            changes.extend(
                Change(plan_id, Kind.ZONE, zone_id, None)
                for zone_id, zone in plan["zones"].items()
                if zone["device"] == gone
            )
        return changes

    def of_park(self, entry_id: str) -> dict[str, Json]:
        """Return the plans of a park."""
        return {
            plan_id: plan
            for plan_id, plan in self.plans.items()
            if plan["park"] == entry_id
        }

    def pictures(self) -> set[str]:
        """Return the digests of the pictures that are shown."""
        return {
            plan["picture"]["digest"] for plan in self.plans.values() if plan["picture"]
        }


def _apply(plans: dict[str, Json], change: Change) -> None:
    if change.kind is Kind.PLAN:
        if change.value is None:
            plans.pop(change.plan, None)
        else:
            parts = plans.get(change.plan, {"zones": {}, "modules": {}})
            plans[change.plan] = {
                **change.value,
                "zones": parts["zones"],
                "modules": parts["modules"],
            }
        return
    if (plan := plans.get(change.plan)) is None:
        if change.value is not None:
            raise ConflictError
        return
    parts = plan[PARTS[change.kind]]
    if change.value is None:
        parts.pop(change.id, None)
    else:
        parts[change.id] = change.value


def _check(plans: dict[str, Json]) -> None:
    parts = sum(len(plan["zones"]) + len(plan["modules"]) for plan in plans.values())
    if len(plans) > PLANS_MAX or parts > PARTS_MAX * max(1, len(plans)):
        raise InvalidChangeError("too many plans or parts")
