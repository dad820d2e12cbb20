"""What Home Assistant's repairs tell about a park; repairs.py mends what it can."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .configuration import sockets
from .const import DOMAIN
from .model import Socket, TicMode
from .plug.client import (
    PlugClosedError,
    PlugError,
    PlugIdentityError,
    PlugUnreachableError,
)

if TYPE_CHECKING:
    from .coordinator import EnergyParkConfigEntry
    from .meter_coordinator import MeterCoordinator

# About Home Assistant itself; each other issue's id ends with that of what it is about.
YAML_RESOURCES = "yaml_resources"
MODE_CHANGED = "mode_changed"
OTHER_METER = "other_meter"
NOT_OBEYING = "not_obeying"
LEFT_OFF = "left_off"
PHASES_UNKNOWN = "phases_unknown"
UNPROTECTED = "unprotected"
SOCKET_OVERLOADED = "socket_overloaded"
PLUGS_SILENT = "plugs_silent"
PLUG_ISSUES: dict[type[PlugError], str] = {
    PlugIdentityError: "other_plug",
    PlugClosedError: "plug_closed",
}

# More than these nobody reads.
_NAMES_MAX = 10


@callback
def async_forget_gone(hass: HomeAssistant) -> None:
    """Take back what was told of parks, devices and sockets that are gone.

    A socket that was left off is told of because it is gone.
    """
    there = [YAML_RESOURCES]
    for entry in hass.config_entries.async_entries(DOMAIN):
        there += [entry.entry_id, *entry.subentries, *sockets(entry)]
    for domain, issue_id in tuple(ir.async_get(hass).issues):
        kept = issue_id.startswith(LEFT_OFF) or issue_id.endswith(tuple(there))
        if domain == DOMAIN and not kept:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_report_mode(
    hass: HomeAssistant, meter: MeterCoordinator, mode: TicMode
) -> None:
    """Tell that the supplier changed the mode: indexes have other names now."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{MODE_CHANGED}_{meter.subentry.subentry_id}",
        data={"entry_id": meter.config_entry.entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=f"{MODE_CHANGED}_{mode}",
        translation_placeholders={"meter": meter.subentry.title},
    )


@callback
def async_report_other_meter(
    hass: HomeAssistant, meter: MeterCoordinator, serial: str
) -> None:
    """Ask whether another meter on the port has replaced ours."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _other_meter_id(meter),
        data={
            "entry_id": meter.config_entry.entry_id,
            "subentry_id": meter.subentry.subentry_id,
            "serial": serial,
        },
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=OTHER_METER,
        translation_placeholders={
            "meter": meter.subentry.title,
            "serial": serial[-6:],
        },
    )


@callback
def async_forget_other_meter(hass: HomeAssistant, meter: MeterCoordinator) -> None:
    """Our own meter is heard again: there is nothing to ask."""
    ir.async_delete_issue(hass, DOMAIN, _other_meter_id(meter))


def _other_meter_id(meter: MeterCoordinator) -> str:
    return f"{OTHER_METER}_{meter.subentry.subentry_id}"


@callback
def async_report_not_obeying(hass: HomeAssistant, socket: Socket, on: bool) -> None:
    """Tell that a socket is not what it was ordered to be."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{NOT_OBEYING}_{socket.id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=f"{NOT_OBEYING}_{'on' if on else 'off'}",
        translation_placeholders={"socket": socket.name},
    )


@callback
def async_forget_not_obeying(hass: HomeAssistant, socket: Socket) -> None:
    """Wanted and actual state agree again."""
    ir.async_delete_issue(hass, DOMAIN, f"{NOT_OBEYING}_{socket.id}")


@callback
def async_report_left_off(hass: HomeAssistant, socket: Socket) -> None:
    """Tell that a socket was removed from the park while it was shed, and stays off."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{LEFT_OFF}_{socket.id}",
        is_fixable=True,
        # Nobody knows the socket any more.
        is_persistent=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=LEFT_OFF,
        translation_placeholders={"socket": socket.name},
    )


@callback
def async_report_phases(
    hass: HomeAssistant, meter: MeterCoordinator, names: list[str]
) -> None:
    """Ask for the phases of sockets; none is that all are known."""
    issue_id = f"{PHASES_UNKNOWN}_{meter.subentry.subentry_id}"
    if not names:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={
            "entry_id": meter.config_entry.entry_id,
            "subentry_id": meter.subentry.subentry_id,
        },
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=PHASES_UNKNOWN,
        translation_placeholders={
            "meter": meter.subentry.title,
            "names": _listed(names),
        },
    )


@callback
def async_report_overload(
    hass: HomeAssistant, socket_id: str, name: str, *, overloaded: bool
) -> None:
    """Tell that a socket carries more than it may, or no longer."""
    issue_id = f"{SOCKET_OVERLOADED}_{socket_id}"
    if not overloaded:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=SOCKET_OVERLOADED,
        translation_placeholders={"socket": name},
    )


@callback
def async_report_silent(hass: HomeAssistant, entry_id: str, names: list[str]) -> None:
    """Tell which plugs have been silent for long; one issue for all of a park."""
    issue_id = f"{PLUGS_SILENT}_{entry_id}"
    if not names:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=PLUGS_SILENT,
        translation_placeholders={
            "count": str(len(names)),
            "names": _listed(names),
        },
    )


@callback
def async_report_plug(
    hass: HomeAssistant, part: ConfigSubentry, error: PlugError | None
) -> None:
    """Tell what only a person can mend about a plug that fails; None: it works.

    A plug that does not answer has told nothing new.
    """
    if type(error) is PlugUnreachableError:
        return
    for kind, key in PLUG_ISSUES.items():
        issue_id = f"{key}_{part.subentry_id}"
        if type(error) is kind:
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key=key,
                translation_placeholders={
                    "plug": part.title,
                    "host": part.data[CONF_HOST],
                },
            )
        else:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_report_unprotected(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """Tell that no automation keeps the meter from opening."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{UNPROTECTED}_{entry.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=UNPROTECTED,
        translation_placeholders={"park": entry.title},
    )


@callback
def async_forget_unprotected(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> None:
    """An automation does, or there is nothing to protect."""
    ir.async_delete_issue(hass, DOMAIN, f"{UNPROTECTED}_{entry.entry_id}")


def _listed(names: list[str]) -> str:
    """Return names for a sentence: not more than a person reads."""
    shown = ", ".join(names[:_NAMES_MAX])
    return f"{shown}, …" if len(names) > _NAMES_MAX else shown
