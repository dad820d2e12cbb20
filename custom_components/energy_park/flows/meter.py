"""The flow of a meter: a port; the meter itself tells the rest."""

import asyncio
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_PORT
from homeassistant.helpers.selector import BooleanSelector, SerialPortSelector
import probatio

from ..configuration import sectors
from ..const import (
    CONF_LIMIT_ENTITY,
    CONF_PRICE,
    CONF_PROTECT,
    CONF_RADIO,
    CONF_SENSORS,
    CONF_SUBSCRIBED_POWER,
    CONF_SUBSCRIPTION,
    DOMAIN,
    LOGGER,
    SUBENTRY_METER,
)
from ..links import async_identify, check_radio
from ..measure import register_id, resolve
from ..model import MeterReading
from ..protection import async_try_to_protect, has_automations, is_protected
from ..sensor_link import APPARENT_POWER_FIELD as APPARENT_POWER, MEASURES
from ..tic.link import TicLinkError, TicPortError, TicSilentError, TicUnreadableError
from .meter_forms import (
    CONTRACT_FIELDS,
    check_contract,
    contract_schema,
    prices_schema,
    radio_schema,
    sensors_schema,
)

SCHEMA = probatio.Schema({probatio.Required(CONF_PORT): SerialPortSelector()})

ERRORS: dict[type[TicLinkError], str] = {
    TicPortError: "cannot_open_port",
    TicSilentError: "meter_silent",
    TicUnreadableError: "meter_unreadable",
}
RADIO_ERRORS: dict[type[TicLinkError], str] = {
    TicPortError: "no_radio",
    TicSilentError: "radio_silent",
    TicUnreadableError: "radio_unreadable",
}


