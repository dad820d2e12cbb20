"""The account of a Home Assistant's owner."""

from dataclasses import dataclass
from typing import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The owner of a Home Assistant."""

    username: str
    password: str

    @override
    def __repr__(self) -> str:
        """Keep the password out of logs."""
        return f"Account(username={self.username!r})"
