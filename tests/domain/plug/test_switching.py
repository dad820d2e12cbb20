"""What holds for every dialect: who is switched, how often, and how it ends."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator

import aiohttp
import pytest

from custom_components.energy_park.plug import (
    PlugClient,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
    transport,
)
from scripts.emulators import (
    Diy,
    EmulatedPlug,
    Mains,
    MyStrom,
    Netio,
    OpenBeken,
    ShellyGen1,
    ShellyGen2,
    Tasmota,
)

from .conftest import Traffic, is_order, opened, watch

DIALECTS = [ShellyGen2, ShellyGen1, Tasmota, OpenBeken, Netio, MyStrom, Diy]


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.__name__)
async def plug(
    request: pytest.FixtureRequest, mains: Mains, pauses: list[float]
) -> AsyncGenerator[EmulatedPlug]:
    """Two sockets where there can be two, all on."""
    dialect = request.param
    sockets = 1 if dialect is MyStrom else 2
    async with dialect(sockets=sockets, mains=mains) as plug:
        yield plug


@pytest.fixture
async def client(http: aiohttp.ClientSession, plug: EmulatedPlug) -> PlugClient:
    return await opened(http, plug)


@pytest.fixture
def traffic(
    plug: EmulatedPlug, client: PlugClient, monkeypatch: pytest.MonkeyPatch
) -> Traffic:
    return watch(plug, monkeypatch)


def losing(times: int) -> Callable[[str], bool]:
    """Lose the answers to the first orders."""
    losses = iter(range(times))
    return lambda path: is_order(path) and next(losses, None) is not None


def numbers(plug: EmulatedPlug) -> Iterator[int]:
    return iter(plug.sockets)


async def test_a_socket_is_switched_and_no_other(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    first, *others = plug.sockets
    if not others:
        await client.switch(first, on=False)
        assert not plug.sockets[first].on
        assert len(traffic.orders()) == 1
        return
    (second,) = others
    await client.switch(second, on=False)
    assert (plug.sockets[first].on, plug.sockets[second].on) == (True, False)
    await client.switch(second, on=True)
    await client.switch(first, on=False)
    assert (plug.sockets[first].on, plug.sockets[second].on) == (False, True)
    assert len(traffic.orders()) == 3


async def test_an_order_that_changes_nothing_is_no_toggle(
    plug: EmulatedPlug, client: PlugClient
) -> None:
    number = next(numbers(plug))
    for on in (True, True, False, False, True):
        await client.switch(number, on=on)
        assert plug.sockets[number].on is on
    assert plug.sockets[number].switch_count == 2


async def test_another_device_is_neither_switched_nor_read(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    await plug.fault("wrong_mac", mac="02005e100001")
    number = next(numbers(plug))
    with pytest.raises(PlugIdentityError, match="02005e100001"):
        await client.switch(number, on=False)
    with pytest.raises(PlugIdentityError):
        await client.read()
    with pytest.raises(PlugIdentityError):
        await client.info()
    assert plug.sockets[number].on
    assert traffic.orders() == []


async def test_a_device_that_swaps_between_polls_is_not_switched(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    await client.read()
    await client.switch(next(numbers(plug)), on=True)
    await plug.fault("wrong_mac")
    with pytest.raises(PlugIdentityError):
        await client.switch(next(numbers(plug)), on=False)
    assert len(traffic.orders()) == 1


async def test_a_page_of_something_else_is_not_switched(
    plug: EmulatedPlug, client: PlugClient
) -> None:
    await plug.fault("garbage")
    with pytest.raises((PlugReplyError, PlugRefusedError)):
        await client.switch(next(numbers(plug)), on=False)
    assert all(outlet.on for outlet in plug.sockets.values())


async def test_a_lost_answer_is_made_good_by_a_look(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    traffic.lose = losing(1)
    await client.switch(next(numbers(plug)), on=False)
    assert len(traffic.orders()) == 1


async def test_an_order_that_never_arrived_is_given_once_more(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    await plug.fault("refuse")
    lost = losing(1)

    def lose_then_obey(path: str) -> bool:
        if is_lost := lost(path):
            plug._faults.clear()
        return is_lost

    traffic.lose = lose_then_obey
    number = next(numbers(plug))
    await client.switch(number, on=False)
    assert not plug.sockets[number].on
    assert len(traffic.orders()) == 2


async def test_a_plug_that_does_not_obey_is_told(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    # A Tasmota with PowerOnState 4 answers every Off like this.
    await plug.fault("refuse")
    with pytest.raises(PlugRefusedError, match="does not obey"):
        await client.switch(next(numbers(plug)), on=False)
    assert len(traffic.orders()) == 2


async def test_orders_that_get_no_answer_and_do_nothing_end_in_an_error(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    traffic.lose = losing(2)
    await plug.fault("refuse")
    with pytest.raises(PlugUnreachableError):
        await client.switch(next(numbers(plug)), on=False)
    assert len(traffic.orders()) == 2


async def test_what_cannot_be_looked_at_is_not_pushed_further(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    traffic.lose = lambda path: bool(traffic.orders())
    with pytest.raises((PlugUnreachableError, PlugRefusedError)):
        await client.switch(next(numbers(plug)), on=False)
    assert len(traffic.orders()) == 1


async def test_one_question_at_a_time(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    await asyncio.gather(
        client.read(),
        *(client.switch(number, on=False) for number in plug.sockets),
        client.read(),
        client.info(),
    )
    assert traffic.most_open == 1
    assert not any(outlet.on for outlet in plug.sockets.values())


async def test_a_reading_is_asked_for_twice_at_most(
    plug: EmulatedPlug, client: PlugClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.read()
    # A device with one thread hears the second question when it is done with the
    # first.
    monkeypatch.setattr(transport, "READ_TIMEOUT_S", 0.5)
    await plug.fault("slow", delay_s=0.6, times=1)
    assert (await client.read()).sockets
    monkeypatch.setattr(transport, "READ_TIMEOUT_S", 0.1)
    await plug.fault("slow", delay_s=2)
    plug.requests.clear()
    with pytest.raises(PlugUnreachableError):
        await client.read()
    assert plug.requests.total() == 2


async def test_a_plug_is_back_as_soon_as_it_is_back(
    plug: EmulatedPlug, client: PlugClient
) -> None:
    await plug.fault("vanish")
    for attempt in (client.read, client.info):
        with pytest.raises(PlugUnreachableError):
            await attempt()
    await plug.clear()
    assert list((await client.read()).sockets) == list(plug.sockets)


async def test_a_socket_that_is_not_there_is_refused_unasked(
    client: PlugClient, traffic: Traffic
) -> None:
    with pytest.raises(PlugRefusedError, match="no socket 9"):
        await client.switch(9, on=True)
    assert traffic.paths == []


async def test_a_counter_that_starts_again_is_shown_as_it_is(
    plug: EmulatedPlug, client: PlugClient
) -> None:
    await plug.fault("reset_counter")
    for socket in (await client.read()).sockets.values():
        assert socket.energy_wh in {0, None}


async def test_orders_of_the_same_breath_go_out_together(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    await asyncio.gather(*(client.switch(number, on=False) for number in plug.sockets))
    assert not any(outlet.on for outlet in plug.sockets.values())
    one_request = isinstance(plug, Netio)
    assert len(traffic.orders()) == (1 if one_request else len(plug.sockets))
    questions = len(traffic.paths) - len(traffic.orders())
    assert questions == 2


async def test_contrary_orders_are_carried_out_in_turn(
    plug: EmulatedPlug, client: PlugClient, traffic: Traffic
) -> None:
    number = next(numbers(plug))
    await asyncio.gather(
        client.switch(number, on=False),
        client.switch(number, on=True),
        client.switch(number, on=False),
    )
    assert not plug.sockets[number].on
    assert len(traffic.orders()) == 3


async def test_a_socket_that_does_not_obey_is_no_harm_to_the_others(
    mains: Mains, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ShellyGen2(sockets=4, mains=mains) as strip:
        stuck = strip.sockets[1]
        monkeypatch.setattr(stuck, "switch", lambda *_, **__: None)
        client = await opened(http, strip)
        outcomes = await asyncio.gather(
            *(client.switch(number, on=False) for number in strip.sockets),
            return_exceptions=True,
        )
        states = [outlet.on for outlet in strip.sockets.values()]
    assert states == [False, True, False, False]
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        PlugRefusedError,
        type(None),
        type(None),
    ]


async def test_who_stops_waiting_takes_nothing_from_the_others(
    plug: EmulatedPlug, client: PlugClient
) -> None:
    reading = asyncio.create_task(client.read())
    await asyncio.sleep(0)
    orders = [
        asyncio.create_task(client.switch(number, on=False)) for number in plug.sockets
    ]
    await asyncio.sleep(0)
    orders[0].cancel()
    await asyncio.gather(reading, *orders, return_exceptions=True)
    *_, last = plug.sockets
    assert plug.sockets[last].on is (len(plug.sockets) == 1)
