"""A stream of bytes to frames, whatever happened to it on its way."""

from collections.abc import Iterator
from dataclasses import fields
import random

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Group, MeterReading, TicMode
from custom_components.energy_park.tic.decoder import (
    _BLOCK as BLOCK,
    Frame,
    FrameDecoder,
)
from custom_components.energy_park.tic.frame import LINE_MAX, Reject
from custom_components.energy_park.tic.labels import LABELS
from custom_components.energy_park.tic.meter import read
from scripts.emulators.tic_bytes import historique_group

from .conftest import (
    SHORT,
    STANDARD,
    STANDARD_THREE_PHASES,
    TEMPO,
    THREE_PHASES,
    decode,
    groups,
    historique,
    standard,
)

FRAMES = {
    "tempo": historique(TEMPO),
    "three phases": historique(THREE_PHASES),
    "short": historique(SHORT),
    "standard": standard(STANDARD),
    "standard three phases": standard(STANDARD_THREE_PHASES),
}
every_frame = pytest.mark.parametrize("data", FRAMES.values(), ids=FRAMES.keys())
frames = st.sampled_from(list(FRAMES.values()))

# Texts that have no form to check: a damaged bit 6 passes their checksum.
FREE_TEXTS = {"OPTARIF", "HHPHC", "NGTF", "LTARF", "MSG1", "MSG2"}


def damaged(data: bytes) -> Iterator[bytes]:
    """Yield the bytes with each bit flipped, and with each byte lost."""
    for position, byte in enumerate(data):
        yield data[:position] + data[position + 1 :]
        for bit in range(8):
            flipped = bytes([byte ^ 1 << bit])
            yield data[:position] + flipped + data[position + 1 :]


def wrong(data: bytes, original: dict[str, Group]) -> list[Group]:
    """Return the groups of known labels that were never sent so."""
    return [
        group
        for frame in decode(data)
        for group in frame.groups.values()
        if group.label in LABELS[frame.mode].keys() - FREE_TEXTS
        and group != original.get(group.label)
    ]


@every_frame
def test_a_frame_is_decoded_whole(data: bytes) -> None:
    (frame,) = decode(data)
    assert frame.complete
    assert frame.rejects == 0
    assert len(frame.groups) == data.count(b"\r")


@given(st.lists(frames, max_size=5), st.data())
def test_pieces_of_any_size_give_the_same_frames(
    sent: list[bytes], draw: st.DataObject
) -> None:
    data = b"".join(sent)
    decoder = FrameDecoder()
    received: list[Frame] = []
    while data:
        size = draw.draw(st.integers(1, len(data)))
        received += decoder.feed(data[:size])
        data = data[size:]
    received += decoder.finish()
    assert [f for f in received if not f.early] == decode(b"".join(sent))


noise = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.sampled_from([b"\x02", b"\x03", b"\x04", b"\r", b"\n", b"\t", b" "]),
        frames,
        frames.flatmap(lambda f: st.integers(0, len(f)).map(lambda n: f[:n])),
    ),
    max_size=12,
).map(b"".join)


@given(noise, st.integers(1, 400))
def test_any_bytes_in_any_pieces_give_the_same_groups(data: bytes, size: int) -> None:
    decoder = FrameDecoder()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    received = [frame for piece in pieces for frame in decoder.feed(piece)]
    received += decoder.finish()
    assert [f for f in received if not f.early] == decode(data)
    total = sum(len(f.groups) for f in received if not f.early)
    assert decoder.counters.groups == total


@given(noise, frames)
def test_after_any_noise_the_next_frames_are_whole(data: bytes, frame: bytes) -> None:
    decoder = FrameDecoder()
    decoder.feed(data)
    decoder.feed(b"\x03" + frame)
    assert decoder.feed(frame) == decode(frame)


@pytest.mark.parametrize("seed", range(4))
def test_memory_is_bounded(seed: int) -> None:
    source = random.Random(seed)
    decoder = FrameDecoder()
    for count in range(4000):
        label = f"X{source.randrange(10**8)}"
        decoder.feed(historique_group("PAPP", f"{count:05}"))
        decoder.feed(historique_group(label, "0"))
        decoder.feed(source.randbytes(50).replace(b"\n", b""))
    assert len(decoder._known) <= 1024
    assert len(decoder._groups) <= 128
    assert len(decoder._unfinished) <= LINE_MAX + 1


def test_a_line_without_end_is_dropped_alone() -> None:
    decoder = FrameDecoder()
    for _ in range(1000):
        decoder.feed(b"U" * 100)
    decoder.feed(b"\r" + FRAMES["tempo"])
    assert decoder.counters.rejects == {Reject.TOO_LONG: 1}
    assert decoder.counters.frames == 1


@every_frame
def test_damage_to_one_byte_never_gives_a_wrong_group(data: bytes) -> None:
    original = {group.label: group for group in groups(decode(data))}
    for damage in damaged(data):
        assert wrong(damage, original) == []


