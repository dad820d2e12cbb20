"""Any order of wishes, troubles and restarts ends as wanted or is told.

Arbiter, client and emulated plug work together here as they do in the park, save
for Home Assistant between them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from hypothesis import example, given, settings, strategies as st
import pytest
import pytest_socket

from custom_components.energy_park.model import (
    Order,
    PlugInfo,
    Reason,
    Role,
    SocketReading,
    Source,
)
from custom_components.energy_park.park import arbiter
from custom_components.energy_park.park.arbiter import Decision, SocketState
from custom_components.energy_park.park.caution import Policy
from custom_components.energy_park.plug import (
    PlugClient,
    PlugError,
    RestSettings,
    base,
    identify,
    identify_rest,
    open_plug,
    shelly_rpc,
    transport,
)
from scripts.emulators import (
    Diy,
    EmulatedPlug,
    Lf2lStrip,
    Mains,
    MyStrom,
    Netio,
    OpenBeken,
    ShellyGen1,
    ShellyGen2,
    Tasmota,
)

type Build = Callable[[Mains], EmulatedPlug]

SETTING: dict[str, Build] = {
    "shelly_rpc": lambda mains: ShellyGen2(mains=mains),
    "shelly_gen1": lambda mains: ShellyGen1(mains=mains),
    "tasmota": lambda mains: Tasmota(mains=mains),
    "openbeken": lambda mains: OpenBeken(mains=mains),
    "netio": lambda mains: Netio(mains=mains),
    "mystrom": lambda mains: MyStrom(mains=mains),
    "rest": lambda mains: Diy(mains=mains),
}
TOGGLING: dict[str, Build] = {
    "rest_toggle": lambda mains: Diy(toggles=True, mains=mains),
    "rest_quiet_toggle": lambda mains: Diy(toggles=True, quiet=True, mains=mains),
    "lf2l_strip": lambda mains: Lf2lStrip(mains=mains),
}
PATIENCE_S = 0.03


@dataclass
class Park:
    """One socket of one plug, with what the switchboard does for it."""

    http: aiohttp.ClientSession
    plug: EmulatedPlug
    info: PlugInfo
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    state: SocketState = field(default_factory=SocketState)
    error: PlugError | None = None
    reading: SocketReading | None = None
    trouble: str = ""
    under_way: int = 0
    client: PlugClient = field(init=False)

    @property
    def policy(self) -> Policy:
        described = self.plug.settings or {}
        return Policy(
            role=Role.OTHER,
            protected=False,
            blind="toggle" in described and "read" not in described,
        )

    def __post_init__(self) -> None:
        self.start()
        self.answer = self.plug.answer

    @property
    def number(self) -> int:
        return self.plug.first_number

    @property
    def actual(self) -> bool:
        return self.plug.sockets[self.number].on

    def start(self) -> None:
        """Open the plug as after a restart of the park: its state is remembered."""
        described = self.plug.settings
        self.client = open_plug(
            self.http,
            self.plug.host,
            self.info,
            rest=None if described is None else RestSettings.from_dict(described),
        )
        self.reading = None

    async def wish(self, on: bool, *, group: bool = False) -> None:
        order = Order(
            on=on,
            source=Source.PERSON,
            reason=Reason.PERSON,
            given_at=self.now,
            group=group,
        )
        unknown = self.reading is None or self.reading.on is None
        toggles = self.plug.requests["/plug/1"]
        decision = arbiter.place(self.state, order, self.policy, self.reading, self.now)
        await self.follow(decision)
        if group and unknown and self.policy.blind:
            assert decision.refused is Reason.STATE_UNKNOWN
            assert self.plug.requests["/plug/1"] == toggles

    async def poll(self) -> None:
        self.now += timedelta(seconds=10)
        try:
            self.reading = (await self.client.read()).sockets[self.number]
        except PlugError:
            self.reading = None
            return
        await self.follow(
            arbiter.observe(self.state, self.policy, self.reading, self.now, None)
        )

    async def follow(self, decision: Decision) -> None:
        self.state = decision.state
        if decision.switch is None:
            return
        self.error = None
        toggles = self.plug.requests["/plug/1"]
        try:
            await self.client.switch(self.number, decision.switch)
        except PlugError as error:
            self.error = error
        else:
            assert self.actual is decision.switch
        assert self.plug.requests["/plug/1"] <= toggles + 2

    async def disturbed(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer as the plug does, unless there is trouble."""
        self.under_way += 1
        try:
            return await self.troubled(request)
        finally:
            self.under_way -= 1

    async def troubled(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer as the plug does; the trouble strikes what changes something."""
        changes = request.method != "GET" or any(
            word in request.path_qs
            for word in ("Switch.Set?", "turn=", "cmnd=Power", "relay?", "/plug/")
        )
        if not changes:
            return await self.answer(request)
        trouble, self.trouble = self.trouble, ""
        if trouble == "slow":
            await asyncio.sleep(3 * PATIENCE_S)
        if trouble != "unheard":
            response = await self.answer(request)
        if trouble == "late":
            await asyncio.sleep(3 * PATIENCE_S)
        if trouble in {"lost", "unheard"}:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return response


async def restart_plug(park: Park) -> None:
    """Cut the mains of the plug for long enough that a poll misses it."""
    await park.plug.fault("vanish")
    await park.poll()
    await park.plug.fault("restart")
    await park.plug.clear()


async def end(park: Park) -> None:
    """Let all troubles pass, and what is on its way arrive."""
    park.trouble = ""
    while park.under_way:
        await asyncio.sleep(PATIENCE_S / 10)
    await park.plug.clear()
    for _ in range(3):
        await park.poll()


steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "on",
                "off",
                "on",
                "off",
                "group on",
                "group off",
                "poll",
                "restart",
                "power cut",
            ]
        ),
        st.sampled_from(
            ["", "", "lost", "unheard", "late", "slow", "500", "refuse", "vanish"]
        ),
    ),
    min_size=1,
    max_size=6,
)


defaults = st.sampled_from(["off", "on", "last"])


@pytest.mark.parametrize("dialect", SETTING)
@settings(max_examples=15, deadline=None)
@given(steps=steps, default=defaults)
def test_it_ends_as_wanted_or_is_told(
    dialect: str, steps: list[tuple[str, str]], default: str
) -> None:
    _play(SETTING[dialect], steps, default)


@pytest.mark.parametrize("dialect", TOGGLING)
@settings(max_examples=50, deadline=None)
@given(steps=steps, default=defaults)
@example(steps=[("on", ""), ("power cut", ""), ("on", "")], default="off")
@example(steps=[("off", ""), ("on", "lost"), ("on", "")], default="off")
@example(steps=[("off", ""), ("on", "unheard"), ("on", "")], default="off")
@example(steps=[("off", ""), ("on", "slow"), ("on", "")], default="off")
@example(steps=[("off", ""), ("on", "late"), ("off", "slow")], default="off")
@example(steps=[("off", ""), ("restart", ""), ("off", "")], default="off")
def test_a_toggle_is_never_inverted(
    dialect: str, steps: list[tuple[str, str]], default: str
) -> None:
    _play(TOGGLING[dialect], steps, default)


def _play(build: Build, steps: list[tuple[str, str]], default: str) -> None:
    pytest_socket.enable_socket()
    with pytest.MonkeyPatch.context() as patch:
        asyncio.run(_run(build, steps, default, patch))


async def _run(
    build: Build,
    steps: list[tuple[str, str]],
    default: str,
    patch: pytest.MonkeyPatch,
) -> None:
    clock = [1_795_165_200.0]

    async def pause(seconds: float) -> None:
        clock[0] += seconds

    for module in (base, shelly_rpc):
        patch.setattr(module, "_pause", pause)
    plug = build(Mains(lambda: clock[0]))
    if not isinstance(plug, Lf2lStrip):
        plug.power_on = dict.fromkeys(plug.sockets, default)
    async with aiohttp.ClientSession() as http, plug:
        park = Park(http, plug, await _identify(http, plug))
        patch.setattr(plug, "answer", park.disturbed)
        for limit in ("READ_TIMEOUT_S", "WRITE_TIMEOUT_S"):
            patch.setattr(transport, limit, PATIENCE_S)
        await park.poll()
        for action, trouble in steps:
            await _disturb(park, trouble)
            await _act(park, action)
            await park.plug.clear()
            clock[0] += 10
        for limit in ("READ_TIMEOUT_S", "WRITE_TIMEOUT_S"):
            patch.setattr(transport, limit, 5.0)
        await end(park)
        _judge(park)


async def _identify(http: aiohttp.ClientSession, plug: EmulatedPlug) -> PlugInfo:
    if plug.settings is None:
        return await identify(http, plug.host)
    return await identify_rest(http, plug.host, RestSettings.from_dict(plug.settings))


async def _disturb(park: Park, trouble: str) -> None:
    park.trouble = ""
    if trouble in {"500", "refuse", "vanish"}:
        await park.plug.fault(trouble)
    else:
        park.trouble = trouble


async def _act(park: Park, action: str) -> None:
    actions: dict[str, Callable[[], Any]] = {
        "on": lambda: park.wish(True),
        "off": lambda: park.wish(False),
        "group on": lambda: park.wish(True, group=True),
        "group off": lambda: park.wish(False, group=True),
        "poll": park.poll,
        "power cut": lambda: restart_plug(park),
    }
    if action == "restart":
        park.start()
    else:
        await actions[action]()


def _judge(park: Park) -> None:
    assert park.reading is not None
    # What is shown is true, or shown as unknown.
    assert park.reading.on in {park.actual, None}
    if park.state.wanted is None:
        # Nothing was ever wished nor seen.
        assert park.reading.on is None
        return
    told = park.error is not None or park.reading.on is None
    assert park.actual is park.state.wanted or told
    if park.error is None and park.reading.on is not None:
        assert park.state.confirmed
