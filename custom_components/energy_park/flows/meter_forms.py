"""The forms of a meter that is behind sensors or a radio, and of its prices."""

from typing import Any

from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import CONF_PRICE, CONF_SUBSCRIBED_POWER, CONF_SUBSCRIPTION
from ..links import (
    CONF_ADDRESS,
    CONF_CE_PIN,
    CONF_CHANNEL,
    CONF_DATA_RATE,
    CONF_KEY,
    CONF_SPI,
)
from ..sensor_link import APPARENT_POWER_FIELD as APPARENT_POWER, MEASURES
from ..tic.nrf24 import CHANNEL_MAX, DataRate, RadioSettings

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
