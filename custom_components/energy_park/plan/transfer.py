"""A park's plans as a file that another Home Assistant can take.

The ids of devices are of one Home Assistant only: the file names sockets by what
their plugs say of themselves, and sectors by their names.
"""

import base64
import json
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, floor_registry as fr
from homeassistant.util.ulid import ulid_now

from ..configuration import sectors
from ..const import DOMAIN
from .document import Change, InvalidChangeError, Json, Kind
from .pictures import PictureError
from .store import PLANS

FORMAT: Final = "energy_park_plans"
VERSION: Final = 1


class TransferError(Exception):
    """A file that holds no plans; the text is a key of the cards' texts."""


class _Names:
    """The names of a park's devices in a file, both ways."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        devices = dr.async_get(hass)
        titles = sectors(entry)
        self.device_by_socket: dict[str, str] = {}
        self.device_by_sector: dict[str, str] = {}
        found = (
            *dr.async_entries_for_config_entry(devices, entry.entry_id),
            *dr.async_child_entries_for_config_entry(devices, entry.entry_id),
        )
        for device in found:
            for domain, identifier, *_ in device.identifiers:
                if domain != DOMAIN:
                    continue
                if identifier in titles:
                    self.device_by_sector[titles[identifier]] = device.id
                else:
                    self.device_by_socket[identifier] = device.id
        self.socket_by_device = _turn(self.device_by_socket)
        self.sector_by_device = _turn(self.device_by_sector)


def _turn(names: dict[str, str]) -> dict[str, str]:
    return {value: key for key, value in names.items()}


async def async_export(hass: HomeAssistant, entry_id: str) -> bytes:
    """Return the file of a park's plans, with their pictures."""
    store = hass.data[PLANS]
    plans: list[Json] = []
    contents: dict[str, bytes | None] = {}
    if (entry := hass.config_entries.async_get_entry(entry_id)) is not None:
        names = _Names(hass, entry)
        for plan in store.document.of_park(entry_id).values():
            if (
                plan["picture"]
                and (digest := plan["picture"]["digest"]) not in contents
            ):
                contents[digest] = await store.pictures.async_read(digest)
            plans.append(_pack(plan, names))
    return await hass.async_add_executor_job(_write, plans, contents)


def _write(plans: list[Json], contents: dict[str, bytes | None]) -> bytes:
    """Return a file of plans with the contents of their pictures, by digest."""
    for plan in plans:
        if (picture := plan["picture"]) is None:
            continue
        content = contents[picture.pop("digest")]
        if content is None:
            plan["picture"] = None
        else:
            picture["content"] = base64.b64encode(content).decode()
    return json.dumps({FORMAT: VERSION, "plans": plans}).encode()


def _read(content: bytes) -> list[Json]:
    """Return the plans in a file, with the contents of their pictures.

    Raises TransferError.
    """
    try:
        file = json.loads(content)
        if file[FORMAT] != VERSION:
            raise TransferError("file_unreadable")
        plans: list[Json] = file["plans"]
        for plan in plans:
            if (picture := plan["picture"]) is not None:
                picture["content"] = base64.b64decode(picture["content"], validate=True)
    except (KeyError, TypeError, ValueError) as err:
        raise TransferError("file_unreadable") from err
    return plans


def _pack(plan: Json, names: _Names) -> Json:
    picture = plan["picture"]
    return {
        "name": plan["name"],
        "floor": plan["floor"],
        "order": plan["order"],
        "height": plan["height"],
        "picture": picture
        and {"digest": picture["digest"], "invert": picture["invert"]},
        "zones": [
            {
                "sector": names.sector_by_device.get(zone["device"]),
                "name": zone["name"],
                "points": zone["points"],
            }
            for zone in plan["zones"].values()
        ],
        "modules": [
            {"socket": socket, **module}
            for device, module in plan["modules"].items()
            if (socket := names.socket_by_device.get(device))
        ],
    }


async def async_import(hass: HomeAssistant, entry_id: str, content: bytes) -> Json:
    """Add the plans of a file to a park.

    Returns how many there were, and how many sockets and sectors in them this park
    does not have. Raises TransferError.
    """
    if (entry := hass.config_entries.async_get_entry(entry_id)) is None:
        raise TransferError("park_removed")
    plans = await hass.async_add_executor_job(_read, content)
    loader = _Loader(hass, entry)
    try:
        for plan in plans:
            await loader.async_add(plan)
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        raise TransferError("file_unreadable") from err
    except InvalidChangeError as err:
        raise TransferError("file_unreadable") from err
    except PictureError as err:
        raise TransferError(str(err)) from err
    loader.async_finish()
    return {"plans": len(plans), "unknown": loader.unknown}


class _Loader:
    """Turns the plans of a file into changes."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._store = hass.data[PLANS]
        self._names = _Names(hass, entry)
        self._changes: list[Change] = []
        self.unknown = 0

    async def async_add(self, plan: Json) -> None:
        """Read one plan."""
        plan_id = ulid_now()
        floors = fr.async_get(self._hass)
        known = plan["floor"] and floors.async_get_floor(plan["floor"])
        self._put(
            plan_id,
            Kind.PLAN,
            plan_id,
            {
                "park": self._entry.entry_id,
                "name": plan["name"],
                "order": plan["order"],
                "height": plan["height"],
                "floor": plan["floor"] if known else None,
                "picture": await self._async_picture(plan["picture"]),
            },
        )
        for zone in plan["zones"]:
            device = self._names.device_by_sector.get(zone["sector"])
            self.unknown += device is None and zone["sector"] is not None
            self._put(
                plan_id,
                Kind.ZONE,
                ulid_now(),
                {
                    "device": device,
                    "name": zone["name"] if device else zone["sector"] or zone["name"],
                    "points": zone["points"],
                },
            )
        for module in plan["modules"]:
            place = dict(module)
            device = self._names.device_by_socket.get(place.pop("socket"))
            if device is None:
                self.unknown += 1
            else:
                self._put(plan_id, Kind.MODULE, device, place)

    @callback
    def async_finish(self) -> None:
        """Take all that was read."""
        self._store.async_patch(self._store.document.revision, self._changes)

    async def _async_picture(self, picture: Json | None) -> Json | None:
        if picture is None:
            return None
        added = await self._store.pictures.async_add(picture["content"])
        return {
            "digest": added.digest,
            "width": added.width,
            "height": added.height,
            "invert": picture["invert"],
        }

    def _put(self, plan: str, kind: Kind, part: str, value: dict[str, Any]) -> None:
        self._changes.append(
            Change.read({"plan": plan, "kind": kind, "id": part, "value": value})
        )
