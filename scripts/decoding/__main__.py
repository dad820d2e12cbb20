"""Frames of a file or of a link as lines of JSON."""

import argparse
import asyncio
from collections.abc import Iterable
import json
from pathlib import Path
import signal
import sys

from custom_components.energy_park.model import Group
from custom_components.energy_park.tic.decoder import (
    DecoderCounters,
    Frame,
    FrameDecoder,
)
from custom_components.energy_park.tic.link import TicLink, TicLinkError, TicPortError


def group_json(group: Group) -> dict[str, str]:
    """Return a group as received."""
    texts = {"label": group.label, "value": group.value}
    return texts if group.horodate is None else texts | {"horodate": group.horodate}


def show(frames: Iterable[Frame]) -> None:
    """Print each frame once it has ended."""
    for frame in frames:
        if not frame.early:
            line = {
                "mode": frame.mode,
                "complete": frame.complete,
                "groups": [group_json(group) for group in frame.groups.values()],
            }
            print(json.dumps(line), flush=True)


def tell(counters: DecoderCounters) -> None:
    """Print what was taken and dropped, by cause."""
    taken = {
        "frames": counters.frames,
        "incomplete_frames": counters.incomplete_frames,
        "groups": counters.groups,
        "rejects": counters.rejects,
    }
    print(json.dumps(taken), file=sys.stderr)


def decode_file(path: Path) -> None:
    """Decode a file."""
    decoder = FrameDecoder()
    with path.open("rb") as file:
        while data := file.read(65536):
            show(decoder.feed(data))
    show(decoder.finish())
    tell(decoder.counters)


async def decode_link(url: str) -> None:
    """Decode what a link delivers until its other side closes it."""
    async with TicLink(url) as link:
        try:
            while True:
                show([await link.next_frame()])
        except TicPortError as err:
            print(err, file=sys.stderr)
        finally:
            tell(link.counters)


def main(arguments: list[str] | None = None) -> int:
    """Decode what the command line names."""
    parser = argparse.ArgumentParser("scripts/decode", description=__doc__)
    parser.add_argument("source", metavar="FILE|URL")
    source = parser.parse_args(arguments).source
    try:
        if Path(source).is_file():
            decode_file(Path(source))
        else:
            asyncio.run(decode_link(source))
    except (TicLinkError, OSError) as err:
        print(err, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    # A reader that has seen enough ("| head") ends this quietly.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    raise SystemExit(main())
