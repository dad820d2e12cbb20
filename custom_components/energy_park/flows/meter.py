"""The flow of a meter: a port; the meter itself tells the rest."""

import asyncio
from typing import Any

from homeassistant.components import usb
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_PORT
from homeassistant.helpers.selector import SerialPortSelector
import probatio

from ..const import CONF_PROTECT, CONF_RADIO, CONF_SENSORS, LOGGER
from ..links import async_identify, check_radio
from ..model import MeterReading
from ..protection import async_try_to_protect
from ..tic.link import TicLinkError, TicPortError, TicSilentError, TicUnreadableError
from .meter_contract import ContractFlow
from .meter_forms import known_meters, protection_fields, radio_schema
from .meter_sensors import SensorsFlow

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


class MeterSubentryFlow(SensorsFlow, ContractFlow):
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
            moved = self.source == SOURCE_RECONFIGURE
            offered = {} if moved else protection_fields(self.hass)
            return self.async_show_form(
                step_id="confirm",
                data_schema=probatio.Schema(offered),
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
        taken = {meter.unique_id for meter in known_meters(self.hass)}
        return "meter_configured" if reading.serial in taken else None

    def _is_configured(self, port: str) -> bool:
        """Whether a meter already listens on the port: it cannot be shared."""
        meters = known_meters(self.hass)
        return any(meter.data.get(CONF_PORT) == port for meter in meters)

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
