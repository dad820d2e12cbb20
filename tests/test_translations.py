"""Every text that the code shows exists, in every language, with its placeholders."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
import json
from pathlib import Path
import re
from string import Formatter
from types import MappingProxyType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.translation import async_get_translations
import pytest
import yaml

from custom_components.energy_park import PLATFORMS
from custom_components.energy_park.condition import CONDITIONS
from custom_components.energy_park.config_flow import EnergyParkConfigFlow
from custom_components.energy_park.const import BILLING_PERIODS_MIN, DOMAIN
from custom_components.energy_park.coordinator import PolledPlugCoordinator
from custom_components.energy_park.flows.meter_contract import LINKY
from custom_components.energy_park.mirror.connection import TlsMode
from custom_components.energy_park.mirror.history import Resolution
from custom_components.energy_park.model import (
    DayColor,
    MeterReading,
    PhaseReading,
    PlugReading,
    PowerOnDefault,
    Role,
    SocketReading,
    Tariff,
    TicMode,
)
from custom_components.energy_park.park.observation import AtLimit
from custom_components.energy_park.park.shedding.may_start import ALL_PHASES
from custom_components.energy_park.park.shedding.meters import Contract
from custom_components.energy_park.plug.rest_settings import RestAuth
from custom_components.energy_park.tic.insight import MeterData
from custom_components.energy_park.tic.nrf24 import DataRate
from custom_components.energy_park.tic.trip_state import (
    MaximumCheck,
    PhaseTrip,
    TripState,
)
from custom_components.energy_park.trigger import DIRECTIONS, TRIGGERS
from scripts.emulators import ShellyGen2

from . import source
from .common import MockConfigEntry
from .databases import NO_DATABASE, mirror
from .parks import async_setup, async_wait, meter, plug, sector, station

LANGUAGES = ("en", "es", "fr")

# The files, or the functions of a file, whose texts stand in a section.
FLOWS: dict[str, list[tuple[str, str | None]]] = {
    "config": [
        ("config_flow.py", None),
        ("flows/access.py", None),
        ("flows/discovery.py", None),
        ("flows/inventory.py", None),
        ("flows/opening.py", None),
        ("flows/prices.py", None),
        ("flows/socket.py", None),
        ("flows/mirror.py", "try_database"),
        ("flows/mirror.py", "database_credentials_schema"),
    ],
    "config_subentries.meter": [
        ("flows/meter.py", None),
        ("flows/meter_contract.py", None),
        ("flows/meter_contract.py", "check_contract"),
        ("flows/meter_forms.py", None),
        ("flows/meter_sensors.py", None),
        ("links.py", "check_radio"),
    ],
    "config_subentries.sector": [("flows/sector.py", None)],
    "config_subentries.plug": [
        ("flows/plug.py", None),
        ("flows/access.py", None),
        ("flows/adopt.py", None),
        ("flows/rest.py", None),
        ("flows/socket.py", None),
    ],
    "config_subentries.station": [("flows/station.py", None)],
    "config_subentries.mirror": [("flows/mirror.py", None)],
}
KEY = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
URL = re.compile(r"(?:\w+://[\w-]+\.|www\.)", re.IGNORECASE)


def load(language: str) -> dict[str, Any]:
    file = source.PACKAGE / "translations" / f"{language}.json"
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def flatten(texts: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, text in texts.items():
        if isinstance(text, dict):
            yield from flatten(text, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", text


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def section(path: str) -> dict[str, Any]:
    texts = ENGLISH
    for key in path.split("."):
        texts = texts[key]
    return texts


ENGLISH = load("en")
TEXTS = dict(flatten(ENGLISH))


# The files themselves


def test_there_is_a_file_for_each_language_and_no_other() -> None:
    folder = source.PACKAGE / "translations"
    assert {path.stem for path in folder.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_plain(language: str) -> None:
    for path, text in flatten(load(language)):
        assert all(KEY.fullmatch(key) for key in path.split(".")), path
        assert cv.string_with_no_html(text) == text.strip(), path
        assert not URL.search(text), f"{path}: an address belongs in a placeholder"
        assert not re.search(r"'\{\w+\}'", text), f"{path}: a quoted placeholder"
        assert all(name.isidentifier() for name in placeholders(text)), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_say_the_same(language: str) -> None:
    translated = dict(flatten(load(language)))
    assert list(translated) == list(TEXTS)
    for path, text in TEXTS.items():
        assert placeholders(translated[path]) == placeholders(text), path


@pytest.mark.parametrize("language", [other for other in LANGUAGES if other != "en"])
def test_no_sentence_is_left_in_english(language: str) -> None:
    translated = dict(flatten(load(language)))
    left = {path for path, text in TEXTS.items() if translated.get(path) == text}
    assert {path for path in left if len(TEXTS[path].split()) > 2} == set()


# Flows


def nodes(path: str) -> list[tuple[str, ast.AST]]:
    return [
        (file, source.function(file, name) if name else source.tree(file))
        for file, name in FLOWS[path]
    ]


def shown_steps(file: str) -> Iterator[str]:
    """Yield the steps that show something, also where the step is an argument."""
    for outer in source.functions(source.tree(file)):
        for call in source.calls(outer):
            if source.called(call) not in ("async_show_form", "async_show_menu"):
                continue
            step = source.keyword(call, "step_id")
            if not isinstance(step, ast.Name):
                yield from source.texts(step)
                continue
            arguments = [arg.arg for arg in outer.args.args if arg.arg != "self"]
            position = arguments.index(step.id)
            for use in source.calls(source.tree(file), outer.name):
                yield from source.texts(use.args[position])


def shown_errors(file: str, node: ast.AST) -> Iterator[str]:
    """Yield the errors of fields and forms.

    They are the values of ``{"base": ...}`` and ``{CONF_NAME: ...}``, what a check
    returns as ``str | None``, and the table ERRORS.
    """
    for inner in ast.walk(node):
        if isinstance(inner, ast.Dict):
            for key, error in zip(inner.keys, inner.values, strict=True):
                base = isinstance(key, ast.Constant) and key.value == "base"
                field = isinstance(key, ast.Name) and key.id.startswith("CONF_")
                if base or (field and isinstance(error, ast.Constant)):
                    yield from source.texts(error)
        elif isinstance(inner, ast.Name) and inner.id.endswith("ERRORS"):
            errors = source.value(file, inner)
            assert isinstance(errors, dict)
            yield from errors.values()
        elif isinstance(inner, ast.FunctionDef) and inner.returns is not None:
            if ast.unparse(inner.returns) == "str | None":
                for statement in ast.walk(inner):
                    if isinstance(statement, ast.Return):
                        yield from results(statement.value)


def results(node: ast.expr | None) -> Iterator[str]:
    """Yield the texts that an expression can be."""
    if isinstance(node, ast.IfExp):
        yield from results(node.body)
        yield from results(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def shown_aborts(node: ast.AST) -> Iterator[str]:
    for call in source.calls(node, "async_abort"):
        yield from source.texts(source.keyword(call, "reason"))
    for _ in source.calls(node, "async_update_and_abort"):
        yield "reconfigure_successful"


def asked_fields(file: str, node: ast.AST) -> Iterator[str]:
    """Yield the fields of all forms."""
    for call in source.calls(node):
        if source.called(call) in ("Required", "Optional"):
            field = call.args[0]
            if isinstance(field, ast.Call):  # Secret(...)
                field = field.args[0]
            if ast.unparse(field) == "field":
                measures = source.value(file, ast.Name("MEASURES"))
                assert isinstance(measures, dict)
                yield from measures
                continue
            name = source.value(file, field)
            assert isinstance(name, str)
            yield name


@pytest.mark.parametrize("path", FLOWS)
def test_the_steps_of_a_flow_have_texts(path: str) -> None:
    files = {file for file, name in FLOWS[path] if name is None}
    shown = {step for file in files for step in shown_steps(file)}
    assert section(path)["step"].keys() == shown


@pytest.mark.parametrize("path", FLOWS)
def test_every_choice_of_a_menu_has_a_text_and_a_step(path: str) -> None:
    menus = {
        next(iter(source.texts(source.keyword(call, "step_id")))): source.texts(
            source.keyword(call, "menu_options")
        )
        for _, node in nodes(path)
        for call in source.calls(node, "async_show_menu")
    }
    told = {
        name: set(step["menu_options"])
        for name, step in section(path)["step"].items()
        if "menu_options" in step
    }
    assert told == menus
    steps = {
        inner.name
        for _, node in nodes(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.AsyncFunctionDef)
    }
    assert {
        f"async_step_{option}" for menu in menus.values() for option in menu
    } <= steps


@pytest.mark.parametrize("path", FLOWS)
def test_the_errors_of_a_flow_have_texts(path: str) -> None:
    shown = {error for file, node in nodes(path) for error in shown_errors(file, node)}
    assert section(path)["error"].keys() == shown - {""}


@pytest.mark.parametrize("path", FLOWS)
def test_the_ends_of_a_flow_have_texts(path: str) -> None:
    shown = {reason for _, node in nodes(path) for reason in shown_aborts(node)}
    assert section(path)["abort"].keys() == shown


@pytest.mark.parametrize("path", FLOWS)
def test_what_a_flow_waits_for_has_texts(path: str) -> None:
    shown = {
        text
        for _, node in nodes(path)
        for call in source.calls(node, "async_show_progress")
        for text in source.texts(source.keyword(call, "progress_action"))
    }
    assert section(path).get("progress", {}).keys() == shown


def folded_sections(file: str, node: ast.AST) -> Iterator[object]:
    """Yield the sections of all forms: fields whose value is a folded form."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Dict):
            for key, value in zip(inner.keys, inner.values, strict=True):
                if isinstance(value, ast.Call) and source.called(value) == "folded":
                    assert isinstance(key, ast.Call)
                    yield source.value(file, key.args[0])


