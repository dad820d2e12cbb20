"""The steps that add a whole park from a table: checked first, asked then, added last."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..const import CONF_PRIORITY, CONF_ROLE, CONF_SECTOR, DOMAIN, PLUG_POLLS_AT_ONCE
from ..inventory import add_plug, add_sectors
from ..model import PlugInfo
from ..park.inventory import Entry, Fault, Inventory, Problem, read
from .access import is_configured, try_plug
from .adopt import known_switches
from .socket import plug_data, plug_title, socket_data

CONF_FILE: Final = "file"
CONF_TABLE: Final = "table"

FILE_SIZE_MAX: Final = 1_000_000
LINES_SHOWN: Final = 50

SCHEMA = probatio.Schema(
    {
        probatio.Optional(CONF_FILE): FileSelector(
            FileSelectorConfig(accept=".csv,.tsv,.txt,text/csv,text/plain")
        ),
        probatio.Optional(CONF_TABLE): TextSelector(TextSelectorConfig(multiline=True)),
    }
)

ERRORS: dict[Fault, str] = {fault: f"inventory_{fault}" for fault in Fault}

# The plugs of a table by their address, each with its lines.
type Plugs = dict[str, list[Entry]]


class InventoryFlow(ConfigFlow):
    """Read a table, ask its plugs what they are, add them in one go."""

    _by_host: Plugs
    _problems: tuple[Problem, ...]
    _asking: asyncio.Task[None] | None = None

    def __init__(self) -> None:
        """Start without a table."""
        self._table = ""
        self._found: dict[str, PlugInfo] = {}
        self._missing: dict[str, str] = {}

    @callback
    @override
    def async_remove(self) -> None:
        """Ask no more when the person has left."""
        if self._asking is not None:
            self._asking.cancel()

    async def async_step_import_inventory(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the table."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._table = user_input.get(CONF_TABLE, "")
            try:
                inventory = await self.hass.async_add_executor_job(
                    _read, self.hass, user_input
                )
            except ValueError:
                errors = {CONF_FILE: "inventory_file"}
            else:
                return await self._async_check(inventory)
        return self.async_show_form(
            step_id="import_inventory",
            data_schema=self.add_suggested_values_to_schema(
                SCHEMA, {CONF_TABLE: self._table}
            ),
            errors=errors,
        )

    async def _async_check(self, inventory: Inventory) -> ConfigFlowResult:
        """Go on with a table in which every line is good."""
        if inventory.problems:
            self._problems = inventory.problems
            return await self.async_step_import_faults()
        self._by_host = {}
        for entry in inventory.entries.values():
            self._by_host.setdefault(entry.host.casefold(), []).append(entry)
        return await self.async_step_import_ask()

    async def async_step_import_faults(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show every line that is not good; nothing is added."""
        if user_input is not None:
            return await self.async_step_import_inventory()
        texts = await _async_error_texts(self.hass)
        lines = [
            f"{problem.line}{f' ({problem.column})' if problem.column else ''}:"
            f" {texts[ERRORS[problem.fault]]}"
            for problem in self._problems
        ]
        return self.async_show_form(
            step_id="import_faults",
            data_schema=probatio.Schema({}),
            description_placeholders=_listed(lines),
        )

    async def async_step_import_ask(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask the plugs what they are, some at a time."""
        if self._asking is None:
            self._asking = self.hass.async_create_task(
                self._async_ask_all(), f"{DOMAIN} ask the plugs of a table"
            )
        if not self._asking.done():
            return self.async_show_progress(
                step_id="import_ask",
                progress_action="asking",
                progress_task=self._asking,
                description_placeholders={"count": str(len(self._by_host))},
            )
        asking, self._asking = self._asking, None
        asking.result()
        return self.async_show_progress_done(next_step_id="import_result")

    async def async_step_import_result(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add all, or tell which plugs cannot be added and leave the choice."""
        if not self._missing:
            return await self.async_step_import_skip()
        texts = await _async_error_texts(self.hass)
        lines = [f"{host}: {texts[why]}" for host, why in self._missing.items()]
        return self.async_show_menu(
            step_id="import_result",
            menu_options=["import_ask", "import_skip", "import_inventory"],
            description_placeholders={**_listed(lines), "found": str(len(self._found))},
        )

    async def async_step_import_skip(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add the sectors and the plugs that were found."""
        entry = self._get_reconfigure_entry()
        plugs = {host: self._by_host[host] for host in self._found}
        lines = [line for lines in plugs.values() for line in lines]
        rooms = add_sectors(self.hass, entry, (line.room for line in lines))
        for host, info in self._found.items():
            sockets = [_socket(line, info, rooms) for line in plugs[host]]
            add_plug(
                self.hass,
                entry,
                plug_title(info, sockets),
                plug_data({CONF_HOST: plugs[host][0].host}, info, sockets),
                info.serial,
            )
        return self.async_abort(
            reason="inventory_imported",
            description_placeholders={
                "plugs": str(len(plugs)),
                "sockets": str(len(lines)),
            },
        )

    async def _async_ask_all(self) -> None:
        """Ask those plugs that were not found yet."""
        at_once = asyncio.Semaphore(PLUG_POLLS_AT_ONCE)

        async def ask(host: str, lines: list[Entry]) -> None:
            async with at_once:
                mac = next((line.mac for line in lines if line.mac), None)
                info, errors = await try_plug(
                    self.hass, {CONF_HOST: lines[0].host}, mac
                )
            if info is None:
                self._missing[host] = errors["base"]
            elif why := self._check_plug(info, lines):
                self._missing[host] = why
            else:
                self._found[host] = info

        self._missing = {}
        async with asyncio.TaskGroup() as tasks:
            for host, lines in self._by_host.items():
                if host not in self._found:
                    tasks.create_task(ask(host, lines))

    def _check_plug(self, info: PlugInfo, lines: list[Entry]) -> str | None:
        """Return why a plug that answers is not the one of the table, if so."""
        if info.needs_password:
            return "plug_locked"
        taken = {found.serial for found in self._found.values()}
        if info.serial in taken or is_configured(self.hass, info.serial):
            return "plug_configured"
        if known_switches(self.hass, info.serial):
            return "plug_known"
        if not info.sockets:
            return "no_sockets"
        if any(line.socket is None for line in lines) and len(info.sockets) > 1:
            return "which_socket"
        if {line.socket for line in lines} - {None, *info.sockets}:
            return "no_such_socket"
        return None


def _read(hass: HomeAssistant, user_input: Mapping[str, Any]) -> Inventory:
    """Read the table that was uploaded or pasted; raise ValueError without a file."""
    if CONF_FILE not in user_input:
        return read(user_input.get(CONF_TABLE, ""))
    with process_uploaded_file(hass, user_input[CONF_FILE]) as path:
        if path.stat().st_size > FILE_SIZE_MAX:
            raise ValueError("too large for a table")
        return read(path.read_bytes())


def _socket(line: Entry, info: PlugInfo, rooms: Mapping[str, str]) -> dict[str, Any]:
    """Return what is written down of a socket of the table."""
    number = info.sockets[0] if line.socket is None else line.socket
    answer = {
        CONF_NAME: line.name,
        CONF_SECTOR: rooms.get(line.room.casefold()),
        CONF_ROLE: line.role.value,
        CONF_PRIORITY: line.priority,
    }
    return socket_data(number, answer, {})


async def _async_error_texts(hass: HomeAssistant) -> dict[str, str]:
    """Return the texts of errors, in the language of the house.

    A form shows one error in the language of who looks at it; a list of them is
    put together here.
    """
    prefix = f"component.{DOMAIN}.config.error."
    texts = await async_get_translations(hass, hass.config.language, "config", [DOMAIN])
    return {
        key.removeprefix(prefix): text
        for key, text in texts.items()
        if key.startswith(prefix)
    }


def _listed(lines: Iterable[str]) -> dict[str, str]:
    """Return the placeholders of a list that may be long."""
    lines = list(lines)
    shown = [f"- {line}" for line in lines[:LINES_SHOWN]]
    if len(lines) > LINES_SHOWN:
        shown.append("- …")
    return {"list": "\n".join(shown), "count": str(len(lines))}
