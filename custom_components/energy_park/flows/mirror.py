"""The flow of the mirror: where the database is, and what it still lacks."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PORT, CONF_USERNAME
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TargetSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..configuration import read_mirror
from ..const import (
    CONF_CA,
    CONF_CITY,
    CONF_DATABASE,
    CONF_DISTRICT,
    CONF_EXCLUDE,
    CONF_INCLUDE,
    CONF_OTHERS,
    CONF_PLACE,
    CONF_REGION,
    CONF_SCHEMA,
    CONF_TLS,
    LOGGER,
    SUBENTRY_MIRROR,
)
from ..mirror.connection import TlsMode
from ..mirror.errors import (
    CertificateError,
    MirrorError,
    NoRightError,
    NoSuchDatabaseError,
    NotAdmittedError,
    NotReadyError,
    ReadOnlyError,
    SchemaNameError,
    TlsRefusedError,
    TooOldError,
    UnreachableError,
    WrongPasswordError,
)
from ..mirror.preparation import is_prepared, prepare

DEFAULT_PORT = 5432
DEFAULT_NAME = "energy_park"

ERRORS: dict[type[MirrorError], str] = {
    UnreachableError: "database_unreachable",
    NotReadyError: "database_not_ready",
    TlsRefusedError: "tls_refused",
    CertificateError: "certificate",
    NotAdmittedError: "not_admitted",
    WrongPasswordError: "invalid_auth",
    NoSuchDatabaseError: "no_such_database",
    NoRightError: "no_right",
    TooOldError: "too_old",
    ReadOnlyError: "read_only",
    SchemaNameError: "schema_name",
}

PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


def database_credentials_schema() -> probatio.Schema:
    """Return the form of the database's user and password."""
    return probatio.Schema(
        {
            probatio.Required(CONF_USERNAME): TextSelector(),
            probatio.Required(probatio.Secret(CONF_PASSWORD)): PASSWORD,
        }
    )


def _schema() -> probatio.Schema:
    def folded(fields: dict[Any, Any]) -> section:
        return section(probatio.Schema(fields), SectionConfig(collapsed=True))

    place = {
        probatio.Optional(CONF_REGION): TextSelector(),
        probatio.Optional(CONF_CITY): TextSelector(),
        probatio.Optional(CONF_DISTRICT): TextSelector(),
    }
    others = {
        probatio.Optional(CONF_INCLUDE): TargetSelector(),
        probatio.Optional(CONF_EXCLUDE): EntitySelector(
            EntitySelectorConfig(multiple=True)
        ),
    }
    return probatio.Schema(
        {
            probatio.Required(CONF_HOST): TextSelector(),
            probatio.Required(CONF_PORT, default=DEFAULT_PORT): NumberSelector(
                NumberSelectorConfig(
                    min=1, max=65535, step=1, mode=NumberSelectorMode.BOX
                )
            ),
            probatio.Required(CONF_DATABASE, default=DEFAULT_NAME): TextSelector(),
            probatio.Required(CONF_USERNAME, default=DEFAULT_NAME): TextSelector(),
            probatio.Optional(probatio.Secret(CONF_PASSWORD)): PASSWORD,
            probatio.Required(CONF_TLS, default=TlsMode.VERIFY_FULL): SelectSelector(
                SelectSelectorConfig(options=list(TlsMode), translation_key=CONF_TLS)
            ),
            probatio.Optional(CONF_CA): TextSelector(
                TextSelectorConfig(multiline=True)
            ),
            probatio.Required(CONF_SCHEMA, default=DEFAULT_NAME): TextSelector(),
            probatio.Required(CONF_PLACE, default={}): folded(place),
            probatio.Required(CONF_OTHERS, default={}): folded(others),
        }
    )


async def try_database(
    data: Mapping[str, Any], *, create: bool = False
) -> tuple[bool, dict[str, str]]:
    """Connect to the database of a form or a subentry, and look around.

    Returns whether the tables are there, and the errors for the form. ``create``
    makes what is missing.
    """
    settings = read_mirror(data)
    try:
        if create:
            await prepare(settings)
        return await is_prepared(settings), {}
    except MirrorError as err:
        LOGGER.debug("The database cannot be used: %s", err)
        return False, {"base": ERRORS.get(type(err), "database_refused")}


def _flat(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form says, without its sections and what is empty in them."""
    given = dict(user_input)
    place, others = given.pop(CONF_PLACE), given.pop(CONF_OTHERS)
    named = {key: text.strip() for key, text in place.items()}
    return {
        **given,
        CONF_HOST: given[CONF_HOST].strip(),
        CONF_PORT: int(given[CONF_PORT]),
        **{key: value for key, value in (named | others).items() if value},
    }


def _folded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a mirror's form shows; the password is not sent back to it."""
    return {
        **{key: value for key, value in data.items() if key != CONF_PASSWORD},
        CONF_PLACE: data,
        CONF_OTHERS: data,
    }


class MirrorSubentryFlow(ConfigSubentryFlow):
    """Ask for the database, try it, offer to make the tables."""

    def __init__(self) -> None:
        """Start without a database."""
        self._data: dict[str, Any] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the database; a park has one mirror."""
        if any(self._get_entry().get_subentries_of_type(SUBENTRY_MIRROR)):
            return self.async_abort(reason="already_configured")
        return await self._async_ask("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for what is to be changed."""
        if not self._data:
            self._data = dict(self._get_reconfigure_subentry().data)
        return await self._async_ask("reconfigure", user_input)

    async def _async_ask(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            # The password is not sent back to the form; an empty field keeps it.
            password = self._data.get(CONF_PASSWORD, "")
            self._data = {CONF_PASSWORD: password, **_flat(user_input)}
            ready, errors = await try_database(self._data)
            if ready:
                return self._finish()
            if not errors:
                return await self.async_step_create()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                _schema(), _folded(self._data)
            ),
            errors=errors,
        )

    async def async_step_create(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Make the schema and its tables once the user agreed."""
        errors: dict[str, str] = {}
        if user_input is not None:
            ready, errors = await try_database(self._data, create=True)
            if ready:
                return self._finish()
        return self.async_show_form(
            step_id="create",
            errors=errors,
            description_placeholders={
                "schema": self._data[CONF_SCHEMA],
                "database": self._data[CONF_DATABASE],
            },
        )

    def _finish(self) -> SubentryFlowResult:
        """Write the mirror down."""
        title = f"{self._data[CONF_DATABASE]} ({self._data[CONF_HOST]})"
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=title,
                data=self._data,
            )
        return self.async_create_entry(title=title, data=self._data)
