"""MC101 invalid-yaml."""

from __future__ import annotations

import pytest

from pytest_modelcard.checks.metadata.invalid_yaml import InvalidYaml
from tests.support import findings, outcomes


def test_a_good_card_passes() -> None:
    assert outcomes(findings(InvalidYaml, "---\nlicense: mit\nlanguage: en\n---\n# A\n")) == {
        "front-matter": "pass"
    }


def test_windows_line_ends_are_no_fault() -> None:
    assert outcomes(findings(InvalidYaml, b"---\r\nlicense: mit\r\n---\r\n# A\r\n")) == {
        "front-matter": "pass"
    }


def test_no_front_matter_is_another_rules_matter() -> None:
    assert findings(InvalidYaml, "# A card\n\n---\n\ntext\n") == []


@pytest.mark.parametrize(
    ("yaml", "key", "line", "outcome"),
    [
        ("license: mit\nlicense: apache-2.0", "duplicate-key", 3, "fail"),
        ("language:\n- no", "norwegian", 3, "warn"),
        ("a: b: c", "bad-yaml", 2, "fail"),
        ("a:\n\t- b", "tab-indentation", 3, "fail"),
        ("a: !!python/name:os.system x", "unknown-tag", 2, "fail"),
        ("- a", "not-a-mapping", 2, "fail"),
    ],
)
def test_each_fault_stands_at_its_line(yaml: str, key: str, line: int, outcome: str) -> None:
    (found,) = findings(InvalidYaml, f"---\n{yaml}\n---\n# A\n")
    assert (found.key, found.span.line, found.outcome) == (key, line, outcome)
    assert found.help and found.quote


def test_a_front_matter_that_is_never_closed() -> None:
    (found,) = findings(InvalidYaml, "---\nlicense: mit\n\n# A\n")
    assert (found.key, found.span.line, found.outcome) == ("unclosed-front-matter", 1, "fail")


def test_an_empty_value_is_left_to_the_schema() -> None:
    assert outcomes(findings(InvalidYaml, "---\nlicense:\n---\n")) == {"front-matter": "pass"}
