"""Conditions: something is shed, there is headroom, a load fits."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Unpack, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
)
from homeassistant.helpers.typing import ConfigType
import probatio

from .control.shedding.shedding import Shedding
from .targets import CONF_METER, METERS, PHASES, all_sheddings, is_meant

CONF_HEADROOM: Final = "headroom"
CONF_PHASE: Final = "phase"
CONF_POWER: Final = "power"


class SheddingCondition(Condition):
    """Tests the shedding of the meters that are meant; unknown is not fulfilled."""

    fields: ClassVar[dict[Any, Any]] = {}

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Check the options."""
        schema = {probatio.Optional(CONF_METER): METERS, **cls.fields}
        checked: ConfigType = probatio.Schema(
            {probatio.Required(CONF_OPTIONS, default=dict): schema}
        )(config)
        return checked

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the options."""
        super().__init__(hass, config)
        self.options: Mapping[str, Any] = config.options or {}

    @abstractmethod
    def holds(self, sheddings: list[Shedding]) -> bool:
        """Return whether it is fulfilled; there is at least one meter."""

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        meters = self.options.get(CONF_METER)
        found = [
            one
            for one in all_sheddings(self._hass)
            if is_meant(self._hass, one, meters)
        ]
        return bool(found) and self.holds(found)


class IsSheddingCondition(SheddingCondition):
    """Something is shed behind one of the meters."""

    @override
    def holds(self, sheddings: list[Shedding]) -> bool:
        """Return whether anything is shed."""
        return any(shedding.state.shed for shedding in sheddings)


class HasHeadroomCondition(SheddingCondition):
    """Every meter has as much left below the subscribed power."""

    fields: ClassVar = {probatio.Required(CONF_HEADROOM): probatio.Coerce(float)}

    @override
    def holds(self, sheddings: list[Shedding]) -> bool:
        """Return whether that much is left."""
        return all(
            shedding.sight.headroom is not None
            and shedding.sight.headroom >= self.options[CONF_HEADROOM]
            for shedding in sheddings
        )


class FitsCondition(SheddingCondition):
    """A load may start, and go on for ever."""

    fields: ClassVar = {
        probatio.Required(CONF_POWER): probatio.Coerce(float),
        probatio.Optional(CONF_PHASE): PHASES,
    }

    @override
    def holds(self, sheddings: list[Shedding]) -> bool:
        """Return whether it fits behind every meter."""
        return all(
            shedding.async_may_start(
                self.options[CONF_POWER], self.options.get(CONF_PHASE)
            ).fits
            for shedding in sheddings
        )


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "fits": FitsCondition,
    "has_headroom": HasHeadroomCondition,
    "is_shedding": IsSheddingCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
