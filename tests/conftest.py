"""What every test of the harness environment shares."""

import pytest

# The harness has a configuration folder with custom components of its own; the
# first import decides which ones Home Assistant sees.
import custom_components.energy_park  # noqa: F401

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
