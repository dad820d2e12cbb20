"""Wrong values that get through: of damaged groups, and of bytes that are fuzz."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from custom_components.energy_park.model import Group, MeterReading
from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.interpreter import Interpreter
from custom_components.energy_park.tic.meter import read
from custom_components.energy_park.tic.plausibility import Plausibility
from scripts.emulators.mains import Mains
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
# A line on which one group in five is damaged hardly ever has a whole frame.
DAMAGED = 0.2
METERS = (
    {"contract": "tempo"},
    {"contract": "hc", "mode": "standard"},
    {"contract": "tempo", "mode": "standard", "phases": 3, "producer": True},
)

type Said = tuple[str, str, str | None]


class Passed(NamedTuple):
    """Damaged groups, and the wrong values of them at two places."""

    damaged: int
    decoded: int
    shown: int


def wrong_values(damaged_groups: int, *, parity: bool) -> Passed:
    """Damage groups of emulated meters; count the values that were never said.

    A value counts at each frame that has it: those that the checksum let through, and
    those that are shown after all rules. Each meter has a third of the damage. With
    ``parity`` the decoder sees the parity bit, as on a serial port of 8N1.
    """
    passed = [
        _wrong_values_of(EmulatedMeter(_site(clock), **options), clock, share, parity)
        for options in METERS
        for clock, share in [([START.timestamp()], damaged_groups // len(METERS))]
    ]
    return Passed(*(sum(counts) for counts in zip(*passed, strict=True)))


def _site(clock: list[float]) -> Site:
    return Site(Mains(lambda: clock[0]), base_load_w=900)


def _wrong_values_of(
    meter: EmulatedMeter, clock: list[float], damaged_groups: int, parity: bool
) -> Passed:
    meter.line.pty.close()
    rng = Random(f"damage {meter.serial} {meter.mode} {parity}")
    decoder, plausibility = FrameDecoder(), Plausibility()
    said: set[Said] = set()
    damaged = decoded = shown = 0
    while damaged < damaged_groups:
        clock[0] += 1.0 if meter.mode == "standard" else 2.3
        if rng.random() < 0.02:
            meter.site.extra.power_w = rng.choice([0, 0, 500, 2000, 5000])
        sent = meter.frame()
        # What the end of the frame before had lost comes with this one.
        before, said = said, {_said(group) for group in _groups(sent)}
        pieces = [_with_parity(p) if parity else p for p in sent.split(b"\r")]
        for number in range(len(pieces) - 1):
            if rng.random() < DAMAGED:
                pieces[number] = _damage(pieces[number], rng, 8 if parity else 7)
                damaged += 1
        end = b"\x8d" if parity else b"\r"
        now = datetime.fromtimestamp(clock[0], UTC)
        for frame in decoder.feed(end.join(pieces)):
            if not frame.early:
                told = read(frame)
                decoded += _count_wrong(told, said | before)
                shown += _count_wrong(plausibility.check(told, now), said | before)
    return Passed(damaged, decoded, shown)


def _damage(piece: bytes, rng: Random, bits: int) -> bytes:
    """Return a group after what happens on cables and in gateways."""
    data = bytearray(piece)
    at = rng.randrange(len(data))
    match rng.randrange(6):
        case 0 | 1:
            for _ in range(rng.choice((1, 2, 2, 2, 3, 4))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(bits)
        case 2:
            del data[at : at + rng.choice((1, 1, 2, 5))]
        case 3:
            data[at:at] = data[at : at + rng.choice((1, 1, 2, 5))]
        case 4:
            data[at:at] = rng.randbytes(rng.choice((1, 1, 2, 5)))
        case _:
            length = rng.randint(2, 8)
            data[at : at + length] = rng.randbytes(length)
    return bytes(data)


def fuzz(size: int, frames: Iterable[bytes]) -> int:
    """Feed so many bytes of mangled frames and noise; count what was never said.

    An exception ends the bench. The frames are of meters of both modes, and anything
    may happen to them: bytes flipped, lost, repeated, inserted, and pure noise.
    """
    sent = list(frames)
    ever = {_said(group) for frame in sent for group in _groups(frame)}
    rng = Random("fuzz")
    decoder, interpreter = FrameDecoder(), Interpreter()
    wrong, now, fed = 0, START, 0
    while fed < size:
        data = bytearray(rng.choice(sent))
        for _ in range(rng.choice((0, 1, 2, 5, 20))):
            at = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[at] ^= 1 << rng.randrange(8)
                case 1:
                    del data[at : at + rng.randrange(20)]
                    data = data or bytearray(b"\n")
                case 2:
                    data[at:at] = data[at : at + rng.randrange(40)]
                case _:
                    data[at:at] = rng.randbytes(rng.randrange(60))
        fed += len(data)
        for frame in decoder.feed(bytes(data)):
            now += timedelta(seconds=1)
            wrong += _count_wrong(interpreter.update(read(frame), now), ever)
    return wrong


def _count_wrong(reading: MeterReading, said: set[Said]) -> int:
    return sum(_said(group) not in said for group in reading.groups.values())


def _said(group: Group) -> Said:
    return group.label, group.value, group.horodate


def _groups(frame: bytes) -> list[Group]:
    return [g for f in FrameDecoder().feed(frame) for g in f.groups.values()]


def _with_parity(data: bytes) -> bytes:
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in data)
