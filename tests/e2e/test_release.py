"""The zip of a release, installed where nothing else of the project is."""

from pathlib import Path
import subprocess
import sys
from zipfile import ZipFile

import pytest

from scripts.demo_park import configuration
from scripts.demo_park.account import Account
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.park import create_park
from scripts.demo_park.state import free_ports
from tests.e2e.common import ROOT

OWNER = Account(username="owner", password="owner-secret")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The zip of a release."""
    archive = tmp_path / "energy_park.zip"
    subprocess.run(
        [sys.executable, ROOT / "scripts/package", "--output", archive], check=True
    )
    return archive


async def test_a_park_is_set_up_from_the_zip(tmp_path: Path, archive: Path) -> None:
    config_dir = tmp_path / "config"
    await configuration.create(config_dir, OWNER, integration=None)
    with ZipFile(archive) as release:
        release.extractall(config_dir / "custom_components/energy_park")

    home = HomeAssistantProcess(config_dir, free_ports(1), OWNER)
    async with (
        Emulation(["--plugs", "4"], tmp_path / "emulation.log") as emulation,
        home,
        await home.login() as api,
        api.websocket() as websocket,
    ):
        park = await create_park(api, websocket, emulation.announcement)

    assert len(park.socket_switches) == 4
    assert [meter.title for meter in park.meters] == ["Linky 204711"]
