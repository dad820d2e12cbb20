"""An automation protects the contract; where there is none, one is offered."""

from pathlib import Path
from typing import Any

from homeassistant.components.automation import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
import yaml

from custom_components.energy_park import protection, repairs
from custom_components.energy_park.const import DOMAIN
from scripts.emulators import ShellyGen2
from scripts.emulators.meter import EmulatedMeter

from .common import MockConfigEntry
from .parks import async_setup, async_wait, meter, plug

pytestmark = pytest.mark.usefixtures("socket_enabled")

ISSUE = (DOMAIN, "unprotected_park")
SHED = {"action": "energy_park.shed", "data": {"mode": "prediction"}}
PORT = "socket://127.0.0.1:1"
SERIAL = "021761123456"


@pytest.fixture(autouse=True)
def configuration(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A configuration folder as Home Assistant makes it."""
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "configuration.yaml").write_text(
        "automation: !include automations.yaml\n"
    )
    (tmp_path / "automations.yaml").write_text("")
    return tmp_path


async def async_set_automations(hass: HomeAssistant, *automations: Any) -> None:
    """Load other automations."""
    file = Path(hass.config.path("automations.yaml"))
    file.write_text(yaml.safe_dump(list(automations)))
    await hass.services.async_call("automation", "reload", blocking=True)


def issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(*ISSUE)


def is_protected(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    [shedding] = entry.runtime_data.sheddings.values()
    return protection.is_protected(hass, shedding)


async def async_setup_park(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "automation", {})
    async with ShellyGen2(mac="aa0000000001") as strip:
        await async_setup(hass, meter(PORT, SERIAL), plug(strip))
    await hass.async_block_till_done()


async def test_a_repair_says_that_nothing_protects_and_mends_it(
    hass: HomeAssistant,
) -> None:
    await async_setup_park(hass)
    found = issue(hass)
    assert found is not None
    assert found.is_fixable
    flow: Any = await repairs.async_create_fix_flow(hass, found.issue_id, found.data)
    flow.hass, flow.issue_id = hass, found.issue_id
    flow.handler, flow.data = DOMAIN, found.data
    asked = await flow.async_step_init()
    assert asked["step_id"] == "confirm"
    done = await flow.async_step_confirm({})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert issue(hass) is None
    [made] = hass.states.async_all("automation")
    assert made.state == "on"
    # Switched off, it protects no more.
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": made.entity_id}, blocking=True
    )
    await async_wait(hass, lambda: issue(hass))


@pytest.mark.parametrize(
    "action",
    [
        SHED,
        {"if": "{{ true }}", "then": [SHED]},
        {"choose": [{"conditions": "{{ true }}", "sequence": [SHED]}]},
        {"parallel": [{"sequence": [SHED]}]},
    ],
    ids=["plain", "if", "choose", "parallel"],
)
async def test_any_automation_that_sheds_protects(
    hass: HomeAssistant, action: dict[str, Any]
) -> None:
    await async_setup_park(hass)
    assert issue(hass) is not None
    trigger = {"trigger": "energy_park.overload_predicted"}
    other = {"alias": "Other", "triggers": trigger, "actions": {"event": "shed"}}
    await async_set_automations(hass, other)
    assert issue(hass) is not None
    own = {"alias": "Own", "triggers": trigger, "actions": action}
    await async_set_automations(hass, other, own)
    await async_wait(hass, lambda: issue(hass) is None)
    await async_set_automations(hass)


async def test_what_sheds_on_request_only_protects_nothing(
    hass: HomeAssistant,
) -> None:
    await async_setup_park(hass)
    request = {**SHED, "data": {"mode": "request", "power": 2000}}
    trigger = {"trigger": "event", "event_type": "please"}
    own = {"alias": "Own", "triggers": trigger, "actions": request}
    await async_set_automations(hass, own)
    assert issue(hass) is not None
    await async_set_automations(hass, {**own, "actions": [request, SHED]})
    await async_wait(hass, lambda: issue(hass) is None)
    await async_set_automations(hass)


async def test_what_sheds_behind_one_meter_does_not_protect_another(
    hass: HomeAssistant,
) -> None:
    await async_setup_park(hass)
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, SERIAL), "park")
    assert device is not None
    trigger = {"trigger": "energy_park.overload_predicted"}
    for meters, protects in (
        (["another"], False),
        ([device.id, "another"], True),
        (["another"], False),
        (device.id, True),
    ):
        shed = {**SHED, "data": {"mode": "prediction", "meter": meters}}
        own = {"alias": "Own", "triggers": trigger, "actions": shed}
        await async_set_automations(hass, own)
        assert (issue(hass) is None) is protects
    await async_set_automations(hass)


async def test_a_park_without_sockets_needs_no_protection(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "automation", {})
    await async_setup(hass, meter(PORT, SERIAL))
    await hass.async_block_till_done()
    assert issue(hass) is None


async def test_other_automations_and_their_comments_stay(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "automation", {})
    file = Path(hass.config.path("automations.yaml"))
    before = "# Mine.\n- id: mine\n  alias: Mine\n  triggers: []\n  actions: []\n"
    file.write_text(before)
    await protection.async_protect(hass)
    assert file.read_text().startswith(before)
    ids = [one["id"] for one in yaml.safe_load(file.read_text())]
    assert ids == ["mine", protection.AUTOMATION_ID]
    # Asked again, it is there once.
    await protection.async_protect(hass)
    assert [one["id"] for one in yaml.safe_load(file.read_text())] == ids
    await async_set_automations(hass)


@pytest.mark.parametrize(
    "text", ["no: list\n", "[{id: mine, triggers: [], actions: []}]\n", "- !secret x\n"]
)
async def test_a_file_that_is_not_understood_is_left_alone(
    hass: HomeAssistant, text: str
) -> None:
    assert await async_setup_component(hass, "automation", {})
    file = Path(hass.config.path("automations.yaml"))
    file.write_text(text)
    with pytest.raises(HomeAssistantError):
        await protection.async_protect(hass)
    assert file.read_text() == text


async def test_a_file_that_is_not_loaded_is_told(
    hass: HomeAssistant, configuration: Path
) -> None:
    assert await async_setup_component(hass, "automation", {})
    (configuration / "configuration.yaml").write_text("automation: []\n")
    with pytest.raises(HomeAssistantError) as told:
        await protection.async_protect(hass)
    assert told.value.translation_key == "automation_not_loaded"


async def test_the_flow_of_a_meter_behind_sensors_offers_it(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, "automation", {})
    hass.states.async_set(
        "sensor.power",
        "500",
        {"device_class": "apparent_power", "unit_of_measurement": "VA"},
    )
    entry = await async_setup(hass)
    flows = hass.config_entries.subentries
    result: Any = await flows.async_init(
        (entry.entry_id, "meter"), context={"source": SOURCE_USER}
    )
    result = await flows.async_configure(result["flow_id"], {"next_step_id": "sensors"})
    result = await flows.async_configure(
        result["flow_id"],
        {"apparent_power_va": "sensor.power", "subscribed_power": 6, "protect": True},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert is_protected(hass, entry)


async def test_the_flow_of_a_meter_offers_it(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "automation", {})
    entry = await async_setup(hass)
    flows = hass.config_entries.subentries
    async with EmulatedMeter(mode="standard") as linky:
        result: Any = await flows.async_init(
            (entry.entry_id, "meter"), context={"source": SOURCE_USER}
        )
        result = await flows.async_configure(
            result["flow_id"], {"next_step_id": "port"}
        )
        result = await flows.async_configure(result["flow_id"], {"port": linky.url})
        while result["type"] is FlowResultType.SHOW_PROGRESS:
            await hass.async_block_till_done()
            result = await flows.async_configure(result["flow_id"])
        assert result["step_id"] == "confirm"
        assert [str(field) for field in result["data_schema"].schema] == ["protect"]
        result = await flows.async_configure(result["flow_id"], {})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert "protect" not in result["data"]
    assert is_protected(hass, entry)
    [automation] = hass.data[DATA_COMPONENT].entities
    assert automation.referenced_blueprint == "energy_park/shed_on_prediction.yaml"
    await async_set_automations(hass)
