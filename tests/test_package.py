"""The zip of a release is what HACS and Home Assistant's loader expect."""

import json
from pathlib import Path
import subprocess
import sys
from types import ModuleType
from zipfile import ZipFile

from awesomeversion import AwesomeVersion
from homeassistant import loader
from homeassistant.const import __version__ as home_assistant_version
from homeassistant.core import HomeAssistant
import pytest

from custom_components.energy_park.const import DOMAIN

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / DOMAIN
HACS = json.loads((ROOT / "hacs.json").read_text())
VERSION = "1.2.3"


def package(archive: Path, *arguments: str) -> bytes:
    """Build the zip as a file; returns its bytes."""
    subprocess.run(
        [sys.executable, ROOT / "scripts/package", "--output", archive, *arguments],
        check=True,
    )
    return archive.read_bytes()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack a release as HACS does; returns the integration's folder."""
    config = tmp_path_factory.mktemp("config")
    archive = config / HACS["filename"]
    package(archive, VERSION)
    folder = config / "custom_components" / DOMAIN
    with ZipFile(archive) as release:
        release.extractall(folder)
    return folder


def test_it_holds_the_integration_and_nothing_else(installed: Path) -> None:
    expected = {
        path.relative_to(INTEGRATION)
        for path in INTEGRATION.rglob("*", recurse_symlinks=True)
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {
        path.relative_to(installed) for path in installed.rglob("*") if path.is_file()
    }
    assert packed == expected
    assert Path("manifest.json") in packed
    assert not any(path.is_symlink() for path in installed.rglob("*"))


def test_the_loader_accepts_it(installed: Path, hass: HomeAssistant) -> None:
    custom_components = ModuleType(loader.PACKAGE_CUSTOM_COMPONENTS)
    custom_components.__path__ = [str(installed.parent)]
    integration = loader.Integration.resolve_from_root(hass, custom_components, DOMAIN)
    assert integration is not None
    assert integration.domain == DOMAIN
    assert integration.version == VERSION
    assert integration.config_flow


def test_a_release_changes_only_the_version_of_the_manifest(installed: Path) -> None:
    released = json.loads((installed / "manifest.json").read_text())
    committed = json.loads((INTEGRATION / "manifest.json").read_text())
    assert released == committed | {"version": VERSION}
    assert AwesomeVersion(committed["version"]).valid
    assert list(released)[:2] == ["domain", "name"]
    assert list(released)[2:] == sorted(list(released)[2:])


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    assert package(tmp_path / "one.zip") == package(tmp_path / "other.zip")
    with ZipFile(tmp_path / "one.zip") as release:
        assert {entry.date_time for entry in release.infolist()} == {
            (1980, 1, 1, 0, 0, 0)
        }


def test_the_harness_runs_the_oldest_home_assistant_served() -> None:
    floor = AwesomeVersion(HACS["homeassistant"])
    running = AwesomeVersion(home_assistant_version)
    assert running.section(0) == floor.section(0)
    assert running.section(1) == floor.section(1)
