"""Evenings of a computer room: what is cut, what is saved, and what is never lost."""

from statistics import median

from . import Figure
from ._evening import commission_room, evening

EVENINGS = 1000
EVENINGS_QUICK = 80


def run(*, quick: bool) -> list[Figure]:
    """Switch a room off in simulated time, evening after evening."""
    learnt = commission_room()
    evenings = EVENINGS_QUICK if quick else EVENINGS
    tallies = [evening(number, learnt) for number in range(evenings)]
    avoidable_wh = sum(tally.avoidable_wh for tally in tallies)
    return [
        Figure(
            name="park.computers_cut_while_running",
            value=sum(tally.cut_while_running for tally in tallies),
            unit="cuts",
            better="lower",
            target=0,
        ),
        Figure(
            name="park.evenings",
            value=evenings,
            unit="evenings",
            better="higher",
            target=None if quick else EVENINGS,
        ),
        Figure(
            name="park.unreported_stations",
            value=sum(tally.unreported for tally in tallies),
            unit="stations",
            better="lower",
            target=0,
        ),
        Figure(
            name="park.off_sequence_median_s",
            value=round(median(s for tally in tallies for s in tally.off_after_s), 1),
            unit="s",
            better="lower",
        ),
        Figure(
            name="park.waste_avoided_percent",
            value=round(
                100 * sum(tally.avoided_wh for tally in tallies) / avoidable_wh, 1
            ),
            unit="%",
            better="higher",
            peer="a perfect switcher on the same evenings",
            peer_value=100,
        ),
    ]
