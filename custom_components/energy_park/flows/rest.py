"""The forms of a plug that its owner describes, and of the strip that needs no words."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_USERNAME
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import CONF_SOCKETS
from ..plug.rest_description import INDEX, SOCKETS_MAX, lf2l_strip
from ..plug.rest_settings import SOCKET, RestAuth, RestFault, RestSettingsError
from ..plugs import CONF_REST

CONF_ACCESS: Final = "access"
CONF_AUTH: Final = "auth"
CONF_DETAILS: Final = "details"
CONF_MEASURES: Final = "measures"
CONF_SHIFTED: Final = "shifted"

ERRORS: dict[RestFault, str] = {
    RestFault.MISSING: "rest_missing",
    RestFault.UNEXPECTED: "rest_unexpected",
    RestFault.METHOD: "rest_method",
    RestFault.PATH: "rest_path",
    RestFault.NO_SOCKET: "rest_no_socket",
    RestFault.JSON_PATH: "rest_json_path",
    RestFault.NUMBER: "rest_number",
}

# Texts cannot hold them: what is in braces there is filled in.
PLACEHOLDERS: Final = {"socket": SOCKET, "index": INDEX, "value": ""}

_TEXT: Final = TextSelector()


def rest_schema(errors: Mapping[str, str], *, new: bool) -> probatio.Schema:
    """Return the form of a described plug; a section with an error is open.

    Where its answers tell who it is, is asked once: its entities are named by that.
    """
    details: dict[Any, Any] = {
        probatio.Optional("toggle"): _TEXT,
        probatio.Optional("hangs_up"): BooleanSelector(),
        probatio.Optional("first_socket", default=1): _whole(0, 99),
        probatio.Optional("state_on"): _TEXT,
        probatio.Optional("state_off"): _TEXT,
    }
    if new:
        details[probatio.Optional("serial")] = _TEXT
    measures: dict[Any, Any] = {
        probatio.Optional("power_w"): _TEXT,
        probatio.Optional("energy_wh"): _TEXT,
        probatio.Optional("current_a"): _TEXT,
        probatio.Optional("voltage_v"): _TEXT,
        probatio.Optional("power_factor"): _TEXT,
    }
    access: dict[Any, Any] = {
        probatio.Required(CONF_AUTH, default=RestAuth.NONE): SelectSelector(
            SelectSelectorConfig(
                options=[auth.value for auth in RestAuth], translation_key=CONF_AUTH
            )
        ),
        probatio.Optional(CONF_USERNAME): _TEXT,
        probatio.Optional(probatio.Secret(CONF_PASSWORD)): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        ),
    }

    def folded(name: str, fields: dict[Any, Any]) -> section:
        return section(
            probatio.Schema(fields), SectionConfig(collapsed=name not in errors)
        )

    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): _TEXT,
            probatio.Required(CONF_HOST): _TEXT,
            probatio.Required(CONF_SOCKETS, default=1): _whole(1, SOCKETS_MAX),
            probatio.Optional("on"): _TEXT,
            probatio.Optional("off"): _TEXT,
            probatio.Optional("read"): _TEXT,
            probatio.Required("state"): _TEXT,
            probatio.Required(CONF_MEASURES): folded(CONF_MEASURES, measures),
            probatio.Required(CONF_ACCESS): folded(CONF_ACCESS, access),
            probatio.Required(CONF_DETAILS): folded(CONF_DETAILS, details),
        }
    )


def strip_schema() -> probatio.Schema:
    """Return the form of a strip as LF2L built it."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): _TEXT,
            probatio.Required(CONF_HOST): _TEXT,
            probatio.Required(CONF_SOCKETS, default=6): _whole(1, SOCKETS_MAX),
            probatio.Required(CONF_SHIFTED, default=False): BooleanSelector(),
        }
    )


def rest_access(form: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the described plug is asked, as in a subentry.

    ``known`` is the subentry so far: a password that is not entered again stays.
    """
    credentials = dict(form[CONF_ACCESS])
    auth = credentials.pop(CONF_AUTH)
    if CONF_PASSWORD not in credentials and CONF_PASSWORD in known:
        credentials[CONF_PASSWORD] = known[CONF_PASSWORD]
    top = (CONF_SOCKETS, "on", "off", "read", "state")
    description = {field: form[field] for field in top if field in form}
    description |= {**form[CONF_MEASURES], **form[CONF_DETAILS], CONF_AUTH: auth}
    if serial := known.get(CONF_REST, {}).get("serial"):
        description["serial"] = serial
    return {
        CONF_HOST: form[CONF_HOST].strip(),
        CONF_REST: {
            key: int(value) if isinstance(value, float) else value
            for key, value in description.items()
            if value != ""
        },
        **(credentials if auth != RestAuth.NONE else {}),
    }


def strip_access(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the strip is asked, as in a subentry."""
    return {
        CONF_HOST: form[CONF_HOST].strip(),
        CONF_REST: lf2l_strip(int(form[CONF_SOCKETS]), shifted=form[CONF_SHIFTED]),
    }


def rest_form(subentry: ConfigSubentry) -> dict[str, Any]:
    """Return what the form of a described plug starts with; no password."""
    described = subentry.data[CONF_REST]
    access = {CONF_AUTH: described.get(CONF_AUTH, RestAuth.NONE)}
    if CONF_USERNAME in subentry.data:
        access[CONF_USERNAME] = subentry.data[CONF_USERNAME]
    return {
        **described,
        CONF_NAME: subentry.title,
        CONF_HOST: subentry.data[CONF_HOST],
        CONF_MEASURES: described,
        CONF_DETAILS: described,
        CONF_ACCESS: access,
    }


def rest_errors(error: RestSettingsError) -> dict[str, str]:
    """Return the errors of the form: those of a section stand at its head."""
    if error.where == "serial" and error.fault is RestFault.MISSING:
        return {CONF_DETAILS: "rest_no_serial"}
    schema = rest_schema({}, new=True).schema
    place = next(
        (
            str(name)
            for name, part in schema.items()
            if isinstance(part, section) and error.where in part.schema.schema
        ),
        error.where,
    )
    return {place: ERRORS[error.fault]}


def _whole(least: int, most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    )
