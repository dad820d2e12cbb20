"""Keeps the plans, tells who shows them, and forgets what is gone."""

from collections.abc import Callable, Iterable

from homeassistant.core import (
    CALLBACK_TYPE,
    EVENT_HOMEASSISTANT_STARTED,
    Event,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .document import Change, Document, Json, Kind
from .pictures import Pictures

STORAGE_VERSION = 1
SAVE_AFTER_S = 2

type Listener = Callable[[int, list[Change]], None]


class PlanStore:
    """The plans of all parks in Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the storage; nothing is read yet."""
        self._hass = hass
        self._store = Store[Json](hass, STORAGE_VERSION, f"{DOMAIN}.plan")
        self._listeners: set[Listener] = set()
        self.document = Document()
        self.pictures = Pictures(hass)

    async def async_load(self) -> None:
        """Read what is stored."""
        self.document = Document.load(await self._store.async_load())

    @callback
    def async_follow(self) -> None:
        """Forget what is removed from now on."""
        self._hass.bus.async_listen(
            dr.EVENT_DEVICE_REGISTRY_UPDATED, self._async_device_updated
        )
        self._hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_STARTED, self._async_tidy_pictures
        )

    @callback
    def async_listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener with each revision and what changed in it."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def async_patch(self, base: int, changes: Iterable[Change]) -> int:
        """Take changes that were made on a revision; return the new one.

        Raises ConflictError or InvalidChangeError.
        """
        taken = self.document.patch(base, changes)
        self._store.async_delay_save(self.document.dump, SAVE_AFTER_S)
        for listener in tuple(self._listeners):
            listener(self.document.revision, taken)
        return self.document.revision

    @callback
    def async_remove_park(self, entry_id: str) -> None:
        """Forget the plans of a park that is removed."""
        self._async_remove(
            Change(plan_id, Kind.PLAN, plan_id, None)
            for plan_id in self.document.of_park(entry_id)
        )

    @callback
    def _async_device_updated(
        self, event: Event[dr.EventDeviceRegistryUpdatedData]
    ) -> None:
        if event.data["action"] == "remove":
            self._async_remove(self.document.removal(event.data["device_id"]))

    @callback
    def _async_remove(self, changes: Iterable[Change]) -> None:
        if removed := list(changes):
            self.async_patch(self.document.revision, removed)

    async def _async_tidy_pictures(self, event: Event) -> None:
        # A storage that could not be read is as empty as one that never was.
        if self.document.plans:
            await self.pictures.async_keep(self.document.pictures())


PLANS: HassKey[PlanStore] = HassKey(f"{DOMAIN}_plans")
