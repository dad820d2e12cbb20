"""The meter's bytes in radio packets of 32 bytes (docs/radio.md).

A packet is one byte of version and length, a stream number (4 bytes), a sequence
number (3 bytes), 16 bytes of data and a tag of 8 bytes: AES-CCM (RFC 3610) with the
first byte as associated data and the two numbers as nonce.

A transmitter takes a new, larger stream number at each start, and no number twice
under one key. A receiver takes only what is after the last packet it took. So a
nonce is never used twice, and nothing recorded is ever taken again.
"""

from collections.abc import Callable
from dataclasses import dataclass
import re
import secrets
from typing import Protocol, override

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from .frame import EOT, ETX

PACKET_SIZE = 32
DATA_SIZE = 16
KEY_SIZE = 16

_VERSION = 1
_TAG_SIZE = 8
_SEQUENCE_BITS = 24
_SEQUENCES = 1 << _SEQUENCE_BITS

# Packets end where groups and frames do: a lost one then harms one group only.
_ENDS = frozenset(b"\r" + ETX + EOT)
# What a group may start with, and what may stand between two.
_START = re.compile(rb"[\n\x02\x03\x04]")
# No checksum is this character: a line that it ends is no group.
_GROUP_LOST = b"\x7f\n"
# About half of the shortest frame: values of two frames are not to be mixed.
_LOST_IN_FRAME = 8


def new_key() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(KEY_SIZE)


def key_text(key: bytes) -> str:
    """Return a key as a person copies it: hexadecimal digits in groups of four."""
    return key.hex("-", 2)


def parse_key(text: str) -> bytes:
    """Return the key of a text; spaces and dashes do not matter.

    Raises ValueError, without telling the text.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(rf"[0-9A-Fa-f]{{{2 * KEY_SIZE}}}", digits):
        raise ValueError(f"a key has {2 * KEY_SIZE} hexadecimal digits")
    return bytes.fromhex(digits)


class PacketWriter:
    """Turns the meter's bytes into packets.

    ``next_stream`` gives a number that was never used with this key, larger than all
    before; it is asked at the start, and each time the sequence numbers run out.
    """

    def __init__(self, key: bytes, next_stream: Callable[[], int]) -> None:
        """Start a stream."""
        self._cipher = AESCCM(key, tag_length=_TAG_SIZE)
        self._next_stream = next_stream
        self._stream = next_stream()
        self._sequence = 0
        self._data = bytearray()

    def write(self, data: bytes) -> list[bytes]:
        """Return the packets that these bytes complete."""
        packets = []
        for byte in data:
            seven_bits = byte & 0x7F
            self._data.append(seven_bits)
            if seven_bits in _ENDS or len(self._data) == DATA_SIZE:
                packets.append(self._seal())
                self._data.clear()
        return packets

    def _seal(self) -> bytes:
        if self._sequence == _SEQUENCES:
            self._stream, self._sequence = self._next_stream(), 0
        nonce = self._stream.to_bytes(4) + self._sequence.to_bytes(3)
        self._sequence += 1
        head = bytes([_VERSION << 5 | len(self._data)])
        padded = bytes(self._data.ljust(DATA_SIZE, b"\0"))
        return head + nonce + self._cipher.encrypt(nonce, padded, head)


@dataclass(frozen=True, slots=True)
class RadioCounters:
    """Packets since the link was opened.

    ``repeated`` came again, late, or from someone who had recorded them; ``refused``
    were not made with the key. None is unknown: plain packets tell neither.
    """

    taken: int
    lost: int | None
    repeated: int | None
    refused: int | None


class PacketReader(Protocol):
    """Turns packets back into the meter's bytes."""

    @property
    def counters(self) -> RadioCounters:
        """Return what came so far."""

    @property
    def position(self) -> int:
        """Return the number of the last packet taken; 0 if there is none."""

    def read(self, packet: bytes) -> bytes:
        """Return the bytes to decode after a packet; none of one not taken."""


class SealedReader(PacketReader):
    """Takes packets made with the key, each once and none older than the last.

    ``position`` is where an earlier reader had come to. Around what was lost, the
    beginnings and ends of groups are made unreadable: they never join.
    """

    def __init__(self, key: bytes, position: int = 0) -> None:
        """Go on after a position."""
        self._cipher = AESCCM(key, tag_length=_TAG_SIZE)
        self._position = position
        self._within_group = True
        self._taken = self._lost = self._repeated = self._refused = 0

    @property
    @override
    def counters(self) -> RadioCounters:
        return RadioCounters(self._taken, self._lost, self._repeated, self._refused)

    @property
    @override
    def position(self) -> int:
        return self._position

    @override
    def read(self, packet: bytes) -> bytes:
        if len(packet) != PACKET_SIZE:
            self._refused += 1
            return b""
        position = int.from_bytes(packet[1:8])
        if position <= self._position:
            self._repeated += 1
            return b""
        data = self._open(packet)
        if data is None:
            self._refused += 1
            return b""
        return self._note_loss(position) + self._from_start(data)

    def _open(self, packet: bytes) -> bytes | None:
        """Return the data of a packet that was made with the key."""
        head = packet[:1]
        try:
            padded = self._cipher.decrypt(packet[1:8], packet[8:], head)
        except InvalidTag:
            return None
        version, length = head[0] >> 5, head[0] & 0x1F
        return padded[:length] if version == _VERSION else None

    def _note_loss(self, position: int) -> bytes:
        """Go on to a packet; return what ends the group or the frame before it."""
        previous, self._position = self._position, position
        self._taken += 1
        if self._taken == 1:
            return b""
        missing = position - previous - 1
        if missing == 0:
            return b""
        self._within_group = True
        if position >> _SEQUENCE_BITS != previous >> _SEQUENCE_BITS:
            return EOT
        self._lost += missing
        return _GROUP_LOST if missing <= _LOST_IN_FRAME else EOT

    def _from_start(self, data: bytes) -> bytes:
        """Drop what is left of a group whose beginning did not come."""
        if self._within_group:
            start = _START.search(data)
            if start is None:
                return b""
            self._within_group = False
            return data[start.start() :]
        return data


class PlainReader(PacketReader):
    """Takes the packets of transmitters that send the bytes as they are.

    A packet ends at its first NUL, if it has one. Nothing tells what was lost,
    forged or repeated.
    """

    def __init__(self) -> None:
        """Start before the first packet."""
        self._taken = 0

    @property
    @override
    def counters(self) -> RadioCounters:
        return RadioCounters(self._taken, None, None, None)

    @property
    @override
    def position(self) -> int:
        return 0

    @override
    def read(self, packet: bytes) -> bytes:
        self._taken += 1
        return packet.partition(b"\0")[0]
