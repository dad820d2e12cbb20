"""Buttons of stations and of the jobs that switch them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import POSTPONE_DEFAULT
from .control.group import SocketGroup
from .coordinator import EnergyParkConfigEntry
from .entity import GroupEntity, StationEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class StationButtonDescription(ButtonEntityDescription):
    """A button of a station."""

    press_fn: Callable[[StationButton], None]


@callback
def _postpone(button: StationButton) -> None:
    """Leave the station on for a while."""
    button.park.jobs.async_postpone(button.station_id, POSTPONE_DEFAULT)


@callback
def _cancel(button: StationButton) -> None:
    """End the job of the station, or its run."""
    if not button.park.trials.async_cancel(button.station_id):
        button.park.jobs.async_cancel(button.station_id)


@callback
def _commission(button: StationButton) -> None:
    """Find out how the station's computer starts."""
    button.async_commission(button.context)


@callback
def _measure_sleep(button: StationButton) -> None:
    """Find out what the station's computer draws asleep."""
    button.async_measure_sleep(button.context)


STATION_BUTTONS = (
    StationButtonDescription(
        key="postpone", translation_key="postpone", press_fn=_postpone
    ),
    StationButtonDescription(key="cancel", translation_key="cancel", press_fn=_cancel),
    StationButtonDescription(
        key="commission",
        translation_key="commission",
        entity_category=EntityCategory.CONFIG,
        press_fn=_commission,
    ),
    StationButtonDescription(
        key="measure_sleep",
        translation_key="measure_sleep",
        entity_category=EntityCategory.CONFIG,
        press_fn=_measure_sleep,
    ),
)
CANCEL_JOB = ButtonEntityDescription(key="cancel_job", translation_key="cancel_job")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of stations, and of sectors that have some."""
    data = entry.runtime_data
    for station in data.stations.described.values():
        async_add_entities(
            (StationButton(entry, station, button) for button in STATION_BUTTONS),
            config_subentry_id=station.id,
        )
    for group in data.sectors:
        if data.stations.any_in(group.sockets):
            async_add_entities(
                [CancelButton(entry, group)], config_subentry_id=group.sector_id
            )


class StationButton(StationEntity, ButtonEntity):
    """A button of a station."""

    entity_description: StationButtonDescription

    @property
    def context(self) -> Context | None:
        """Who pressed it."""
        return self._context

    @override
    async def async_press(self) -> None:
        """Do it."""
        self.entity_description.press_fn(self)


class CancelButton(GroupEntity, ButtonEntity):
    """Ends the job of a sector before its next step that cannot be undone."""

    def __init__(self, entry: EnergyParkConfigEntry, group: SocketGroup) -> None:
        """Bind the button to a sector."""
        super().__init__(group, CANCEL_JOB)
        self._jobs = entry.runtime_data.jobs

    @override
    async def async_press(self) -> None:
        """End the job."""
        self._jobs.async_cancel(self.members.unique_id)
