"""Domain tests need the domain packages only.

Importing one would first run the integration's __init__.py and with it import
Home Assistant. A bare package stands in for it, unless the tests of the Home
Assistant layer run in the same process and have imported the real one.
"""

from pathlib import Path
import sys
from types import ModuleType

from hypothesis import settings
import pytest

from scripts.postgres import installations

# A busy machine is no defect of what is tested.
settings.register_profile("shared_machine", deadline=None)
settings.load_profile("shared_machine")

INTEGRATION = "custom_components.energy_park"

package = ModuleType(INTEGRATION)
package.__path__ = [str(Path(__file__).parents[2] / INTEGRATION.replace(".", "/"))]
sys.modules.setdefault(INTEGRATION, package)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell which servers played the mirror's database: those that are here."""
    terminalreporter.write_line(f"PostgreSQL: {', '.join(installations())}")
