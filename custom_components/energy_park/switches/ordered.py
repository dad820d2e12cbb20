"""Switches that give orders: what became of an order is told."""

from abc import abstractmethod
from datetime import timedelta
from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN
from ..control.outcome import Outcome
from ..model import Reason


class OrderedSwitch(SwitchEntity):
    """A switch that gives orders and may be overridden for a while."""

    @abstractmethod
    async def async_order(self, on: bool, lasting: timedelta | None = None) -> None:
        """Give an order; raise what became of it when that is not what was asked."""

    @abstractmethod
    async def async_release(self) -> None:
        """End a person's override: the plan takes over."""

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Order on."""
        await self.async_order(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Order off."""
        await self.async_order(on=False)


def report(outcomes: list[Outcome]) -> None:
    """Raise what became of an order to one socket, if it was not carried out.

    An order that is outranked stands by: it is no error.
    """
    for outcome in outcomes:
        if outcome.refused in (
            Reason.PROTECTED,
            Reason.RUNNING,
            Reason.STATE_UNKNOWN,
        ):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key=f"refused_{outcome.refused}",
                translation_placeholders={"socket": outcome.socket.name},
            )
    report_failures(outcomes)


def report_failures(outcomes: list[Outcome]) -> None:
    """Raise one error that names all sockets whose plug did not confirm."""
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="switch_failed",
            translation_placeholders={
                "sockets": ", ".join(outcome.socket.name for outcome in failed),
                "error": str(failed[0].error),
            },
        )
