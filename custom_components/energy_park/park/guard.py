"""Whether somebody is working, or something else speaks against switching off."""

from ..model import Reason
from .observation import View
from .station import Station


def hindrance(view: View, station: Station, *, forced: bool) -> Reason | None:
    """Why a station must not be asked to shut down or be cut now, if so.

    ``forced``: the policy of the hard limit sets aside all but a stronger order.
    """
    if kept := view.seen.kept.get(station.computer):
        return kept
    if forced:
        return None
    off = view.is_off(station.computer, station.off_band)
    sample = view.fresh(station.computer)
    if off is None or sample is None or sample.power_w is None:
        return Reason.UNREACHABLE
    working = view.seen.working.get(station.id, False)
    if working:
        return Reason.WORKING
    if off:
        # A system that is off gives no sign, and is busy with nothing.
        return None
    if sample.power_w < station.learnt.running_from_w:
        return Reason.ASLEEP
    if working is None:
        return Reason.PRESENCE_UNKNOWN
    if station.busy_from_w is not None and sample.power_w >= station.busy_from_w:
        return Reason.BUSY
    return None


def interruption(
    view: View, station: Station, *, forced: bool, was_off: bool
) -> Reason | None:
    """Why a shutdown that was asked for is no longer waited for, if so."""
    if kept := view.seen.kept.get(station.computer):
        return kept
    if not forced and view.seen.working.get(station.id):
        return Reason.WORKING
    sample = view.fresh(station.computer)
    if not was_off or sample is None or sample.power_w is None:
        return None
    # It was off and draws again: somebody started it, or it restarts by itself.
    if sample.power_w >= station.learnt.running_from_w:
        return Reason.STARTED_AGAIN
    return None
