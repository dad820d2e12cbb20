"""The steps that tell what a meter's contract limits, and what it costs."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
import probatio

from ..configuration import sectors
from ..const import (
    CONF_CONTRACT,
    CONF_DELAY,
    CONF_LIMIT,
    CONF_LIMIT_ENTITY,
    CONF_PRICE,
    CONF_SECTORS,
    CONF_SUBSCRIPTION,
)
from ..measure import register_id, resolve
from ..park.shedding.meters import Contract

LINKY = "linky"

_FIELDS = frozenset(
    {CONF_CONTRACT, CONF_LIMIT, CONF_LIMIT_ENTITY, CONF_DELAY, CONF_SECTORS}
)
_PRICES = frozenset({CONF_PRICE, CONF_SUBSCRIPTION})
_FIGURES = EntitySelectorConfig(domain=["sensor", "number", "input_number"])


class ContractFlow(ConfigSubentryFlow):
    """Ask for the contract and the prices of a meter that is there."""

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
                    if key not in _FIELDS
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

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for an entity that gives the price, and for the subscription."""
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            rest = {
                key: value for key, value in subentry.data.items() if key not in _PRICES
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


def contract_schema(sectors: Mapping[str, str]) -> probatio.Schema:
    """Return the form of what the contract limits; ``sectors`` are names by id."""
    return probatio.Schema(
        {
            probatio.Required(CONF_CONTRACT, default=LINKY): SelectSelector(
                SelectSelectorConfig(
                    options=[LINKY, *(contract.value for contract in Contract)],
                    translation_key=CONF_CONTRACT,
                )
            ),
            probatio.Optional(CONF_LIMIT): NumberSelector(
                NumberSelectorConfig(
                    min=100,
                    max=1_000_000,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement="W",
                )
            ),
            probatio.Optional(CONF_LIMIT_ENTITY): EntitySelector(_FIGURES),
            probatio.Optional(CONF_DELAY): NumberSelector(
                NumberSelectorConfig(
                    min=0,
                    max=3600,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement="s",
                )
            ),
            probatio.Optional(CONF_SECTORS): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=sector_id, label=name)
                        for sector_id, name in sectors.items()
                    ],
                    multiple=True,
                )
            ),
        }
    )


def check_contract(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors of the form of the contract."""
    limited = CONF_LIMIT in data or CONF_LIMIT_ENTITY in data
    if data[CONF_CONTRACT] != LINKY and not limited:
        return {CONF_LIMIT: "no_limit"}
    return {}


def prices_schema(currency: str) -> probatio.Schema:
    """Return the form of the prices that are not numbers of their own."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_PRICE): EntitySelector(_FIGURES),
            probatio.Optional(CONF_SUBSCRIPTION): NumberSelector(
                NumberSelectorConfig(
                    min=0,
                    max=1000,
                    step="any",
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=currency,
                )
            ),
        }
    )
