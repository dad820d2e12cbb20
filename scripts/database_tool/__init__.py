"""What `scripts/database` does."""

import scripts.mirroring  # noqa: F401 - the mirror alone, without Home Assistant
