"""What holds for every rule: listed once, documented in four parts, tested with a good and a bad card."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import pytest_modelcard.checks as checks
from pytest_modelcard.checks import ALL_RULES
from pytest_modelcard.checks.base import Rule
from pytest_modelcard.report.rule_docs import rules_page

ROOT = Path(__file__).parents[1]
PARTS = ("## What it does", "## Why it matters", "## Example", "## What to do instead")


def _defined() -> set[type[Rule]]:
    found: set[type[Rule]] = set()
    for module in pkgutil.walk_packages(checks.__path__, "pytest_modelcard.checks."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and issubclass(value, Rule) and hasattr(value, "id"):
                found.add(value)
    return found


def test_every_rule_is_listed_once() -> None:
    assert sorted(r.id for r in ALL_RULES) == sorted({r.id for r in _defined()})
    assert len({r.id for r in ALL_RULES}) == len({r.name for r in ALL_RULES}) == len(ALL_RULES)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda r: r.id)
def test_a_rule_is_named_and_documented(rule: type[Rule]) -> None:
    assert re.fullmatch(r"MC[0-9]{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    text = inspect.cleandoc(rule.__doc__ or "")
    places = [text.find(part) for part in PARTS]
    assert -1 not in places and places == sorted(places), f"{rule.id} misses one of {PARTS}"


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda r: r.id)
def test_a_rule_has_a_test_file(rule: type[Rule]) -> None:
    source = Path(inspect.getfile(rule))
    family = source.parent.name
    assert (ROOT / "tests" / "checks" / family / f"test_{source.stem}.py").is_file()


def test_the_rules_page_is_current() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page == rules_page(ALL_RULES), "run python -m pytest_modelcard docs"
