"""The forms of a meter that is behind sensors or a radio, and of its prices."""

from collections.abc import Mapping
from typing import Any

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import (
    CONF_CONTRACT,
    CONF_DELAY,
    CONF_LIMIT,
    CONF_LIMIT_ENTITY,
    CONF_PRICE,
    CONF_SECTORS,
    CONF_SUBSCRIBED_POWER,
    CONF_SUBSCRIPTION,
)
from ..links import (
    CONF_ADDRESS,
    CONF_CE_PIN,
    CONF_CHANNEL,
    CONF_DATA_RATE,
    CONF_KEY,
    CONF_SPI,
)
from ..park.shedding.meters import Contract
from ..sensor_link import APPARENT_POWER_FIELD as APPARENT_POWER, MEASURES
from ..tic.nrf24 import CHANNEL_MAX, DataRate, RadioSettings

LINKY = "linky"
CONTRACT_FIELDS = frozenset(
    {CONF_CONTRACT, CONF_LIMIT, CONF_LIMIT_ENTITY, CONF_DELAY, CONF_SECTORS}
)

_RADIO = RadioSettings()


def sensors_schema() -> probatio.Schema:
    """Return the form of a meter behind sensors."""
    power, *others = (
        EntitySelector(
            EntitySelectorConfig(domain="sensor", device_class=measure.device_class)
        )
        for measure in MEASURES.values()
    )
    _, *fields = MEASURES
    schema: dict[Any, Any] = {
        probatio.Required(APPARENT_POWER): power,
        **{
            probatio.Optional(field): selector
            for field, selector in zip(fields, others, strict=True)
        },
        probatio.Required(CONF_SUBSCRIBED_POWER): NumberSelector(
            NumberSelectorConfig(
                min=1,
                max=250,
                step=1,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement="kVA",
            )
        ),
    }
    return probatio.Schema(schema)


def prices_schema(currency: str) -> probatio.Schema:
    """Return the form of the prices that are not numbers of their own."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_PRICE): EntitySelector(
                EntitySelectorConfig(domain=["sensor", "number", "input_number"])
            ),
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
            probatio.Optional(CONF_LIMIT_ENTITY): EntitySelector(
                EntitySelectorConfig(domain=["sensor", "number", "input_number"])
            ),
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


def radio_schema() -> probatio.Schema:
    """Return the form of a radio; what both ends share is filled in as usual."""
    return probatio.Schema(
        {
            probatio.Optional(probatio.Secret(CONF_KEY)): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
            probatio.Required(CONF_SPI, default="0.0"): TextSelector(),
            probatio.Required(CONF_CE_PIN, default=_RADIO.ce_pin): _whole(0, 53),
            probatio.Required(CONF_CHANNEL, default=_RADIO.channel): _whole(
                0, CHANNEL_MAX
            ),
            probatio.Required(CONF_DATA_RATE, default=_RADIO.data_rate): SelectSelector(
                SelectSelectorConfig(
                    options=[rate.value for rate in DataRate],
                    translation_key=CONF_DATA_RATE,
                )
            ),
            probatio.Required(
                CONF_ADDRESS, default=_RADIO.address.decode()
            ): TextSelector(),
        }
    )


def _whole(least: int, most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    )
