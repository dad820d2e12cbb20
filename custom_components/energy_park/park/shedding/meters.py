"""The readings of meters that are no Linky, as shedding sees them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from .limits import SECONDS_PER_HOUR, Cap, Limit, PeriodCap, open_meter
from .linky import RECENT, Feed
from .supply import Supply


class Contract(StrEnum):
    """What a contract limits.

    ``cap``: a power that may be exceeded for a time. ``open_meter``: the zones of an
    Italian meter. ``hourly``: the mean power of each clock hour. ``monthly``: the
    same, where the month's largest hour so far is paid for: the cap moves.
    """

    CAP = "cap"
    OPEN_METER = "open_meter"
    HOURLY = "hourly"
    MONTHLY = "monthly"


def contract_limits(
    contract: Contract, limit_w: float, now: datetime, delay_s: float = 0.0
) -> tuple[Limit, ...]:
    """Return what a contract allows at the start, when nothing was measured yet.

    ``limit_w`` is the contracted or capped power, ``delay_s`` how long a plain cap may
    be exceeded. Of the running hour nothing is known: it counts as used evenly.
    """
    match contract:
        case Contract.CAP:
            return (Cap(limit=limit_w, delay_s=delay_s),)
        case Contract.OPEN_METER:
            return open_meter(limit_w)
        case Contract.HOURLY | Contract.MONTHLY:
            gone_s = now.timestamp() % SECONDS_PER_HOUR
            return (
                PeriodCap(
                    cap_w=limit_w,
                    period_s=SECONDS_PER_HOUR,
                    used_wh=limit_w * gone_s / SECONDS_PER_HOUR,
                    left_s=SECONDS_PER_HOUR - gone_s,
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much of a contract was used up at a reading, for the time after a restart.

    ``over_s`` is of each cap, ``used_wh`` and ``left_s`` are of the running hour.
    """

    contract: Contract
    read_at: datetime
    power_max: float
    over_s: tuple[float, ...]
    used_wh: float | None = None
    left_s: float | None = None


def used_up(contract: Contract, supply: Supply) -> Used:
    """Return how much of its contract a supply has used up."""
    hour = next((one for one in supply.limits if isinstance(one, PeriodCap)), None)
    return Used(
        contract=contract,
        read_at=supply.read_at,
        power_max=supply.power_max,
        over_s=tuple(one.over_s for one in supply.limits if isinstance(one, Cap)),
        used_wh=None if hour is None else hour.used_wh,
        left_s=None if hour is None else hour.left_s,
    )


def resumed(used: Used, contract: Contract, limit_w: float) -> Supply | None:
    """Return the supply as it was at that reading, unless its contract is another."""
    if contract is not used.contract:
        return None
    over_s = iter(used.over_s)
    limits: list[Limit] = []
    for limit in contract_limits(contract, limit_w, used.read_at):
        match limit:
            case Cap():
                limits.append(replace(limit, over_s=next(over_s, 0.0)))
            case PeriodCap() if used.used_wh is not None and used.left_s is not None:
                limits.append(replace(limit, used_wh=used.used_wh, left_s=used.left_s))
    return Supply(
        limits=tuple(limits),
        power=used.power_max,
        power_max=used.power_max,
        read_at=used.read_at,
        measured_from=used.read_at,
        measured_to=used.read_at,
    )


def meter_supply(
    *,
    contract: Contract,
    limit_w: float,
    delay_s: float = 0.0,
    phase: int | None = None,
    power_w: float,
    power_max_w: float,
    read_at: datetime,
    feed: Feed,
    used_wh: float | None = None,
    before: Supply | None,
) -> Supply:
    """Return the supply of a meter that tells a power.

    ``power_max_w`` is the most that may stand behind what it told. ``limit_w`` may move
    from one reading to the next. Who counts the running hour better gives what it
    ``used_wh``.
    """
    fresh = contract_limits(contract, limit_w, read_at, delay_s)
    if before is None:
        limits = fresh
    else:
        gap_s = max(0.0, (read_at - before.read_at).total_seconds())
        powers_w = (before.power_max, power_max_w)
        limits = tuple(
            _followed(limit, to, powers_w, gap_s, used_wh)
            for limit, to in zip(before.limits, fresh, strict=True)
        )
    kept = before.recent[-RECENT + 1 :] if before else ()
    return Supply(
        phase=phase,
        limits=limits,
        subscribed=limit_w,
        power=power_w,
        power_max=power_max_w,
        recent=(*kept, (read_at, power_max_w)),
        read_at=read_at,
        measured_from=read_at - timedelta(seconds=feed.told_s),
        measured_to=read_at,
        every_s=feed.every_s,
    )


def _followed(
    limit: Limit,
    to: Limit,
    powers_w: tuple[float, float],
    gap_s: float,
    used_wh: float | None,
) -> Limit:
    """Return a limit after the time between two readings, at its height of now.

    The power may have risen just after the reading before: a cap fears the larger of
    the two. An hour counts what was told until it was told otherwise.
    """
    match limit, to:
        case Cap(), Cap():
            return replace(to, over_s=limit.over_s).follow(max(powers_w), gap_s)
        case PeriodCap(), PeriodCap():
            followed = replace(limit, cap_w=to.cap_w).follow(powers_w[0], gap_s)
            return followed if used_wh is None else replace(followed, used_wh=used_wh)
        case _:
            return to
