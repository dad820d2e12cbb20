"""The radio protocol over a channel where everything goes wrong."""

from collections.abc import Iterable
from itertools import count
from random import Random

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Group
from custom_components.energy_park.tic import packets as tic_packets
from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.packets import (
    DATA_SIZE,
    KEY_SIZE,
    PACKET_SIZE,
    PacketReader,
    PacketWriter,
    PlainReader,
    SealedReader,
    key_text,
    new_key,
    parse_key,
)
from scripts.emulators.radio import Air, Faults
from scripts.emulators.tic_bytes import frame, historique_group, standard_group

KEY = bytes(range(KEY_SIZE))
OTHER_KEY = bytes(KEY_SIZE)

type Sent = set[tuple[str, str]]


def writer(stream: int = 1, key: bytes = KEY) -> PacketWriter:
    return PacketWriter(key, count(stream).__next__)


def groups(number: int, *, standard: bool) -> list[bytes]:
    """Return the groups of one frame; no other frame has the same values."""
    make = standard_group if standard else historique_group
    labels = ("EAST", "EASF01", "EASF02") if standard else ("BASE", "HCHC", "HCHP")
    values = {label: f"{n * 100_000_000 + number:09}" for n, label in enumerate(labels)}
    if standard:
        values |= {
            "NTARF": f"{number % 100:02}",
            "SINSTS": f"{number:05}",
            "PJOURF+1": "00008001 06004002" + " NONUTILE" * 9,
        }
    else:
        values |= {"PAPP": f"{number % 10_000:05}", "HHPHC": "A"}
    return [make(label, value) for label, value in values.items()]


def sent_groups(frames: int, *, standard: bool) -> tuple[list[bytes], Sent]:
    """Return frames, and the label and the value of each of their groups."""
    data, known = [], set()
    for number in range(frames):
        parts = groups(number, standard=standard)
        data.append(frame(parts))
        separator = "\t" if standard else " "
        for part in parts:
            label, rest = part.decode()[1:-3].split(separator, 1)
            known.add((label, rest))
    return data, known


def decoded(reader: PacketReader, packets: Iterable[bytes]) -> list[Group]:
    decoder = FrameDecoder()
    frames = [f for packet in packets for f in decoder.feed(reader.read(packet))]
    frames += decoder.finish()
    return [group for f in frames if not f.early for group in f.groups.values()]


def carried(air: Air, packets: Iterable[bytes]) -> list[bytes]:
    return [arrived for packet in packets for arrived in air.carry(packet)]


# What a good channel does -------------------------------------------------------


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_a_good_channel_gives_back_every_byte(pieces: list[bytes]) -> None:
    sending, reading = writer(), SealedReader(KEY)
    pieces = [b"\n", *pieces, b"\r"]
    packets = [packet for piece in pieces for packet in sending.write(piece)]
    assert {len(packet) for packet in packets} == {PACKET_SIZE}
    data = bytes(byte & 0x7F for byte in b"".join(pieces))
    assert b"".join(map(reading.read, packets)) == data


@pytest.mark.parametrize("standard", [True, False])
def test_a_packet_holds_bytes_of_one_group_only(standard: bool) -> None:
    data, _ = sent_groups(3, standard=standard)
    reading, sending = SealedReader(KEY), writer()
    for packet in sending.write(b"".join(data)):
        piece = reading.read(packet)
        assert 1 <= len(piece) <= DATA_SIZE
        assert b"\r" not in piece[:-1]


def test_a_group_goes_out_with_its_last_byte() -> None:
    """The receiver need not wait for what comes after an overload."""
    sending = writer()
    group = historique_group("ADPS", "032")
    assert not sending.write(group[:-1])
    assert len(sending.write(group[-1:])) == 1


