"""Frames of the meter decoded per second of one core, and what damage gets through."""

from collections.abc import Callable
from contextlib import suppress
import time
from timeit import timeit

import serial_teleinfo
import teleinfo.codec

from custom_components.energy_park.tic.decoder import FrameDecoder
from scripts.emulators.tic_bytes import frame, historique_group, standard_group

from . import Figure
from ._damage import fuzz, wrong_values

# Takes the bytes of some frames; raises when it cannot decode one.
type Decode = Callable[[list[bytes]], None]

FRAMES = 1000
ROUNDS = 20
ROUNDS_QUICK = 5
DAMAGED_GROUPS = 1_000_000
DAMAGED_GROUPS_QUICK = 20_000
FUZZ_BYTES = 10_000_000
FUZZ_BYTES_QUICK = 500_000


def run(*, quick: bool) -> list[Figure]:
    """Measure both kinds of frames, then damage them."""
    rounds = ROUNDS_QUICK if quick else ROUNDS
    return [
        *compare("historique_tempo", historique_tempo(), 80_000, rounds),
        *compare("standard_tri", standard_tri(), 20_000, rounds),
        *damage(DAMAGED_GROUPS_QUICK if quick else DAMAGED_GROUPS),
        fuzzed(FUZZ_BYTES_QUICK if quick else FUZZ_BYTES),
    ]


def damage(groups: int) -> list[Figure]:
    """Return what comes of damaged groups, beside what the checksum lets through."""
    return [
        Figure(
            name=f"tic.{name}",
            value=round(1e6 * passed.shown / passed.damaged, 1),
            unit="values per million groups",
            better="lower",
            peer="the checksum and the forms of the labels",
            peer_value=round(1e6 * passed.decoded / passed.damaged),
        )
        for name, passed in (
            (
                "wrong_values_per_million_corrupt_groups",
                wrong_values(groups, parity=False),
            ),
            (
                "wrong_values_per_million_corrupt_groups_with_parity",
                wrong_values(groups, parity=True),
            ),
        )
    ]


def fuzzed(size: int) -> Figure:
    """Return the wrong values of mangled frames, per ten million bytes."""
    frames = [*historique_tempo()[:50], *standard_tri()[:50]]
    return Figure(
        name="tic.wrong_values_per_10_million_fuzzed_bytes",
        value=round(1e7 * fuzz(size, frames) / size, 1),
        unit="values",
        better="lower",
    )


def compare(name: str, frames: list[bytes], target: int, rounds: int) -> list[Figure]:
    """Return our rate beside the fastest decoder that takes these frames."""
    peers = {
        peer: decode for peer, decode in PEERS.items() if takes(decode, frames[:1])
    }
    rates = measure({"ours": ours, "plain": split_and_sum, **peers}, frames, rounds)
    peer = max(peers, key=rates.__getitem__) if peers else "plain"
    return [
        Figure(
            name=f"tic.{name}_frames_per_s",
            value=round(rates["ours"]),
            unit="frames/s",
            better="higher",
            target=target,
            peer=peer if peers else "plain split and sum; no decoder takes this frame",
            peer_value=round(rates[peer]),
        ),
        Figure(
            name=f"tic.{name}_to_split_and_sum",
            value=round(rates["ours"] / rates["plain"], 2),
            unit="×",
            better="higher",
            target=1,
        ),
    ]


def measure(
    decoders: dict[str, Decode], frames: list[bytes], rounds: int
) -> dict[str, float]:
    """Return each one's best rate in rounds that all of them share."""
    best = dict.fromkeys(decoders, float("inf"))
    for _ in range(rounds):
        for name, decode in decoders.items():
            seconds = timeit(
                lambda decode=decode: decode(frames),  # type: ignore[misc]
                number=1,
                timer=time.process_time,
            )
            best[name] = min(best[name], seconds)
    return {name: len(frames) / seconds for name, seconds in best.items()}


def takes(decode: Decode, frames: list[bytes]) -> bool:
    """Return whether a decoder can do these frames at all."""
    with suppress(Exception):
        decode(frames)
        return True
    return False


def ours(frames: list[bytes]) -> None:
    """Decode with every value typed."""
    decoder = FrameDecoder()
    for data in frames:
        (decoded,) = decoder.feed(data)
        if not decoded.complete or decoded.rejects:
            raise ValueError(data)


def split_and_sum(frames: list[bytes]) -> None:
    """Do the least that is a decoder: split, verify, and keep texts by label."""
    for data in frames:
        texts = {}
        for line in data[2:-2].split(b"\r\n"):
            standard = b"\t" in line
            summed = line[:-1] if standard else line[:-2]
            if (sum(summed) & 0x3F) + 0x20 != line[-1]:
                raise ValueError(line)
            label, *values = summed.decode("ascii").split("\t" if standard else " ")
            texts[label] = values


