"""A real Home Assistant in a folder of its own, for the benches that need one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.demo_park import configuration
from scripts.demo_park.account import Account
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.state import free_ports

OWNER = Account(username="bench", password="bench-secret")


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistantProcess]:
    """Run a Home Assistant that has the integration and nothing set up."""
    with TemporaryDirectory() as directory:
        config_dir = Path(directory, "config")
        await configuration.create(config_dir, OWNER)
        async with HomeAssistantProcess(config_dir, free_ports(1), OWNER) as home:
            yield home
