"""The Home Assistant test harness, as the tests of this project see it.

Every test takes the harness from here, so that its successor (the official
pytest-homeassistant) changes one file.
"""

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_fire_time_changed,
    async_mock_service,
    flush_store,
    get_system_health_info,
    mock_restore_cache,
    mock_restore_cache_with_extra_data,
    snapshot_platform,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

__all__ = [
    "ClientSessionGenerator",
    "MockConfigEntry",
    "MockUser",
    "WebSocketGenerator",
    "async_capture_events",
    "async_fire_time_changed",
    "async_mock_service",
    "async_wait_recording_done",
    "do_adhoc_statistics",
    "flush_store",
    "get_diagnostics_for_config_entry",
    "get_diagnostics_for_device",
    "get_system_health_info",
    "mock_restore_cache",
    "mock_restore_cache_with_extra_data",
    "snapshot_platform",
]
