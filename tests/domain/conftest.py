"""Domain tests need the domain packages only.

Importing one would first run the integration's __init__.py and with it import
Home Assistant. A bare package stands in for it, unless the tests of the Home
Assistant layer run in the same process and have imported the real one.
"""

from pathlib import Path
import sys
from types import ModuleType

INTEGRATION = "custom_components.energy_park"

package = ModuleType(INTEGRATION)
package.__path__ = [str(Path(__file__).parents[2] / INTEGRATION.replace(".", "/"))]
sys.modules.setdefault(INTEGRATION, package)