@given(frames, st.data())
def test_a_byte_too_many_never_gives_a_wrong_group(
    data: bytes, draw: st.DataObject
) -> None:
    original = {group.label: group for group in groups(decode(data))}
    position = draw.draw(st.integers(0, len(data)))
    inserted = draw.draw(st.binary(min_size=1, max_size=1))
    for byte in (inserted, data[position : position + 1]):
        assert wrong(data[:position] + byte + data[position:], original) == []


@every_frame
def test_damage_to_one_byte_never_gives_a_wrong_reading(data: bytes) -> None:
    original = read(decode(data)[0])
    free = {
        *("complete", "groups", "contract", "tariff_label", "phases"),
        *("indexes_wh", "reactive_energies_varh"),
    }
    names = {f.name for f in fields(MeterReading)} - free
    for damage in damaged(data):
        for frame in decode(damage):
            reading = read(frame)
            for name in names:
                value = getattr(reading, name)
                assert value is None or value == getattr(original, name), name
            assert reading.indexes_wh.items() <= original.indexes_wh.items()
            reactive = reading.reactive_energies_varh.items()
            assert reactive <= original.reactive_energies_varh.items()
            for got, sent in zip(reading.phases, original.phases, strict=False):
                assert got.current_a in (None, sent.current_a)
                assert got.voltage_v in (None, sent.voltage_v)
                assert got.apparent_power_va in (None, sent.apparent_power_va)


