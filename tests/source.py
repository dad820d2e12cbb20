"""What the integration's source says, read without running it."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from custom_components.energy_park.const import DOMAIN

PACKAGE = Path(__file__).parent.parent / "custom_components" / DOMAIN


@cache
def tree(file: str) -> ast.Module:
    """The syntax tree of a file of the integration."""
    return ast.parse((PACKAGE / file).read_text())


def files() -> list[str]:
    """All Python files of the integration, relative to it."""
    return [str(path.relative_to(PACKAGE)) for path in sorted(PACKAGE.rglob("*.py"))]


def function(file: str, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """A function or method of a file."""
    [found] = [node for node in functions(tree(file)) if node.name == name]
    return found


def functions(
    node: ast.AST,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods inside a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inner


def calls(node: ast.AST, name: str | None = None) -> Iterator[ast.Call]:
    """The calls inside a node of what is called ``name``; None is all of them."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and name in (None, called(inner)):
            yield inner


def called(call: ast.Call) -> str:
    """The last word of what is called: ``b`` in ``a.b()``."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((kw.value for kw in call.keywords if kw.arg == name), None)


def texts(node: ast.AST | None) -> set[str]:
    """The texts that stand anywhere inside an expression."""
    return {
        inner.value
        for inner in ast.walk(node or ast.Module([], []))
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }


def value(file: str, node: ast.expr | None) -> object:
    """The value of a constant, or of the name of one in its module."""
    if isinstance(node, ast.Constant):
        return node.value
    assert isinstance(node, ast.Name)
    module = ".".join(Path(DOMAIN, file).with_suffix("").parts)
    return getattr(import_module(f"custom_components.{module}"), node.id)