@pytest.mark.parametrize("path", FLOWS)
def test_every_field_is_named_and_explained(path: str) -> None:
    steps = section(path)["step"].values()
    asked = {field for file, node in nodes(path) for field in asked_fields(file, node)}
    folded = {
        name for file, node in nodes(path) for name in folded_sections(file, node)
    }
    sections = {
        name: texts
        for step in steps
        for name, texts in step.get("sections", {}).items()
    }
    assert sections.keys() == folded
    forms = [*steps, *sections.values()]
    assert {field for form in forms for field in form.get("data", {})} == asked - folded
    for form in forms:
        assert form.get("data", {}).keys() == form.get("data_description", {}).keys()
    assert all(texts["name"] for texts in sections.values())


def test_every_kind_of_part_can_be_added_and_changed() -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    kinds = EnergyParkConfigFlow.async_get_supported_subentry_types(entry)
    assert ENGLISH["config_subentries"].keys() == kinds.keys()
    assert FLOWS.keys() == {"config", *(f"config_subentries.{kind}" for kind in kinds)}
    for part in ENGLISH["config_subentries"].values():
        assert part["entry_type"]
        assert part["initiate_flow"].keys() == {"user", "reconfigure"}


# Entities


def described(platform: str) -> Iterator[EntityDescription]:
    """Yield the descriptions that stand in the module of a platform.

    Home Assistant hides their class behind another: isinstance does not see it.
    """
    for file in platform_files(platform):
        module = ".".join(Path(file).with_suffix("").parts)
        for found in vars(
            import_module(f"custom_components.{DOMAIN}.{module}")
        ).values():
            for item in found if isinstance(found, tuple) else (found,):
                if hasattr(item, "translation_key") and not isinstance(item, type):
                    yield item


