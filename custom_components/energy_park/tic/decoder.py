"""Bytes of the meter, in whatever pieces, to frames of typed groups."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
import re

from ..model import Group, TicMode
from .frame import EOT, ETX, LINE_MAX, STX, Reject, parse_historique, parse_standard
from .labels import LABELS, OVERLOAD

# Of a byte, bit 7 is the parity that an 8N1 port leaves there. LF and CR part groups,
# and so does any other control character without a meaning here: it was one of them.
_MEANT = b"\t" + STX + ETX + EOT
_SEVEN_BITS = bytes(
    seven if (seven := byte & 0x7F) >= 0x20 or seven in _MEANT else 0x0A
    for byte in range(256)
)

# Where the parity comes along, a byte of odd parity was damaged and spoils its group,
# unless it stood around it.
_EVEN = bytes(byte for byte in range(256) if byte.bit_count() % 2 == 0)
_EVEN_WITH_PARITY = bytes(byte for byte in _EVEN if byte & 0x80)
_DAMAGED = b"\xff"
_CHECKED = bytes(
    _SEVEN_BITS[byte] if byte in _EVEN else _DAMAGED[0] for byte in range(256)
)
# So many bytes tell whether it does: some 40 of 100 characters have an odd number of
# bits, without their parity bit, and no line is any use with one byte in 16 damaged.
_BLOCK = 1024
_ODD_MAX = _BLOCK // 16
_WITH_PARITY_MIN = _BLOCK // 8

# An STX that no LF follows was an LF.
_START = STX + b"\n"
_MARK = re.compile(b"(" + _START + b"|" + ETX + b"|" + EOT + b")")

# The longest frame known has 75 groups; some frames' worth of lines is remembered.
_GROUPS_MAX = 128
_KNOWN_MAX = 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """Groups sent together, in the order received, each label once.

    ``complete`` is True when both its STX and its ETX came, ``rejects`` counts what
    was dropped between them. ``early`` frames tell of an overload while the frame
    still runs; its groups come again when it ends.
    """

    mode: TicMode
    complete: bool
    groups: Mapping[str, Group]
    rejects: int = 0
    early: bool = False


@dataclass(frozen=True, slots=True)
class DecoderCounters:
    """What a decoder took and what it dropped, since it was made."""

    frames: int
    incomplete_frames: int
    groups: int
    rejects: Mapping[Reject, int]


def _keeps_parity(block: bytes) -> bool:
    """Return whether bytes are 7E1 characters with their parity bit."""
    if block.isascii():
        return False
    odd = len(block.translate(None, _EVEN))
    with_parity = len(block) - len(block.translate(None, _EVEN_WITH_PARITY))
    return odd <= _ODD_MAX and with_parity >= _WITH_PARITY_MIN


class FrameDecoder:
    """Decodes a stream of bytes; it never raises and its memory is bounded.

    A group stands alone: between two control characters, with its own separator
    and checksum, whatever happened around it. Lines that come again byte for byte
    are not decoded again.
    """

    def __init__(self) -> None:
        """Start before the first byte."""
        self.mode: TicMode | None = None
        self._unfinished = b""
        self._table = _SEVEN_BITS
        self._block = b""
        self._known: dict[bytes, Group] = {}
        self._frames: list[Frame] = []
        self._groups: dict[str, Group] = {}
        self._started = False
        self._frame_rejects = 0
        self._frame_overloads = 0
        self._complete_frames = 0
        self._incomplete_frames = 0
        self._ended_groups = 0
        self._rejects: Counter[Reject] = Counter()

    @property
    def counters(self) -> DecoderCounters:
        """What was taken and dropped so far."""
        return DecoderCounters(
            frames=self._complete_frames + self._incomplete_frames,
            incomplete_frames=self._incomplete_frames,
            groups=self._ended_groups + len(self._groups),
            rejects=dict(self._rejects),
        )

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that end in these bytes, and an early one if need be."""
        data = self._unfinished + self._seven_bits(data)
        pieces = iter(_MARK.split(data))
        for text in pieces:
            self._unfinished = self._take(text) if text else text
            if mark := next(pieces, b""):
                self._mark(mark)
        # What is too long stays so until its end comes, and is dropped then.
        self._unfinished = self._unfinished[: LINE_MAX + 1]
        if self._groups:
            self._tell_overload()
        frames, self._frames = self._frames, []
        return frames

    def finish(self) -> list[Frame]:
        """Return the frame that the end of the stream cut, if any."""
        self._mark(EOT)
        self._unfinished = b""
        frames, self._frames = self._frames, []
        return frames

    def _seven_bits(self, data: bytes) -> bytes:
        """Return the characters; a damaged one that the parity shows is marked.

        Blocks count from the first byte ever, however the bytes are cut.
        """
        texts, start = [], 0
        while start < len(data):
            part = data[start : start + _BLOCK - len(self._block)]
            start += len(part)
            texts.append(part.translate(self._table))
            self._block += part
            if len(self._block) == _BLOCK:
                keeps_parity = _keeps_parity(self._block)
                self._table = _CHECKED if keeps_parity else _SEVEN_BITS
                self._block = b""
        return b"".join(texts)

    def _take(self, text: bytes) -> bytes:
        """Take the finished lines of a text without marks; return the rest."""
        *lines, unfinished = text.split(b"\n")
        known, groups = self._known, self._groups
        for line in filter(None, lines):
            group = known.get(line)
            if group is not None and group.label not in groups:
                groups[group.label] = group
            else:
                self._take_line(line)
                groups = self._groups
        return unfinished

    def _take_line(self, line: bytes) -> None:
        """Take a line that is new, or the first of a frame whose marks were lost."""
        line = line[line.rfind(STX) + 1 :]
        if not line.isascii():
            line = line.strip(_DAMAGED)
        group = self._parse(line)
        if isinstance(group, Reject):
            self._reject(group)
            return
        if group.label in self._groups or len(self._groups) >= _GROUPS_MAX:
            self._end()
        self._groups[group.label] = group
        if len(self._known) >= _KNOWN_MAX:
            self._known.clear()
        self._known[line] = group

    def _parse(self, line: bytes) -> Group | Reject:
        """Return the group that a line is; follow the mode that it speaks.

        Only a label of the other mode's own changes the mode: a checksum passes by
        luck once in 64 times.
        """
        if len(line) > LINE_MAX:
            return Reject.TOO_LONG
        if not line.isascii():
            return Reject.PARITY
        if b"\t" in line:
            mode, group = TicMode.STANDARD, parse_standard(line)
        else:
            mode, group = TicMode.HISTORIQUE, parse_historique(line)
        if mode is self.mode or isinstance(group, Reject):
            return group
        if group.label not in LABELS[mode]:
            return Reject.FORMAT
        self._end()
        self._known.clear()
        self.mode = mode
        return group

    def _reject(self, cause: Reject) -> None:
        """Count what was dropped."""
        self._rejects[cause] += 1
        self._frame_rejects += 1

    def _mark(self, mark: bytes) -> None:
        """Start, end or cut the frame."""
        if self._unfinished:
            self._reject(Reject.CUT)
            mark = EOT if mark == ETX else mark
        self._end(complete=mark == ETX and self._started)
        self._started = mark == _START
        self._frame_rejects = 0

    def _end(self, *, complete: bool = False) -> None:
        """Keep the groups since the last mark as a frame."""
        if self.mode is None or not self._groups:
            return
        frame = Frame(self.mode, complete, self._groups, self._frame_rejects)
        self._frames.append(frame)
        if complete:
            self._complete_frames += 1
        else:
            self._incomplete_frames += 1
        self._ended_groups += len(self._groups)
        self._groups = {}
        self._started = False
        self._frame_rejects = 0
        self._frame_overloads = 0

    def _tell_overload(self) -> None:
        """Keep an early frame when an overload group came since the last one."""
        overloads = len(self._groups.keys() & OVERLOAD)
        if overloads > self._frame_overloads and self.mode is not None:
            self._frame_overloads = overloads
            early = Frame(self.mode, False, dict(self._groups), early=True)
            self._frames.append(early)
