"""What every test of the harness environment shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket

# The harness has a configuration folder with custom components of its own; the
# first import decides which ones Home Assistant sees.
import custom_components.energy_park  # noqa: F401
from custom_components.energy_park.control import mirroring
from scripts.demo_park.state import free_ports

from .databases import TestDatabase

# A real Home Assistant of another version: run by scripts/test e2e in its own
# environment.
collect_ignore = ["e2e"]


@pytest.fixture(autouse=True)
def custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let a test's Home Assistant load this integration; others stay fast."""
    if "hass" not in request.fixturenames:
        return
    # The recorder insists on being there before Home Assistant is.
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")


@pytest.fixture(autouse=True)
def own_spool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the rows of one test's mirror from the next: they share a folder."""
    monkeypatch.setattr(
        mirroring, "spool_directory", lambda _hass, entry_id: tmp_path / entry_id
    )


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """A PostgreSQL server that all tests of the mirror share."""
    # Before any test's own fixture lets it use the network.
    pytest_socket.enable_socket()
    database = TestDatabase(tmp_path_factory.mktemp("postgresql"), free_ports(1))
    yield database
    database.close()