def platform_files(platform: str) -> list[str]:
    """The module of a platform, and those of its folder if it has one."""
    folder = source.PACKAGE / (platform + ("es" if platform.endswith("ch") else "s"))
    return [
        f"{platform}.py",
        *(f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.py"))),
    ]


def entity_keys(platform: str) -> set[str]:
    """The translation keys of a platform."""
    return {
        key
        for file in platform_files(platform)
        for call in source.calls(source.tree(file))
        if source.called(call).endswith("Description")
        for key in source.texts(source.keyword(call, "translation_key"))
    }


def test_texts_are_for_platforms_that_exist() -> None:
    assert ENGLISH["entity"].keys() <= set(PLATFORMS)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_entity_has_a_name(platform: str) -> None:
    texts = ENGLISH["entity"].get(platform, {})
    assert texts.keys() == entity_keys(platform)
    assert all("name" in entity for entity in texts.values())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_state_of_an_enumeration_has_a_text(platform: str) -> None:
    options = {
        description.translation_key: set(getattr(description, "options", None) or ())
        for description in described(platform)
        if description.translation_key
    }
    # What is on or off has words of its own only where these would not do.
    binary = {"on", "off"} if platform in ("binary_sensor", "switch") else set()
    for key, entity in ENGLISH["entity"].get(platform, {}).items():
        states = entity.get("state", {}).keys()
        assert states in (options.get(key, set()), binary), key


# Choices, errors, actions


def test_every_choice_has_a_text() -> None:
    choices = {
        "billing_period": {str(period) for period in BILLING_PERIODS_MIN},
        "role": set(Role),
        "override_state": {"on", "off"},
        "at_limit": set(AtLimit),
        "data_rate": set(DataRate),
        "tls": set(TlsMode),
        "resolution": set(Resolution),
        "shed_mode": {"prediction", "request"},
        "direction": set(DIRECTIONS),
        "contract": {LINKY, *Contract},
        "load_phase": {"1", "2", "3", ALL_PHASES},
        "auth": set(RestAuth),
    }
    named = {
        source.value(file, name)
        for file in source.files()
        for call in source.calls(source.tree(file), "SelectSelectorConfig")
        if (name := source.keyword(call, "translation_key"))
    }
    automated = [
        part
        for file in ("services.yaml", "triggers.yaml", "conditions.yaml")
        for part in yaml.safe_load((source.PACKAGE / file).read_text()).values()
    ]
    for action in automated:
        for field in (action.get("fields") or {}).values():
            select = (field.get("selector") or {}).get("select") or {}
            if key := select.get("translation_key"):
                named.add(key)
                assert set(select["options"]) == choices[key]
    assert named == choices.keys() == ENGLISH["selector"].keys()
    for key, options in choices.items():
        assert ENGLISH["selector"][key]["options"].keys() == options


def raised() -> Iterator[tuple[re.Pattern[str], set[str]]]:
    """Yield the key of each translated error, and the placeholders it is given.

    A part of the key that is worked out may be any word.
    """
    for file in source.files():
        for call in source.calls(source.tree(file)):
            if source.keyword(call, "translation_domain") is None:
                continue
            key = source.keyword(call, "translation_key")
            parts = key.values if isinstance(key, ast.JoinedStr) else [key]
            pattern = "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                for part in parts
            )
            given = source.keyword(call, "translation_placeholders")
            names = given.keys if isinstance(given, ast.Dict) else []
            yield (
                re.compile(pattern),
                {name for key in names for name in source.texts(key)},
            )


