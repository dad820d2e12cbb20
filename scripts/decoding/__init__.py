"""Behind scripts/decode.

The integration's own __init__.py imports Home Assistant, which takes a second and
is not needed to decode: a bare package stands in for it.
"""

from pathlib import Path
import sys
from types import ModuleType

_INTEGRATION = "custom_components.energy_park"

_package = ModuleType(_INTEGRATION)
_package.__path__ = [str(Path(__file__).parents[2] / _INTEGRATION.replace(".", "/"))]
sys.modules.setdefault(_INTEGRATION, _package)