@every_frame
def test_one_bad_group_is_dropped_alone(data: bytes) -> None:
    end = data.index(b"\r", len(data) // 2)
    spoilt = data[: end - 1] + bytes([data[end - 1] ^ 1]) + data[end:]
    (frame,) = decode(spoilt)
    assert frame.complete
    assert frame.rejects == 1
    assert len(frame.groups) == data.count(b"\r") - 1


def even(data: bytes) -> bytes:
    """Return 7E1 characters as an 8N1 port reads them."""
    return bytes(byte | (byte.bit_count() & 1) << 7 for byte in data)


def with_parity(data: bytes) -> FrameDecoder:
    """Return a decoder that has heard enough to know of the parity."""
    decoder = FrameDecoder()
    for _ in range(2 * BLOCK // len(data) + 2):
        decoder.feed(even(data))
    return decoder


@every_frame
def test_the_parity_bit_of_an_8n1_port_is_dropped(data: bytes) -> None:
    assert decode(even(data)) == decode(data)


@every_frame
def test_with_parity_a_damaged_bit_spoils_its_group_only(data: bytes) -> None:
    """In what the checksum does not see too: bit 6, and free texts."""
    decoder = with_parity(data)
    original = {group.label: group for group in groups(decode(data))}
    sent = even(data)
    for position, byte in enumerate(sent):
        for bit in range(8):
            flipped = bytes([byte ^ 1 << bit])
            damage = sent[:position] + flipped + sent[position + 1 :]
            for frame in decoder.feed(damage):
                for label, group in frame.groups.items():
                    assert group == original.get(label)


@every_frame
def test_with_parity_two_damaged_bits_pass_no_checksum(data: bytes) -> None:
    decoder = with_parity(data)
    sent = even(data)
    end = data.index(b"\r", len(data) // 2)
    damage = bytearray(sent)
    damage[end - 4] ^= 1
    damage[end - 3] ^= 1
    (frame,) = decoder.feed(bytes(damage))
    assert frame.rejects == 1
    assert decoder.counters.rejects == {Reject.PARITY: 1}


@every_frame
@pytest.mark.parametrize("noise", [b"", bytes(3 * BLOCK), b"\xff" * 10, b"U" * BLOCK])
def test_without_parity_nothing_is_spoilt(data: bytes, noise: bytes) -> None:
    decoder = FrameDecoder()
    decoder.feed(noise + b"\x03")
    before = sum(decoder.counters.rejects.values())
    for _ in range(2 * BLOCK // len(data) + 2):
        assert decoder.feed(data) == decode(data)
    assert sum(decoder.counters.rejects.values()) == before


@every_frame
def test_a_port_that_comes_to_drop_the_parity_is_followed(data: bytes) -> None:
    decoder = with_parity(data)
    for _ in range(2 * BLOCK // len(data) + 2):
        decoder.feed(data)
    assert decoder.feed(data) == decode(data)
    for _ in range(2 * BLOCK // len(data) + 2):
        decoder.feed(even(data))
    assert decoder.feed(even(data)) == decode(data)


@given(st.lists(frames, min_size=8, max_size=16), st.integers(1, 3000))
def test_pieces_with_parity_give_the_same_frames(sent: list[bytes], size: int) -> None:
    data = even(b"".join(sent))
    damaged_data = bytearray(data)
    damaged_data[len(data) // 2] ^= 4
    damaged_data[-len(data) // 3] ^= 0x40
    data = bytes(damaged_data)
    decoder = FrameDecoder()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    received = [frame for piece in pieces for frame in decoder.feed(piece)]
    received += decoder.finish()
    assert [f for f in received if not f.early] == decode(data)


@every_frame
@pytest.mark.parametrize(
    ("lf", "cr"),
    [
        (b"\x0f", b"\r"),
        (b"\x0e", b"\r"),
        (b"\n", b""),
        (b"\n", b"\n"),
        (b"\r", b"\r"),
        (b"\n", b"\x0c"),
        (b"\x8a", b"\x8d"),
    ],
)
def test_damaged_ends_of_lines_cost_nothing(data: bytes, lf: bytes, cr: bytes) -> None:
    changed = data.replace(b"\n", b"\0").replace(b"\r", cr).replace(b"\0", lf)
    if not cr:
        changed = changed.replace(b"\x03", b"\n\x03")
    assert decode(changed) == decode(data)


@every_frame
def test_without_any_lf_the_groups_are_there(data: bytes) -> None:
    assert groups(decode(data.replace(b"\n", b""))) == groups(decode(data))


@every_frame
def test_a_stream_that_starts_anywhere(data: bytes) -> None:
    for start in range(2, len(data)):
        *partial, whole = decode(data[start:] + data)
        assert whole == decode(data)[0]
        assert not any(frame.complete for frame in partial)
        assert sum(len(f.groups) for f in partial) >= data[start:].count(b"\n")


@every_frame
def test_a_lost_mark_makes_a_frame_incomplete(data: bytes) -> None:
    for lost in (data[1:], data[:-1]):
        assert [frame.complete for frame in decode(lost + data)] == [False, True]
    lost_both = data[:-1] + data[1:]
    assert [frame.complete for frame in decode(lost_both)] == [False, False]
    assert groups(decode(lost_both)) == 2 * groups(decode(data))


def test_eot_cuts_a_frame() -> None:
    data = FRAMES["tempo"]
    cut = data[: data.index(b"\nPTEC")]
    decoder = FrameDecoder()
    (frame,) = decoder.feed(cut + b"\x04")
    assert not frame.complete
    assert list(frame.groups)[-1] == "BBRHPJR"
    assert decoder.feed(data)[0].complete
    assert decoder.counters.incomplete_frames == 1
    assert decoder.counters.rejects == {}


def test_eot_inside_a_group_drops_that_group() -> None:
    data = FRAMES["tempo"]
    cut = data[: data.index(b"PAPP") + 7]
    decoder = FrameDecoder()
    (frame,) = decoder.feed(cut + b"\x04")
    assert "PAPP" not in frame.groups
    assert decoder.counters.rejects == {Reject.CUT: 1}


def test_an_etx_inside_a_group_completes_nothing() -> None:
    data = FRAMES["tempo"].replace(b"PTEC", b"PTE\x03")
    assert [frame.complete for frame in decode(data)] == [False, False]


def test_a_change_of_mode_is_followed_at_once() -> None:
    decoder = FrameDecoder()
    modes = [
        frame.mode
        for data in (FRAMES["tempo"], FRAMES["standard"], FRAMES["tempo"])
        for _ in range(2)
        for frame in decoder.feed(data)
    ]
    assert modes == [
        *[TicMode.HISTORIQUE] * 2,
        *[TicMode.STANDARD] * 2,
        *[TicMode.HISTORIQUE] * 2,
    ]


def test_the_modes_are_not_mixed_in_a_frame() -> None:
    cut = FRAMES["standard"][:100]
    received = decode(cut + FRAMES["tempo"][1:])
    assert [frame.mode for frame in received] == [TicMode.STANDARD, TicMode.HISTORIQUE]
    assert "ADCO" not in received[0].groups


def test_an_unknown_label_does_not_change_the_mode() -> None:
    stray = historique_group("NONUTILE", "NONUTILE")
    data = FRAMES["standard"]
    middle = data.index(b"\nSINSTS")
    (frame,) = decode(data + data[:middle] + stray + data[middle:])[1:]
    assert frame.mode is TicMode.STANDARD
    assert "NONUTILE" not in frame.groups
    assert frame.rejects == 1


def test_an_overload_does_not_wait_for_the_end_of_the_frame() -> None:
    data = historique(TEMPO.replace("IMAX 090", "ADPS 032\nIMAX 090"))
    decoder = FrameDecoder()
    told: list[Frame] = []
    for position, byte in enumerate(data):
        told += decoder.feed(bytes([byte]))
        if told and data[position - 1 :].startswith(b"\r"):
            assert b"ADPS" in data[:position]
    early, whole = told
    assert early.early and not early.complete
    assert list(early.groups)[-1] == "ADPS"
    assert whole.complete
    assert whole.groups.keys() == decode(data)[0].groups.keys()


def test_each_phase_in_overload_is_told_once() -> None:
    data = historique(SHORT.replace("ADIR2 024", "ADIR1 023\nADIR2 024"))
    decoder = FrameDecoder()
    told = [frame for byte in data for frame in decoder.feed(bytes([byte]))]
    assert [len(frame.groups) for frame in told if frame.early] == [1, 2]
    assert decoder.feed(data)[0].early is False


def test_a_value_that_cannot_be_is_counted() -> None:
    decoder = FrameDecoder()
    decoder.feed(FRAMES["tempo"] + historique_group("PAPP", "0284p"))
    assert decoder.counters.rejects == {Reject.VALUE: 1}