def test_every_error_has_a_text_with_just_its_placeholders() -> None:
    told: set[str] = set()
    for pattern, given in raised():
        keys = {key for key in ENGLISH["exceptions"] if pattern.fullmatch(key)}
        assert keys, f"no text for {pattern.pattern}"
        for key in keys:
            message = ENGLISH["exceptions"][key]["message"]
            assert placeholders(message) == given, key
        told |= keys
    assert told == ENGLISH["exceptions"].keys()


def test_every_error_of_home_assistant_is_translated() -> None:
    kinds = {"HomeAssistantError", "ServiceValidationError", "UpdateFailed"}
    for file in source.files():
        for call in source.calls(source.tree(file)):
            if source.called(call) in kinds or source.called(call).startswith("Config"):
                if source.called(call).endswith(("Error", "Failed", "NotReady")):
                    assert source.keyword(call, "translation_key"), ast.unparse(call)


async def test_every_action_and_its_fields_have_texts(hass: HomeAssistant) -> None:
    await async_setup(hass)
    described = yaml.safe_load((source.PACKAGE / "services.yaml").read_text())
    registered = hass.services.async_services_for_domain(DOMAIN)
    assert registered.keys() == described.keys() == ENGLISH["services"].keys()
    for name, texts in ENGLISH["services"].items():
        assert texts["name"]
        assert texts["description"]
        fields = described[name].get("fields", {})
        assert texts.get("fields", {}).keys() == fields.keys()
        for field in fields:
            assert texts["fields"][field].keys() == {"name", "description"}


@pytest.mark.parametrize(
    ("category", "parts"), [("triggers", TRIGGERS), ("conditions", CONDITIONS)]
)
def test_every_trigger_and_condition_and_its_fields_have_texts(
    category: str, parts: dict[str, Any]
) -> None:
    file = source.PACKAGE / f"{category}.yaml"
    described = {
        name: part
        for name, part in yaml.safe_load(file.read_text()).items()
        if not name.startswith(".")
    }
    assert parts.keys() == described.keys() == ENGLISH[category].keys()
    for name, texts in ENGLISH[category].items():
        assert texts["name"]
        assert texts["description"]
        options = {str(key) for key in parts[name].fields} | {"meter"}
        assert options == described[name]["fields"].keys() == texts["fields"].keys()
        for field in texts["fields"].values():
            assert field.keys() == {"name", "description"}


# In a real Home Assistant


