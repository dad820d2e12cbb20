"""Tells how late Home Assistant's event loop is; part of a bench, not of a release."""

import asyncio
import time

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.helpers.typing import ConfigType

STEP_S = 0.01


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Begin to measure."""
    view = LagView()
    hass.http.register_view(view)
    hass.async_create_background_task(view.measure(), "loop lag")
    return True


class LagView(HomeAssistantView):
    """Gives the lags in milliseconds since it was asked last."""

    url = "/api/loop_lag"
    name = "api:loop_lag"

    def __init__(self) -> None:
        """Start without any."""
        self._lags_ms: list[float] = []

    async def measure(self) -> None:
        """Note how much later than asked for each short sleep ends."""
        while True:
            due = time.monotonic() + STEP_S
            await asyncio.sleep(STEP_S)
            self._lags_ms.append(max(0.0, 1000 * (time.monotonic() - due)))

    async def get(self, _request: web.Request) -> web.Response:
        """Answer, and start again."""
        lags_ms, self._lags_ms = self._lags_ms, []
        return self.json(lags_ms)