@pytest.mark.parametrize("standard", [True, False])
def test_a_receiver_that_comes_late_starts_at_a_group(standard: bool) -> None:
    data, known = sent_groups(20, standard=standard)
    packets = writer().write(b"".join(data))
    for start in range(30):
        got = decoded(SealedReader(KEY), packets[start:])
        assert {(group.label, group.value) for group in got} <= known
        assert len(got) >= len(known) - start


# What a bad one does ------------------------------------------------------------

shares = st.sampled_from([0.0, 0.02, 0.3])
bad_air = st.builds(
    Air,
    st.builds(
        Faults,
        lost=shares,
        repeated=shares,
        late=shares,
        damaged=shares,
        forged=shares,
    ),
    st.integers(0, 1 << 30),
)


@given(bad_air, st.booleans())
def test_there_is_never_a_wrong_value(air: Air, standard: bool) -> None:
    data, known = sent_groups(25, standard=standard)
    packets = writer().write(b"".join(data))
    reading = SealedReader(KEY)
    got = decoded(reading, carried(air, packets))
    values = [(group.label, group.value) for group in got]
    assert set(values) <= known
    missing = len(packets) - reading.counters.taken
    assert len(known) - len(set(values)) <= missing


@given(bad_air)
def test_no_packet_is_taken_twice_nor_out_of_turn(air: Air) -> None:
    data, _ = sent_groups(25, standard=True)
    packets = writer().write(b"".join(data))
    turn = {packet: number for number, packet in enumerate(packets)}
    reading, taken = SealedReader(KEY), []
    for packet in carried(air, packets):
        before = reading.counters.taken
        reading.read(packet)
        if reading.counters.taken > before:
            taken.append(turn[packet])
    assert taken == sorted(set(taken))
    counters = reading.counters
    assert counters.lost == (taken[-1] - taken[0] + 1 - len(taken) if taken else 0)


def test_one_lost_packet_costs_one_group() -> None:
    data, known = sent_groups(3, standard=True)
    packets = writer().write(b"".join(data))
    for number in range(len(packets)):
        reading = SealedReader(KEY)
        got = decoded(reading, packets[:number] + packets[number + 1 :])
        assert len(got) >= len(known) - 1
        assert {(group.label, group.value) for group in got} <= known


def test_a_loss_is_seen_by_the_decoder() -> None:
    """An overload group may be what was lost: the frame must not deny it."""
    data, _ = sent_groups(1, standard=False)
    packets = writer().write(data[0])
    reading, decoder = SealedReader(KEY), FrameDecoder()
    del packets[2]
    frames = [f for packet in packets for f in decoder.feed(reading.read(packet))]
    assert [f.complete for f in frames] == [True]
    assert frames[0].rejects


def test_groups_before_and_after_a_long_loss_are_not_of_one_frame() -> None:
    data, _ = sent_groups(3, standard=True)
    packets = writer().write(b"".join(data))
    frame_packets = len(packets) // 3
    kept = packets[:4] + packets[frame_packets + 6 :]
    reading, decoder = SealedReader(KEY), FrameDecoder()
    frames = [f for packet in kept for f in decoder.feed(reading.read(packet))]
    assert {group.value[-1] for group in frames[0].groups.values()} == {"0"}
    assert {group.value[-1] for group in frames[1].groups.values()} <= {"1", "E"}
    assert not frames[0].complete


# What someone else does ---------------------------------------------------------


@pytest.mark.parametrize("key", [OTHER_KEY, new_key()], ids=["other", "new"])
def test_packets_of_another_key_are_refused(key: bytes) -> None:
    data, _ = sent_groups(3, standard=True)
    reading = SealedReader(KEY)
    packets = writer(key=key).write(b"".join(data))
    assert decoded(reading, packets) == []
    assert reading.counters.refused == len(packets)
    assert reading.position == 0


@given(st.binary(max_size=40))
def test_no_packet_made_of_anything_is_taken(packet: bytes) -> None:
    reading = SealedReader(KEY)
    assert reading.read(packet) == b""
    assert reading.counters.taken == 0