@pytest.mark.parametrize("language", LANGUAGES)
async def test_home_assistant_loads_every_text(
    hass: HomeAssistant, language: str
) -> None:
    await async_setup(hass)
    for category, texts in load(language).items():
        loaded = await async_get_translations(hass, language, category, [DOMAIN])
        expected = dict(flatten(texts, f"component.{DOMAIN}.{category}."))
        assert {path: loaded.get(path) for path in expected} == expected


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_entity_is_named_in_the_language_of_the_house(
    hass: HomeAssistant, language: str
) -> None:
    hass.config.language = language
    texts = load(language)["entity"]
    async with ShellyGen2(mac="aa0000000001", sockets=2) as strip:
        entry = await async_setup(
            hass,
            meter("socket://127.0.0.1:1", "021761123456"),
            replace(
                meter("", "021761000000"),
                subentry_id="radio",
                data=MappingProxyType({"radio": {}}),
            ),
            sector("Room", "room"),
            plug(strip, "room", roles=("computer", "monitor")),
            station("Desk", "aa0000000001_0", "aa0000000001_1"),
            mirror(NO_DATABASE),
            opening_hours="schedule.school",
        )
        for coordinator in entry.runtime_data.meters.values():
            coordinator.async_set_price("EASF01", 0.2)
            for reading in (FULL_METER, FULL_THREE_PHASES):
                coordinator.async_set_updated_data(
                    MeterData(reading=reading, trip=FULL_TRIP)
                )
        for coordinator in entry.runtime_data.plugs.values():
            assert isinstance(coordinator, PolledPlugCoordinator)
            coordinator.power_on_defaults = {0: PowerOnDefault.OFF}
            coordinator.async_set_updated_data(FULL_PLUG)
        await async_wait(hass, lambda: hass.states.async_all("sensor"))
        seen: dict[str, set[str]] = {platform: set() for platform in PLATFORMS}
        registry = er.async_get(hass)
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if not entity.translation_key:
                assert entity.original_name or entity.domain == "switch", entity
                continue
            seen[entity.domain].add(entity.translation_key)
            name = texts[entity.domain][entity.translation_key]["name"]
            shown = entity.unique_id.rpartition("_")[2]
            assert entity.original_name == name.format(
                label=shown.upper(), phase=shown, number=shown
            )
        assert seen == {
            platform: set(texts.get(platform, ())) for platform in PLATFORMS
        }
        assert_attributes_are_named(hass, texts)


def assert_attributes_are_named(hass: HomeAssistant, texts: dict[str, Any]) -> None:
    for platform in async_get_platforms(hass, DOMAIN):
        for entity in platform.entities.values():
            if entity.translation_key and entity.enabled:
                own = texts[platform.domain][entity.translation_key]
                named = own.get("state_attributes", {}).keys()
                shown = set(entity.extra_state_attributes or {})
                if platform.domain == "event":
                    # What else it tells is known with its first event.
                    assert shown | {"event_type"} <= named
                    continue
                assert named == shown


FULL_METER = MeterReading(
    mode=TicMode.STANDARD,
    serial="021761123456",
    apparent_power_va=2000,
    current_a=9,
    voltage_v=230,
    subscribed_power_va=6000,
    injected_power_va=0,
    energy_drawn_wh=1000,
    energy_injected_wh=10,
    indexes_wh={"EASF01": 1000},
    contract="BASE",
    tariff=Tariff.BASE,
    tariff_label="BASE",
    overload=False,
    power_w=1900.0,
    power_uncertainty_w=20.0,
    power_estimated=False,
    power_factor=0.95,
    power_factor_uncertainty=0.01,
    mean_voltage_v=231,
    cut_off_power_va=6000,
    max_power_va=5000,
    max_power_yesterday_va=5100,
    load_curve_w=1800,
    next_tariff_at=datetime(2026, 11, 20, 22, 0, tzinfo=UTC),
    next_tariff=Tariff.OFF_PEAK,
    color_today=DayColor.BLUE,
    peak_running=0,
    peak_notice=0,
    relays_closed=(True, False),
    reactive_energies_varh={"ERQ1": 5},
)
FULL_THREE_PHASES = replace(
    FULL_METER,
    current_a=None,
    voltage_v=None,
    phases=(PhaseReading(current_a=3, voltage_v=230, apparent_power_va=666),) * 3,
)
FULL_TRIP = TripState(
    age_s=0.0,
    warming_up=False,
    phases=(
        PhaseTrip(
            power_va=666.0,
            power_max_va=667.0,
            filtered_ratio=0.3,
            filtered_ratio_max=0.3,
            time_to_trip_s=None,
            time_to_trip_min_s=None,
            headroom_va=1334.0,
            headroom_a=5.8,
        ),
    )
    * 3,
    maxima=(MaximumCheck(phase=1, measured_va=700, modelled_va=710.0),),
)
FULL_PLUG = PlugReading(
    sockets={
        number: SocketReading(
            on=True,
            power_w=60.0,
            current_a=0.3,
            voltage_v=230.0,
            energy_wh=10.0,
            power_factor=0.9,
            apparent_power_va=66.0,
            reactive_power_var=28.0,
            frequency_hz=50.0,
        )
        for number in (0, 1)
    }
)