class MeterSubentryFlow(ConfigSubentryFlow):
    """Listen to a port, show which meter speaks, add it."""

    def __init__(self) -> None:
        """Start without a port."""
        self._port = ""
        self._link: dict[str, Any] = {}
        self._asked = "port"
        self._listening: asyncio.Task[MeterReading] | None = None
        self._reading: MeterReading | None = None
        self._errors: dict[str, str] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how the meter is heard."""
        return self.async_show_menu(
            step_id="user", menu_options=["port", "radio", "sensors"]
        )

    async def async_step_port(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a port that no other meter listens on."""
        errors, self._errors = self._errors, {}
        if user_input is not None:
            self._port = await self._async_stable_path(user_input[CONF_PORT].strip())
            if self.source == SOURCE_RECONFIGURE and self._port == self._own_port:
                return self._async_move()
            if self._is_configured(self._port):
                errors = {CONF_PORT: "port_configured"}
            else:
                self._asked, self._link = "port", {CONF_PORT: self._port}
                return await self.async_step_listen()
        suggested = self._port
        if not suggested and self.source == SOURCE_RECONFIGURE:
            suggested = self._own_port
        return self.async_show_form(
            step_id="port",
            data_schema=self.add_suggested_values_to_schema(
                SCHEMA, {CONF_PORT: suggested} if suggested else None
            ),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is to be changed."""
        data = self._get_reconfigure_subentry().data
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["sensors", "contract", "prices"]
            if CONF_SENSORS in data
            else ["radio", "contract", "prices"]
            if CONF_RADIO in data
            else ["port", "contract", "prices"],
        )

    async def async_step_radio(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the radio; one that a meter uses already is not listened to."""
        errors, self._errors = self._errors, {}
        new = self.source != SOURCE_RECONFIGURE
        if user_input is not None:
            self._link = {CONF_RADIO: user_input}
            errors = check_radio(user_input)
            if not errors and not new:
                return self._async_move()
            if not errors:
                self._asked = "radio"
                return await self.async_step_listen()
        known = {} if new else self._get_reconfigure_subentry().data[CONF_RADIO]
        return self.async_show_form(
            step_id="radio",
            data_schema=self.add_suggested_values_to_schema(
                radio_schema(), user_input or self._link.get(CONF_RADIO) or known
            ),
            errors=errors,
        )

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for an entity that gives the price, and for the subscription."""
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            rest = {
                key: value
                for key, value in subentry.data.items()
                if key not in {CONF_PRICE, CONF_SUBSCRIPTION}
            }
            if CONF_PRICE in user_input:
                entity_id = user_input[CONF_PRICE]
                user_input[CONF_PRICE] = register_id(self.hass, entity_id)
            return self.async_update_and_abort(
                self._get_entry(), subentry, data=rest | user_input
            )
        known = dict(subentry.data)
        if CONF_PRICE in known:
            known[CONF_PRICE] = resolve(self.hass, known[CONF_PRICE])
        return self.async_show_form(
            step_id="prices",
            data_schema=self.add_suggested_values_to_schema(
                prices_schema(self.hass.config.currency), known
            ),
        )

    async def async_step_contract(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the contract limits, and which sectors the meter supplies."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = check_contract(user_input)
            if not errors:
                rest = {
                    key: value
                    for key, value in subentry.data.items()
                    if key not in CONTRACT_FIELDS
                }
                if CONF_LIMIT_ENTITY in user_input:
                    entity_id = user_input[CONF_LIMIT_ENTITY]
                    user_input[CONF_LIMIT_ENTITY] = register_id(self.hass, entity_id)
                return self.async_update_and_abort(
                    self._get_entry(), subentry, data=rest | user_input
                )
        known = dict(subentry.data)
        if CONF_LIMIT_ENTITY in known:
            known[CONF_LIMIT_ENTITY] = resolve(self.hass, known[CONF_LIMIT_ENTITY])
        return self.async_show_form(
            step_id="contract",
            data_schema=self.add_suggested_values_to_schema(
                contract_schema(sectors(self._get_entry())), user_input or known
            ),
            errors=errors,
        )

    async def async_step_sensors(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the sensors of a meter that Home Assistant already reads."""
        errors: dict[str, str] = {}
        new = self.source != SOURCE_RECONFIGURE
        if user_input is not None:
            serial = register_id(self.hass, user_input[APPARENT_POWER])
            own = None if new else self._get_reconfigure_subentry().unique_id
            if serial != own and serial in {
                meter.unique_id for meter in self._meters()
            }:
                errors = {APPARENT_POWER: "meter_configured"}
            else:
                if user_input.get(CONF_PROTECT):
                    await async_try_to_protect(self.hass)
                return self._finish_sensors(serial, user_input)
        return self.async_show_form(
            step_id="sensors",
            data_schema=self.add_suggested_values_to_schema(
                sensors_schema().extend(self._protection_field()),
                user_input or ({} if new else self._known_sensors()),
            ),
            errors=errors,
        )

    def _finish_sensors(
        self, serial: str, user_input: dict[str, Any]
    ) -> SubentryFlowResult:
        data = {
            CONF_SENSORS: {
                field: register_id(self.hass, user_input[field])
                for field in MEASURES
                if field in user_input
            },
            CONF_SUBSCRIBED_POWER: int(user_input[CONF_SUBSCRIBED_POWER] * 1000),
        }
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), data_updates=data
            )
        state = self.hass.states.get(user_input[APPARENT_POWER])
        return self.async_create_entry(
            title=state.name if state else user_input[APPARENT_POWER],
            data=data,
            unique_id=serial,
        )

    def _known_sensors(self) -> dict[str, Any]:
        """Return what the form of a meter behind sensors starts with."""
        data = self._get_reconfigure_subentry().data
        return {
            field: resolve(self.hass, entity)
            for field, entity in data[CONF_SENSORS].items()
        } | {CONF_SUBSCRIBED_POWER: data[CONF_SUBSCRIBED_POWER] / 1000}

    async def async_step_listen(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Listen until a meter has told who it is."""
        if self._listening is None:
            self._listening = self.hass.async_create_task(
                async_identify(self.hass, self._link),
                "energy_park identify meter",
                eager_start=False,
            )
        if not self._listening.done():
            return self.async_show_progress(
                step_id="listen",
                progress_action="listening",
                progress_task=self._listening,
                description_placeholders={"port": self._port or "nRF24"},
            )
        listening, self._listening = self._listening, None
        try:
            self._reading = listening.result()
        except TicLinkError as err:
            LOGGER.debug("No meter on the port: %s", err)
            errors = RADIO_ERRORS if CONF_RADIO in self._link else ERRORS
            self._errors = {"base": errors.get(type(err), "cannot_open_port")}
            return self.async_show_progress_done(next_step_id=self._asked)
        if error := self._check_meter(self._reading):
            self._errors = {"base": error}
            return self.async_show_progress_done(next_step_id=self._asked)
        return self.async_show_progress_done(next_step_id="confirm")

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what was heard, then add or move the meter."""
        reading = self._reading
        assert reading is not None and reading.serial is not None
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=probatio.Schema(self._protection_field()),
                description_placeholders=_describe(reading),
            )
        if self.source == SOURCE_RECONFIGURE:
            return self._async_move()
        if user_input.get(CONF_PROTECT):
            await async_try_to_protect(self.hass)
        return self.async_create_entry(
            title=f"Linky {reading.serial[-6:]}",
            data=self._link,
            unique_id=reading.serial,
        )

    def _protection_field(self) -> dict[Any, Any]:
        """Offer the automation that sheds, where there is none yet."""
        offered = (
            self.source != SOURCE_RECONFIGURE
            and has_automations(self.hass)
            and not is_protected(self.hass)
        )
        if not offered:
            return {}
        return {probatio.Optional(CONF_PROTECT, default=True): BooleanSelector()}

    @property
    def _own_port(self) -> str:
        """The port that the meter to reconfigure has now."""
        port: str = self._get_reconfigure_subentry().data[CONF_PORT]
        return port

    def _async_move(self) -> SubentryFlowResult:
        """Write the new link of the meter down."""
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            data_updates=self._link or {CONF_PORT: self._port},
        )

    def _check_meter(self, reading: MeterReading) -> str | None:
        """Return why this meter cannot be the one, if so."""
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().unique_id
            return None if reading.serial == own else "other_meter"
        taken = {meter.unique_id for meter in self._meters()}
        return "meter_configured" if reading.serial in taken else None

    def _is_configured(self, port: str) -> bool:
        """Whether a meter already listens on the port: it cannot be shared."""
        return any(meter.data.get(CONF_PORT) == port for meter in self._meters())

    def _meters(self) -> list[ConfigSubentry]:
        """Return the meters of all parks."""
        return [
            subentry
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(SUBENTRY_METER)
        ]

    async def _async_stable_path(self, port: str) -> str:
        """Return the path of a serial port that survives a reboot."""
        if not port.startswith("/dev/"):
            return port
        try:
            return await self.hass.async_add_executor_job(usb.get_serial_by_id, port)
        except OSError:
            return port


def _describe(reading: MeterReading) -> dict[str, str]:
    """Return the placeholders that tell what was heard; a dash is unknown."""
    return {
        "serial": reading.serial or "–",
        "mode": reading.mode,
        "contract": reading.contract or "–",
        "subscribed_power": _number(reading.subscribed_power_va),
        "apparent_power": _number(reading.apparent_power_va),
    }


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)
