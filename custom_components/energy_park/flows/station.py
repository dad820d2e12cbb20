"""The flow of a station: its sockets, and how its computer is shut down and woken."""

from collections.abc import Container, Iterable, Mapping
import re
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_MAC, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.script import async_validate_actions_config
from homeassistant.helpers.selector import (
    ActionSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from ..configuration import read_stations, sockets
from ..const import (
    CONF_ANSWERS,
    CONF_COMPUTER,
    CONF_MONITORS,
    CONF_NEVER_SLEEPS,
    CONF_PRESENCE,
    CONF_SHUTDOWN,
    CONF_WAKE,
    CONF_WARN,
    LOGGER,
)
from ..measure import register_id, resolve
from ..model import Role
from ..park.station import Station, unfit

PRESENCE_DOMAINS = [
    "binary_sensor",
    "device_tracker",
    "input_boolean",
    "person",
    "sensor",
]
ANSWERS_DOMAINS = ["binary_sensor", "device_tracker"]

# What is told beside an action that cannot be run.
ACTION_ERRORS = dict.fromkeys((CONF_SHUTDOWN, CONF_WAKE, CONF_WARN), "action_invalid")

_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


class StationSubentryFlow(ConfigSubentryFlow):
    """Add or change a station."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a station."""
        entry = self._get_entry()
        roles = {socket.role for socket in sockets(entry).values()}
        if Role.COMPUTER not in roles:
            return self.async_abort(reason="no_computers")
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = await self._async_take(user_input)
            if not errors:
                return self.async_create_entry(
                    title=user_input[CONF_NAME].strip(), data=data
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _schema(entry, None), user_input
            ),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a station; what was learnt stays while its computer's socket does."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = await self._async_take(user_input)
            if not errors:
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    title=user_input[CONF_NAME].strip(),
                    data=data,
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _schema(self._get_entry(), subentry.subentry_id),
                user_input
                or {CONF_NAME: subentry.title, **_shown(self.hass, subentry.data)},
            ),
            errors=errors,
        )

    async def _async_take(
        self, user_input: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what is written down of a station, and what is wrong with it."""
        data = _data(self.hass, user_input)
        own = None
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().subentry_id
        errors = _check(self._get_entry(), user_input[CONF_NAME].strip(), data, own)
        for field, error in ACTION_ERRORS.items():
            if field in data and not await _can_be_run(self.hass, data[field]):
                errors[field] = error
        return data, errors


def _schema(entry: ConfigEntry, own: str | None) -> probatio.Schema:
    """Return the form; sockets that another station has tell so."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            probatio.Required(CONF_COMPUTER): _choice(entry, Role.COMPUTER, own),
            probatio.Optional(CONF_MONITORS): _choice(
                entry, Role.MONITOR, own, multiple=True
            ),
            probatio.Optional(CONF_SHUTDOWN): ActionSelector(),
            probatio.Optional(CONF_MAC): TextSelector(),
            probatio.Optional(CONF_WAKE): ActionSelector(),
            probatio.Optional(CONF_WARN): ActionSelector(),
            probatio.Optional(CONF_PRESENCE): EntitySelector(
                EntitySelectorConfig(domain=PRESENCE_DOMAINS, multiple=True)
            ),
            probatio.Optional(CONF_ANSWERS): EntitySelector(
                EntitySelectorConfig(domain=ANSWERS_DOMAINS)
            ),
            probatio.Required(CONF_NEVER_SLEEPS, default=False): BooleanSelector(),
        }
    )


def _choice(
    entry: ConfigEntry, role: Role, own: str | None, *, multiple: bool = False
) -> SelectSelector:
    """Return the choice among the sockets of a role."""
    owners = {
        socket_id: station.name
        for station in read_stations(entry).values()
        if station.id != own
        for socket_id in (station.computer, *station.monitors)
    }
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(
                    value=socket.id,
                    label=f"{socket.name} ({owners[socket.id]})"
                    if socket.id in owners
                    else socket.name,
                )
                for socket in sockets(entry).values()
                if socket.role is role
            ],
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _data(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is written down of a station; what was left empty is not."""
    data: dict[str, Any] = {
        CONF_COMPUTER: user_input[CONF_COMPUTER],
        CONF_MONITORS: user_input.get(CONF_MONITORS, []),
        CONF_NEVER_SLEEPS: user_input[CONF_NEVER_SLEEPS],
    }
    if mac := user_input.get(CONF_MAC, "").strip():
        data[CONF_MAC] = format_mac(mac)
    if presence := user_input.get(CONF_PRESENCE):
        data[CONF_PRESENCE] = [register_id(hass, entity) for entity in presence]
    if answers := user_input.get(CONF_ANSWERS):
        data[CONF_ANSWERS] = register_id(hass, answers)
    return data | {
        field: user_input[field] for field in ACTION_ERRORS if user_input.get(field)
    }


def _shown(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of a station that was written down."""
    shown = dict(data)
    if CONF_PRESENCE in shown:
        shown[CONF_PRESENCE] = [resolve(hass, entity) for entity in data[CONF_PRESENCE]]
    if CONF_ANSWERS in shown:
        shown[CONF_ANSWERS] = resolve(hass, data[CONF_ANSWERS])
    return shown


def _check(
    entry: ConfigEntry, name: str, data: Mapping[str, Any], own: str | None
) -> dict[str, str]:
    """Return what is wrong with each field."""
    others = [s for s in read_stations(entry).values() if s.id != own]
    station = Station(
        id="",
        name=name,
        computer=data[CONF_COMPUTER],
        monitors=tuple(data[CONF_MONITORS]),
    )
    refused = unfit(station, sockets(entry))
    errors = {
        CONF_NAME: _name_error(name, others),
        CONF_COMPUTER: _computer_error(station, others, refused),
        CONF_MONITORS: _monitors_error(station, refused),
        CONF_MAC: _mac_error(data.get(CONF_MAC)),
    }
    return {field: error for field, error in errors.items() if error}


def _name_error(name: str, others: Iterable[Station]) -> str | None:
    if not name:
        return "name_missing"
    taken = {other.name.casefold() for other in others}
    return "name_taken" if name.casefold() in taken else None


def _computer_error(
    station: Station, others: Iterable[Station], refused: Container[str]
) -> str | None:
    if station.computer in {other.computer for other in others}:
        return "computer_taken"
    return "not_a_computer" if station.computer in refused else None


def _monitors_error(station: Station, refused: Container[str]) -> str | None:
    wrong = any(monitor in refused for monitor in station.monitors)
    return "not_a_monitor" if wrong else None


def _mac_error(mac: str | None) -> str | None:
    return "mac_invalid" if mac and not _MAC.fullmatch(mac) else None


async def _can_be_run(hass: HomeAssistant, actions: Any) -> bool:
    """Whether Home Assistant can make a script of these actions."""
    try:
        await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(actions))
    except (probatio.Invalid, HomeAssistantError) as err:
        LOGGER.debug("Not an action: %s", err)
        return False
    return True
