"""Stands in for pymicro-vad: Home Assistant imports it at every start."""


class MicroVad:
    """A voice detector that hears nothing."""

    def Process10ms(self, audio: bytes) -> float:  # noqa: N802 (its real name)
        """Return the probability of speech: unknown."""
        return -1.0