def test_every_bit_of_a_packet_is_protected() -> None:
    (packet,) = writer().write(b"\nPAPP 00100 !\r")
    reading = SealedReader(KEY)
    for bit in range(8 * PACKET_SIZE):
        other = (int.from_bytes(packet) ^ 1 << bit).to_bytes(PACKET_SIZE)
        assert reading.read(other) == b""
    assert reading.read(packet) == b"\nPAPP 00100 !\r"


def test_forged_packets_do_not_keep_good_ones_out() -> None:
    data, known = sent_groups(10, standard=True)
    air = Air(Faults(forged=1.0))
    got = decoded(SealedReader(KEY), carried(air, writer().write(b"".join(data))))
    assert {(group.label, group.value) for group in got} == known


def test_a_recording_is_refused_even_after_a_restart_of_the_receiver() -> None:
    data, _ = sent_groups(2, standard=True)
    packets = writer().write(b"".join(data))
    first = SealedReader(KEY)
    decoded(first, packets)
    again = SealedReader(KEY, first.position)
    assert decoded(again, packets) == []
    assert again.counters.repeated == len(packets)


def test_a_restart_of_the_transmitter_is_followed() -> None:
    data, known = sent_groups(4, standard=True)
    before, after = b"".join(data[:2]), b"".join(data[2:])
    packets = writer(7).write(before[:-40]) + writer(8).write(after)
    reading = SealedReader(KEY)
    values = {(group.label, group.value) for group in decoded(reading, packets)}
    assert values <= known
    assert len(values) >= len(known) - 2
    assert reading.counters.lost == 0
    assert decoded(reading, writer(7).write(after)) == []


def test_a_restarted_receiver_goes_on_in_the_same_stream() -> None:
    data, _ = sent_groups(4, standard=True)
    packets = writer().write(b"".join(data))
    first = SealedReader(KEY)
    decoded(first, packets[:20])
    again = SealedReader(KEY, first.position)
    assert decoded(again, packets[10:])
    assert again.counters.repeated == 10
    assert again.counters.lost == 0


def test_no_nonce_is_used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tic_packets, "_SEQUENCES", 5)
    sending = writer(3)
    packets = sending.write(b"\nHHPHC A ,\r" * 23)
    nonces = [packet[1:8] for packet in packets]
    assert len(set(nonces)) == len(packets) == 23
    assert nonces == sorted(nonces)
    assert {int.from_bytes(nonce[:4]) for nonce in nonces} == {3, 4, 5, 6, 7}


# Keys and plain packets ---------------------------------------------------------


@given(st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE))
def test_a_key_survives_being_copied(key: bytes) -> None:
    text = key_text(key)
    assert parse_key(text) == parse_key(text.replace("-", " ").upper() + "\n") == key


@pytest.mark.parametrize("text", ["", "hush", "12" * 15, "12" * 17, "0x" + "12" * 15])
def test_what_is_no_key_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a key has 32 hexadecimal digits$"):
        parse_key(text)


def test_new_keys_are_new() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert len(new_key()) == KEY_SIZE


def plain_packets(data: bytes, random: Random) -> list[bytes]:
    """Return packets as a microcontroller sends what its serial port gave it."""
    packets = []
    while data:
        size = random.randint(1, 15)
        packets.append(data[:size].ljust(PACKET_SIZE, b"\0"))
        data = data[size:]
    return packets


def test_plain_packets_are_the_bytes() -> None:
    data, known = sent_groups(5, standard=True)
    packets = plain_packets(b"".join(data), Random(1))
    reading = PlainReader()
    got = decoded(reading, [*packets, b"\n" * PACKET_SIZE])
    assert {(group.label, group.value) for group in got} == known
    counters = reading.counters
    assert counters.taken == len(packets) + 1
    assert counters.lost is counters.repeated is counters.refused is None
    assert reading.position == 0
