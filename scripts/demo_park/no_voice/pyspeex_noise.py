"""Stands in for pyspeex-noise: Home Assistant imports it at every start."""

from typing import NamedTuple


class ProcessedAudio(NamedTuple):
    """What the real processor returns."""

    audio: bytes


class AudioProcessor:
    """A noise suppressor that leaves the sound as it is."""

    def __init__(self, auto_gain: int, noise_suppression: int) -> None:
        """Take the real processor's arguments."""

    def Process10ms(self, audio: bytes) -> ProcessedAudio:  # noqa: N802 (its real name)
        """Return the sound unchanged."""
        return ProcessedAudio(audio)
