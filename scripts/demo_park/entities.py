"""The parts of a park and their entities, as Home Assistant registered them."""

from dataclasses import dataclass
from typing import Self

from .api import HomeAssistantWebSocket

DOMAIN = "energy_park"


@dataclass(frozen=True, slots=True)
class Part:
    """A meter, a sector or a socket: what its entities' unique ids begin with."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class ParkEntities:
    """A park's parts, and the entity id of each unique id."""

    entry_id: str
    title: str
    meters: tuple[Part, ...]
    sectors: tuple[Part, ...]
    by_unique_id: dict[str, str]

    @classmethod
    async def read(cls, websocket: HomeAssistantWebSocket) -> Self:
        """Ask Home Assistant for its only park."""
        (entry,) = await websocket.call("config_entries/get", domain=DOMAIN)
        subentries = await websocket.call(
            "config_entries/subentries/list", entry_id=entry["entry_id"]
        )
        registry = await websocket.call("config/entity_registry/list")
        return cls(
            entry_id=entry["entry_id"],
            title=entry["title"],
            meters=tuple(
                Part(subentry["unique_id"], subentry["title"])
                for subentry in subentries
                if subentry["subentry_type"] == "meter"
            ),
            sectors=tuple(
                Part(subentry["subentry_id"], subentry["title"])
                for subentry in subentries
                if subentry["subentry_type"] == "sector"
            ),
            by_unique_id={
                entity["unique_id"]: entity["entity_id"]
                for entity in registry
                if entity["platform"] == DOMAIN and not entity["disabled_by"]
            },
        )

    def get(self, part: Part, key: str) -> str | None:
        """Return the entity of a part, None when it has no such entity."""
        return self.by_unique_id.get(f"{part.id}_{key}")

    def find(self, part: Part, key: str) -> str:
        """Return the entity of a part; raise ``KeyError`` when there is none."""
        return self.by_unique_id[f"{part.id}_{key}"]

    @property
    def socket_switches(self) -> list[str]:
        """The switches of all sockets, in the order of their ids."""
        return [
            entity_id
            for unique_id, entity_id in sorted(self.by_unique_id.items())
            if unique_id.endswith("_socket")
        ]
