"""The readings of meters that are no Linky, as shedding sees them."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from .limits import SECONDS_PER_HOUR, Cap, Limit, PeriodCap, open_meter
from .linky import RECENT
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


def meter_supply(
    *,
    contract: Contract,
    limit_w: float,
    delay_s: float = 0.0,
    phase: int | None = None,
    power_w: float,
    power_max_w: float,
    read_at: datetime,
    every_s: float,
    used_wh: float | None = None,
    before: Supply | None,
) -> Supply:
    """Return the supply of a meter that tells a power each ``every_s``.

    ``power_max_w`` is the most that may stand behind what it told (``of_current``,
    ``of_active_power``). ``limit_w`` may move from one reading to the next. Who counts
    the running hour better gives what it ``used_wh``.
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
        measured_from=read_at - timedelta(seconds=every_s),
        measured_to=read_at,
        every_s=every_s,
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
