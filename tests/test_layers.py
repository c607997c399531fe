"""Imports go one way only, as ARCHITECTURE.md draws them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pytest_modelcard"

#: A module may import from its own layer and from those before it.
LAYERS = [
    {"model", "errors", "arithmetic", "whole"},
    {"source"},
    {"weights", "schemas"},
    {"card"},
    {"evidence"},
    {"architecture"},
    {"lineage", "evals"},
    {"identity"},
    {"full"},
    {"checks"},
    {"policy"},
    {"engine"},
    {"report"},
    {"api", "items", "session", "outputs", "plugin"},
    {"review", "post", "index"},
    {"precommit", "__main__"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def _layer(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def _imports(path: Path) -> set[str]:
    """Layers that a module imports when it is loaded or run; imports for type checking alone do not count."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    package = ("pytest_modelcard", *parts[:-1])
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or id(node) in skipped:
            continue
        if node.level:
            base = package[: len(package) - node.level + 1]
            full = (*base, *(node.module or "").split(".")) if node.module else base
        else:
            full = tuple((node.module or "").split("."))
        if full[0] != "pytest_modelcard":
            continue
        names = [full[1]] if len(full) > 1 and full[1] else [alias.name for alias in node.names]
        found.update(n for n in names if n in RANK)
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    layer = _layer(path)
    if layer == "__init__":
        return
    assert layer in RANK, f"{layer} has no place in the layers"
    upward = {name for name in _imports(path) if RANK[name] > RANK[layer]}
    if layer == "policy":
        upward.discard("checks")
    assert not upward


def test_plugin_imports_only_the_standard_library_and_pytest() -> None:
    tree = ast.parse((PACKAGE / "plugin.py").read_text("utf-8"))
    top = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
    names = {a.name for n in top if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "." for n in top if isinstance(n, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= {"pytest", *sys.stdlib_module_names}
