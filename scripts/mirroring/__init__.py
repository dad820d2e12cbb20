"""A mirror under load and under fire, for tests and benches.

The mirror's own package is imported without the integration around it, and so
without Home Assistant: a child process starts in a fraction of a second.
"""

from pathlib import Path
import sys
from types import ModuleType

INTEGRATION = "custom_components.energy_park"

if INTEGRATION not in sys.modules:
    package = ModuleType(INTEGRATION)
    package.__path__ = [str(Path(__file__).parents[2] / INTEGRATION.replace(".", "/"))]
    sys.modules[INTEGRATION] = package
