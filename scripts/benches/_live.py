"""A real Home Assistant in a folder of its own, for the benches that need one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.demo_park import configuration
from scripts.demo_park.account import Account
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.state import free_ports

LAG = Path(__file__).with_name("_loop_lag")
LAG_URL = "/api/loop_lag"
OWNER = Account(username="bench", password="bench-secret")


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistantProcess]:
    """Run a Home Assistant that has the integration and nothing set up.

    It tells how late its event loop is, at ``LAG_URL``.
    """
    with TemporaryDirectory() as directory:
        config_dir = Path(directory, "config")
        await configuration.create(config_dir, OWNER)
        custom_components = config_dir / "custom_components"
        # A package of its own: that of this repository would hide it.
        (custom_components / "__init__.py").touch()
        (custom_components / "loop_lag").symlink_to(LAG)
        with (config_dir / "configuration.yaml").open("a") as file:
            file.write("loop_lag:\n")
        async with HomeAssistantProcess(config_dir, free_ports(1), OWNER) as home:
            yield home
