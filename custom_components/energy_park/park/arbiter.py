"""Who wins: every order to a socket goes through here, whoever gives it.

Precedence, highest first: protection, safety shedding, a person's override until
its expiry, the schedule, the balance. What was shed for no limit yields to a person. Each source holds at most one standing
order, its claim; the highest live claim is what the socket should be. When no
claim is left, nothing is switched.

All functions are pure: they take the state and the time, and return what follows.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..model import Order, Reason, SocketReading, Source
from .caution import Policy, is_spared, refusal

# An order that was not seen carried out is given again on each reading for this
# long; later it is left to a person, who may have forgotten it.
RETRY_FOR = timedelta(seconds=60)

_RANK = {source: rank for rank, source in enumerate(Source)}


def outranks(source: Source, other: Source) -> bool:
    """Whether an order of one source wins over that of another."""
    return _RANK[source] < _RANK[other]


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketState:
    """What the arbiter remembers of a socket.

    ``claims`` are the standing orders, highest first. ``wanted`` is None until a
    first order or reading. ``confirmed`` tells that the wanted state was once
    seen, so that a later difference is somebody else's doing. ``refused_order`` is
    the last order that was not to be carried out, ``refused`` why, until another is.
    """

    claims: tuple[Order, ...] = ()
    wanted: bool | None = None
    reason: Reason = Reason.AS_FOUND
    since: datetime | None = None
    confirmed: bool = False
    refused: Reason | None = None
    refused_order: Order | None = None

    @property
    def until(self) -> datetime | None:
        """When the winning claim ends; None when it never does."""
        return self.claims[0].until if self.claims else None

    @property
    def is_coming_on(self) -> bool:
        """Whether it was ordered on and was not seen on yet."""
        return bool(self.wanted) and not self.confirmed

    @property
    def next_expiry(self) -> datetime | None:
        """When the first of the claims ends."""
        return min((c.until for c in self.claims if c.until), default=None)


@dataclass(frozen=True, slots=True)
class Decision:
    """The state that follows, and what to send to the socket (None: nothing)."""

    state: SocketState
    switch: bool | None = None
    refused: Reason | None = None


def place(
    state: SocketState,
    order: Order,
    policy: Policy,
    reading: SocketReading | None,
    now: datetime,
) -> Decision:
    """Decide on an order; ``reading`` is fresh or None.

    An order that is refused leaves the standing claims as they were. An order
    below a higher claim stands by: it wins when the higher one ends.
    """
    if refused := refusal(order, policy, reading):
        return Decision(_refuse(state, order, refused), refused=refused)
    state = _expire(state, now)
    # What a job has seen holds now; it does not when the claim is carried out later.
    claim = replace(order, seen_off=False)
    standing = _without(state.claims, order.source)
    if order.source is Source.PERSON:
        standing = _unyielding(standing)
    claims = _sorted((*standing, claim))
    if claims[0] is not claim:
        return Decision(
            replace(state, claims=claims, refused=Reason.OUTRANKED),
            refused=Reason.OUTRANKED,
        )
    spared = is_spared(order, policy, reading, coming_on=state.is_coming_on)
    following = replace(
        state,
        claims=claims,
        wanted=order.on,
        reason=order.reason,
        since=now,
        confirmed=spared,
        refused=None,
    )
    return Decision(following, switch=None if spared else order.on)


def release(
    state: SocketState,
    source: Source,
    policy: Policy,
    reading: SocketReading | None,
    now: datetime,
) -> Decision:
    """Withdraw a source's claim; the next one takes over.

    Without another claim the socket stays as it is.
    """
    left = _without(state.claims, source)
    if left == state.claims:
        return Decision(state)
    return _succeed(replace(state, claims=left), state, policy, reading, now)


def end(state: SocketState, source: Source, now: datetime) -> SocketState:
    """Let a source's claim end now; it is gone with the next tick."""
    claims = tuple(
        replace(claim, until=now) if claim.source is source else claim
        for claim in state.claims
    )
    return replace(state, claims=claims)


def let_yield(state: SocketState) -> SocketState:
    """Let what was shed end as soon as a person wants it."""
    claims = tuple(
        replace(claim, yields=True) if claim.source is Source.SAFETY else claim
        for claim in state.claims
    )
    return replace(state, claims=claims)


def restore(
    state: SocketState, policy: Policy, reading: SocketReading | None, now: datetime
) -> Decision:
    """Give back what safety shedding took: a socket that was on comes on again.

    The order to shed ends; what others ordered meanwhile takes over, be it off.
    Where nobody did, and nobody has switched it since, it is on as it was.
    """
    left = _without(state.claims, Source.SAFETY)
    if left:
        return release(state, Source.SAFETY, policy, reading, now)
    if not state.claims and state.reason is not Reason.RESTORED:
        return Decision(state)
    restored = replace(
        state,
        claims=(),
        wanted=True,
        reason=Reason.RESTORED,
        since=now,
        confirmed=False,
        refused=None,
    )
    return Decision(restored, switch=True)


