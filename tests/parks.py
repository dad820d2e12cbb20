"""Parks for the tests: real emulated plugs behind a config entry."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from custom_components.energy_park.const import (
    DOMAIN,
    SUBENTRY_METER,
    SUBENTRY_PLUG,
    SUBENTRY_SECTOR,
    SUBENTRY_STATION,
)
from scripts.emulators import EmulatedPlug

from .common import MockConfigEntry, async_fire_time_changed


def sector(name: str, subentry_id: str) -> ConfigSubentry:
    """A sector."""
    return ConfigSubentry(
        data=MappingProxyType({}),
        subentry_id=subentry_id,
        subentry_type=SUBENTRY_SECTOR,
        title=name,
        unique_id=None,
    )


def meter(port: str, serial: str, subentry_id: str = "meter") -> ConfigSubentry:
    """A meter on a port."""
    return ConfigSubentry(
        data=MappingProxyType({"port": port}),
        subentry_id=subentry_id,
        subentry_type=SUBENTRY_METER,
        title=f"Linky {serial[-6:]}",
        unique_id=serial,
    )


def plug(
    emulated: EmulatedPlug,
    sector_id: str | None = None,
    roles: Sequence[str] = (),
    title: str = "Plug",
    password: str | None = None,
) -> ConfigSubentry:
    """An emulated plug as its flow would write it down."""
    sockets: list[dict[str, Any]] = [
        {
            "number": number,
            "name": f"Socket {number}",
            "sector": sector_id,
            "role": roles[index] if roles else "other",
            "priority": 5,
        }
        for index, number in enumerate(emulated.sockets)
    ]
    data: dict[str, Any] = {
        "host": emulated.host,
        "dialect": emulated.dialect,
        "model": "Model",
        "firmware": "1.0",
        "sockets": sockets,
    }
    if password := password or emulated.password:
        data["password"] = password
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_id=ulid_now(),
        subentry_type=SUBENTRY_PLUG,
        title=title,
        unique_id=emulated.true_mac,
    )


def station(
    name: str, computer: str, *monitors: str, **settings: Any
) -> ConfigSubentry:
    """A station as its flow would write it down; its id is its name in lower case."""
    return ConfigSubentry(
        data=MappingProxyType(
            {
                "computer": computer,
                "monitors": list(monitors),
                "never_sleeps": False,
                **settings,
            }
        ),
        subentry_id=name.lower(),
        subentry_type=SUBENTRY_STATION,
        title=name,
        unique_id=None,
    )


def park(*parts: ConfigSubentry, **data: Any) -> MockConfigEntry:
    """A park of parts."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="School",
        entry_id="park",
        data={"country": "FR", "billing_period": 30, **data},
        subentries_data=[part.as_dict() for part in parts],
    )


async def async_setup(
    hass: HomeAssistant, *parts: ConfigSubentry, **data: Any
) -> MockConfigEntry:
    """Set a park up and wait for its first polls."""
    entry = park(*parts, **data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    plugs = entry.runtime_data.plugs.values()
    await async_wait(hass, lambda: all(p.data or p.last_exception for p in plugs))
    return entry


async def async_wait(
    hass: HomeAssistant,
    condition: Callable[[], object],
    within_s: float = 10,
    *,
    settle: bool = True,
) -> None:
    """Wait until a condition holds; what never ends by itself is not waited for.

    Without ``settle`` tasks may still be at work.
    """
    async with asyncio.timeout(within_s):
        while not condition():
            if settle:
                await hass.async_block_till_done()
            await asyncio.sleep(0.01)
    if settle:
        await hass.async_block_till_done()


@callback
def async_later(hass: HomeAssistant, delta: timedelta) -> None:
    """Let the timers of the near future run now.

    The clock itself is not frozen: real sockets need a loop whose time passes.
    """
    async_fire_time_changed(hass, dt_util.utcnow() + delta)


async def async_act(
    hass: HomeAssistant,
    action: str,
    entity: str,
    *,
    by: User | None = None,
    **data: Any,
) -> None:
    """Call an action on an entity, as a person or by itself."""
    domain, name = action.split(".")
    await hass.services.async_call(
        domain,
        name,
        {"entity_id": entity, **data},
        blocking=True,
        context=Context(user_id=by.id if by else None),
    )


def entity_id(hass: HomeAssistant, platform: str, unique_id: str) -> str:
    """The id of an entity; it must exist."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    assert found is not None, f"no {platform} with unique id {unique_id}"
    return found