def pyteleinfo(frames: list[bytes]) -> None:
    """Decode as pyteleinfo does a frame that it has read."""
    for data in frames:
        teleinfo.codec.decode(data)


def serial_teleinfo_lines(frames: list[bytes]) -> None:
    """Decode as serial-teleinfo does the lines that it has read."""
    for data in frames:
        values = {}
        for line in (data[2:] + b"\x02\n").split(b"\n")[:-1]:
            key, text, end = serial_teleinfo.parse_line(line + b"\n")
            values[key] = serial_teleinfo.type_parsers[key](key, text, end)


PEERS: dict[str, Decode] = {
    "pyteleinfo": pyteleinfo,
    "serial-teleinfo": serial_teleinfo_lines,
}


def historique_tempo() -> list[bytes]:
    """Return frames of a Tempo meter: current, power and an index change in each."""
    return [
        frame(
            [
                historique_group("ADCO", "021861348497"),
                historique_group("OPTARIF", "BBR("),
                historique_group("ISOUSC", "30"),
                historique_group("BBRHCJB", f"{18328856 + count:09}"),
                historique_group("BBRHPJB", "023739545"),
                historique_group("BBRHCJW", "001466099"),
                historique_group("BBRHPJW", "002132883"),
                historique_group("BBRHCJR", "000860118"),
                historique_group("BBRHPJR", "000844115"),
                historique_group("PTEC", "HCJB"),
                historique_group("DEMAIN", "ROUG"),
                historique_group("IINST", f"{10 + count % 7:03}"),
                historique_group("IMAX", "090"),
                historique_group("PAPP", f"{2300 + count % 160 * 10:05}"),
                historique_group("HHPHC", "A"),
                historique_group("MOTDETAT", "000000"),
            ]
        )
        for count in range(FRAMES)
    ]


def standard_tri() -> list[bytes]:
    """Return frames of a three-phase producer with every label it sends.

    Date, indexes, voltages and powers change in each.
    """
    return [frame(standard_groups(count)) for count in range(FRAMES)]


def standard_groups(count: int) -> list[bytes]:
    """Return the groups of one second."""
    day, before = "E210414070239", "E210413195606"
    values = [
        ("ADSC", "041876123456"),
        ("VTIC", "02"),
        (
            "DATE",
            f"E2104140{8 + count // 3600}{count // 60 % 60:02}{count % 60:02}",
            "",
        ),
        ("NGTF", "     TEMPO      "),
        ("LTARF", "    HP  BLEU    "),
        ("EAST", f"{11604109 + count:09}"),
        ("EASF01", "002741488"),
        ("EASF02", f"{5905500 + count:09}"),
        *((f"EASF{index:02}", "000624053") for index in range(3, 11)),
        ("EASD01", f"{11604109 + count:09}"),
        *((f"EASD{index:02}", "000000000") for index in (2, 3, 4)),
        ("EAIT", "000671631"),
        *((f"ERQ{quadrant}", "000204084") for quadrant in (1, 2, 3, 4)),
        *((f"IRMS{phase}", f"{phase + count % 3:03}") for phase in (1, 2, 3)),
        *((f"URMS{phase}", f"{230 + (phase + count) % 9:03}") for phase in (1, 2, 3)),
        ("PREF", "18"),
        ("PCOUP", "18"),
        ("SINSTS", f"{1300 + count * 7 % 999:05}"),
        *((f"SINSTS{n}", f"{400 + n + count * 5 % 333:05}") for n in (1, 2, 3)),
        *((f"SMAXSN{phase}", day, "02636") for phase in ("", 1, 2, 3)),
        *((f"SMAXSN{phase}-1", before, "06560") for phase in ("", 1, 2, 3)),
        ("SINSTI", "00000"),
        ("SMAXIN", day, "00000"),
        ("SMAXIN-1", before, "03861"),
        *((f"CCA{way}N{back}", day, "00806") for way in "SI" for back in ("", "-1")),
        *((f"UMOY{phase}", day, "239") for phase in (1, 2, 3)),
        ("STGE", "013A0501"),
        ("MSG1", "PAS DE          MESSAGE         "),
        ("PRM", "12345678901234"),
        ("RELAIS", "000"),
        ("NTARF", "02"),
        ("NJOURF", "00"),
        ("NJOURF+1", "00"),
        ("PJOURF+1", "00008001 06004002 22004001" + " NONUTILE" * 8),
    ]
    return [standard_group(label, *reversed(rest)) for label, *rest in values]
