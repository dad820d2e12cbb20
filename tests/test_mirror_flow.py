"""The flow of the mirror, against a real PostgreSQL."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.setup import async_setup_component
import pytest

from .common import ClientSessionGenerator, MockConfigEntry
from .databases import TestDatabase, mirror
from .domain.mirror.proxy import Proxy, certificate
from .domain.mirror.test_connection import serving_as
from .parks import async_setup

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def async_start(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, "mirror"), context={"source": SOURCE_USER}
    )


async def async_answer(hass: HomeAssistant, result: Any, answer: dict[str, Any]) -> Any:
    return await hass.config_entries.subentries.async_configure(
        result["flow_id"], answer
    )


async def schemas(database: TestDatabase) -> set[str]:
    return {
        row["nspname"]
        for row in await database.fetch("SELECT nspname FROM pg_namespace")
    }


def suggested(result: Any) -> dict[str, Any]:
    """What a form shows in its fields, also in those of its sections."""
    return shown_in(result["data_schema"].schema)


def shown_in(fields: dict[Any, Any]) -> dict[str, Any]:
    shown = {
        str(field): field.description["suggested_value"]
        for field in fields
        if field.description
    }
    for form in fields.values():
        if isinstance(form, section):
            shown |= shown_in(form.schema.schema)
    return shown


async def test_the_tables_are_made_once_the_user_agreed(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass)
    data = database.data()
    result = await async_answer(hass, await async_start(hass, entry), data)
    assert result["step_id"] == "create"
    assert result["description_placeholders"] == {
        "schema": data["schema"],
        "database": "energy_park",
    }
    assert data["schema"] not in await schemas(database)
    result = await async_answer(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert data["schema"] in await schemas(database)
    [added] = entry.get_subentries_of_type("mirror")
    assert added.data == data
    assert added.title == "energy_park (127.0.0.1)"
    await hass.async_block_till_done()
    assert (await async_start(hass, entry))["reason"] == "already_configured"


async def test_the_form_goes_over_the_wire_and_its_sections_may_stay_shut(
    hass: HomeAssistant, database: TestDatabase, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = await async_setup(hass)
    client = await hass_client()
    url = "/api/config/config_entries/subentries/flow"
    response = await client.post(url, json={"handler": [entry.entry_id, "mirror"]})
    form = await response.json()
    fields = {field["name"]: field for field in form["data_schema"]}
    assert [field["name"] for field in fields["place"]["schema"]] == [
        "region",
        "city",
        "district",
    ]
    assert [field["name"] for field in fields["others"]["schema"]] == [
        "include",
        "exclude",
    ]
    response = await client.post(f"{url}/{form['flow_id']}", json=database.data())
    assert (await response.json())["step_id"] == "create"


async def test_tables_that_are_there_are_taken(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass)
    data = database.data()
    result = await async_answer(hass, await async_start(hass, entry), data)
    await async_answer(hass, result, {})
    [first] = entry.get_subentries_of_type("mirror")
    hass.config_entries.async_remove_subentry(entry, first.subentry_id)
    await hass.async_block_till_done()
    result = await async_answer(hass, await async_start(hass, entry), data)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"port": 1}, "database_unreachable"),
        ({"password": "wr0ng"}, "invalid_auth"),
        ({"username": "who"}, "invalid_auth"),
        ({"database": "none"}, "no_such_database"),
        ({"tls": "verify-full"}, "tls_refused"),
        ({"tls": "verify-full", "ca": "no certificate"}, "certificate"),
    ],
)
async def test_what_is_wrong_is_said_and_corrected(
    hass: HomeAssistant, database: TestDatabase, wrong: dict[str, Any], error: str
) -> None:
    entry = await async_setup(hass)
    data = database.data()
    result = await async_answer(hass, await async_start(hass, entry), data | wrong)
    assert result["errors"] == {"base": error}
    assert (data | wrong)["password"] not in suggested(result).values()
    result = await async_answer(hass, result, data)
    assert result["step_id"] == "create"


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("SET default_transaction_read_only = on", "read_only"),
        ("CONNECTION LIMIT 0", "database_not_ready"),
        ("NOLOGIN", "invalid_auth"),
    ],
)
async def test_what_the_server_does_not_do_now_is_said(
    hass: HomeAssistant, database: TestDatabase, state: str, error: str
) -> None:
    entry = await async_setup(hass)
    data = database.data(username=f"flow_{error}", password="known")
    await database.fetch(f"CREATE ROLE flow_{error} LOGIN PASSWORD 'known'")
    await database.fetch(f"CREATE SCHEMA {data['schema']} AUTHORIZATION flow_{error}")
    await database.fetch(f"ALTER ROLE flow_{error} {state}")
    result = await async_answer(hass, await async_start(hass, entry), data)
    assert result["errors"] == {"base": error}
    undone = {"read_only": "RESET ALL", "database_not_ready": "CONNECTION LIMIT -1"}
    await database.fetch(f"ALTER ROLE flow_{error} {undone.get(error, 'LOGIN')}")
    result = await async_answer(hass, result, data)
    assert result["step_id"] == "create"


async def test_a_server_that_is_too_old_is_told_so(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass)
    async with serving_as("13.4") as port:
        data = database.data(port=port)
        result = await async_answer(hass, await async_start(hass, entry), data)
    assert result["errors"] == {"base": "too_old"}


async def test_a_server_of_an_unknown_authority_is_trusted_once_it_is_given(
    hass: HomeAssistant, database: TestDatabase, tmp_path: Path
) -> None:
    entry = await async_setup(hass)
    authority, context = certificate(tmp_path, "127.0.0.1")
    data = database.data(tls="verify-full")
    async with Proxy(data["port"], context).running() as proxy:
        data["port"] = proxy.port
        result = await async_answer(hass, await async_start(hass, entry), data)
        assert result["errors"] == {"base": "certificate"}
        result = await async_answer(hass, result, data | {"ca": authority})
    assert result["step_id"] == "create"


async def test_a_name_that_the_server_would_cut_is_refused(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass)
    data = database.data()
    # 32 letters, 64 bytes.
    long = data | {"schema": "é" * 32}
    result = await async_answer(hass, await async_start(hass, entry), long)
    assert result["errors"] == {"base": "schema_name"}
    result = await async_answer(hass, result, data | {"schema": "é" * 31 + "x"})
    assert result["step_id"] == "create"


async def test_place_and_other_entities_are_kept_and_can_be_cleared(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data(region="Grand Est", include={"area_id": ["hall"]})
    entry = await async_setup(hass, mirror(data))
    result = await entry.start_subentry_reconfigure_flow(hass, "mirror")
    shown = suggested(result)
    assert shown["region"] == "Grand Est"
    assert shown["include"] == {"area_id": ["hall"]}
    answers = database.data()
    answers |= {
        "place": {"region": " ", "city": " Nancy "},
        "others": {"exclude": ["sensor.secret"]},
    }
    result = await async_answer(hass, result, answers)
    assert result["step_id"] == "create"
    result = await async_answer(hass, result, {})
    assert result["reason"] == "reconfigure_successful"
    [changed] = entry.get_subentries_of_type("mirror")
    kept = {"region", "city", "district", "include", "exclude"} & changed.data.keys()
    assert {key: changed.data[key] for key in kept} == {
        "city": "Nancy",
        "exclude": ["sensor.secret"],
    }
    await hass.async_block_till_done()


async def test_a_user_without_rights_is_told_so(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    entry = await async_setup(hass)
    await database.fetch("CREATE ROLE flow_guest LOGIN PASSWORD 'known'")
    guest = {"username": "flow_guest", "password": "known"}
    data = database.data(**guest)
    result = await async_answer(hass, await async_start(hass, entry), data)
    assert result["errors"] == {"base": "no_right"}
    # An empty schema that it may only look into is of no use to it either.
    await database.fetch(f"CREATE SCHEMA {data['schema']}")
    await database.fetch(f"GRANT USAGE ON SCHEMA {data['schema']} TO flow_guest")
    result = await async_answer(hass, result, data)
    assert result["errors"] == {"base": "no_right"}
    await database.fetch(f"GRANT CREATE ON SCHEMA {data['schema']} TO flow_guest")
    result = await async_answer(hass, result, data)
    assert result["step_id"] == "create"
    # A right may go while a person reads.
    await database.fetch(f"REVOKE CREATE ON SCHEMA {data['schema']} FROM flow_guest")
    result = await async_answer(hass, result, {})
    assert (result["step_id"], result["errors"]) == ("create", {"base": "no_right"})
    await database.fetch(f"GRANT CREATE ON SCHEMA {data['schema']} TO flow_guest")
    result = await async_answer(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_change_keeps_the_password(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data))
    result = await entry.start_subentry_reconfigure_flow(hass, "mirror")
    assert suggested(result) == {k: v for k, v in data.items() if k != "password"}
    other = database.data()
    del other["password"]
    result = await async_answer(hass, result, other)
    assert result["step_id"] == "create"
    result = await async_answer(hass, result, {})
    assert result["reason"] == "reconfigure_successful"
    [changed] = entry.get_subentries_of_type("mirror")
    assert changed.data == other | {"password": database.password}
    await hass.async_block_till_done()


async def test_a_new_password_is_asked_for_and_tried(
    hass: HomeAssistant, database: TestDatabase
) -> None:
    data = database.data()
    entry = await async_setup(hass, mirror(data | {"password": "old"}))
    entry.async_start_reauth(hass, data={"subentry_id": "mirror"})
    await hass.async_block_till_done()
    [flow] = entry.async_get_active_flows(hass, {"reauth"})
    assert flow["step_id"] == "reauth_mirror"
    configure = hass.config_entries.flow.async_configure
    answer = {"username": data["username"], "password": "wrong"}
    result = await configure(flow["flow_id"], answer)
    assert result["errors"] == {"base": "invalid_auth"}
    answer["password"] = database.password
    result = await configure(flow["flow_id"], answer)
    assert result["reason"] == "reauth_successful"
    [changed] = entry.get_subentries_of_type("mirror")
    assert changed.data == data
    await hass.async_block_till_done()
