"""A reader of frames, written from the specification and nothing else."""

import re
from typing import NamedTuple


class Group(NamedTuple):
    """One group of a frame, its checksum verified."""

    label: str
    value: str
    horodate: str | None = None

    @property
    def layout(self) -> tuple[str, int, int | None]:
        """Return what stays when values change: label and widths."""
        return (
            self.label,
            len(self.value),
            None if self.horodate is None else len(self.horodate),
        )


class BadChecksum(AssertionError):
    """A group whose checksum does not fit."""


def read_group(line: bytes) -> Group:
    """Read what stands between LF and CR."""
    standard = b"\t" in line
    covered = line[:-1] if standard else line[:-2]
    if chr(sum(covered) % 64 + 32) != chr(line[-1]):
        raise BadChecksum(line)
    if not standard:
        label, value = covered.decode().split(" ", 1)
        return Group(label, value)
    fields = covered.decode().split("\t")
    assert fields.pop() == ""
    if len(fields) == 3:
        return Group(fields[0], fields[2], fields[1])
    return Group(*fields)


def read_frame(frame: bytes) -> list[Group]:
    """Read a whole frame; every byte must be accounted for."""
    assert frame[:1] == b"\x02" and frame[-1:] == b"\x03"
    lines = re.findall(rb"\n([^\r\n]+)\r", frame)
    assert b"".join(b"\n%b\r" % line for line in lines) == frame[1:-1]
    return [read_group(line) for line in lines]


def values(frame: bytes) -> dict[str, str]:
    """Return the values of a frame by label."""
    return {group.label: group.value for group in read_frame(frame)}


def whole_frames(stream: bytes) -> list[bytes]:
    """Return the whole frames of a stream."""
    return re.findall(rb"\x02[^\x02\x03\x04]*\x03", stream)
