"""Imports run one way: the domain packages know nothing of what is around them."""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

import pytest

PACKAGE = Path(__file__).parent.parent / "custom_components/energy_park"

# What a domain package may import beside the standard library, itself and the
# words of model.
LIBRARIES = {
    "mirror": {"asyncpg"},
    "park": set(),
    "plug": {"aiohttp", "yarl"},
    "tic": {"cryptography", "serialx"},
}
FILES = [
    (package, path)
    for package in LIBRARIES
    for path in sorted((PACKAGE / package).rglob("*.py"))
]


def imported(path: Path) -> Iterator[str]:
    """Yield what a file imports: "aiohttp", or "energy_park.model" for our own.

    Imports inside functions and under TYPE_CHECKING count as well.
    """
    package = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module
            yield node.module
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            start = [".".join(("energy_park", *base))]
            if node.module:
                yield ".".join((*start, node.module))
            else:
                yield from (f"{start[0]}.{alias.name}" for alias in node.names)


def allowed(package: str, name: str) -> bool:
    """Return whether a domain package may import a module."""
    root, *rest = name.split(".")
    if root == "energy_park":
        return rest[:1] in ([package], ["model"])
    return root in sys.stdlib_module_names or root in LIBRARIES[package]


@pytest.mark.parametrize(
    ("package", "path"),
    FILES,
    ids=[str(path.relative_to(PACKAGE)) for _, path in FILES],
)
def test_domain_packages_import_only_what_they_may(package: str, path: Path) -> None:
    refused = [name for name in imported(path) if not allowed(package, name)]
    assert refused == []


def test_the_model_imports_only_the_standard_library() -> None:
    for path in (PACKAGE / "model").iterdir():
        if path.suffix == ".py":
            names = {
                n for n in imported(path) if not n.startswith("energy_park.model.")
            }
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ("import asyncio", True),
        ("import aiohttp.web", True),
        ("from ..model import Plug", True),
        ("from .. import model", True),
        ("from . import client", True),
        ("from .client import PlugClient", True),
        ("import homeassistant.core", False),
        ("from homeassistant.core import callback", False),
        ("import serialx", False),
        ("from ..park.arbiter import Arbiter", False),
        ("from .. import const", False),
        ("from ..const import DOMAIN", False),
        ("def later():\n    import probatio", False),
        ("if TYPE_CHECKING:\n    from ..tic import frame", False),
    ],
)
def test_the_rule_sees_every_form_of_import(
    statement: str, may: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plug" / "client.py"
    file.parent.mkdir()
    file.write_text(statement)
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    assert [allowed("plug", name) for name in imported(file)] == [may]