def tick(
    state: SocketState, policy: Policy, reading: SocketReading | None, now: datetime
) -> Decision:
    """Let the expired claims go; the highest live one takes over."""
    following = _expire(state, now)
    if following.claims == state.claims:
        return Decision(state)
    return _succeed(following, state, policy, reading, now)


def observe(
    state: SocketState,
    policy: Policy,
    reading: SocketReading,
    now: datetime,
    override: timedelta | None,
) -> Decision:
    """Compare what the socket is with what it should be.

    A difference after the wanted state was seen is somebody at the device: it
    stands as a person's order for ``override`` (None: without end), unless what is done
    has ended by itself. A difference
    before is an order that was lost: it is sent again for a minute.
    """
    if reading.on is None:
        return Decision(state)
    if state.wanted is None:
        return Decision(replace(state, wanted=reading.on, since=now, confirmed=True))
    if reading.on == state.wanted:
        return Decision(state if state.confirmed else replace(state, confirmed=True))
    if not state.confirmed and not state.claims:
        # The order was lost and is over: what is, is as good as what was wanted.
        return Decision(replace(state, wanted=reading.on, confirmed=True))
    if not state.confirmed:
        return _send_again(state, policy, reading, now)
    first = state.claims[0] if state.claims else None
    if first is not None and first.source is Source.SAFETY and not first.yields:
        return _send_again(replace(state, since=now), policy, reading, now)
    if policy.ends_itself and not reading.on:
        return Decision(
            replace(
                state,
                claims=(),
                wanted=False,
                reason=Reason.OVERRIDE_ENDED,
                since=now,
                refused=None,
            )
        )
    order = Order(
        on=reading.on,
        source=Source.PERSON,
        reason=Reason.AT_DEVICE,
        given_at=now,
        until=None if override is None else now + override,
    )
    return Decision(
        replace(
            state,
            claims=_sorted(
                (*_unyielding(_without(state.claims, Source.PERSON)), order)
            ),
            wanted=reading.on,
            reason=Reason.AT_DEVICE,
            since=now,
            refused=None,
        )
    )


def _send_again(
    state: SocketState, policy: Policy, reading: SocketReading, now: datetime
) -> Decision:
    """Repeat a lost order while it is young and still safe."""
    if state.since is None or now - state.since > RETRY_FOR or state.wanted is None:
        return Decision(state)
    if refusal(state.claims[0], policy, reading):
        return Decision(state)
    return Decision(state, switch=state.wanted)


def _succeed(
    following: SocketState,
    before: SocketState,
    policy: Policy,
    reading: SocketReading | None,
    now: datetime,
) -> Decision:
    """Hand the socket to the highest claim that is left."""
    if following.claims and before.claims and following.claims[0] is before.claims[0]:
        return Decision(following)
    if not following.claims:
        return Decision(replace(following, reason=Reason.OVERRIDE_ENDED, since=now))
    heir = following.claims[0]
    refused = refusal(heir, policy, reading)
    changes = heir.on != following.wanted
    if refused is None and policy.by_job and changes and not heir.on:
        refused = Reason.RUNNING
    if refused is not None:
        return Decision(_refuse(following, heir, refused), refused=refused)
    spared = changes and is_spared(
        heir, policy, reading, coming_on=following.is_coming_on
    )
    return Decision(
        replace(
            following,
            wanted=heir.on,
            reason=heir.reason,
            since=now,
            confirmed=spared or (following.confirmed and not changes),
            refused=None,
        ),
        switch=heir.on if changes and not spared else None,
    )


def _refuse(state: SocketState, order: Order, refused: Reason) -> SocketState:
    return replace(state, refused=refused, refused_order=order)


def _expire(state: SocketState, now: datetime) -> SocketState:
    live = tuple(c for c in state.claims if c.until is None or c.until > now)
    return state if live == state.claims else replace(state, claims=live)


def _without(claims: tuple[Order, ...], source: Source) -> tuple[Order, ...]:
    return tuple(claim for claim in claims if claim.source is not source)


def _unyielding(claims: tuple[Order, ...]) -> tuple[Order, ...]:
    return tuple(claim for claim in claims if not claim.yields)


def _sorted(claims: tuple[Order, ...]) -> tuple[Order, ...]:
    return tuple(sorted(claims, key=lambda claim: _RANK[claim.source]))
