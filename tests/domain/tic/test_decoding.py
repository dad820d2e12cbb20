"""scripts/decode: one JSON object a line for each frame."""

import asyncio
import json
from pathlib import Path
import sys
from typing import Any

import pytest

from scripts.decoding.__main__ import main

from .conftest import CAPTURES, SHORT, TEMPO, good_and_total, historique

ROOT = Path(__file__).parents[3]


type Json = dict[str, Any]


def decoded(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[list[Json], Json]:
    assert main([str(path)]) == 0
    out, err = capsys.readouterr()
    return [json.loads(line) for line in out.splitlines()], json.loads(err)


@pytest.mark.parametrize(("name", "counts"), good_and_total().items())
def test_every_capture_is_printed_whole(
    name: str, counts: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    frames, counters = decoded(CAPTURES / name, capsys)
    good, total = counts
    assert sum(len(frame["groups"]) for frame in frames) == counters["groups"] == good
    assert sum(counters["rejects"].values()) == total - good
    assert all(frame["complete"] for frame in frames)
    assert {frame["mode"] for frame in frames} == {
        "historique" if name.startswith("hist") else "standard"
    }


def test_groups_are_printed_as_received(capsys: pytest.CaptureFixture[str]) -> None:
    frames, _ = decoded(CAPTURES / "std_mono_hc_weekend.bin", capsys)
    groups = frames[0]["groups"]
    assert groups[2] == {"label": "DATE", "value": "", "horodate": "H191203125805"}
    assert groups[3] == {"label": "NGTF", "value": " HC et Week-End "}
    assert groups[-1]["label"] == "PJOURF+1"


def test_what_no_frame_holds_is_incomplete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = historique(TEMPO)
    stream = tmp_path / "stream.bin"
    stream.write_bytes(whole[60:] + whole[:-1] + historique(SHORT) + whole[:100])
    frames, counters = decoded(stream, capsys)
    assert [frame["complete"] for frame in frames] == [False, False, True, False]
    assert counters["rejects"] == {"checksum": 1, "cut": 1}
    assert counters["incomplete_frames"] == 3


def test_a_source_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none.bin")]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "No such file or directory\n")


async def test_a_socket_is_printed_until_it_closes() -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((CAPTURES / "std_tri_tempo_producer.bin").read_bytes())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.decoding", f"socket://127.0.0.1:{port}"),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    assert process.returncode == 0
    assert len(out.splitlines()) == 2
    closed, counters = err.splitlines()
    assert closed == b"closed by the other side"
    assert json.loads(counters)["groups"] == 126
