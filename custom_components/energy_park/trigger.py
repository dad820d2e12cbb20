"""Triggers: shedding starts or ends, an overload is predicted, headroom is crossed."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import probatio

from .control.shedding.shedding import SIGNAL_SHEDDING, Shedding
from .targets import CONF_METER, METERS, is_meant

CONF_DIRECTION: Final = "direction"
CONF_HEADROOM: Final = "headroom"
CONF_SECONDS_LEFT: Final = "seconds_left"
DIRECTIONS: Final = ("below", "above")


class SheddingTrigger(Trigger):
    """Fires when what it watches becomes true for one of the meters.

    It is looked at after each decision of the rule. What is unknown changes nothing,
    and what was true when the trigger was set up is no news.
    """

    fields: ClassVar[dict[Any, Any]] = {}
    description: ClassVar[str]
    # An overload must not pass unseen because an automation was just reloaded.
    is_news_at_once: ClassVar[bool] = False

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

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the options."""
        super().__init__(hass, config)
        self.options: Mapping[str, Any] = config.options or {}

    @abstractmethod
    def holds(self, shedding: Shedding) -> bool | None:
        """Return whether it is true now; None is unknown."""

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Watch until it is detached."""
        before: dict[str, bool] = {}

        @callback
        def async_look(shedding: Shedding) -> None:
            if not is_meant(self._hass, shedding, self.options.get(CONF_METER)):
                return
            if (now := self.holds(shedding)) is None:
                return
            serial = shedding.meter.serial
            was = before.get(serial, not self.is_news_at_once)
            before[serial] = now
            if now and not was:
                run_action(self._payload(shedding), self.description)

        return async_dispatcher_connect(self._hass, SIGNAL_SHEDDING, async_look)

    def _payload(self, shedding: Shedding) -> dict[str, Any]:
        decision, state = shedding.decision, shedding.state
        names = shedding.loads.sockets
        return {
            "meter": shedding.meter.subentry.title,
            "seconds_left": shedding.danger.left_s,
            "headroom": shedding.sight.headroom,
            "cause": shedding.sight.cause,
            "shed_power": round(state.shed_w),
            "shed": [names[load].name for load in state.shed],
            "ready": [names[load].name for load in shedding.danger.ready],
            "enough": decision.enough,
        }


class SheddingStartedTrigger(SheddingTrigger):
    """The first socket is shed."""

    description = "shedding started"

    @override
    def holds(self, shedding: Shedding) -> bool:
        """Return whether anything is shed."""
        return bool(shedding.state.shed)


class SheddingEndedTrigger(SheddingTrigger):
    """The last socket that was shed is back."""

    description = "shedding ended"

    @override
    def holds(self, shedding: Shedding) -> bool:
        """Return whether nothing is shed."""
        return not shedding.state.shed


class OverloadPredictedTrigger(SheddingTrigger):
    """The present power would open the meter, within a time if one is given.

    It fires once in each danger, which ends a minute after nothing is predicted.
    """

    fields: ClassVar = {probatio.Optional(CONF_SECONDS_LEFT): probatio.Coerce(float)}
    description = "overload predicted"
    is_news_at_once = True

    @override
    def holds(self, shedding: Shedding) -> bool | None:
        """Return whether it is that near; the danger lasts until it is over."""
        if shedding.danger.until is None:
            return False
        left_s = shedding.danger.left_s
        if left_s is None or left_s > self.options.get(CONF_SECONDS_LEFT, left_s):
            return None
        return True


class HeadroomCrossedTrigger(SheddingTrigger):
    """What is left below the subscribed power falls below a value, or rises above."""

    fields: ClassVar = {
        probatio.Required(CONF_HEADROOM): probatio.Coerce(float),
        probatio.Required(CONF_DIRECTION, default="below"): probatio.In(DIRECTIONS),
    }
    description = "headroom crossed"

    @override
    def holds(self, shedding: Shedding) -> bool | None:
        """Return whether it is on the side that was asked for."""
        if (headroom := shedding.sight.headroom) is None:
            return None
        if self.options[CONF_DIRECTION] == "below":
            return bool(headroom < self.options[CONF_HEADROOM])
        return bool(headroom > self.options[CONF_HEADROOM])


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "headroom_crossed": HeadroomCrossedTrigger,
    "overload_predicted": OverloadPredictedTrigger,
    "shedding_ended": SheddingEndedTrigger,
    "shedding_started": SheddingStartedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
