"""Drives Home Assistant's configuration flows the way its web page does."""

import asyncio
from collections.abc import Mapping

from .api import HomeAssistantApi, Json

ENTRY_FLOWS = "/api/config/config_entries/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
PROGRESS_TIMEOUT_S = 60
PROGRESS_POLL_S = 0.1

type Answers = Mapping[str, Json]
"""What to fill in by the name of the step; a list holds one answer a visit.

The answer to a menu is ``{"next_step_id": ...}``.
"""


class FlowFailed(Exception):
    """A flow did not end in what it should create."""


async def add_entry(api: HomeAssistantApi, domain: str, answers: Answers) -> Json:
    """Run a config flow to its end and return its last step."""
    step = await api.post(ENTRY_FLOWS, {"handler": domain})
    return await _run(api, ENTRY_FLOWS, step, answers)


async def add_subentry(
    api: HomeAssistantApi, entry_id: str, kind: str, answers: Answers
) -> Json:
    """Run a subentry flow to its end and return its last step."""
    step = await api.post(SUBENTRY_FLOWS, {"handler": [entry_id, kind]})
    return await _run(api, SUBENTRY_FLOWS, step, answers)


async def continue_subentry(
    api: HomeAssistantApi, flow_id: str, answers: Answers
) -> Json:
    """Run a subentry flow that was started for us to its end."""
    step = await api.get(f"{SUBENTRY_FLOWS}/{flow_id}")
    return await _run(api, SUBENTRY_FLOWS, step, answers)


async def _run(api: HomeAssistantApi, path: str, step: Json, answers: Answers) -> Json:
    visits: dict[str, int] = {}
    while step["type"] != "create_entry":
        if step["type"] in ("progress", "progress_done"):
            step = await _wait_progress(api, f"{path}/{step['flow_id']}")
            continue
        name = step.get("step_id")
        asks = step["type"] in ("form", "menu")
        if not asks or step.get("errors") or name not in answers:
            raise FlowFailed(f"a form of {step['handler']} stopped at {_summary(step)}")
        visit = visits[name] = visits.get(name, -1) + 1
        answer = answers[name]
        step = await api.post(
            f"{path}/{step['flow_id']}",
            answer[visit] if isinstance(answer, list) else answer,
        )
    return step


async def _wait_progress(api: HomeAssistantApi, path: str) -> Json:
    async with asyncio.timeout(PROGRESS_TIMEOUT_S):
        while True:
            step = await api.get(path)
            if step["type"] != "progress":
                return step
            await asyncio.sleep(PROGRESS_POLL_S)


def _summary(step: Json) -> Json:
    """Return what tells about a step, without what was filled in."""
    return {
        key: step[key] for key in ("type", "step_id", "reason", "errors") if key in step
    }
