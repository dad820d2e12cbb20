"""The form of a socket, whatever plug it belongs to, and what is written down then."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_MODEL, CONF_NAME
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util.ulid import ulid_now
import probatio

from ..configuration import sectors
from ..const import (
    CONF_CHANNELS,
    CONF_DIALECT,
    CONF_FIRMWARE,
    CONF_NUMBER,
    CONF_PHASE,
    CONF_PRIORITY,
    CONF_ROLE,
    CONF_SECTOR,
    CONF_SOCKETS,
    PRIORITY_DEFAULT,
    PRIORITY_MAX,
    PRIORITY_MIN,
)
from ..coordinator import has_three_phases
from ..model import PlugInfo, Role
from ..plugs import CONF_REST


def socket_schema(entry: ConfigEntry, *, new: bool) -> probatio.Schema:
    """Return the form of a socket.

    The priority is asked once: later it is an entity, which automations change. So is
    the phase, where a meter has three.
    """
    options = [
        SelectOptionDict(value=sector_id, label=title)
        for sector_id, title in sectors(entry).items()
    ]
    schema: dict[Any, Any] = {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_SECTOR): SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        ),
        probatio.Required(CONF_ROLE, default=Role.COMPUTER): SelectSelector(
            SelectSelectorConfig(
                options=[role.value for role in Role], translation_key=CONF_ROLE
            )
        ),
    }
    if new:
        schema[probatio.Required(CONF_PRIORITY, default=PRIORITY_DEFAULT)] = (
            NumberSelector(
                NumberSelectorConfig(
                    min=PRIORITY_MIN, max=PRIORITY_MAX, mode=NumberSelectorMode.SLIDER
                )
            )
        )
    if new and has_three_phases(entry):
        schema[probatio.Optional(CONF_PHASE)] = SelectSelector(
            SelectSelectorConfig(options=["1", "2", "3"], translation_key="load_phase")
        )
    return probatio.Schema(schema)


def socket_data(
    number: int, user_input: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is written down of a socket; ``known`` is what was before."""
    priority = user_input.get(CONF_PRIORITY, known.get(CONF_PRIORITY, PRIORITY_DEFAULT))
    phase = user_input.get(CONF_PHASE, known.get(CONF_PHASE))
    return {
        CONF_NUMBER: number,
        CONF_NAME: user_input[CONF_NAME].strip(),
        CONF_SECTOR: user_input.get(CONF_SECTOR),
        CONF_ROLE: user_input[CONF_ROLE],
        CONF_PRIORITY: int(priority),
        **({} if phase is None else {CONF_PHASE: int(phase)}),
    }


class SocketQuestions:
    """Asks about the sockets of a plug, one after the other.

    ``known`` are the sockets as they were written down before, none for a new plug.
    """

    def __init__(
        self,
        entry: ConfigEntry,
        info: PlugInfo,
        known: Iterable[Mapping[str, Any]],
        *,
        blind: bool = False,
    ) -> None:
        """Start with the first socket; ``blind`` is a plug that must toggle to see."""
        self.answers: list[dict[str, Any]] = []
        self._entry = entry
        self._info = info
        self._known = {socket[CONF_NUMBER]: dict(socket) for socket in known}
        self._new = not self._known
        self._blind = blind

    @property
    def done(self) -> bool:
        """Whether all sockets were asked about."""
        return len(self.answers) == len(self._info.sockets)

    def take(self, user_input: Mapping[str, Any]) -> dict[str, str]:
        """Take the answer about the present socket, or return what is wrong with it."""
        if not user_input[CONF_NAME].strip():
            return {CONF_NAME: "name_missing"}
        if self._blind and user_input[CONF_ROLE] == Role.COMPUTER:
            return {CONF_ROLE: "computer_blind"}
        number = self._info.sockets[len(self.answers)]
        self.answers.append(
            socket_data(number, user_input, self._known.get(number, {}))
        )
        return {}

    @property
    def schema(self) -> probatio.Schema:
        """The form."""
        return socket_schema(self._entry, new=self._new)

    @property
    def placeholders(self) -> dict[str, str]:
        """What the form tells of the present socket."""
        return {
            "model": self._info.model,
            "number": str(len(self.answers) + 1),
            "count": str(len(self._info.sockets)),
        }

    def suggest(self) -> dict[str, Any]:
        """Return the values that the form starts with.

        A new socket takes sector and role from the one before: strips feed a row.
        """
        known = self._known.get(self._info.sockets[len(self.answers)], {})
        if known:
            here = known.get(CONF_SECTOR) in sectors(self._entry)
            return {k: v for k, v in known.items() if here or k != CONF_SECTOR}
        before = self.answers[-1] if self.answers else {}
        suggested = {
            key: before[key] for key in (CONF_SECTOR, CONF_ROLE) if before.get(key)
        }
        if self._blind:
            suggested.setdefault(CONF_ROLE, Role.OTHER)
        if len(self._info.sockets) == 1 and self._info.name:
            suggested[CONF_NAME] = self._info.name
        return suggested


def plug_title(info: PlugInfo, sockets: Sequence[Mapping[str, Any]]) -> str:
    """Return what a plug is called: as its only socket, or as it says itself."""
    if len(sockets) == 1:
        name: str = sockets[0][CONF_NAME]
        return name
    return info.name or f"{info.model} {info.serial[-6:]}"


def plug_unique_id(info: PlugInfo) -> str:
    """Return what a plug is known by from now on: the serial number that it tells.

    One that tells none gets an id of our own making, which stays when its address
    changes. An address never is one, nor an id that all devices of a kind share.
    """
    return info.serial or f"{CONF_REST}_{ulid_now()}"


def plug_data(
    access: Mapping[str, Any], info: PlugInfo, sockets: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what is written down of a plug; ``access`` is how it is asked."""
    return {
        **access,
        CONF_DIALECT: info.dialect,
        CONF_MODEL: info.model,
        CONF_FIRMWARE: info.firmware,
        CONF_SOCKETS: list(sockets),
        **({CONF_CHANNELS: list(info.channels)} if info.channels else {}),
    }
