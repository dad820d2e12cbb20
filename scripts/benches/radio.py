"""What a lost radio packet costs, and whether anything forged gets through."""

from dataclasses import dataclass
from itertools import batched, count

from custom_components.energy_park.model import Group
from custom_components.energy_park.tic.decoder import Frame, FrameDecoder
from custom_components.energy_park.tic.packets import (
    PACKET_SIZE,
    PacketReader,
    PacketWriter,
    PlainReader,
    SealedReader,
    new_key,
)
from scripts.emulators.radio import Air, Faults

from . import Figure
from .tic import historique_tempo, standard_tri

LOST = 0.02
ROUNDS, ROUNDS_QUICK = 10, 2
FORGED, FORGED_QUICK = 2_000_000, 200_000
# What transmitters of the plain kind put into a packet.
PLAIN_SIZE = 15
PLAIN = f"packets of {PLAIN_SIZE} plain bytes"

type Said = tuple[str, str, str | None]


@dataclass(slots=True)
class Loss:
    """What was lost on the way, and groups that came without having been sent."""

    packets: int = 0
    groups: int = 0
    wrong: int = 0

    def per_1000(self, number: int) -> float:
        """Return a number per 1000 packets lost."""
        return round(1000 * number / self.packets, 2)


def run(*, quick: bool) -> list[Figure]:
    """Measure with the frames of both modes."""
    sealed, plain = Loss(), Loss()
    for frames in (historique_tempo(), standard_tri()):
        data = b"".join(frames)
        for seed in range(ROUNDS_QUICK if quick else ROUNDS):
            key = new_key()
            packets = PacketWriter(key, count(1).__next__).write(data)
            lose(data, packets, SealedReader(key), seed, sealed)
            lose(data, plain_packets(data), PlainReader(), seed, plain)
    return [
        Figure(
            name="radio.groups_lost_per_1000_packets_lost",
            value=sealed.per_1000(sealed.groups),
            unit="groups",
            better="lower",
            target=1000,
            peer=PLAIN,
            peer_value=plain.per_1000(plain.groups),
        ),
        Figure(
            name="radio.wrong_groups_per_1000_packets_lost",
            value=sealed.per_1000(sealed.wrong),
            unit="groups",
            better="lower",
            target=0,
            peer=PLAIN,
            peer_value=plain.per_1000(plain.wrong),
        ),
        Figure(
            name="radio.forged_accepted",
            value=forged_accepted(FORGED_QUICK if quick else FORGED),
            unit="packets",
            better="lower",
            target=0,
        ),
    ]


def lose(
    data: bytes, packets: list[bytes], reader: PacketReader, seed: int, loss: Loss
) -> None:
    """Send packets over a channel that loses some; add what that cost."""
    air, decoder = Air(Faults(lost=LOST), seed), FrameDecoder()
    arrived = [packet for sent in packets for packet in air.carry(sent)]
    sent = said(FrameDecoder().feed(data))
    frames = [f for packet in arrived for f in decoder.feed(reader.read(packet))]
    got = said(frames + decoder.finish())
    known = set(sent)
    wrong = sum(group not in known for group in got)
    loss.packets += len(packets) - len(arrived)
    loss.groups += len(sent) - (len(got) - wrong)
    loss.wrong += wrong


def said(frames: list[Frame]) -> list[Said]:
    """Return what the groups of frames say."""
    return [says(group) for frame in frames for group in frame.groups.values()]


def says(group: Group) -> Said:
    """Return a group's texts."""
    return group.label, group.value, group.horodate


def plain_packets(data: bytes) -> list[bytes]:
    """Return the bytes as transmitters without a protocol send them."""
    return [bytes(part).ljust(PACKET_SIZE, b"\0") for part in batched(data, PLAIN_SIZE)]


def forged_accepted(number: int) -> int:
    """Return how many packets get through that were made without the key.

    Their maker has heard the last thousand good ones.
    """
    key = new_key()
    air, reader = Air(), SealedReader(key)
    packets = PacketWriter(key, count(1).__next__).write(b"".join(standard_tri()[:10]))
    for packet in packets[-1000:]:
        for arrived in air.carry(packet):
            reader.read(arrived)
    taken = reader.counters.taken
    for _ in range(number):
        reader.read(air.forge())
    return reader.counters.taken - taken
